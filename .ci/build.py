"""What a build adds to the source: its version, and in the wheel manual pages and the JSON Schema of the config.

Hatchling runs it (`tool.hatch.build.hooks.custom`). In an editable install nothing is added: a checkout asks git.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Additions(BuildHookInterface):  # type: ignore[type-arg]
    """The files are written to a folder beside the source, and put into the archive from there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write them; `version` is `standard` or `editable`."""
        if version == "editable":
            return
        self.folder = Path(tempfile.mkdtemp())
        released = self.metadata.version
        build_data["force_include"][self._written("version.txt", f"{released}\n")] = "landing/core/version.txt"
        if self.target_name == "wheel":
            for name, text in self._shared(released).items():
                build_data["shared_data"][self._written(name, text)] = f"share/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the folder away."""
        if version != "editable":
            shutil.rmtree(self.folder)

    def _written(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return str(path)

    def _shared(self, version: str) -> dict[str, str]:
        """By path below `share/`; made by the code that is built, whatever else is installed."""
        sys.path[:0] = [self.root, str(Path(self.root) / ".ci")]
        try:
            from manual import pages

            from landing.config import schema
        finally:
            del sys.path[:2]
        shown = json.dumps(schema(), indent=2) + "\n"
        return {
            "landing/schema/landing.json": shown,
            **{f"man/man1/{name}": text for name, text in pages(version).items()},
        }
