"""The playbooks of a config as they are tried: each alone, with the parameters that the config gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landing.config import playbooks
from landing.core.model import Json
from landing.library import Library
from landing.organization import Organization
from landing.policy.outline import account_ids


@dataclass(frozen=True, slots=True)
class PlaybookSuite:
    """A playbook by the key of the config, or its own name: the templates of its blueprints, where its cases are."""

    name: str
    playbook: str
    cases: Path
    roles: Mapping[str, Json]
    template: Mapping[str, Json]


def suites(
    organization: Organization, library: Library, config: Path, said: Mapping[str, tuple[Any, Any]]
) -> Iterator[PlaybookSuite]:
    """Those of the config, and those beside it that it does not use.

    `said`: what the cases of each playbook want it tried with, `on` and `parameters`. The cases are of the playbook, so
    what sets it off in the config, who must approve there and how often it may run there have no part in them.
    """
    used = {use.playbook for use in organization.playbooks.values()}
    own = config.parent.resolve()
    asked = [(key, use.playbook, dict(use.parameters)) for key, use in organization.playbooks.items()]
    asked += [
        (name, name, {})
        for name, each in library.playbooks.items()
        if name not in used and each.folder.is_relative_to(own) and library.own(each)
    ]
    context: dict[str, Json] = {
        "partition": organization.partition,
        "home_region": organization.home_region,
        "governed_regions": list(organization.governed_regions),
        "exempt_roles": list(organization.exempt_roles),
    }
    roles, ids = organization.roles, account_ids(organization)
    for key, name, given in asked:
        if name not in library.playbooks:  # a document of AWS's own
            continue
        playbook = library.playbooks[name]
        on, parameters = said.get(name, (None, None))
        named = {each: ids[roles[role]] for each, role in playbook.accounts.items() if role in roles}
        value = {"on": on or playbook.on, "parameters": {**named, **(parameters or {}), **given}}
        needed = playbooks.asked(key, value, playbook, context, playbooks.literally)
        calls = [("playbook_roles", needed.roles), ("playbook", needed.document)]
        permitted, template = (each.template for each in library.rendered(calls))
        assert permitted is not None
        assert template is not None
        yield PlaybookSuite(key, name, playbook.folder / "cases.yaml", permitted, template)
