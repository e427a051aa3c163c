"""Puts the pages of the documentation site together: the README, `docs/`, and what is made from the declarations.

`PYTHONPATH=. python .ci/pages.py build/site-source`; MkDocs then makes the site of that folder, and refuses links and
anchors that lead nowhere. A link to a source file leads to the repository where that is known (in a hosted workflow, by
its commit), and is plain text elsewhere.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from reference import pages as reference_pages

from landing.config import schema

ROOT = Path(__file__).parents[1]
FROM_ROOT = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}
"""Pages of the repository's root by their names in the site."""
DECLARED = ("services", "guardrails", "permissions", "ownership", "validate", "policy-lint", "sandbox")
"""Pages of `docs/` that are generated."""
MEASURED = ("benchmarks", "benchmarks-peers", "prowler")
_LINK = re.compile(r"(!?\[(?:[^\[\]]|\[[^\[\]]*\])*\])\(([^()\s]+)\)")
_FENCE = re.compile(r"^(```.*?^```[^\n]*$)", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^(```\w+) file=(\S+)")
_LIST = re.compile(r"(?m)^(?!(?:[-*] |\d+\. |\s|$))(.+\n)(?=(?:[-*] |1\. )\S)")


def main(target: Path) -> None:
    """Write the pages to `target/docs`, and `target/mkdocs.yml`."""
    shutil.rmtree(target, ignore_errors=True)
    pages = {**written(), **reference_pages()}
    for name, text in {**pages, "schema/landing.json": json.dumps(schema(), indent=2) + "\n"}.items():
        path = target / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = {
        "INHERIT": os.path.relpath(ROOT / "mkdocs.yml", target),
        "docs_dir": "docs",
        "site_dir": os.path.relpath(ROOT / "build" / "site", target),
        "nav": navigation(pages),
    }
    (target / "mkdocs.yml").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def written() -> dict[str, str]:
    """The pages that people have written, by their paths in the site."""
    places = {name: place for name, place in FROM_ROOT.items() if (ROOT / name).is_file()}
    for path in sorted((ROOT / "docs").rglob("*.md")):
        places[path.relative_to(ROOT).as_posix()] = path.relative_to(ROOT / "docs").as_posix()
    pages = {place: in_site((ROOT / name).read_text(encoding="utf-8"), name, places) for name, place in places.items()}
    decisions = sorted(place for place in pages if place.startswith("adr/"))
    titles = {place: title(pages[place]) for place in decisions}
    listed = "".join(f"- [{titles[place]}]({PurePosixPath(place).name})\n" for place in decisions)
    return {**pages, "adr/index.md": f"# Decisions\n\nWhy things are as they are.\n\n{listed}"}


def navigation(pages: Mapping[str, str]) -> list[object]:
    """The pages in their sections; a new one in `docs/` is among the guides."""
    declared, measured = ([f"{name}.md" for name in names] for names in (DECLARED, MEASURED))
    reference = sorted(place for place in pages if place.startswith("reference/"))
    elsewhere = {*FROM_ROOT.values(), *declared, *measured}
    project = [place for place in FROM_ROOT.values() if place in pages and place != "index.md"]
    guides = sorted(place for place in pages if "/" not in place and place not in elsewhere)
    return [
        {"Home": "index.md"},
        {"Guides": guides},
        {"Reference": [*reference, *declared]},
        {"Measured": measured},
        {"Decisions": ["adr/index.md", *sorted(each for each in pages if re.match(r"adr/\d", each))]},
        {"Project": project},
    ]


def title(text: str) -> str:
    """The first heading of a page."""
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    assert found, "a page begins with a heading"
    return found[1]


def in_site(text: str, name: str, places: Mapping[str, str]) -> str:
    """A page of the repository as one of the site: its links, and its lists as Python-Markdown wants them."""
    return "".join(
        _FILE.sub(r'\1 title="\2"', part)
        if _FENCE.fullmatch(part)
        else _LIST.sub(r"\1\n", _relinked(part, name, places))
        for part in _FENCE.split(text)
    )


def _relinked(text: str, name: str, places: Mapping[str, str]) -> str:
    def link(match: re.Match[str]) -> str:
        label, to = match.groups()
        if to.startswith(("https://", "http://", "#", "mailto:")):
            return match[0]
        path, hash_, anchor = to.partition("#")
        meant = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        place = "adr/index.md" if meant == "docs/adr" else places.get(meant)
        if place is not None:
            return f"{label}({posixpath.relpath(place, posixpath.dirname(places[name]) or '.')}{hash_}{anchor})"
        if not (ROOT / meant).exists():
            return match[0]  # MkDocs refuses it
        url = next(_repository(meant), "")
        return f"{label}({url})" if url else label[1:-1]

    return _LINK.sub(link, text)


def _repository(path: str) -> Iterator[str]:
    """Where a file of the repository can be seen."""
    environment = os.environ
    if "GITHUB_REPOSITORY" in environment:
        repository = f"{environment['GITHUB_SERVER_URL']}/{environment['GITHUB_REPOSITORY']}"
        yield f"{repository}/blob/{environment['GITHUB_SHA']}/{path}"


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
