"""The conditions of statements: names, values, and what they do not say."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses
from typing import Any

from landing.policy import arn, catalog, suggestions
from landing.policy.keys import Key, find_key, may_be_present
from landing.policy.linter.finding import ERROR, WARNING, Finding, Located, Source
from landing.policy.linter.resources import account, variables
from landing.policy.linter.values import of_key, of_principal
from landing.policy.operators import OPERATORS, QUANTIFIERS, Use, parse_use
from landing.policy.pattern import parse, text_of
from landing.policy.truth import Unknown
from landing.policy.values import READERS

# Operators that fit a key by its type; AWS reads numbers and booleans as text as well.
_FITTING = {
    "String": {"string", "arn"},
    "ARN": {"arn", "string"},
    "Bool": {"bool", "string"},
    "Numeric": {"numeric", "string"},
    "Date": {"date", "numeric", "string"},
    "IPAddress": {"ip"},
}


EVERY_ADDRESS = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a Condition block whose operator and key are known."""

    item: Located
    operator: str
    key: str
    values: tuple[Any, ...]
    use: Use
    found: Key

    def at(self, index: int | None = None) -> str:
        """A pointer to the line, or to one of its values."""
        listed = isinstance(self.item.raw["Condition"][self.operator][self.key], list | tuple)
        value = (index,) if index is not None and listed else ()
        return self.item.at("Condition", self.operator, self.key, *value)


def check(source: Source) -> Iterator[Finding]:
    """Everything about operators, keys and values."""
    for item in source.statements:
        block = item.raw.get("Condition")
        for operator, keys in block.items() if isinstance(block, Mapping) else ():
            for key, values in keys.items() if isinstance(keys, Mapping) else ():
                yield from _line(item, str(operator), str(key), values)


def _line(item: Located, operator: str, key: str, values: Any) -> Iterator[Finding]:
    use = parse_use(operator)
    found = find_key(key)
    where = item.at("Condition", operator, key)
    if isinstance(use, str):
        yield Finding("POL500", ERROR, item.at("Condition", operator), use, _operator_meant(operator))
    if found is None:
        message = f"{key!r} is no condition key that AWS has"
        yield Finding("POL501", ERROR, where, message, suggestions.of_key(key))
    listed = tuple(values) if isinstance(values, list | tuple) else (values,)
    if not listed:
        yield Finding("POL108", ERROR, where, "a condition key without a value: its meaning is not documented")
    if isinstance(use, str) or found is None:
        return
    line = _Line(item, operator, key, listed, use, found)
    for index, value in enumerate(listed):
        yield from _value(line, value, line.at(index))
    yield from _multiplicity(line)
    yield from _presence(line)
    yield from _mfa(line)
    yield from _everywhere(line)
    if use.operator.family not in _FITTING.get(found.base_type, set()) | {"null", "binary"}:
        message = f"{operator} compares another type than {found.name} has ({found.base_type})"
        yield Finding("POL512", WARNING, line.at(), message)


def _operator_meant(text: str) -> str | None:
    names = [row.name for row in OPERATORS.values()]
    known = names + [f"{name}IfExists" for name in names if name != "Null"]
    _, colon, name = text.rpartition(":")
    if "null" in name.lower() and name.lower() != "null":
        return "did you mean `Null`?"
    if colon:
        known = [f"{quantifier}:{name}" for quantifier in QUANTIFIERS.values() for name in known if name != "Null"]
    return suggestions.did_you_mean(text, known)


def _value(line: _Line, value: Any, where: str) -> Iterator[Finding]:
    operator = line.use.operator
    if not isinstance(value, str | bool | int | float):
        yield Finding("POL107", ERROR, where, f"{value!r} is no value of a condition")
        return
    text = text_of(value)
    if operator.family in READERS:
        read = READERS[operator.family](text)
        if isinstance(read, Unknown):
            yield Finding("POL503", ERROR, where, f"{read.reason}: {line.operator} cannot read it")
        return
    has_variables = line.item.statement.variables
    if has_variables:
        yield from variables(text, where)
    if operator.family == "string":
        plain = parse(text, variables=has_variables)
        if operator.relation != "like" and plain.tokens != parse(text, wild=False, variables=has_variables).tokens:
            message = f"{line.operator} takes the wildcard in {text!r} as a character"
            like = "StringNotLike" if operator.negated else "StringLike"
            yield Finding("POL504", WARNING, where, message, f"use {like}")
            return
        yield from of_key(line.found.name, text, where, like=operator.relation == "like")
        if line.found.name == "aws:PrincipalArn":
            yield from of_principal(text, where)
        return
    yield from _arn_value(line, text, where, has_variables)


def _arn_value(line: _Line, text: str, where: str, has_variables: bool) -> Iterator[Finding]:
    pattern = arn.faults(parse(text, variables=has_variables))
    if pattern.fault is not None and parse(text, variables=has_variables).fault is None:
        message = f"{text!r} is compared as an ARN and {pattern.fault}: its meaning is not documented"
        advice = "use StringLike for patterns across the parts of an ARN" if "*" in text else None
        yield Finding("POL502", ERROR, where, message, advice)
        return
    if len(text.split(":", 5)) == 6:
        yield from account(text, where)
    if line.found.name == "aws:PrincipalArn":
        yield from of_principal(text, where)


def _multiplicity(line: _Line) -> Iterator[Finding]:
    quantifier = line.use.quantifier
    if line.use.operator.family == "null":
        return
    if line.found.multivalued and quantifier is None:
        message = f"{line.key} has several values: without a set operator it is not documented to match"
        yield Finding("POL505", WARNING, line.at(), message, f"use {' or '.join(QUANTIFIERS.values())}")
    if not line.found.multivalued and quantifier is not None:
        message = f"{line.key} has one value: {quantifier} is not meant for it"
        if quantifier == "ForAllValues":
            message += ", and is true when the key is absent"
        yield Finding("POL509", WARNING, line.at(), message, "leave the set operator out")
    allows = line.item.raw.get("Effect") == "Allow"
    if quantifier == "ForAllValues" and allows and not _asks_for(line.item, line.key):
        message = f"ForAllValues is true when {line.found.name} is absent: the Allow applies then too"
        yield Finding("POL506", WARNING, line.at(), message, f'add "Null": {{"{line.found.name}": "false"}}')


def _asks_for(item: Located, key: str) -> bool:
    """Whether the statement asks that a key is there."""
    return any(
        condition.key == key.lower() and condition.line.operator.lower() == "null" and condition({}) is False
        for condition in item.rule.conditions
    )


def _presence(line: _Line) -> Iterator[Finding]:
    """Keys that are not there: for none of the actions, or for requests that nobody thought of."""
    if line.use.operator.family == "null":
        return
    actions = _named(line.item)
    if actions and not any(may_be_present(line.key, action) for action in actions):
        always = line.use.operator.negated or line.use.if_exists or line.use.quantifier == "ForAllValues"
        if line.use.quantifier == "ForAnyValue":
            always = False
        message = f"the catalogue lists {line.key} for none of the actions: the condition is "
        message += "always true" if always else "never true"
        yield Finding("POL507", WARNING, line.at(), message)
        return
    bare = line.use.operator.negated and line.use.quantifier is None and not line.use.if_exists
    denies = line.item.raw.get("Effect") == "Deny"
    if bare and denies and line.found.name in _ABSENT_FOR_SERVICES and not _spares_services(line.item):
        message = f"{line.found.name} is absent from requests that AWS services make: the Deny hits them"
        advice = f'use {line.operator}IfExists, or add "Bool": {{"aws:ViaAWSService": "false"}}'
        advice += ' or "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}'
        yield Finding("POL508", WARNING, line.at(), message, advice)


def _mfa(line: _Line) -> Iterator[Finding]:
    """IAM user guide, "AWS global condition context keys": requests with long-term credentials have no such key."""
    bare = line.use.operator.family == "bool" and not line.use.if_exists
    if bare and line.found.name == "aws:MultiFactorAuthPresent" and line.item.raw.get("Effect") == "Deny":
        message = "requests with long-term credentials have no aws:MultiFactorAuthPresent: the Deny spares them"
        yield Finding("POL514", WARNING, line.at(), message, "use BoolIfExists")


def _everywhere(line: _Line) -> Iterator[Finding]:
    """A Deny but for some networks, when these have every address."""
    if line.use.operator.family != "ip" or not line.use.operator.negated or line.item.raw.get("Effect") != "Deny":
        return
    networks = []
    for value in line.values:
        with suppress(ValueError):
            networks.append(IPv4Network(str(value), strict=False))
    if EVERY_ADDRESS in collapse_addresses(networks):
        message = "every IPv4 address is in these networks: the Deny hits no request that has one"
        yield Finding("POL515", WARNING, line.at(), message, "name only the networks that are meant")


# Keys of the data perimeter that requests of AWS services, or forwarded by them, do not have.
_ABSENT_FOR_SERVICES = frozenset(
    (
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:SourceIp",
        "aws:SourceVpc",
        "aws:SourceVpcArn",
        "aws:SourceVpce",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:VpceOrgPaths",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
    )
)
_SPARING = frozenset(("aws:viaawsservice", "aws:principalisawsservice", "aws:principalservicename"))


def _spares_services(item: Located) -> bool:
    return any(
        condition.key in _SPARING or (condition.line.operator.lower() == "null") for condition in item.rule.conditions
    )


def _named(item: Located) -> Sequence[catalog.Action]:
    """The actions that a statement names; none if it names all or all but some."""
    texts = [text for text, _ in item.entries("Action")]
    if item.statement.not_action or "*" in texts:
        return ()
    return [action for text in texts for action in catalog.expand(text)]
