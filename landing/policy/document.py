"""A policy document as statements, with what is malformed in each; nothing here raises on bad input."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from landing.policy.conditions import Line

ELEMENTS = frozenset(
    (
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    )
)
TOP_LEVEL = frozenset(("Version", "Id", "Statement"))
VERSIONS = ("2012-10-17", "2008-10-17")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `effect` is none when it says neither Allow nor Deny.

    `faults` says what makes its meaning uncertain: it is then taken to match nothing and everything.
    """

    index: int
    sid: str | None = None
    effect: str | None = None
    actions: tuple[str, ...] = ("*",)
    resources: tuple[str, ...] = ("*",)
    not_action: bool = False
    not_resource: bool = False
    conditions: tuple[Line, ...] = ()
    variables: bool = False
    faults: tuple[str, ...] = field(default=())


def statements(policy: object, *, of_resources: bool = False) -> tuple[Statement, ...]:
    """The statements of a document (parsed JSON); what cannot be read is one uncertain statement.

    With `of_resources` it is an RCP, whose grammar has less.
    """
    if not isinstance(policy, Mapping):
        return (Statement(-1, faults=("the policy is not a JSON object",)),)
    faults = []
    version = policy.get("Version", "2008-10-17")
    if version not in VERSIONS:
        faults.append(f"{version!r} is no version of the policy language")
    unknown = sorted(str(name) for name in policy if name not in TOP_LEVEL)
    if unknown:
        faults.append(f"{unknown[0]!r} is no element of a policy")
    listed = policy.get("Statement")
    if isinstance(listed, Mapping):
        listed = [listed]
    if not isinstance(listed, list | tuple):
        return (Statement(-1, faults=(*faults, "the policy has no list of statements")),)
    read = [_statement(index, item, version == "2012-10-17", of_resources) for index, item in enumerate(listed)]
    if of_resources and version == "2008-10-17":
        faults.append("the Version of an RCP is 2012-10-17")
    if faults:
        read.append(Statement(-1, faults=tuple(faults)))
    return tuple(read)


def _statement(index: int, item: object, variables: bool, of_resources: bool) -> Statement:
    if not isinstance(item, Mapping):
        return Statement(index, faults=("the statement is not a JSON object",))
    faults = [f"{name!r} is no element of a statement" for name in item if name not in ELEMENTS]
    if "NotPrincipal" in item:
        faults.append("neither an SCP nor an RCP has NotPrincipal")
    if item.get("Principal", "*") != "*":
        faults.append('an RCP has no Principal but "*", an SCP none at all')
    effect = item.get("Effect")
    if effect not in ("Allow", "Deny"):
        faults.append("Effect is neither Allow nor Deny")
        effect = None
    actions, not_action = _names(item, "Action", faults)
    resources, not_resource = _names(item, "Resource", faults)
    if of_resources and effect == "Deny":
        faults += _beyond_rcps(item, actions)
    sid = item.get("Sid")
    return Statement(
        index=index,
        sid=sid if isinstance(sid, str) else None,
        effect=effect,
        actions=actions,
        resources=resources,
        not_action=not_action,
        not_resource=not_resource,
        conditions=_lines(item.get("Condition", {}), variables, faults),
        variables=variables,
        faults=tuple(faults),
    )


def _beyond_rcps(item: Mapping[str, object], actions: tuple[str, ...]) -> list[str]:
    """What the grammar of RCPs does not have; the Allow of RCPFullAWSAccess is AWS's own."""
    found = (
        ("Principal" not in item, 'an RCP has Principal "*"'),
        ("NotAction" in item, "an RCP has no NotAction"),
        ("*" in actions, "an RCP takes no Action that is * alone"),
    )
    return [fault for holds, fault in found if holds]


def _names(item: Mapping[str, object], element: str, faults: list[str]) -> tuple[tuple[str, ...], bool]:
    """The entries of Action or Resource, and whether it is the Not… form; `faults` is added to."""
    negated = f"Not{element}" in item
    if negated == (element in item):
        faults.append(f"a statement has one of {element} and Not{element}")
        return ("*",), False
    value = item[f"Not{element}" if negated else element]
    listed = list(value) if isinstance(value, list | tuple) else [value]
    texts = tuple(entry for entry in listed if isinstance(entry, str))
    if not listed or len(texts) != len(listed):
        faults.append(f"an entry of {element} is not a string" if listed else f"{element} has no entry")
        # What is no name may be meant to match anything.
        return ("*",), False
    return texts, negated


def _lines(block: object, variables: bool, faults: list[str]) -> tuple[Line, ...]:
    """The lines of a Condition block; `faults` is added to."""
    if not isinstance(block, Mapping):
        faults.append("Condition is not a JSON object")
        return ()
    lines = []
    seen: set[tuple[str, str]] = set()
    for operator, keys in block.items():
        if not isinstance(keys, Mapping):
            faults.append(f"the operator {operator} has no object of keys and values")
            continue
        for key, values in keys.items():
            lines.append(Line(str(operator), str(key), values, variables))
            name = (str(operator).lower(), str(key).lower())
            if name in seen:
                faults.append(f"{operator} and {key} are given twice, in different case: undocumented")
            seen.add(name)
    return tuple(lines)
