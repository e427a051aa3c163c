"""The actions of statements against the catalogue."""

from collections.abc import Iterator

from landing.policy import catalog, suggestions
from landing.policy.action_pattern import ActionPattern
from landing.policy.evaluation import RCP
from landing.policy.linter.finding import ERROR, INFO, WARNING, Finding, Located, Source


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
        advice = suggestions.of_action(text) or "write service:Name, or * alone"
        yield Finding("POL303", ERROR, where, message, advice)
        return
    if pattern.service not in catalog.services():
        message = f"{pattern.service!r} is no service of the catalogue ({catalog.version()})"
        yield Finding("POL300", ERROR, where, message, suggestions.of_service(pattern.service))
        return
    if catalog.expand(pattern.text):
        return
    if pattern.wild:
        yield Finding("POL302", WARNING, where, f"{text!r} matches no action of the catalogue ({catalog.version()})")
        return
    message = f"{text!r} is no action of the catalogue ({catalog.version()})"
    yield Finding("POL301", ERROR, where, message, suggestions.of_action(text))


def _reached(text: str, where: str) -> Iterator[Finding]:
    service = ActionPattern(text).service
    if service in catalog.services() and service not in catalog.rcp_services():
        message = f"RCPs do not reach {service} by AWS's list of {catalog.day()}: the entry does nothing"
        yield Finding("POL306", WARNING, where, message)


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
