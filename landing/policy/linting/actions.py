"""The actions of statements against the catalogue."""

from collections.abc import Iterator

from landing.policy import catalog
from landing.policy.action_pattern import ActionPattern
from landing.policy.evaluation import RCP
from landing.policy.linting.finding import ERROR, INFO, WARNING, Finding, Located, Source, guess

# Prefixes that AWS has given up, with their successors.
RENAMED = {"macie": "macie2"}


def check(source: Source) -> Iterator[Finding]:
    """Actions that there are not, that are not AWS's to read, or that are listed for nothing."""
    for item in source.statements:
        texts = list(item.entries("Action"))
        for text, where in texts:
            yield from _known(text, where)
            if source.policy_type == RCP:
                yield from _reached(text, where)
        yield from _covered(item)


def _known(text: str, where: str) -> Iterator[Finding]:
    pattern = ActionPattern(text)
    if pattern.text == "*":
        return
    if pattern.service is None:
        message = f"the service of {text!r} is not written out: its meaning is not documented"
        yield Finding("POL303", ERROR, where, message, "write service:Name, or * alone")
        return
    if pattern.service not in catalog.services():
        renamed = RENAMED.get(pattern.service)
        advice = f"it is {renamed} today" if renamed else guess(pattern.service, catalog.services())
        message = f"{pattern.service!r} is no service of the catalogue ({catalog.version()})"
        yield Finding("POL300", ERROR, where, message, advice)
        return
    if catalog.expand(pattern.text):
        return
    if pattern.wild:
        yield Finding("POL302", WARNING, where, f"{text!r} matches no action of the catalogue ({catalog.version()})")
        return
    names = [action.name for action in catalog.service_actions(pattern.service).values()]
    message = f"{text!r} is no action of the catalogue ({catalog.version()})"
    yield Finding("POL301", ERROR, where, message, guess(pattern.name, names))


def _reached(text: str, where: str) -> Iterator[Finding]:
    service = ActionPattern(text).service
    if service in catalog.services() and service not in catalog.rcp_services():
        yield Finding("POL306", WARNING, where, f"RCPs do not reach {service}: the entry does nothing")


def _covered(item: Located) -> Iterator[Finding]:
    texts = [(text.lower(), where) for text, where in item.entries("Action")]
    patterns = [ActionPattern(text) for text, _ in texts]
    first: dict[str, str] = {}
    for text, where in texts:
        if text in first:
            yield Finding("POL304", INFO, where, f"{text!r} is listed already at {first[text]}", "leave it out")
            continue
        first[text] = where
        for pattern, (_, other) in zip(patterns, texts, strict=True):
            # What matches another's text, its wildcards taken as characters, matches all that it does.
            if pattern.text != text and (pattern.wild or pattern.text == "*") and pattern(text) is True:
                message = f"{text!r} is covered by {pattern.text!r} at {other}"
                yield Finding("POL305", INFO, where, message, "leave it out")
                break
