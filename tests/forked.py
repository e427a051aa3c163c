"""`landing` as a process of its own that begins with everything imported: a fork of one that has imported it once.

Arguments, folder, environment, streams and exit code are the caller's, which may be a shell script; signals sent to the
caller do not reach it. What a start from nothing does is tested with such starts (test_packaging, test_completion).

    python -m tests.forked ADDRESS

answers callers at a socket of that path until its standard input is closed.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

import click
from botocore.loaders import JSONFileLoader
from botocore.session import Session

from landing.cli import main
from landing.cli.commands import cli
from landing.config import load
from landing.library import Library, shipped
from tests import botocore_memory

ROOT = Path(__file__).parents[1]
CALLER = """\
#!{python} -IS
import json, os, socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect({address!r})
socket.send_fds(link, [b"."], [0, 1, 2])
link.sendall(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode())
link.shutdown(socket.SHUT_WR)
sys.exit(int(link.recv(8) or b"70"))
"""
IMPORTED = ("boto3", "deepdiff", "jinja2", "jsonschema", "rich.console", "rich.live", "troposphere")
CLIENTS = (
    *(
        "accessanalyzer",
        "account",
        "cloudformation",
        "cloudtrail",
        "config",
        "ec2",
        "guardduty",
        "iam",
        "identitystore",
    ),
    *("inspector2", "kms", "macie2", "organizations", "ram", "s3", "securityhub", "sns", "ssm", "sso-admin", "sts"),
)


@contextmanager
def forking(folder: Path) -> Iterator[Path]:
    """A folder for PATH with such a `landing`, while the block lasts."""
    address = folder / "socket"
    command = folder / "landing"
    command.write_text(CALLER.format(python=sys.executable, address=str(address)), encoding="utf-8")
    command.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LANDING_"))}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.forked", str(address)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield folder


def serve(address: str) -> None:
    """Answer callers, each in a process, until standard input is closed."""
    import_all()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while sys.stdin not in select.select([door, sys.stdin], [], [])[0]:
            link, _ = door.accept()
            if os.fork() == 0:
                answer(link)
            link.close()
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def answer(link: socket.socket) -> NoReturn:
    """Run a caller's command in one more process, and tell the caller how it ended."""
    _, streams, _, _ = socket.recv_fds(link, 1, 3)
    arguments, folder, environment = json.loads(b"".join(iter(lambda: link.recv(65_536), b"")))
    process = os.fork()
    if process:
        for stream in streams:
            os.close(stream)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        link.sendall(str(code if code >= 0 else 128 - code).encode())
        os._exit(0)
    link.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    try:
        main(arguments)
    except SystemExit as end:
        sys.stdout.flush()
        os._exit(int(end.code or 0))  # what all processes share need not be taken apart by each
    raise AssertionError("main does not return")


def import_all() -> None:
    """What nearly every command imports, reads and works out before it comes to what it was asked."""
    botocore_memory.install()
    files, read = JSONFileLoader(), cache(JSONFileLoader.load_file)
    JSONFileLoader.load_file = lambda _, path: read(files, path)  # landing changes no model
    for name in IMPORTED:
        importlib.import_module(name)
    context = click.Context(cli)
    for name in cli.list_commands(context):
        cli.get_command(context, name)
    session = Session()
    for name in CLIENTS:
        session.create_client(name, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    load(shipped() / "config", Library.load(shipped()))


if __name__ == "__main__":
    serve(sys.argv[1])
