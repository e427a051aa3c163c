"""Files beside the config, which a stranger may have written: plain, inside their folder, of a size to be read.

A checkout keeps symbolic links: `config/a.yaml` could be one to `~/.aws/credentials`, and an error would quote it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

LARGEST = 4 << 20
"""Bytes of a policy, a blueprint, cases and the like; AWS takes policies of 10,240 characters at most."""
MOST = 10_000
"""Files and folders of one tree."""
UNREAD = "__pycache__"


def cases(config: Path) -> Path:
    """The folder of the cases that are tried on all guardrails of a config together."""
    return (config if config.is_dir() else config.parent) / "cases"


def config_files(config: Path) -> list[Path]:
    """The files of a config: it itself, or everything in a folder that is called `*.yaml` or `*.yml`."""
    if not config.is_dir():
        return [config] if config.exists() else []
    found = (path for path in config.iterdir() if path.suffix in (".yaml", ".yml") and path.name[0] != ".")
    return sorted(path for path in found if path.is_symlink() or not path.is_dir())


def refusal(path: Path, within: Path, *, largest: int = LARGEST) -> str:
    """Why a file or folder is not read, in words that tell nothing of what it holds; empty when it is."""
    try:
        real = path.resolve(strict=True)
        state = real.stat()
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        return "a link that leads nowhere" if path.is_symlink() else getattr(error, "strerror", None) or "not readable"
    if not real.is_relative_to(within.resolve()):
        return f"a link that leads out of {within.name or within}"
    if stat.S_ISDIR(state.st_mode):
        return ""
    if not stat.S_ISREG(state.st_mode):
        return "neither a file nor a folder"
    if state.st_size > largest:
        return f"{state.st_size:,} bytes long; at most {largest:,} are read"
    return ""


def entries(folder: Path) -> Iterator[Path]:
    """Everything below a folder, in order, links as themselves, nothing compiled. ValueError if too many."""
    count = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != UNREAD)
        linked = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted((*files, *linked)):
            yield Path(place, name)
        count += len(files) + len(folders)
        if count > MOST:
            raise ValueError(f"more than {MOST:,} files and folders")


def refusals(folder: Path) -> Iterator[tuple[Path, str]]:
    """(path, why) of everything below a folder that is not read; the folder itself when it is a link out of its own."""
    if not folder.is_dir():
        return
    if why := refusal(folder, folder.parent):
        yield folder, why
        return
    try:
        for path in entries(folder):
            if why := refusal(path, folder):
                yield path, why
    except ValueError as error:
        yield folder, f"too large: {error}"


def content(folder: Path) -> Iterator[tuple[str, bytes]]:
    """(relative path, content) of every file below a folder without refusals; of a link also where it leads."""
    for path in entries(folder):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield f"{name} ->", os.fsencode(path.readlink())
        if path.is_file():
            yield name, path.read_bytes()
