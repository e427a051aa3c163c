"""A draft as the files of a config folder: what is in it, what is not, and why."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from landing.core.constraints.principals import NAMES
from landing.core.keys import keys
from landing.core.model import Json
from landing.importing import policy_folder
from landing.importing.draft import Draft, DraftAccount, DraftBaseline, DraftPolicy, DraftStack, DraftUnit
from landing.importing.yaml_values import block, comment, inline, text
from landing.organization import ROOT

HEAD = "# yaml-language-server: $schema=landing.schema.json"
ORGANIZATION, ACCOUNTS, GUARDRAILS, SERVICES, BASELINES, STACKS = (
    f"config/{name}.yaml" for name in ("organization", "accounts", "guardrails", "services", "baselines", "stacks")
)
BLUEPRINTS = "blueprints"


def files(draft: Draft, shipped: Collection[str], accepted: Mapping[str, Collection[str]] = {}) -> dict[str, str]:
    """Text by path below the new folder.

    `shipped` are the names of policies that there are without it, which no folder of `scps/` may have. `accepted` has
    the codes of what was found wrong with a policy, by its key: it is in force all the same, so they are warnings.
    """
    folders = folders_of(draft.policies, shipped)
    made = {
        ORGANIZATION: _joined(_organization(draft)),
        ACCOUNTS: _joined(_accounts(draft.accounts)),
        GUARDRAILS: _joined(_guardrails(draft, folders)),
    }
    if draft.services:
        made[SERVICES] = _joined(_services(draft))
    if draft.baselines:
        made[BASELINES] = _joined(_baselines(draft.baselines))
    if draft.stacks:
        made[STACKS] = _joined(_stacks(draft.stacks))
    deployed: list[DraftBaseline | DraftStack] = [*draft.baselines, *draft.stacks]
    made |= {f"{BLUEPRINTS}/{blueprint_of(each)}": each.template for each in deployed}
    for policy in draft.policies:
        here = f"scps/{folders[policy.key]}"
        made |= {
            f"{here}/{name}": body for name, body in policy_folder.files(policy, accepted.get(policy.key, ())).items()
        }
    return {path: body for path, body in made.items() if body}


def folders_of(policies: Iterable[DraftPolicy], shipped: Collection[str]) -> Mapping[str, str]:
    """The folder in `scps/` by the key of each policy: the key itself, unless a policy of that name ships."""
    return keys(((policy.key, policy.key, "") for policy in policies), "policy", shipped)


def blueprint_of(each: DraftBaseline | DraftStack) -> str:
    """The file that has its template, which stays in the notation that it is in."""
    return f"{each.blueprint}.{'json' if is_json(each.template) else 'yaml'}"


def _baselines(baselines: Iterable[DraftBaseline]) -> Iterator[str]:
    yield "# Stack sets that are there already, with their templates in `blueprints/`; those named are never deleted."
    yield "# Values that single accounts override are not among the parameters, and stay."
    yield "baselines:"
    for each in baselines:
        body: dict[str, Any] = {"stack_set": each.stack_set} if each.stack_set else {}
        body |= {**_blueprint(each), "target": target_of(each.nodes), **_given(each)}
        yield f"  {text(each.key)}:"
        yield from block(body | ({"management": True} if each.management else {}), 4)


def _stacks(stacks: Iterable[DraftStack]) -> Iterator[str]:
    yield "stacks:"
    for each in stacks:
        yield f"  {text(each.key)}:"
        yield from block({**_blueprint(each), "accounts": list(each.accounts), **_given(each)}, 4)


def _blueprint(each: DraftBaseline | DraftStack) -> dict[str, Any]:
    return {} if each.blueprint == each.key.replace("-", "_") else {"blueprint": each.blueprint}


def _given(each: DraftBaseline | DraftStack) -> dict[str, Any]:
    return {"regions": list(each.regions), **({"parameters": dict(each.parameters)} if each.parameters else {})}


def _joined(lines: Iterable[str]) -> str:
    listed = list(lines)
    return "\n".join([HEAD, "", *listed]) + "\n" if listed else ""


def _trusted(draft: Draft) -> dict[str, dict[str, Any]]:
    """Services with trusted access and who administers them, by the config's names of them."""
    administered = draft.delegated_administrators
    return {
        NAMES[each]: _administered(administered.get(each, ()))
        for each in sorted({*draft.trusted_access, *administered})
    }


def _administered(accounts: Sequence[str]) -> dict[str, Any]:
    several = list(accounts) if len(accounts) > 1 else "".join(accounts)
    return {"administrator": several} if accounts else {}


def _organization(draft: Draft) -> Iterator[str]:
    yield comment(f"Made by `landing import` from {draft.source}.")
    yield "organization:"
    top: dict[str, Any] = {"name": draft.name, "id": draft.id, "home_region": draft.home_region}
    top |= {"governed_regions": list(draft.governed_regions), "policy_types": list(draft.policy_types)}
    yield from block({key: value for key, value in top.items() if value}, 2)
    if draft.quarantine:
        yield f"  new_accounts: {inline({'quarantine': draft.quarantine})}"
    if trusted := _trusted(draft):
        yield from ("  trusted_access:", *(f"    {name}: {inline(entry)}" for name, entry in trusted.items()))
    if draft.untrusted:
        yield comment("Not trusted as it is: accounts are not renamed, or stack sets not made, until this is.", 2)
        yield from block({"untrusted": list(draft.untrusted)}, 2)
    if draft.known:
        yield comment("Policies that others keep: they are in force, they count, and they are never written.", 2)
        yield "  known_policies:"
        yield from (f"    - {text(each.pattern)} {comment(each.why)}" for each in draft.known)
    yield ""
    roles = {"management": draft.management, "log_archive": draft.log_archive}
    yield f"roles: {inline({**roles, 'security_tooling': draft.security_tooling})}"
    if draft.member_role:
        yield from ("", f"access: {inline({'member_role': draft.member_role})}")
    if draft.limits:
        yield from ("", "# AWS must have raised these: more is there than it allows otherwise.", "limits:")
        yield from block(draft.limits, 2)
    if draft.units:
        yield from ("", "units:", *_units(draft))
    if draft.removed:
        yield from (
            "",
            "# Made by another config, and not in this one: they stay as they are.",
        )
        yield from ("removed:", *(f"  - {text(each)}" for each in draft.removed))
    yield from left_out_lines(draft)


def left_out_lines(draft: Draft) -> Iterator[str]:
    """What was found and is not in the config, a comment each."""
    if draft.left_out:
        yield from ("", "# Found, and not in this config:")
        yield from (comment(f"- {each}") for each in draft.left_out)


CONTROL_TOWER = (
    "What AWS Control Tower has enabled already. By this config each is adopted: it gets a tag and nothing else, and",
    "is changed and disabled from here. To leave it to Control Tower, take `control_tower` out before the first apply:",
    "all of it stays in force, and known as Control Tower's. What is mandatory, or inherited, is not listed.",
)


def _services(draft: Draft) -> Iterator[str]:
    yield "services:"
    for key, settings in draft.services.items():
        if key == "control_tower":
            yield from (comment(line, 2) for line in CONTROL_TOWER)
        yield from block({key: settings}, 2)


def _units(draft: Draft) -> Iterator[str]:
    below: dict[str, list[Any]] = {}
    for unit in draft.units:
        below.setdefault(unit.key.rpartition("/")[0], []).append(unit)

    def lines(parent: str, indent: int) -> Iterator[str]:
        for unit in below.get(parent, ()):
            body = unit_body(unit)
            key = text(unit.key.rpartition("/")[2])
            if unit.key not in below:
                yield f"{' ' * indent}{key}: {inline(body)}"
                continue
            yield f"{' ' * indent}{key}:"
            yield from block(body, indent + 2)
            yield f"{' ' * (indent + 2)}units:"
            yield from lines(unit.key, indent + 4)

    return lines("", 2)


def _accounts(accounts: Iterable[DraftAccount]) -> Iterator[str]:
    yield "# The ids are pinned: these very accounts are meant, whatever their names and e-mail addresses become."
    yield "accounts:"
    for unit, inside in groupby(accounts, key=lambda each: each.unit):
        if unit != ROOT:
            yield ""
        for account in inside:
            yield from account_lines(account)


def account_lines(account: DraftAccount, indent: int = 2) -> Iterator[str]:
    """An account as it stands under `accounts`."""
    yield f"{' ' * indent}{text(account.key)}:"
    yield from block(account_body(account), indent + 2)


def account_body(account: DraftAccount) -> dict[str, Any]:
    """What a config says of an account."""
    body: dict[str, Any] = {"name": account.name, "email": account.email, "unit": account.unit, "id": account.id}
    body |= {"tags": dict(account.tags), "contacts": dict(account.contacts)}
    body = {key: value for key, value in body.items() if value}
    return body if account.full_access else body | {"full_access": False}


def unit_body(unit: DraftUnit) -> dict[str, Any]:
    """What a config says of a unit, but for those below it."""
    return {"name": unit.name} | ({} if unit.full_access else {"full_access": False})


def _guardrails(draft: Draft, folders: Mapping[str, str]) -> Iterator[str]:
    attached = [policy for policy in draft.policies if policy.nodes]
    idle = [policy for policy in draft.policies if not policy.nodes]
    if attached:
        yield "guardrails:"
    unit_of = {each.key: each.unit for each in draft.accounts}
    for policy in attached:
        yield f"  {text(policy.key)}:"
        if folders[policy.key] != policy.key:
            yield comment(f"A policy of the name {policy.key} ships: the text of this one is in another folder.", 4)
        yield from block(guardrail_body(policy, folders[policy.key], unit_of), 4)
    if idle:
        yield "# Attached nowhere, and so no guardrails; their texts are in `scps/`:"
        yield from (
            comment(f"- {folders[each.key]}: {each.name}" + (f" ({each.id})" if each.id else "")) for each in idle
        )


def guardrail_body(policy: DraftPolicy, folder: str, unit_of: Mapping[str, str]) -> dict[str, Any]:
    """What a config says of a guardrail; `unit_of` has the unit of each account by their keys."""
    body: dict[str, Any] = {"policy": folder} if folder != policy.key else {}
    body |= {"name": policy.name} if policy.name != policy.key else {}
    body |= {"description": policy.description, "target": target_of(policy.nodes)}
    return body | ({"nested": True} if _is_nested(policy.nodes, unit_of) else {})


def is_json(template: str) -> bool:
    """Whether a template is in JSON; else it is in YAML."""
    try:
        json.loads(template)
    except ValueError:
        return False
    return True


def target_of(nodes: Iterable[str]) -> dict[str, Json]:
    """Nodes as a target has them."""
    listed = list(nodes)
    units: list[Json] = [node.removeprefix("unit/") for node in listed if not node.startswith("account/")]
    accounts: list[Json] = [node.removeprefix("account/") for node in listed if node.startswith("account/")]
    return {**({"units": units} if units else {}), **({"accounts": accounts} if accounts else {})}


def _is_nested(nodes: Collection[str], unit_of: Mapping[str, str]) -> bool:
    """Whether one node is below another, so that the policy is attached twice on the way to some account."""
    units = {node.removeprefix("unit/") for node in nodes if not node.startswith("account/")}
    starts = [unit_of[node.removeprefix("account/")] for node in nodes if node.startswith("account/")]
    starts += [_parent(unit) for unit in units if unit != ROOT]
    return any(above in units for start in starts for above in _path(start))


def _parent(unit: str) -> str:
    return unit.rpartition("/")[0] or ROOT


def _path(unit: str) -> Iterator[str]:
    while unit != ROOT:
        yield unit
        unit = _parent(unit)
    yield ROOT
