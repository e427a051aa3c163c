"""Which landing this is: what a build has written down, and of a checkout what git says of its tags.

Run by the build too, from its path: only the standard library is imported.
"""

from __future__ import annotations

import os
import re
import subprocess
from functools import cache
from pathlib import Path

FIRST = "0.1.0"
"""What the first release will be: a checkout without a tag comes before it."""
UNKNOWN = "0+unknown"
ROOT = Path(__file__).parents[2]
WRITTEN = Path(__file__).with_name("version.txt")
"""In wheel and sdist the version, in an archive of git what `git describe` says, in a checkout what git is to say."""
_DESCRIBED = re.compile(r"(?:v(?P<release>\d+(?:\.\d+)*)(?:-(?P<since>\d+)-g[0-9a-f]+)?)? ?(?P<commit>[0-9a-f]{7,40})?")


@cache
def landing_version() -> str:
    """As PEP 440 writes it: `1.2.0` at the tag `v1.2.0`, `1.2.1.dev5+g0123456789ab` five commits after it."""
    try:
        text = WRITTEN.read_text(encoding="utf-8").strip()
    except OSError:
        text = ""
    if text.startswith("$Format:"):
        text = _git("log", "-1", f"--format={text.removeprefix('$Format:').removesuffix('$')}")
    return of(text)


def of(text: str) -> str:
    """A version that was written down as it is; else that of `git describe` (if there is a tag) and a commit."""
    if re.fullmatch(r"\d+(\.\d+)*(\.dev\d+)?(\+[a-z0-9]+)?", text) and not re.fullmatch("[0-9a-f]{40}", text):
        return text
    found = _DESCRIBED.fullmatch(text)
    if not text or not found:
        return UNKNOWN
    release, since, commit = found.group("release", "since", "commit")
    if release and not since:
        return release
    *head, last = (release or FIRST).split(".")
    following = ".".join([*head, str(int(last) + 1)]) if release else FIRST
    return f"{following}.dev{since or 0}" + (f"+g{commit[:12]}" if commit else "")


def _git(*arguments: str) -> str:
    """What git answers of this checkout, whatever repository the environment names; nothing where it has none."""
    if not (ROOT / ".git").exists():
        return ""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(ROOT), *arguments],  # noqa: S607
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
