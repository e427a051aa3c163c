"""The grammar of SCPs and RCPs: elements, their forms and what each type leaves out.

AWS Organizations user guide, "SCP syntax" and "RCP syntax".
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from landing.policy.document import ELEMENTS, TOP_LEVEL
from landing.policy.evaluation import RCP
from landing.policy.linter.finding import ERROR, WARNING, Finding, Located, Source, pointer
from landing.policy.suggestions import did_you_mean

_SID = re.compile(r"[A-Za-z0-9]*\Z")


def check(source: Source) -> Iterator[Finding]:
    """Everything that is malformed."""
    document = source.document
    if not isinstance(document, Mapping):
        yield Finding("POL100", ERROR, "", "the policy is not a JSON object")
        return
    for name in document:
        if name not in TOP_LEVEL:
            yield _unknown(name, TOP_LEVEL, pointer(name))
    if document.get("Version") != "2012-10-17":
        where = pointer("Version") if "Version" in document else ""
        yield Finding("POL102", ERROR, where, "Version must be 2012-10-17", 'add "Version": "2012-10-17"')
    yield from _statement_list(document)
    sids = Counter(item.raw["Sid"] for item in source.statements if isinstance(item.raw.get("Sid"), str))
    for item in source.statements:
        yield from _elements(item, source.policy_type)
        yield from _sid(item, sids)
        for element in ("Action", "Resource"):
            yield from _entries(item, element)
        yield from _condition(item)


def _statement_list(document: Mapping[Any, Any]) -> Iterator[Finding]:
    listed = document.get("Statement")
    if isinstance(listed, list | tuple):
        if not listed:
            yield Finding("POL108", ERROR, pointer("Statement"), "the policy has no statement")
        for index, item in enumerate(listed):
            if not isinstance(item, Mapping):
                yield Finding("POL100", ERROR, pointer("Statement", index), "the statement is not a JSON object")
    elif not isinstance(listed, Mapping):
        yield Finding("POL100", ERROR, "", "the policy has no list of statements under Statement")


def _unknown(name: object, known: frozenset[str], where: str) -> Finding:
    return Finding("POL101", ERROR, where, f"{name!r} is no element of a policy", did_you_mean(str(name), known))


def _elements(item: Located, policy_type: str) -> Iterator[Finding]:
    raw = item.raw
    for name in raw:
        if name not in ELEMENTS:
            yield _unknown(name, ELEMENTS, item.at(name))
    for code, element in (("POL104", "Action"), ("POL105", "Resource")):
        if (element in raw) == (f"Not{element}" in raw):
            yield Finding(code, ERROR, item.at(), f"a statement has one of {element} and Not{element}")
    effects = ("Deny",) if policy_type == RCP else ("Allow", "Deny")
    if raw.get("Effect") not in effects:
        where = item.at("Effect") if "Effect" in raw else item.at()
        yield Finding("POL103", ERROR, where, f"Effect must be {' or '.join(effects)}")
    if policy_type == RCP:
        yield from _of_rcp(item)
    else:
        for name in ("Principal", "NotPrincipal"):
            if name in raw:
                advice = "name the principal in a Condition on aws:PrincipalArn"
                yield Finding("POL106", ERROR, item.at(name), f"an SCP has no {name}", advice)


def _of_rcp(item: Located) -> Iterator[Finding]:
    raw = item.raw
    if raw.get("Principal") != "*":
        where = item.at("Principal") if "Principal" in raw else item.at()
        advice = "restrict it by a Condition on aws:PrincipalArn or aws:PrincipalOrgID"
        yield Finding("POL106", ERROR, where, 'the Principal of an RCP must be "*"', advice)
    for name, instead in (("NotPrincipal", "Principal"), ("NotAction", "Action")):
        if name in raw:
            yield Finding(
                "POL104" if name == "NotAction" else "POL106",
                ERROR,
                item.at(name),
                f"an RCP has no {name}",
                f"use {instead}",
            )
    for text, where in item.entries("Action"):
        if text == "*":
            message = "an RCP takes no Action that is * alone"
            yield Finding("POL307", ERROR, where, message, "name services: s3:*")


def _sid(item: Located, sids: Mapping[str, int]) -> Iterator[Finding]:
    if "Sid" not in item.raw:
        return
    sid = item.raw["Sid"]
    if not isinstance(sid, str):
        yield Finding("POL107", ERROR, item.at("Sid"), f"the Sid {sid!r} is no text")
    elif sids[sid] > 1:
        yield Finding("POL109", ERROR, item.at("Sid"), f"the Sid {sid!r} is used {sids[sid]} times")
    elif not _SID.match(sid):
        message = f"the Sid {sid!r} has characters other than letters and digits"
        yield Finding("POL109", WARNING, item.at("Sid"), message, "use letters and digits only")


def _entries(item: Located, element: str) -> Iterator[Finding]:
    for name in (element, f"Not{element}"):
        if name not in item.raw:
            continue
        value = item.raw[name]
        if isinstance(value, list | tuple):
            if not value:
                yield Finding("POL108", ERROR, item.at(name), f"{name} has no entry")
            for index, entry in enumerate(value):
                if not isinstance(entry, str):
                    yield Finding("POL107", ERROR, item.at(name, index), f"{entry!r} is no text")
        elif not isinstance(value, str):
            yield Finding("POL107", ERROR, item.at(name), f"{name} is neither a text nor a list of texts")


def _condition(item: Located) -> Iterator[Finding]:
    if "Condition" not in item.raw:
        return
    block = item.raw["Condition"]
    if not isinstance(block, Mapping):
        yield Finding("POL107", ERROR, item.at("Condition"), "Condition is not a JSON object")
        return
    seen: set[tuple[str, str]] = set()
    for operator, keys in block.items():
        if not isinstance(keys, Mapping):
            where = item.at("Condition", operator)
            yield Finding("POL107", ERROR, where, f"{operator} has no object of condition keys and values")
            continue
        for key in keys:
            name = (str(operator).lower(), str(key).lower())
            if name in seen:
                where = item.at("Condition", operator, key)
                yield Finding("POL110", ERROR, where, f"{operator} and {key} are there twice, in different case")
            seen.add(name)
