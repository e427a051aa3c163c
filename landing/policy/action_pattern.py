"""Entries of Action and NotAction elements."""

from collections.abc import Callable

from landing.policy.pattern import full_match, glob_regex, parse
from landing.policy.truth import Truth, Unknown


class ActionPattern:
    """One entry of Action; the service is literal, or the whole is ``*``."""

    __slots__ = ("_fault", "_matches", "name", "service", "text", "wild")

    def __init__(self, text: str) -> None:
        self.text = text.lower()
        service, colon, name = self.text.partition(":")
        literal = bool(colon) and not set(service) & set("*?")
        self.service = service if literal else None
        self.name = name
        self.wild = bool(set(name) & set("*?"))
        self._fault = None
        if not literal and self.text != "*":
            self._fault = Unknown(f"the service of the action {text!r} is not written out")
        self._matches: Callable[[str], bool] | None = None

    def __call__(self, action: str) -> Truth:
        """Whether it matches an action in lower case."""
        if self.text in ("*", action):
            return True if self._fault is None else self._fault
        if self.service is not None and (not self.wild or not action.startswith(self.service)):
            return False
        if self._matches is None:
            self._matches = full_match([glob_regex(parse(self.text, variables=False).tokens)])
        if not self._matches(action):
            return False
        return True if self._fault is None else self._fault
