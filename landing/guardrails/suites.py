"""The guardrails of a config as suites to test: each policy alone, and all together at their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from landing.core import references
from landing.core.model import Json
from landing.core.source_tree import cases
from landing.library import Library, Policy, fill
from landing.organization import ROOT, Organization
from landing.policy.declared import declared, ids_of
from landing.policy.testing import Attached, Estate, Suite


def suites(organization: Organization, library: Library, estate: Estate, config: Path) -> Iterator[Suite]:
    """What `landing test` tests.

    Each guardrail of the library with the parameters that the config gives it; each policy beside the config that no
    guardrail uses, with its defaults; and for each file in the folder `cases` of the config, all guardrails as
    attached.
    """
    folder = cases(config)
    used = set()
    for guardrail in organization.guardrails.values():
        if guardrail.policy not in library.policies:
            continue  # a service brings it
        used.add(guardrail.policy)
        yield replace(suite_of(library.policies[guardrail.policy], estate, guardrail.parameters), name=guardrail.key)
    own = config.parent.resolve()
    for policy in library.policies.values():
        needy = any(parameter.required for parameter in policy.parameters.values())
        if policy.name not in used and policy.folder.is_relative_to(own) and not needy:
            yield suite_of(policy, estate)
    together = declared(organization, estate)
    for file in sorted(folder.glob("*.y*ml")):
        yield Suite(f"{folder.parent.name}/cases/{file.name}", file, together)


def suite_of(policy: Policy, estate: Estate, given: Mapping[str, Json] | None = None) -> Suite:
    """A policy with its parameters filled in, alone at the root, and the cases beside it.

    The cases of a policy are about what it says, so it is tested where it reaches every account, whatever
    the config attaches it to.
    """
    ids = ids_of(estate)
    resolved = {name: fill(references.resolve(value, ids), estate.names) for name, value in (given or {}).items()}
    values: dict[str, Json] = dict(estate.names)
    for parameter in policy.parameters.values():
        values[parameter.name] = resolved.get(parameter.name, fill(parameter.default, estate.names))
    document = policy.render(resolved, estate.names)
    attached = Attached(policy.name, document, policy.type, (ROOT,))
    return Suite(policy.name, policy.folder / "cases.yaml", (attached,), values)
