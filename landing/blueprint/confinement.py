"""What a process gives up before it runs a blueprint of the user's: files, network, processes, time and memory.

Two lines. The kernel's, on Linux: a network namespace of its own, Landlock (no file but Python's own can be read, none
written) and a seccomp filter (no sockets, processes, tracing, changes of modes and owners). Each is taken where the
kernel has it. Behind it, on every platform, an audit hook of Python refuses the same; code that is out to break
Python itself may get around the hook, not around the kernel.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import sys
import sysconfig
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from landing.core.source_tree import UNREAD

MEMORY = 2 << 30
"""Bytes of address space."""

_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime")
_DEVICES = ("/dev/null", "/dev/urandom")
_PACKAGES = ("landing", "troposphere", "cfn_flip", "yaml")


def readable(folder: Path) -> list[str]:
    """What a blueprint may read: Python, the installed packages, the system's libraries, and its own folder."""
    places = {str(folder), *_SYSTEM, *_DEVICES}
    places |= {path for name in ("stdlib", "platstdlib") if (path := sysconfig.get_path(name))}
    places |= {path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")}
    for name in _PACKAGES:
        spec = find_spec(name)
        if spec is not None and spec.origin:
            places.add(str(Path(spec.origin).parent))
    places.add(str(Path(os.__file__).parent))
    return sorted({os.path.realpath(path) for path in places if os.path.exists(path)})


def confine(folder: Path, *, seconds: int) -> None:
    """Keep this process, which must have one thread, to a folder beside Python's own, some memory, seconds of work."""
    places = readable(folder)
    limit(seconds)
    if sys.platform == "linux":
        isolate(places)
    sys.addaudithook(_hook(places, os.path.realpath(folder) + os.sep))
    for name in [name for name in sys.modules if name.split(".")[0] in _NEVER]:
        del sys.modules[name]


def limit(seconds: int) -> None:
    """Limits of the kernel on one process; what a platform does not know is left out."""
    import resource

    wanted = {"CORE": 0, "FSIZE": 0, "CPU": seconds, "NOFILE": 64, "AS": MEMORY}
    for name, value in wanted.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


# ---- the kernel's line ----

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_NEW_USER, _NEW_NET, _NEW_IPC = 0x10000000, 0x40000000, 0x08000000


def isolate(places: Iterable[str]) -> list[str]:
    """Take from this process what Linux can take; the names of what held (Linux man-pages, sections 2 and 7)."""
    libc = ctypes.CDLL(None, use_errno=True)
    held = []
    # Root stays root: in a namespace without root's powers it could not read a folder of somebody else's.
    alone = _NEW_NET | _NEW_IPC | (0 if os.geteuid() == 0 else _NEW_USER)
    if libc.unshare(alone) == 0:
        held.append("namespaces")
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0:
        if _landlock(libc, places):
            held.append("landlock")
        if _seccomp(libc):
            held.append("seccomp")
    return held


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("access", ctypes.c_uint64), ("parent", ctypes.c_int32))


_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FS_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights on files a version of Landlock knows (landlock(7)); later ones as the last."""


def _landlock(libc: ctypes.CDLL, places: Iterable[str]) -> bool:
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = (1 << _FS_RIGHTS.get(version, 16)) - 1
    rules = _Ruleset(rights, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    for place in places:
        descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
        access = _READ_FILE | (_READ_DIR if os.path.isdir(place) else 0)
        rule = _Beneath(access, descriptor)
        libc.syscall(_ADD_RULE, ruleset, 1, ctypes.byref(rule), 0)
        os.close(descriptor)
    done: bool = libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return done


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("true", ctypes.c_uint8), ("false", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


_ALIKE = (424, 425, 434, 435, 438, 452)
"""pidfd_send_signal, io_uring_setup, pidfd_open, clone3, pidfd_getfd, fchmodat2: the same on every architecture."""

_X86_64 = (
    *(41, 42, 53),  # socket, connect, socketpair
    *(56, 57, 58, 59, 322),  # clone, fork, vfork, execve, execveat
    *(62, 101, 302, 310, 311),  # kill, ptrace, prlimit64, process_vm_readv, process_vm_writev
    *(90, 91, 92, 93, 94, 260, 268),  # chmod, fchmod, chown, fchown, lchown, fchownat, fchmodat
    *(132, 235, 261, 280),  # utime, utimes, futimesat, utimensat
    *(188, 189, 190, 197, 198, 199),  # setxattr, removexattr and their kin
    *(165, 248, 249, 250, 272, 308, 321),  # mount, add_key, request_key, keyctl, unshare, setns, bpf
)
_AARCH64 = (
    *(198, 203, 199),
    *(220, 221, 281),
    *(129, 117, 261, 270, 271),
    *(52, 53, 54, 55),
    88,
    *(5, 6, 7, 14, 15, 16),
    *(40, 217, 218, 219, 97, 268, 280),
)
_ARCHITECTURES = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
"""Refused with EPERM; a call by another architecture's table ends the process."""


def _seccomp(libc: ctypes.CDLL) -> bool:
    if platform.machine() not in _ARCHITECTURES:
        return False
    audited, calls = _ARCHITECTURES[platform.machine()]
    refused = (*calls, *_ALIKE)
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, audited), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    steps += [(_AT_LEAST, len(refused) + 1, 0, 0x40000000)]  # x32's own table
    steps += [(_EQUAL, len(refused) - index, 0, call) for index, call in enumerate(refused)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    instructions = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    program = _Program(len(steps), instructions)
    return bool(libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


# ---- Python's line ----

_NEVER = frozenset(("ctypes", "_ctypes", "cffi", "_cffi_backend", "_posixsubprocess", "_testcapi", "_testinternalcapi"))
_LISTED = frozenset(("os.listdir", "os.scandir", "os.chdir"))
_REFUSED = (
    *("socket.", "subprocess.", "ctypes.", "shutil.", "fcntl.", "resource.", "gc.", "pty.", "syslog.", "winreg."),
    *("urllib.", "http.", "ftplib.", "smtplib.", "sqlite3.", "tempfile.", "mmap.", "webbrowser.", "msvcrt."),
    *("os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "os.kill", "os.putenv"),
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.utime"),
    *("os.chmod", "os.chown", "os.lockf", "os.chflags", "os.setxattr", "os.removexattr", "os.fwalk"),
    *("signal.", "sys.addaudithook", "code.__new__", "_winapi.", "cpython.run_"),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _hook(places: Sequence[str], folder: str) -> Callable[[str, tuple[Any, ...]], None]:
    """Refuses by PermissionError; whatever it needs it holds itself, so that nobody changes it from outside.

    Of `folder` also what the digest of the config leaves out.
    """
    refused, listed, never, writing, unread = _REFUSED, _LISTED, _NEVER, _WRITING, UNREAD
    exact, inside = frozenset(places), tuple(place + os.sep for place in places)
    real, decoded, text, raw, number = os.path.realpath, os.fsdecode, str, bytes, int

    def hook(event: str, details: tuple[Any, ...]) -> None:
        if event == "open" or event in listed:
            path = details[0]
            if event == "open" and details[2].__class__ is number and details[2] & writing:
                raise PermissionError(f"a blueprint may not write {path}")
            if path.__class__ is raw:
                path = decoded(path)
            if path.__class__ is text:
                place = real(path)
                if (place not in exact and not place.startswith(inside)) or (
                    place.startswith(folder) and unread in place
                ):
                    raise PermissionError(f"a blueprint may not read {path}")
        elif event == "import":
            if details[0].split(".")[0] in never:
                raise PermissionError(f"a blueprint may not import {details[0]}")
        elif event.startswith(refused):
            raise PermissionError(f"a blueprint may not use {event}")

    return hook
