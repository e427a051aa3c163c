"""What a config is made of, in 64 hex digits: a plan says from which it was made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from landing.config.reader import refused
from landing.core import source_tree
from landing.core.errors import ConfigError
from landing.library.found import FOLDERS
from landing.library.found import refused as refused_beside


def digest(config: Path) -> str:
    """Of every file by its relative path: the config's, its cases, policies, and all that lies beside blueprints.

    Raises ConfigError when one of them is not to be read.
    """
    if problems := [*refused(config), *refused_beside(config.parent.resolve())]:
        raise ConfigError(problems)
    total = hashlib.sha256()
    for name, content in _content(config):
        total.update(f"{name}\0{len(content)}\0".encode(errors="surrogateescape") + content)
    return total.hexdigest()


def _content(config: Path) -> Iterator[tuple[str, bytes]]:
    for path in source_tree.config_files(config):
        yield f"config/{path.name}", path.read_bytes()
    folders = {"cases": source_tree.cases(config), **{name: config.parent / name for name in FOLDERS}}
    for name, folder in folders.items():
        if folder.is_dir():
            yield from ((f"{name}/{path}", content) for path, content in source_tree.content(folder))
