"""The size of a policy against the limit of its type."""

import json
from collections.abc import Iterator

from landing.policy.limits import AS_OF, LIMITS, compact
from landing.policy.linter.finding import ERROR, WARNING, Finding, Source

NEARLY = 0.9


def check(source: Source) -> Iterator[Finding]:
    """The size of the text without white space, which is how it is to be sent."""
    limit = LIMITS[source.policy_type]
    text = compact(source.document)
    message = f"{len(text)} characters without white space; {source.policy_type} takes {limit.size} ({AS_OF})"
    if len(text) > limit.size:
        severity = ERROR if limit.confirmed else WARNING
        yield Finding("POL200", severity, "", message, "split it into two policies, or merge statements")
    elif len(text) > limit.size * NEARLY:
        yield Finding("POL201", WARNING, "", message, "split it before it grows further")
    if odd := next((char for char in json.dumps(source.document, ensure_ascii=False) if not char.isascii()), ""):
        message = f"{odd!r} is not ASCII: it is sent escaped, as six characters"
        yield Finding("POL202", WARNING, "", message, "write it in ASCII")
