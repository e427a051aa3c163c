"""Remediations that another config has deployed: they become `services.config.remediations` of this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from landing.aws import Aws
from landing.core.errors import ConfigError
from landing.core.model import Address, Resource, Scope
from landing.importing.comparison import Compared, Sight, beyond_adoption, differences, few
from landing.importing.draft import LeftOut
from landing.importing.output import rewrite_folder
from landing.organization import PREFIX, ROOT
from landing.organization.resources import STACK, STACK_SET
from landing.services.config.declaration import SERVICE
from landing.services.config.remediations_found import remediations_of
from landing.services.registry import KINDS

SETS = ("config-remediation", "config-remediation-role")
"""The stack sets of both blueprints."""


def with_remediations(aws: Aws, sight: Sight, found: Compared, folder: Path, *, left: list[LeftOut]) -> Compared:
    """With what the stack sets of ours have, where a plan of it changes nothing; all is read already."""
    aws = aws.with_names_of(found.written.organization)
    sets = [sight.live.get(Address(STACK_SET, name)) for name in SETS]
    rules, roles = ((each.attributes if each and each.owned else {}).get("template") or {} for each in sets)
    entries = dict(remediations_of(rules, roles))
    if not entries:
        return found
    what = f"remediations of AWS Config ({', '.join(sorted(entries))})"
    given = found.draft.services.get(SERVICE.key)
    if not isinstance(given, Mapping):
        left.append(LeftOut(what, "let go of, since AWS Config is left out"))
        return found
    assert sets[0] is not None
    settings = {**given, "remediations": entries, **_target(aws, sight, sets[0])}
    before = sets[0].attributes["auto_deployment"]["after"]  # the recorder's, which is let go of
    removed = tuple(str(Address(STACK_SET, name)) for name in before if name not in SETS)
    draft = replace(found.draft, services={**found.draft.services, SERVICE.key: settings}, removed=removed)
    made = (KINDS[STACK], KINDS[STACK_SET])
    kinds = (*found.kinds, *(kind for kind in made if kind not in found.kinds))
    try:
        written = rewrite_folder(draft, folder, found.written.accepted)
    except ConfigError as error:
        words = [problem.message for problem in error.problems]
    else:
        plan = sight.plan(written.organization, kinds, (*SERVICE.kinds, *made))
        known = {(change.action, change.address) for change in found.plan.changes}
        names = {kind.name for kind in found.kinds}
        more = [
            change
            for change in beyond_adoption(plan.changes)
            if (change.address.kind in names and (change.action, change.address) not in known)
            or change.address.name in SETS
        ]
        words = [difference for change in more for difference in differences(change)]
        if not words:
            sight.keep()
            return Compared(draft, written, plan, kinds)
    left.append(LeftOut(what, f"let go of, since a config cannot say them: {few(words)}"))
    return replace(found, written=rewrite_folder(found.draft, folder, found.written.accepted))


def _target(aws: Aws, sight: Sight, rules: Resource) -> dict[str, Any]:
    """The setting `target` for where they are; none where that is every account.

    AWS tells of single accounts by the units that these are in; a stack set of ours that has none but these does not
    deploy by itself.
    """
    targets, management = rules.attributes["targets"], aws.context.management
    units, accounts = targets["units"], [*targets["accounts"]]
    region = min(rules.attributes["regions"], default="")
    managed = Address(STACK, SETS[0], Scope(management, region)) in sight.live
    if not rules.attributes["auto_deployment"]["enabled"]:
        units, accounts = [], sorted(_accounts(aws, region))
    elif units == [ROOT] and not accounts:
        return {} if managed else {"target": {"units": [ROOT], "exclude": {"accounts": [management]}}}
    accounts += [management] if managed and ROOT not in units else []
    return {"target": {name: keys for name, keys in (("units", units), ("accounts", accounts)) if keys}}


def _accounts(aws: Aws, region: str) -> set[str]:
    """The accounts that have an instance: 100 a page, in one region."""
    given = {"StackSetName": PREFIX + SETS[0], "StackInstanceRegion": region}
    listed = aws.listed(aws.client("cloudformation"), "list_stack_instances", "Summaries", **given)
    return {aws.tree.account_keys.get(each["Account"], each["Account"]) for each in listed}
