"""The shape that everything which reads a template relies on; what the parts mean is CloudFormation's to say.

CloudFormation User Guide, "Template anatomy", "Parameters syntax", "Resources syntax".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

_LENGTHS, _SIZES = ("MinLength", "MaxLength"), ("MinValue", "MaxValue")
_WHOLE, _NUMBER = re.compile(r"[0-9]{1,9}"), re.compile(r"[-+]?[0-9]{1,18}(\.[0-9]{1,18})?")


def problems(template: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(the name it is about, what is wrong with it) for each part that has another shape than it must have."""
    for section, of in (("Resources", _of_resource), ("Parameters", _of_parameter)):
        entries = template.get(section) or {}
        if not isinstance(entries, Mapping):
            yield section, f"{section} is no mapping"
            continue
        for name, entry in entries.items():
            noun = f"the {section[:-1].lower()} `{name}`"
            if not isinstance(entry, Mapping):
                yield name, f"{noun} is no mapping"
            elif not isinstance(entry.get("Type"), str) or not entry["Type"]:
                yield name, f"{noun} has no Type"
            else:
                yield from ((name, f"{noun} {words}") for words in of(entry))


def _of_resource(entry: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(entry.get("Properties") or {}, Mapping):
        yield "has Properties that are no mapping"


def _of_parameter(entry: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(entry.get("AllowedValues") or [], list):
        yield "has AllowedValues that are no list"
    for keys, form in ((_LENGTHS, _WHOLE), (_SIZES, _NUMBER)):
        for key in keys:
            if (value := entry.get(key)) is not None and not _is_number(value, form):
                yield f"has a {key} that is no number"
    if isinstance(entry.get("Default"), dict | list):
        yield "has a Default that is no text, number, true or false"


def _is_number(value: object, form: re.Pattern[str]) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    return bool(form.fullmatch(str(value))) or (isinstance(value, float) and math.isfinite(value))
