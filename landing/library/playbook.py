"""A folder of `playbooks/`: an Automation document, what its role may do, what sets it off, what it never touches."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landing.blueprint import ACCOUNT_PARAMETERS
from landing.core.errors import ConfigError
from landing.core.json_text import read
from landing.core.model import Diagnostic, Json, Source
from landing.core.operation_names import IAM_PREFIXES, OTHER_NAMES
from landing.core.spelling import nearest
from landing.core.yaml_text import Map
from landing.library.metadata import places_of, relative, yaml_in
from landing.policy import catalog

SCHEMA = "0.3"
"""The version of the schema of Automation documents (Systems Manager User Guide)."""
RESERVED = "landing"
"""How steps are called that are put around those of a document."""
DOCUMENTS = ("document.yaml", "document.json")
KEYS = ("title", "description", "on", "event", "accounts", "never", "controls", "references")
ON = ("findings", "rule", "event")
"""What may set a playbook off: types of findings of GuardDuty, a rule of AWS Config, a pattern of events."""
CALLS = ("aws:executeAwsApi", "aws:waitForAwsResourceProperty", "aws:assertAwsResourceProperty")
"""Actions of steps that call an operation of a service."""
ACTIONS = (*CALLS, "aws:branch", "aws:loop", "aws:sleep")
"""Actions of steps whose calls are known from the document: others need permissions that nobody can tell from it."""
PATH = re.compile(r"\$(\.[A-Za-z0-9_\-]+|\[\d+\])+")
"""A path into an event, as EventBridge takes it."""
EXAMPLE = "with title, description, on and event: `title: Disable an access key`, `on: {findings: [...]}`, …"


@dataclass(frozen=True, slots=True)
class Playbook:
    """What is done when something happens: data, of which nothing is run here.

    `document`: the Automation document. `permissions`: the statements of its role, with placeholders. `event`: the
    parameters that come from the event, with their paths in it. `accounts`: parameters that are the id of an account,
    with the part that it plays (`roles` of the config), where the config says nothing else. `never`: patterns of ARNs,
    with placeholders, that the role may not touch whatever the document says. `on`: what sets it off, where the config
    says nothing else.
    """

    name: str
    title: str
    description: str
    document: Mapping[str, Json]
    permissions: tuple[Mapping[str, Json], ...]
    event: Mapping[str, str]
    accounts: Mapping[str, str]
    never: tuple[str, ...]
    on: Mapping[str, Json]
    controls: tuple[str, ...]
    folder: Path

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Those of the document, by name, as it declares them."""
        found: Any = self.document.get("parameters") or {}
        return dict(found)

    def problems_of(self, given: Mapping[str, object], roles: Collection[str]) -> Iterator[tuple[str, str, str]]:
        """(parameter, message, help) for every value that the document does not admit, and for those missing.

        `roles`: the parts for which the config names an account.
        """
        free = {name: spec for name, spec in self.parameters.items() if name not in self.event}
        for name, value in given.items():
            if name not in free:
                known = f"it has: {', '.join(free) or 'none'}"
                what = "comes from the event" if name in self.event else "is none of its parameters"
                yield name, f"`{name}` of playbook `{self.name}` {what}", nearest(name, free, known)
            else:
                yield from (
                    (name, message, free[name].get("description", "")) for message in _misfits(free[name], value)
                )
        for name, spec in free.items():
            if name not in given and "default" not in spec and self.accounts.get(name) not in roles:
                message = f"playbook `{self.name}` needs the parameter `{name}`"
                role = f"`roles: {{{self.accounts[name]}: …}}`, or " if name in self.accounts else ""
                yield name, message, f"{role}`parameters: {{{name}: …}}`: {spec.get('description', '')}"


def _misfits(spec: Mapping[str, Any], value: object) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    if isinstance(value, list) and spec.get("type") != "StringList":
        yield "it takes one value, not a list"
    for each in map(text_of, values):
        if spec.get("allowedPattern") and not re.fullmatch(spec["allowedPattern"], each):
            yield f"`{each}` does not match {spec['allowedPattern']}"
        if spec.get("allowedValues") and each not in map(text_of, spec["allowedValues"]):
            yield f"`{each}` is none of {', '.join(map(text_of, spec['allowedValues']))}"


def text_of(value: object) -> str:
    """A parameter as Automation is given it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def action_of(service: str, operation: str) -> str:
    """The IAM action of an operation that a step calls, by the names that botocore has for both."""
    name = operation if "_" not in operation else "".join(part.title() for part in operation.split("_"))
    text = f"{IAM_PREFIXES.get(service, service)}:{OTHER_NAMES.get(service, {}).get(name, name)}"
    known = catalog.action(text)
    return text if known is None else known.text


def playbook_in(folder: Path) -> Playbook:
    """The playbook of a folder; raises ConfigError with all that is wrong there."""
    problems: list[Diagnostic] = []
    place = next((folder / name for name in DOCUMENTS if (folder / name).is_file()), folder / DOCUMENTS[0])
    metadata = folder / "metadata.yaml"
    said: Map = yaml_in(metadata, problems, f"every playbook has a metadata.yaml, {EXAMPLE}") or Map()
    document = _document(place, problems)
    permissions = _permissions(folder / "policy.json", problems)
    if not problems:
        places = places_of(said)
        for key, message, hint in _wrong(said, document):
            at = places.get(key, (1, 1))
            problems.append(Diagnostic("LZ403", message, Source(relative(metadata), *at), hint, length=len(key)))
        for message, hint in _unsound(document, permissions):
            problems.append(Diagnostic("LZ411", message, Source(relative(place), 1, 1), hint))
    if problems:
        raise ConfigError(problems)
    return Playbook(
        name=folder.name,
        title=said["title"],
        description=said["description"],
        document=document,
        permissions=tuple(permissions),
        event=dict(said.get("event") or {}),
        accounts=dict(said.get("accounts") or {}),
        never=tuple(said.get("never") or ()),
        on=dict(said.get("on") or {}),
        controls=tuple(said.get("controls") or ()),
        folder=folder,
    )


def _document(path: Path, problems: list[Diagnostic]) -> dict[str, Json]:
    help_ = "every playbook has a document.yaml or document.json: a document of Systems Manager Automation"
    if path.suffix == ".yaml":
        return dict(yaml_in(path, problems, help_) or {})
    found = _json(path, problems, help_)
    return found if isinstance(found, dict) else {}


def _permissions(path: Path, problems: list[Diagnostic]) -> list[Mapping[str, Json]]:
    help_ = "every playbook has a policy.json: what its role may do"
    found = _json(path, problems, help_)
    statements = found.get("Statement") if isinstance(found, dict) else None
    if isinstance(statements, list) and statements and all(map(_is_allowed, statements)):
        return [each for each in statements if isinstance(each, dict)]
    if not problems or problems[-1].source is None or problems[-1].source.file != relative(path):
        message = "a list of statements is wanted, each with Effect Allow, Action and Resource"
        problems.append(Diagnostic("LZ404", message, Source(relative(path), 1, 1), help_))
    return []


def _is_allowed(statement: object) -> bool:
    """Whether it allows single actions: what is denied comes from `never`."""
    if not isinstance(statement, dict) or statement.get("Effect") != "Allow" or "Resource" not in statement:
        return False
    actions = statement.get("Action")
    actions = actions if isinstance(actions, list) else [actions]
    return bool(actions) and all(isinstance(each, str) and "*" not in each and "?" not in each for each in actions)


def _json(path: Path, problems: list[Diagnostic], help_: str) -> Json:
    try:
        found: Json = read(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        message = f"cannot read {path.name}: {getattr(error, 'strerror', None) or error}"
        problems.append(Diagnostic("LZ404", message, Source(relative(path), line, column), help_))
        return None
    return found


def _wrong(said: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(key, message, help) of what is wrong in the metadata."""
    for key in said:
        if key not in KEYS:
            yield (
                key,
                f"unknown key `{key}` in the metadata of a playbook",
                nearest(key, KEYS, f"known: {', '.join(KEYS)}"),
            )
    for key in ("title", "description"):
        if not isinstance(said.get(key), str):
            yield key, f"`{key}` must be a text", EXAMPLE
    for key in ("never", "controls", "references"):
        if not _texts(said.get(key) or []):
            yield key, f"`{key}` must be a list of texts", ""
    yield from (("accounts", message, hint) for message, hint in _wrong_accounts(said.get("accounts") or {}, document))
    on = said.get("on") or {}
    if not isinstance(on, dict) or not {*on} <= {*ON} or len(on) > 1:
        yield "on", "`on` must have one of `findings`, `rule` and `event`", EXAMPLE
    yield from (("event", message, hint) for message, hint in _wrong_paths(said.get("event") or {}, document))


def _wrong_paths(event: object, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with what comes from the event."""
    parameters = document.get("parameters") or {}
    if not isinstance(event, dict):
        yield "`event` must map parameters of the document to paths", "`event: {UserName: $.detail.user}`"
        return
    for name, path in event.items():
        if name not in parameters:
            yield f"the document has no parameter `{name}`", nearest(name, parameters)
        elif not parameters[name].get("allowedPattern"):
            message = f"`{name}` comes from an event and has no `allowedPattern`: events hold what anybody wrote"
            yield message, "say in the document what it may be, from its first character to its last"
        if not isinstance(path, str) or not PATH.fullmatch(path):
            yield f"`{path}` is no path into an event", "as `$.detail.resource.id`, `$.resources[0]`"


def _wrong_accounts(accounts: object, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with the parameters that are ids of accounts."""
    if not isinstance(accounts, dict):
        yield "`accounts` must map parameters of the document to roles of accounts", "`accounts: {Account: forensics}`"
        return
    parameters = document.get("parameters") or {}
    for name, role in accounts.items():
        if name not in parameters:
            yield f"the document has no parameter `{name}`", nearest(name, parameters)
        if role not in ACCOUNT_PARAMETERS:
            yield f"`{role}` is no role of an account", f"known: {', '.join(ACCOUNT_PARAMETERS)}"


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _unsound(document: Mapping[str, Any], permissions: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """What of a document cannot be, and calls that its role may not make."""
    if document.get("schemaVersion") != SCHEMA:
        yield f"the document's schemaVersion must be '{SCHEMA}'", "that of Automation documents"
    if "assumeRole" in document:
        yield "`assumeRole` is not the document's to say", "leave it out: each playbook has a role of its own"
    steps = document.get("mainSteps")
    if not isinstance(steps, list) or not steps or not all(isinstance(each, dict) and "name" in each for each in steps):
        yield "the document has no `mainSteps` with a `name` and an `action` each", ""
        return
    allowed = {each.lower() for statement in permissions for each in _listed(statement["Action"])}
    for step in _all(steps):
        name, action = step["name"], step.get("action")
        if str(name).startswith(RESERVED):
            yield f"step `{name}`: names that begin with `{RESERVED}` are those of the tool", "give it another"
        if action not in ACTIONS:
            why = "a script is not run here, so no case can show what it does" if "Script" in str(action) else ""
            hint = f"a playbook's steps are {', '.join(ACTIONS)}{f': {why}' if why else ''}"
            yield f"step `{name}` has the action `{action}`", hint
        elif action in CALLS:
            inputs = step.get("inputs") or {}
            called = action_of(str(inputs.get("Service")), str(inputs.get("Api")))
            if called.lower() not in allowed:
                yield f"step `{name}` calls {called}, which policy.json does not allow", "allow it, on what it is for"


def _all(steps: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """With those of loops."""
    for step in steps:
        yield step
        inner = (step.get("inputs") or {}).get("Steps") or []
        yield from _all([each for each in inner if isinstance(each, dict) and "name" in each])


def _listed(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
