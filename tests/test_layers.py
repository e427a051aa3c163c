"""What import-linter does not say of the layers: files of one layer do not import each other in a circle."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Set
from pathlib import Path

import grimp

from landing.services.registry import KINDS

ROOT = Path(__file__).parent.parent


def reached(imports: Mapping[str, Set[str]], start: str) -> set[str]:
    """What a file imports, directly or by others."""
    found: set[str] = set()
    new = [*imports[start]]
    while new:
        name = new.pop()
        if name not in found:
            found.add(name)
            new += imports[name]
    return found


def cycles(imports: Mapping[str, Set[str]]) -> list[list[str]]:
    """The largest groups of files in which each one imports, by others, itself: strongly connected components."""
    all_reached = {name: reached(imports, name) for name in imports}
    groups = {frozenset(other for other in found if name in all_reached[other]) for name, found in all_reached.items()}
    return sorted(sorted(group) for group in groups if group)


def file_of(module: str) -> str:
    path = Path(*module.split("."))
    return str(path / "__init__.py" if (ROOT / path).is_dir() else path.with_suffix(".py"))


def described(imports: Mapping[str, Set[str]], cycle: list[str]) -> str:
    """Each file of a cycle with those of it that it imports."""
    lines = [f"  {file_of(name)} imports {', '.join(map(file_of, sorted(imports[name] & {*cycle})))}" for name in cycle]
    return "\n".join(["an import cycle (imports for types count):", *lines])


def test_no_file_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("landing", cache_dir=None, exclude_type_checking_imports=False)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    found = [described(imports, cycle) for cycle in cycles(imports)]
    assert not found, "\n".join(found)


def test_cycles_are_found_and_what_only_leads_to_them_is_not() -> None:
    imports = {"top": {"a", "x"}, "a": {"b"}, "b": {"c", "bottom"}, "c": {"a"}, "x": {"y"}, "y": {"x"}, "bottom": set()}
    assert cycles(imports) == [["a", "b", "c"], ["x", "y"]]
    assert described(imports, ["x", "y"]).splitlines()[1:] == ["  x.py imports y.py", "  y.py imports x.py"]


def kinds_named(text: str) -> list[str]:
    """Names of kinds that stand as strings where a kind is meant: beside `.kind`, in `Address(…)` or `kinds[…]`."""
    found = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Compare(left=ast.Attribute(attr="kind"), comparators=[ast.Tuple(elts=meant)]):
                found += meant
            case ast.Compare(left=ast.Attribute(attr="kind"), comparators=meant):
                found += meant
            case ast.Call(func=ast.Name(id="Address"), args=[first, *_]):
                found.append(first)
            case ast.Subscript(value=ast.Name(id="KINDS") | ast.Attribute(attr="kinds"), slice=key):
                found.append(key)
    names = {kind.name for kind in KINDS}
    return [each.value for each in found if isinstance(each, ast.Constant) and each.value in names]


def test_no_kind_is_spelt_outside_of_its_service() -> None:
    """What others must know of, `landing.organization.resources` names."""
    for path in sorted((ROOT / "landing").rglob("*.py")):
        if path.relative_to(ROOT / "landing").parts[0] not in ("services", "sandbox"):
            assert kinds_named(path.read_text(encoding="utf-8")) == [], path
    spelt = 'KINDS["unit"], Address("policy", key), plan.kinds["stack"], a.kind == "account", a.kind in ("trail",)'
    assert sorted(kinds_named(spelt)) == ["account", "policy", "stack", "trail", "unit"]


def test_the_map_of_the_house_names_what_is_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(landing/[\w/]+(?:\.py|/))`", page))
    assert not [path for path in named if not (ROOT / path).exists()]
    rooms = dict(re.findall(r"^\| `(landing/\w+/)` \|.*\| `(\w+\.py)` \|$", page, re.MULTILINE))
    packages = {f"landing/{path.parent.name}/" for path in (ROOT / "landing").glob("*/__init__.py")}
    assert set(rooms) == packages
    assert not [room for room, first in rooms.items() if not (ROOT / room / first).exists()]


def test_nothing_is_loose_beside_the_packages() -> None:
    assert sorted(path.name for path in (ROOT / "landing").glob("*.py")) == ["__init__.py", "__main__.py"]


def test_every_package_says_what_belongs_in_it() -> None:
    for path in sorted((ROOT / "landing").rglob("__init__.py")):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert text, path
