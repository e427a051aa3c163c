"""Regular expressions of Macie: those of PCRE but for some (User Guide, "Regex support in custom data identifiers")."""

from __future__ import annotations

import re
import warnings

HINT = "Macie reads PCRE without references, and without looking around"

_MISSING = {
    r"\(\?(?:[=!]|<[=!])": "looks around (`(?=`, `(?!`, `(?<=`, `(?<!`), which Macie does not",
    r"\\[1-9]|\(\?P=": "refers to a group, which Macie does not",
}
_ESCAPED_OR_SET = re.compile(r"\\[^1-9]|\[\^?\]?(?:\\.|[^\]\\])*\]")


def unreadable(expression: str) -> str:
    """Why Macie refuses an expression, as far as can be told here; nothing where it does not."""
    plain = _ESCAPED_OR_SET.sub("x", expression)
    for pattern, words in _MISSING.items():
        if re.search(pattern, plain):
            return words
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(expression)
    except re.error as error:
        # Escapes of PCRE that Python does not know are no fault.
        return (
            ""
            if error.msg.startswith("bad escape")
            else f"cannot be read: {error.msg} at character {(error.pos or 0) + 1}"
        )
    return ""
