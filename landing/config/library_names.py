"""Checks of what guardrails, baselines, stacks and playbooks ask of the library, and of the names AWS gives them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from landing.config import playbooks
from landing.config.document import Document, Path_, items
from landing.core import forms
from landing.core.model import Diagnostic
from landing.core.spelling import nearest
from landing.library import Library
from landing.organization import PREFIX
from landing.policy.limits import LIMITS


def check(document: Document, library: Library) -> Iterator[Diagnostic]:
    """Every policy and blueprint that is not there, and every name that AWS would refuse."""
    yield from _guardrails(document, library)
    yield from _blueprints(document, library)
    yield from _stack_sets(document)
    yield from playbooks.check(document, library)


def _guardrails(document: Document, library: Library) -> Iterator[Diagnostic]:
    names = {(kind, forms.name(own)): own for kind, limit in LIMITS.items() for own in limit.built_in}
    guardrails = dict(items(document.data.get("guardrails")))
    for key, value in guardrails.items():
        path: Path_ = ("guardrails", key)
        asked, name = value.get("policy", key), str(value.get("name", key))
        yield from _missing(document, path, "policy", asked, {*library.policies, *library.broken})
        policy = library.policies.get(str(asked))
        first = names.setdefault((policy.type, forms.name(name)), key) if policy else key
        if first != key:
            there = document.source(("guardrails", first), key=True) if first in guardrails else "AWS's own"
            yield document.problem(
                "LZ315",
                f"`{key}` has the name {name!r}, as has `{first}` ({there})",
                path,
                "policies of one type need names that differ by more than case",
                key=True,
            )


def _blueprints(document: Document, library: Library) -> Iterator[Diagnostic]:
    """Of baselines and of stacks."""
    both = ((section, *each) for section in ("baselines", "stacks") for each in items(document.data.get(section)))
    for section, key, value in both:
        path: Path_ = (section, key)
        if not key.replace("-", "").isalnum():
            yield document.problem(
                "LZ316",
                f"`{key}` cannot name a {'stack' if section == 'stacks' else 'stack set'}",
                path,
                "letters, digits and hyphens only",
                key=True,
            )
        asked = value.get("blueprint", key.replace("-", "_"))
        yield from _missing(document, path, "blueprint", asked, library.blueprint_files)


def _stack_sets(document: Document) -> Iterator[Diagnostic]:
    """Of those that are there already: ours are made under names of ours, and AWS gives each name once."""
    first: dict[str, str] = {}
    for key, value in items(document.data.get("baselines")):
        name, path = str(value.get("stack_set") or ""), ("baselines", key, "stack_set")
        if name.startswith(PREFIX):
            message = f"`{name}` is the name of a stack set that a config makes"
            yield document.problem("LZ339", message, path, "leave it out: the key says it")
        elif name and first.setdefault(name, key) != key:
            message = f"`{name}` is the stack set of `{first[name]}` already"
            yield document.problem("LZ339", message, path, "one baseline for each stack set")


def _missing(document: Document, path: Path_, what: str, name: object, known: Collection[str]) -> Iterator[Diagnostic]:
    """Said where the name is: under a key of its own, or the key of the guardrail or baseline itself."""
    if isinstance(name, str) and name not in known:
        own = document.at((*path, what)) is not None
        code = {"policy": "LZ310", "blueprint": "LZ311"}[what]
        hint = nearest(name, known, "known: " + ", ".join(sorted(known)))
        yield document.problem(code, f"there is no {what} `{name}`", (*path, what) if own else path, hint, key=not own)
