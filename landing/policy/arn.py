"""ARNs in six parts: patterns in Resource and NotResource elements, and in ARN condition values."""

from collections.abc import Iterable

from landing.policy.pattern import Pattern, Token, Tokens, Wild, glob_regex

ARN_PARTS = ("arn", "partition", "service", "region", "account", "resource")


def is_arn(text: str) -> bool:
    """Whether a text has the six parts of an ARN; upper case is let through as AWS folds the first parts."""
    return (text.startswith("arn:") or text[:4].lower() == "arn:") and text.count(":") >= 5


def split(tokens: Tokens) -> tuple[Tokens, ...] | None:
    """The six parts of an ARN pattern, the last with whatever colons it has; none if it is no whole ARN."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if not isinstance(token, str):
            parts[-1].append(token)
            continue
        first, *others = token.split(":", 6 - len(parts))
        if first:
            parts[-1].append(first)
        parts += [[other] if other else [] for other in others]
    if len(parts) != len(ARN_PARTS) or not parts[5] or parts[0] != ["arn"]:
        return None
    return tuple(tuple(part) for part in parts)


def faults(pattern: Pattern) -> Pattern:
    """The pattern with what makes it no ARN pattern whose meaning is documented, if anything does.

    IAM user guide, "Identify AWS resources with ARNs": an ARN has six parts, and the part of it that
    names the resource type takes no wildcard.
    """
    if pattern.fault:
        return pattern
    parts = split(pattern.tokens)
    if parts is None:
        return Pattern((Wild.MANY,), "it is not an ARN of six parts")
    if wildcard_in_type(parts):
        return Pattern(pattern.tokens, "it has a wildcard in the part of the ARN that names the resource type")
    return pattern


def resource_faults(pattern: Pattern) -> Pattern:
    """As `faults`, for an entry of Resource or NotResource: there the service, too, takes no wildcard.

    IAM user guide, "IAM JSON policy elements: Resource". ARN operators have no such rule.
    """
    pattern = faults(pattern)
    parts = split(pattern.tokens)
    if pattern.fault is None and parts is not None and wildcard_in_service(parts):
        return Pattern(pattern.tokens, "it has a wildcard in the part of the ARN that names the service")
    return pattern


def wildcard_in_service(parts: tuple[Tokens, ...]) -> bool:
    """Whether the third part has a wildcard."""
    return any(isinstance(token, Wild) for token in parts[2])


def wildcard_in_type(parts: tuple[Tokens, ...]) -> bool:
    """Whether the sixth part has a wildcard where the service's ARN formats all have a literal type."""
    resource = parts[5]
    if all(token is Wild.MANY for token in resource):
        return False
    for token in resource:
        if isinstance(token, Wild):
            break
        if not isinstance(token, str) or "/" in token or ":" in token:
            return False
    else:
        return False
    service = parts[2]
    if len(service) != 1 or not isinstance(service[0], str):
        return False
    from landing.policy.catalog import every_format_has_a_type  # read only when a policy needs it

    return every_format_has_a_type(service[0].lower())


def arn_regex(pattern: Pattern, *, fold: bool) -> str:
    """A regular expression for an ARN pattern, part by part: before the sixth no wildcard crosses a colon.

    `fold` compares the parts before the sixth without regard to case, as Resource does and ARN operators
    do not.
    """
    parts = split(pattern.tokens)
    if parts is None:
        return glob_regex(pattern.tokens)
    head = ":".join(glob_regex(part, one="[^:]") for part in parts[:5])
    if fold:
        head = f"(?i:{head})"
    return f"{head}:{glob_regex(parts[5])}"


def arn_regexes(patterns: Iterable[Pattern], *, fold: bool) -> list[str]:
    """The expressions of several ARN patterns."""
    return [arn_regex(pattern, fold=fold) for pattern in patterns]
