"""What statements do as a whole: deny everything, hit global services, or nothing that others do not."""

from collections import Counter
from collections.abc import Iterator, Sequence

from landing.policy import catalog
from landing.policy.automata import TooManyError
from landing.policy.cases import Case, Tally, Unsolved, cases, chosen
from landing.policy.claim import read_claim
from landing.policy.hits import group
from landing.policy.levels import Rule
from landing.policy.linting.finding import ERROR, WARNING, Finding, Located, Source
from landing.policy.request_space import RequestSpace

# Services that answer in one region, wherever they are asked from: a lock on regions has to leave them out.
GLOBAL_SERVICES = (
    "budgets",
    "cloudfront",
    "globalaccelerator",
    "iam",
    "organizations",
    "route53",
    "sts",
    "support",
)


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
    if not _denies(item) or not item.statement.not_action:
        return
    if not any(condition.key == "aws:requestedregion" for condition in item.rule.conditions):
        return
    spared = {text.partition(":")[0].lower() for text, _ in item.entries("Action")}
    missing = [service for service in GLOBAL_SERVICES if service not in spared]
    if missing:
        message = f"the lock on regions hits services that answer in one region only: {', '.join(missing)}"
        yield Finding("POL601", WARNING, item.at("NotAction"), message, "add them to NotAction")


def _shadowed(source: Source) -> Iterator[Finding]:
    """Deny statements whose every request another Deny of the policy denies as well."""
    located = [item for item in source.statements if _denies(item)]
    if len(located) < 2:
        return
    rules = [item.rule for item in located]
    groups = group(catalog.all_actions(), rules)
    sets = [hits.may for hits in groups]
    gone: set[int] = set()
    for number, item in enumerate(located):
        bit = 1 << number
        # One that is found to be idle does not count for the others, or two alike would both be.
        others = ~bit & ~sum(1 << index for index in gone)
        mine = [bits for bits in sets if bits & bit]
        if not mine or not all(bits & others for bits in mine):
            continue
        try:
            idle = _adds_nothing(rules, number, gone, groups)
        except TooManyError:
            continue
        if idle:
            gone.add(number)
            message = "other statements of the policy deny every request that it denies"
            yield Finding("POL602", WARNING, item.at(), message, "leave it out")


def _adds_nothing(rules: Sequence[Rule], number: int, gone: set[int], groups: object) -> bool:
    """Whether no request is denied by one rule alone; raises `TooManyError` if it cannot be told."""
    assert isinstance(groups, dict)
    mine = {hits: actions for hits, actions in groups.items() if hits.may >> number & 1}
    bits = 0
    for hits in mine:
        bits |= hits.may
    relevant = [rule for _, rule in chosen(rules, bits)]
    space = RequestSpace(read_claim({"deny": "*"}), relevant, outsiders=True)
    for case in cases(space, rules, mine, Tally(Counter())):
        if isinstance(case, Unsolved):
            raise TooManyError(case.reason)
        if _alone(case, rules[number], {id(rules[index]) for index in gone}):
            return False
    return True


def _alone(case: Case, rule: Rule, gone: set[int]) -> bool:
    """Whether some request, as far as can be told, is denied by a rule and none of the others."""
    own = next(hit for hit in case.hits if hit.rule is rule)
    others = [hit for hit in case.hits if hit.rule is not rule and id(hit.rule) not in gone]

    def constraints() -> list[object]:
        return [[case.applies(own, certain=False)], *(case.fails(hit, certain=False) for hit in others)]

    return case.search(constraints) is not None  # type: ignore[arg-type]
