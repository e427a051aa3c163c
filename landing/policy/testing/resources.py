"""Example resources: an ARN for each type of resource that an action takes."""

import re
from functools import cache

from landing.policy import arn
from landing.policy.catalog import Action

_PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")
# S3's bucket names end before a slash; every other name may have one.
_NO_SLASH = frozenset(("bucketname",))


def examples(action: Action, *, partition: str, region: str, account: str) -> tuple[str, ...]:
    """One ARN of each type that an action takes, and ``*`` where it may be asked without a resource."""
    known = {"partition": partition, "region": region, "account": account}

    def value(match: re.Match[str]) -> str:
        return known.get(match[1].lower(), "example")

    arns = [_PLACEHOLDER.sub(value, form) for form in action.formats]
    return tuple(dict.fromkeys(text for text in arns if arn.is_arn(text))) + (() if action.needs_resource else ("*",))


def example_of(pattern: str, account: str) -> str:
    """An ARN, or the ARN of a principal, that a pattern fits; ``*`` alone stays what it is."""
    if not arn.is_arn(pattern):
        return pattern
    *head, owner, resource = pattern.split(":", 5)
    owner = account if set(owner) & set("*?") else owner
    return re.sub(r"[*?]", "x", ":".join((*head, owner, resource)))


def takes(action: Action, resource: str) -> bool:
    """Whether an action may be asked on a resource: one of its types, or ``*`` where it needs none."""
    if resource == "*":
        return not action.needs_resource
    return any(_regex(form).match(resource) for form in action.formats)


@cache
def _regex(form: str) -> re.Pattern[str]:
    parts = []
    for index, part in enumerate(form.split(":", 5)):
        last = index == 5
        regex, at = "", 0
        for match in _PLACEHOLDER.finditer(part):
            name = match[1].lower()
            regex += re.escape(part[at : match.start()])
            regex += "[^/]+" if name in _NO_SLASH else ".+" if last else "[^:]*"
            at = match.end()
        regex += re.escape(part[at:])
        parts.append(regex.replace(r"\*", ".*") if last else regex.replace(r"\*", "[^:]*"))
    return re.compile(":".join(parts) + r"\Z", re.DOTALL)
