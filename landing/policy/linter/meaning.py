"""What statements do as a whole: deny everything, hit global services, or nothing that others do not."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from landing.policy import catalog
from landing.policy.automata import TooManyError
from landing.policy.cases import Case, Tally, Unsolved, cases
from landing.policy.claim import read_claim
from landing.policy.conditions import Condition
from landing.policy.derived import GLOBAL_REGIONS
from landing.policy.levels import Rule
from landing.policy.linter.finding import ERROR, WARNING, Finding, Located, Source
from landing.policy.request_space import RequestSpace
from landing.policy.search import Constraint
from landing.policy.statement_matches import group

# Services that answer in one region, wherever they are asked from, with that region in the partition aws: a lock on
# regions has to leave them out, or the region in.
GLOBAL_SERVICES = {
    name: GLOBAL_REGIONS["aws"].get(name, "us-east-1")
    for name in ("budgets", "cloudfront", "globalaccelerator", "iam", "organizations", "route53", "sts", "support")
}


def check(source: Source) -> Iterator[Finding]:
    """Statements that do more than was meant, or nothing."""
    for item in source.statements:
        yield from _everything(item)
        yield from _regions(item)
    yield from _shadowed(source)


def _denies(item: Located) -> bool:
    return item.raw.get("Effect") == "Deny" and item.rule.doubt is None


def _everything(item: Located) -> Iterator[Finding]:
    texts = [text for text, _ in item.entries("Action")]
    if _denies(item) and item.rule.always and not item.statement.not_action and "*" in texts:
        message = "it denies every action to everybody, the tool that would take it back included"
        yield Finding("POL600", ERROR, item.at(), message, "leave somebody out by a Condition")


def _regions(item: Located) -> Iterator[Finding]:
    texts = [text for text, _ in item.entries("Action")]
    if not _denies(item) or not (item.statement.not_action or "*" in texts):
        return
    locks = [condition for condition in item.rule.conditions if condition.key == "aws:requestedregion"]
    spared = {text.partition(":")[0].lower() for text in texts} if item.statement.not_action else set()
    missing = [
        service
        for service, region in GLOBAL_SERVICES.items()
        if service not in spared and any(_excludes(condition, region) for condition in locks)
    ]
    if missing:
        message = f"the lock on regions hits services that answer in one region only: {', '.join(missing)}"
        where, advice = item.at("NotAction"), "add them to NotAction"
        if not item.statement.not_action:
            where, advice = item.at("Action"), "use NotAction, with these services in it"
        yield Finding("POL601", WARNING, where, message, advice)


def _excludes(condition: Condition, region: str) -> bool:
    """Whether a condition holds in a region because the region is none of those it names."""
    use = condition.use
    return use is not None and use.operator.negated and condition({condition.key: region}) is True


def _shadowed(source: Source) -> Iterator[Finding]:
    """Deny statements whose every request another Deny of the policy denies as well."""
    left = [item.rule for item in source.statements if _denies(item)]
    for item in source.statements:
        if item.rule not in left or len(left) < 2:
            continue
        try:
            idle = all(_adds_nothing(item.rule, left, partition) for partition in _partitions(source))
        except TooManyError:
            continue
        if idle:
            # What is found to be idle does not count for the others, or two alike would both be.
            left.remove(item.rule)
            message = "other statements of the policy deny every request that it denies"
            yield Finding("POL602", WARNING, item.at(), message, "leave it out")


def _partitions(source: Source) -> list[str]:
    """Those of the ARNs in a document: there are requests of other partitions that it cannot mean."""
    return sorted({*re.findall(r"\barn:([a-z][a-z-]*):", json.dumps(source.document, default=str))}) or ["aws"]


def _adds_nothing(rule: Rule, rules: Sequence[Rule], partition: str) -> bool:
    """Whether no request of a partition is denied by one rule alone; raises `TooManyError` if it cannot be told."""
    others = [other for other in rules if other is not rule]
    actions = _actions(rule)
    first = next(actions, None)
    if first is None or not any(other.on_action(first.lowered) is True for other in others):
        return False  # nearly always: and so the actions of most services are never read
    groups = group([first, *actions], [rule, *others])
    if any(hits.may == 1 for hits in groups):
        return False
    space = RequestSpace(read_claim({"deny": "*", "partition": partition}), rules, outsiders=True)
    for case in cases(space, [rule, *others], groups, Tally(Counter())):
        if isinstance(case, Unsolved):
            raise TooManyError(case.reason)
        if _alone(case, rule):
            return False
    return True


def _actions(rule: Rule) -> Iterator[catalog.Action]:
    """The actions that a rule hits, service by service."""
    named = {pattern.service for pattern in rule.actions}
    services = catalog.services() if rule.statement.not_action or None in named else named
    for service in sorted(filter(None, services)):
        found = group(catalog.service_actions(service).values(), [rule])
        yield from (action for hits, alike in found.items() if hits.sure for action in alike)


def _alone(case: Case, rule: Rule) -> bool:
    """Whether some request, as far as can be told, is denied by a rule and none of the others."""
    own = next(hit for hit in case.hits if hit.rule is rule)
    others = [hit for hit in case.hits if hit.rule is not rule]

    def constraints() -> list[Constraint]:
        return [[case.applies(own, certain=False)], *(case.fails(hit, certain=False) for hit in others)]

    return case.search(constraints) is not None
