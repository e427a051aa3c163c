"""References to outputs of stacks, as the config writes them: what each means, and whether there is such a thing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from landing.config.document import Document, Path_
from landing.core.model import Diagnostic, Json
from landing.core.references import Output, outputs_in
from landing.core.spelling import nearest
from landing.library.secrets import no_echo, told
from landing.organization import Deployment, Organization
from landing.organization.outputs import place, sites

_BEGINS = re.compile(r"\{\{\s*stacks\b")
_REFERENCE = re.compile(
    r"\{\{\s*stacks\.([a-z0-9][a-z0-9_-]*)\.outputs\.([A-Za-z0-9]+)"
    r"(?:\s*@\s*([a-z0-9][a-z0-9_-]*)(?:/([a-z0-9-]+))?)?\s*\}\}"
)
FORM = "write `{{ stacks.KEY.outputs.NAME }}`, or `{{ stacks.KEY.outputs.NAME@account/region }}`"


def with_references(value: Json) -> Json:
    """A value of a parameter with tokens in the places of references (`landing.core.references`)."""
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: str(Output(*(part or "" for part in match.groups()))), value)
    return [with_references(item) for item in value] if isinstance(value, list) else value


def has_output(value: Json) -> bool:
    """Whether there is a token of an output in the value of a parameter."""
    items = value if isinstance(value, list) else [value]
    return any(isinstance(item, str) and outputs_in(item) for item in items)


def referred(value: Json) -> bool:
    """Whether the value of a parameter has something like a reference in it."""
    items = value if isinstance(value, list) else [value]
    return any(isinstance(item, str) and _BEGINS.search(item) for item in items)


def check(organization: Organization, document: Document) -> Iterator[Diagnostic]:
    """Every reference that means nothing, or more than one thing, and stacks that need each other.

    Of stacks that are in doubt nothing is said.
    """
    stacks = {key: each for key, each in organization.deployments.items() if each.remembered}
    needs: dict[str, dict[str, Path_]] = {key: {} for key in stacks}
    for key, stack in stacks.items():
        given = document.data["stacks"][key].get("parameters") or {}
        for parameter, value in given.items():
            path: Path_ = ("stacks", key, "parameters", parameter)
            written = stack.parameters.get(parameter, "")
            if _BEGINS.search(json.dumps(with_references(value))):
                yield document.problem("LZ336", f"`{parameter}` has a reference that is none", path, FORM)
            for output in outputs_in(written):
                needs[key].setdefault(output.stack, path)
                without_template = output.stack in document.data["stacks"] and output.stack not in stacks
                if not without_template and not document.in_doubt(("stacks", output.stack)):
                    wrong = _wrong(stacks, stack, parameter, output)
                    yield from (document.problem("LZ336", message, path, hint) for message, hint in wrong)
    yield from _circle(document, needs)


def _wrong(
    stacks: Mapping[str, Deployment], stack: Deployment, parameter: str, output: Output
) -> Iterator[tuple[str, str]]:
    """What is wrong with one reference, and what to do."""
    producer = stacks.get(output.stack)
    if producer is None:
        yield f"there is no stack `{output.stack}`", nearest(output.stack, stacks, "declare it under `stacks`")
        return
    if parameter in no_echo(stack.template):
        yield f"`{parameter}` is NoEcho: AWS does not show its value, so nobody could see it change", "drop NoEcho"
    declared = producer.template.get("Outputs")
    outputs = declared if isinstance(declared, dict) else {}
    if output.name not in outputs:
        hint = nearest(output.name, outputs, "it has: " + (", ".join(sorted(outputs)) or "none"))
        yield f"the stack `{output.stack}` has no output `{output.name}`", hint
        return
    if secret := told(producer.template, output.name):
        yield f"the output `{output.name}` of `{output.stack}` tells {secret}", "give no secrets on"
    places = sites(producer)
    for near in sites(stack):
        if place(output, places, near) is None:
            there = ", ".join(map(str, places))
            yield (
                f"`{output.stack}` has {output.name} at {there}: which of them is meant for {near} is open"
                if len(places) > 1
                else f"`{output.stack}` is at {there}, and nowhere else",
                f"name the place: `{{{{ stacks.{output.stack}.outputs.{output.name}@{places[0]} }}}}`, for one",
            )
            return


def _circle(document: Document, needs: Mapping[str, Mapping[str, Path_]]) -> Iterator[Diagnostic]:
    try:
        TopologicalSorter({key: sorted(others) for key, others in needs.items()}).prepare()
    except CycleError as error:
        around: list[str] = list(reversed(error.args[1]))
        path = needs[around[0]][around[1]]
        message = f"stacks need each other's outputs: {' → '.join(around)}"
        yield document.problem("LZ337", message, path, "let one of them take a value of its own")
