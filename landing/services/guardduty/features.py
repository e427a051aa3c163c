"""Protection plans of GuardDuty: as the settings, a detector and an organization say them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from landing.services.guardduty.settings import ADDITIONAL, FEATURES

HALF = ("members only", "administrator only")
"""What a feature is that members get and the administrator's own detector has not, or the other way round."""


def features_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """The setting `features` for what was seen, but for defaults; what it cannot say counts as on."""
    settings: dict[str, Any] = {}
    for name, value in found.items():
        on = value["on"] is not False
        agents = {agent.lower(): word is not False for agent, word in value.items() if agent != "on"}
        if on and not all(agents.values()):
            settings[name.lower()] = agents
        elif on != FEATURES[name]:
            settings[name.lower()] = on
    return settings


def wanted(settings: Mapping[str, Any]) -> dict[str, Any]:
    """By feature: on or off, or on with the agents that are managed."""
    found: dict[str, Any] = {}
    for name, default in FEATURES.items():
        value = settings.get(name.lower(), default)
        agents = ADDITIONAL.get(name, ())
        if not agents:
            found[name] = {"on": value}
            continue
        parts = value if isinstance(value, Mapping) else {}
        found[name] = {"on": value is not False} | {
            agent: value is not False and parts.get(agent.lower(), True) for agent in agents
        }
    return found


def wanted_of_both(members: Mapping[str, Any], own: Mapping[str, Any], auto_enable: str) -> dict[str, Any]:
    """By feature, as `seen`: what settings ask for members and for the administrator itself."""
    theirs, mine = wanted(members), wanted(own)
    if auto_enable == "NONE":
        return mine
    return {
        name: {part: on if on == mine[name][part] else HALF[0 if on else 1] for part, on in parts.items()}
        for name, parts in theirs.items()
    }


def seen(members: Iterable[Mapping[str, Any]], own: Iterable[Mapping[str, Any]], auto_enable: str) -> dict[str, Any]:
    """On is what members get and the administrator's own detector has; a difference shows as neither.

    Where members get nothing at all (`auto_enable: NONE`), the administrator's own detector alone tells.
    """
    detector = {feature["Name"]: feature for feature in own}
    found: dict[str, Any] = {}
    for feature in members:
        name = feature["Name"]
        if name not in FEATURES:
            continue
        mine = detector.get(name, {})
        found[name] = {"on": _both(feature, mine, auto_enable)}
        parts = {part["Name"]: part for part in mine.get("AdditionalConfiguration") or ()}
        for part in feature.get("AdditionalConfiguration") or ():
            if part["Name"] in ADDITIONAL.get(name, ()):
                found[name][part["Name"]] = _both(part, parts.get(part["Name"], {}), auto_enable)
    return found


def _both(members: Mapping[str, Any], own: Mapping[str, Any], auto_enable: str) -> bool | str:
    for_members, mine = members["AutoEnable"] != "NONE", own.get("Status") == "ENABLED"
    if for_members == mine or (not for_members and auto_enable == "NONE"):
        return mine
    return HALF[0] if for_members else HALF[1]


def for_detector(found: Mapping[str, Mapping[str, bool | str]]) -> list[dict[str, Any]]:
    """The administrator's part, as CreateDetector and UpdateDetector take it."""
    return [_sent(name, "Status", ("ENABLED", "DISABLED"), parts, HALF[1]) for name, parts in found.items()]


def for_members(
    found: Mapping[str, Mapping[str, bool | str]], auto_enable: str, new_only: Collection[str]
) -> list[dict[str, Any]]:
    """The members' part, as UpdateOrganizationConfiguration takes it; those in `new_only` for new members."""
    sent = [_sent(name, "AutoEnable", (auto_enable, "NONE"), parts, HALF[0]) for name, parts in found.items()]
    for feature in sent:
        for inside, part in _parts(feature):
            if inside in new_only and part["AutoEnable"] == "ALL":
                part["AutoEnable"] = "NEW"
    return sent


def for_some(found: Mapping[str, bool]) -> list[dict[str, Any]]:
    """Some of the flat ones, as UpdateMemberDetectors takes them: additional ones with the feature that they are of."""
    tree: dict[str, dict[str, bool | str]] = {}
    for path, on in found.items():
        name, _, part = path.partition("/")
        tree.setdefault(name, {"on": True})[part or "on"] = on
    return for_detector(tree)


def new_only(members: Iterable[Mapping[str, Any]], auto_enable: str) -> list[str]:
    """The paths of what only new members get though the organization enables all, as an organization describes it."""
    found = (row for feature in members if feature["Name"] in FEATURES for row in _parts(feature))
    return sorted(path for path, part in found if part["AutoEnable"] == "NEW") if auto_enable == "ALL" else []


def flat(settings: Mapping[str, Any]) -> dict[str, bool]:
    """On or off by path: `FEATURE`, and `FEATURE/ADDITIONAL` where that feature is on."""
    found: dict[str, bool] = {}
    for name, parts in wanted(settings).items():
        found[name] = parts["on"]
        found |= {f"{name}/{part}": on for part, on in parts.items() if part != "on" and parts["on"]}
    return found


def flat_seen(own: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    """The same of a detector, of what it shows."""
    return {path: part["Status"] == "ENABLED" for feature in own for path, part in _parts(feature)}


def _parts(feature: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A feature and its additional configuration, by path."""
    name = feature["Name"]
    yield name, feature
    for part in feature.get("AdditionalConfiguration") or ():
        if part["Name"] in ADDITIONAL.get(name, ()):
            yield f"{name}/{part['Name']}", part


def _sent(name: str, word: str, values: tuple[str, str], parts: Mapping[str, bool | str], half: str) -> dict[str, Any]:
    on, off = values
    words = {part: on if value is True or value == half else off for part, value in parts.items()}
    more = [{"Name": part, word: value} for part, value in words.items() if part != "on"]
    return {"Name": name, word: words["on"], **({"AdditionalConfiguration": more} if more else {})}
