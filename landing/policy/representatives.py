"""Values of a condition key, such that any value there is acts on the conditions as one of them does."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from itertools import pairwise

from landing.policy.automata import reach_all
from landing.policy.conditions import Condition, Context
from landing.policy.glob_steps import IS_ARN, Some, Step, Steps, arn_steps, literal, several, text_steps
from landing.policy.keys import Key
from landing.policy.pattern import text_of
from landing.policy.values import read_instant, read_network, read_number

# Values that read well in an example; they are tried before what an automaton finds.
EXAMPLES = {
    "aws:requestedregion": ("us-east-1", "eu-west-1", "ap-southeast-2"),
    "aws:resourceaccount": ("999999999999",),
    "aws:sourceaccount": ("999999999999",),
    "aws:principalaccount": ("999999999999",),
    "aws:vpceaccount": ("999999999999",),
    "aws:principalorgid": ("o-exampleorgid",),
    "aws:resourceorgid": ("o-exampleorgid",),
    "aws:sourceorgid": ("o-exampleorgid",),
    "aws:vpceorgid": ("o-exampleorgid",),
    "aws:sourcevpc": ("vpc-0123456789abcdef0",),
    "aws:sourcevpce": ("vpce-0123456789abcdef0",),
    "aws:sourceip": ("203.0.113.7", "10.0.0.7", "2001:db8::7"),
}


# Of the year 9999, the last that a date can name.
_LAST_SECOND = 253_402_300_799


def scalars(
    key: str, found: Key | None, conditions: Sequence[Condition], pins: Context, partition: str = "aws"
) -> list[str]:
    """Values of a key (in lower case) that together act as all its values do, the better readable first.

    `pins` has the value of each key that a variable names. ARNs are of `partition`. Raises `TooManyError`
    when there are too many.
    """
    families = {item.use.operator.family for item in conditions if item.use} - {"null"}
    kind = found.base_type if found else ""
    if kind == "Bool":
        return ["true", "false"]
    if key == "aws:epochtime":
        return _seconds(conditions, pins)
    plain = kind in ("", "String") and not holds_arns(found, conditions)
    values: list[str] = list(EXAMPLES.get(key, ("example",) if plain else ()))
    if kind == "Numeric" or "numeric" in families:
        values += numbers(_bounds(conditions, "numeric"))
    if kind == "Date" or "date" in families:
        values += instants(_bounds(conditions, "date"))
    if kind == "IPAddress" or "ip" in families:
        values += addresses(_bounds(conditions, "ip"))
    if "bool" in families:
        values += ["true", "false"]
    if "binary" in families:
        values += [*_bounds(conditions, "binary"), "eA=="]
    if kind not in ("Numeric", "Date", "IPAddress") or families & {"string", "arn"}:
        values += _texts(found, conditions, pins, partition)
    return sorted(dict.fromkeys(values), key=lambda value: value == "")


def holds_arns(found: Key | None, conditions: Iterable[Condition]) -> bool:
    """Whether a key's values are taken to be ARNs: by its type, or as all conditions compare them as such."""
    if found is not None and found.base_type == "ARN":
        return True
    families = {item.use.operator.family for item in conditions if item.use} - {"null"}
    return families == {"arn"}


def _texts(found: Key | None, conditions: Sequence[Condition], pins: Context, partition: str) -> list[str]:
    patterns = pattern_steps(conditions, pins)
    if holds_arns(found, conditions):
        # The five parts before the sixth, of which the service at least says something.
        domain = (*literal(f"arn:{partition}:"), *several(Some.NOT_COLON), *_then_any(":"), *_then_any(":"))
        return reach_all(patterns, (*domain, *literal(":"), *several(Some.ANY)))
    if any(item.use and item.use.operator.family == "arn" for item in conditions):
        patterns.append(IS_ARN)
    return reach_all(patterns, (Step(Some.ANY, many=True),))


def _then_any(end: str) -> Steps:
    return (*literal(end), Step(Some.NOT_COLON, many=True))


def pattern_steps(conditions: Iterable[Condition], pins: Context) -> list[Steps]:
    """The patterns of all conditions that compare text, as automata; equal ones once."""
    steps: dict[Steps, None] = {}
    for condition in conditions:
        if condition.use is None:
            continue
        operator = condition.use.operator
        for pattern in condition.patterns_in(pins):
            if operator.family == "arn":
                steps[arn_steps(pattern, fold=False)] = None
            else:
                steps[text_steps(pattern.tokens, lower=operator.relation == "ignorecase")] = None
    return list(steps)


def _bounds(conditions: Iterable[Condition], family: str) -> list[str]:
    bounds = []
    for condition in conditions:
        if condition.use is not None and condition.use.operator.family == family:
            values = condition.line.values
            listed = values if isinstance(values, list | tuple) else [values]
            bounds += [text_of(value) for value in listed]
    return bounds


def _seconds(conditions: Sequence[Condition], pins: Context) -> list[str]:
    """Whole seconds since the epoch, told apart by all that compares them: numbers, dates and texts."""
    dates = (read_instant(text) for text in _bounds(conditions, "date"))
    read = [Decimal(date.timestamp()) for date in dates if isinstance(date, datetime)]
    read += [number for text in _bounds(conditions, "numeric") if isinstance(number := read_number(text), Decimal)]
    near = {0, 1} | {int(number) + step for number in read for step in (-1, 0, 1)}
    seconds = [str(number) for number in sorted(near, reverse=True) if 0 <= number <= _LAST_SECOND]
    return seconds + reach_all(pattern_steps(conditions, pins), several(Some.DIGIT))


def numbers(bounds: Iterable[str]) -> list[str]:
    """The bounds, a number between each two and one beyond either end; whole ones where there are."""
    read = sorted({number for text in bounds if isinstance(number := read_number(text), Decimal)})
    if not read:
        return ["1"]
    found = [read[0] - 1, *read, read[-1] + 1]
    for low, high in pairwise(read):
        whole = low.to_integral_value(rounding="ROUND_FLOOR") + 1
        found.append(whole if whole < high else (low + high) / 2)
    return [format(number, "f") for number in found]


def instants(bounds: Iterable[str]) -> list[str]:
    """The bounds, an instant between each two and one beyond either end."""
    read = sorted({instant for text in bounds if isinstance(instant := read_instant(text), datetime)})
    if not read:
        return ["2026-01-01T00:00:00Z"]
    day = timedelta(days=1)
    found = [*read, *(low + (high - low) / 2 for low, high in pairwise(read))]
    if read[0] > datetime.min.replace(tzinfo=UTC) + day:
        found.insert(0, read[0] - day)
    if read[-1] < datetime.max.replace(tzinfo=UTC) - day:
        found.append(read[-1] + day)
    return [instant.isoformat().replace("+00:00", "Z") for instant in found]


def addresses(bounds: Iterable[str]) -> list[str]:
    """The first address of every stretch between two bounds of networks, in both families."""
    first: dict[int, set[int]] = {4: {0}, 6: {0}}
    for text in bounds:
        network = read_network(text)
        if isinstance(network, IPv4Network | IPv6Network):
            first[network.version].add(int(network.network_address))
            first[network.version].add(int(network.broadcast_address) + 1)
    found = [str(IPv4Address(number)) for number in sorted(first[4]) if number < 2**32]
    return found + [str(IPv6Address(number)) for number in sorted(first[6]) if number < 2**128]
