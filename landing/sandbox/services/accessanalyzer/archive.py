"""Archive rules: findings that nobody wants to see again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.accessanalyzer.state import absent, by_arn, conflict, invalid, named
from landing.sandbox.services.call import Call

MOST = 100
"""Of one analyzer (IAM User Guide, "IAM Access Analyzer quotas")."""


def rule(call: Call, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as it is kept."""
    if not asked["filter"]:
        raise invalid("The filter of an archive rule has at least one criterion.")
    if {"id", "status"} & {*asked["filter"]}:
        raise invalid("Archive rules do not filter by id or status.")
    name, now = asked["ruleName"], call.world.now
    return {"ruleName": name, "filter": asked["filter"], "createdAt": now, "updatedAt": now}


def create_archive_rule(call: Call) -> None:
    """API reference, CreateArchiveRule."""
    rules, name = named(call).rules, call["ruleName"]
    if name in rules:
        raise conflict(f"Archive rule {name} already exists.", name, "ArchiveRule")
    if len(rules) >= MOST:
        message = "The maximum number of archive rules is reached."
        raise Refusal("ServiceQuotaExceededException", message, resourceId=name, resourceType="ArchiveRule")
    rules[name] = rule(call, call)


def update_archive_rule(call: Call) -> None:
    """API reference, UpdateArchiveRule."""
    found = _rule(call)
    found.update(filter=rule(call, call)["filter"], updatedAt=call.world.now)


def apply_archive_rule(call: Call) -> None:
    """To the findings that there are; here a rule holds for them anyway (API reference, ApplyArchiveRule)."""
    if call["ruleName"] not in by_arn(call).rules:
        raise absent(call["ruleName"], "ArchiveRule")


def get_archive_rule(call: Call) -> dict[str, Any]:
    """API reference, GetArchiveRule."""
    return {"archiveRule": _rule(call)}


def list_archive_rules(call: Call) -> dict[str, Any]:
    """API reference, ListArchiveRules."""
    return call.page("archiveRules", list(named(call).rules.values()))


def delete_archive_rule(call: Call) -> None:
    """API reference, DeleteArchiveRule."""
    del named(call).rules[_rule(call)["ruleName"]]


def _rule(call: Call) -> dict[str, Any]:
    found = named(call).rules.get(call["ruleName"])
    if found is None:
        raise absent(call["ruleName"], "ArchiveRule")
    return found
