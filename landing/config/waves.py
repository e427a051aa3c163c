"""What is wrong with the waves of `deployment`, once it is known what their targets mean."""

from __future__ import annotations

from collections.abc import Iterator

from landing.config.document import Document, Path_
from landing.core.model import Diagnostic
from landing.organization import REST, Organization, node_of

AT: Path_ = ("deployment", "waves")


def check(organization: Organization, document: Document) -> Iterator[Diagnostic]:
    """Names and places that two have, waves that reach nothing, and gates that nothing answers."""
    names: dict[str, int] = {}
    places: dict[str, int] = {}
    for number, wave in enumerate(organization.waves):
        at: Path_ = (*AT, number)
        if wave.name == REST or names.setdefault(wave.name, number) != number:
            whose = "the last wave, of what none names" if wave.name == REST else f"wave {names[wave.name] + 1} too"
            yield document.problem("LZ491", f"`{wave.name}` is {whose}", (*at, "name"), "choose another name")
        cover, members = organization.cover(wave.target), organization.members(wave.target)
        nodes = [node_of(below) for unit in cover.units for below in organization.below(unit)]
        nodes += (f"account/{key}" for key in members if key != organization.management)
        if not nodes:
            hint = "name units or accounts that there are: a stack set never reaches the management account"
            yield document.problem("LZ493", f"the wave `{wave.name}` reaches nothing", (*at, "target"), hint, key=True)
        if node_of("root") in nodes:
            hint = "name units below the root; what none names comes last"
            message = f"the wave `{wave.name}` reaches everything: none comes after it"
            yield document.problem("LZ493", message, (*at, "target"), hint, key=True)
        twice = [node for node in nodes if places.setdefault(node, number) != number]
        if twice:
            other = organization.waves[places[twice[0]]].name
            message = f"{twice[0].partition('/')[2] or twice[0]} is in the waves `{other}` and `{wave.name}`"
            hint = "leave it out of one: a unit means all below it, and `exclude` takes some out again"
            yield document.problem("LZ492", message, (*at, "target"), hint, key=True)
        if not wave.gate.watches and document.at((*at, "gate", "minutes")) is not None:
            hint = "ask for `denials_per_minute` or `high_findings` besides, or for `approval: person`"
            message = (
                f"the gate of `{wave.name}` waits for nothing: `minutes` is how long denials and findings are watched"
            )
            yield document.problem("LZ494", message, (*at, "gate", "minutes"), hint, key=True)
        wanted = {"denials_per_minute": "alarms", "high_findings": "security_hub"}
        for question, service in wanted.items():
            if getattr(wave.gate, question) is not None and service not in organization.services:
                message = f"the gate of `{wave.name}` asks for `{question}`, which `services.{service}` answers"
                hint = f"switch `services.{service}` on, or take `{question}` out: it would never open"
                yield document.problem("LZ494", message, (*at, "gate", question), hint, key=True)
        alarms = organization.services.get("alarms")
        if wave.gate.denials_per_minute is not None and alarms and not getattr(alarms.settings, "trail_alarms", False):
            message = f"the gate of `{wave.name}` asks for denials, and nothing counts them"
            hint = "set `services.alarms.trail_alarms: true`, which makes the metric"
            yield document.problem("LZ494", message, (*at, "gate", "denials_per_minute"), hint, key=True)
