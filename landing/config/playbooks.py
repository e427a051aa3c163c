"""What the config's `playbooks` are: what sets each off, what it does, by which roles, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landing.blueprint import ACCOUNT_PARAMETERS
from landing.blueprint.resource_names import playbook_role
from landing.config.document import Document, Path_, items
from landing.core.model import Diagnostic, Json
from landing.core.spelling import nearest
from landing.core.vocabulary import REGION, TARGET, Schema, mapping, names, text
from landing.library import Library, Playbook, fill
from landing.library.playbook import PATH, text_of

KEY = "^[a-z0-9][a-z0-9-]{0,39}$"
"""What names roles of at most 64 characters, and stack sets."""
MOST_A_DAY = 49
"""Executions of which Systems Manager tells at once, less one (API reference, DescribeAutomationExecutions)."""
ACCOUNT = {"Ref": "AWS::AccountId"}
FROM_EVENT = "^[A-Za-z0-9+=,.@_:/-]{1,2048}$"
"""What a parameter of a document of AWS's own may be that comes from an event: names, ids and ARNs."""
ANY = {"type": "string", "minLength": 1}

ON = {
    **mapping(
        "What sets it off; what the playbook itself says when left out.",
        {
            "findings": {"type": "array", "minItems": 1, "uniqueItems": True, "items": ANY,
                         "description": "Types of findings of GuardDuty, as `Impact:IAMUser/*`."},
            "rule": text("`rules.KEY`, `remediations.KEY`, `conformance_packs.KEY`, or a rule's name.", minLength=1),
            "event": {"type": "object", "description": "A pattern of EventBridge.", "minProperties": 1},
        },
    ),
    "minProperties": 1,
    "maxProperties": 1,
}  # fmt: skip
SCHEMA: Schema = mapping(
    "What is done when something happens, in each account of a target and each region.",
    {
        "playbook": text("Folder name in `playbooks/`; the key when left out."),
        "document": text(
            "An Automation document of AWS's own, in the place of a playbook.",
            pattern="^AWS[A-Za-z]*-[A-Za-z0-9-]{1,100}$",
        ),
        "permissions": {
            **names("What a document of AWS's own calls: its page in AWS's runbook reference lists it."),
            "items": {"type": "string", "pattern": "^[a-z0-9-]+:[A-Za-z0-9*]+$"},
            "minItems": 1,
        },
        "on": ON,
        "target": TARGET,
        "regions": {
            "description": "Regions; all governed regions when left out.",
            "type": "array",
            "items": REGION,
            "minItems": 1,
            "uniqueItems": True,
        },
        "parameters": {
            "type": "object",
            "description": "Values for the document's parameters; of a document of AWS's own, `$.…` is a path into the "
            "event.",
        },
        "never": {
            **names("ARNs, with `*`, of what it never touches, besides those that the playbook names itself."),
            "items": {"type": "string", "pattern": "^arn:[a-z-]+:[a-z0-9-]+:"},
        },
        "at_most": {
            "type": "integer",
            "minimum": 1,
            "maximum": MOST_A_DAY,
            "default": 10,
            "description": "How often a day (UTC) in an account and region.",
        },
        "approval": {
            "description": "`automatic`, or who must approve first.",
            "oneOf": [
                {"const": "automatic"},
                mapping(
                    "Who must approve.",
                    {
                        "by": {
                            **names("Names of roles in the account where it runs, or ARNs of users and roles."),
                            "minItems": 1,
                            "maxItems": 10,
                        },
                        "topic": text(
                            "ARN of a topic whose subscribers are told; its name must begin with `Automation`.",
                            pattern="^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:Automation[A-Za-z0-9_-]*$",
                        ),
                    },
                    ("by",),
                ),
            ],
        },
        "deployment": {"$ref": "#/definitions/deployment"},
    },
    ("target",),
)


Rules = Callable[[str], tuple[str, ...]]
"""What a rule of AWS Config is called in an account, by what `on` says; where AWS adds something, it ends in `-`."""


def literally(rule: str) -> tuple[str, ...]:
    """A rule by its own name."""
    return (rule,)


@dataclass(frozen=True, slots=True)
class Asked:
    """A playbook as the config asks for it: what its two blueprints are given."""

    key: str
    roles: Mapping[str, Any]
    document: Mapping[str, Any]


def check(document: Document, library: Library) -> Iterator[Diagnostic]:
    """Playbooks that are not there, that nothing sets off, or that are to work in the management account."""
    sections: Mapping[str, Any] = dict(items(document.data))
    management = sections.get("roles", {}).get("management")
    for key, value in items(document.data.get("playbooks")):
        path: Path_ = ("playbooks", key)
        yield from _what(document, library, key, value, path)
        target: Mapping[str, Any] = dict(items(value)).get("target", {})
        accounts = target.get("accounts")
        for index, account in enumerate(accounts if isinstance(accounts, list) else ()):
            if account == management:
                message = "no playbook works in the management account: no stack set reaches it"
                yield document.problem("LZ414", message, (*path, "target", "accounts", index), "leave it out")


def _what(
    document: Document, library: Library, key: str, value: Mapping[str, Any], path: Path_
) -> Iterator[Diagnostic]:
    if "document" in value:
        if "playbook" in value:
            message = "it is either a `playbook` or a `document` of AWS's own"
            yield document.problem("LZ412", message, (*path, "document"), "leave out one of the two", key=True)
        for name in ("permissions", "on"):
            if name not in value:
                message = f"a document of AWS's own needs `{name}`"
                hint = "the page of the document lists what it calls" if name == "permissions" else "what sets it off"
                yield document.problem("LZ412", message, path, hint, key=True)
        return
    if "permissions" in value:
        message = "the permissions of a playbook stand in its policy.json"
        yield document.problem("LZ412", message, (*path, "permissions"), "leave them out", key=True)
    name = value.get("playbook", key)
    known = {*library.playbooks, *library.broken}
    if isinstance(name, str) and name not in known:
        own = document.at((*path, "playbook")) is not None
        hint = nearest(name, library.playbooks, "known: " + ", ".join(sorted(library.playbooks)))
        place = (*path, "playbook") if own else path
        yield document.problem("LZ412", f"there is no playbook `{name}`", place, hint, key=not own)
    elif name in library.playbooks and "on" not in value and not library.playbooks[name].on:
        message = f"nothing sets off the playbook `{name}`"
        yield document.problem("LZ413", message, path, "say `on`: findings, a rule or a pattern of events", key=True)


def playbook_of(key: str, value: Mapping[str, Any], library: Library) -> Playbook | None:
    """What is to be done; None where there is none of the name, which is told."""
    if "document" in value:
        return _of_aws(key, value)
    return library.playbooks.get(str(value.get("playbook", key)))


def asked(
    key: str,
    value: Mapping[str, Any],
    playbook: Playbook,
    context: Mapping[str, Json],
    rules: Rules,
    *,
    roles: Collection[str] = (),
) -> Asked:
    """What the blueprints are given; `context` are names for placeholders, and so are parameters that are given.

    `roles`: the parts for which the config names an account, whose id stands for a parameter that is not given.
    """
    approval: Any = value.get("approval") or "automatic"
    approvers = [] if approval == "automatic" else list(approval["by"])
    topic = "" if approval == "automatic" else approval.get("topic", "")
    given = {} if "document" in value else dict(value.get("parameters") or {})
    context = {**{name.lower(): each for name, each in given.items()}, **context}
    accounts = {
        name: ACCOUNT_PARAMETERS[role]
        for name, role in playbook.accounts.items()
        if role in roles and name not in given
    }
    permitted = {
        "key": key,
        "title": playbook.title,
        "permissions": fill([dict(each) for each in playbook.permissions], context),
        "never": fill([*playbook.never, *(value.get("never") or ())], context),
        "topic": topic,
    }
    document = {
        "key": key,
        "title": playbook.title,
        "pattern": pattern(value.get("on") or playbook.on, rules),
        "document": dict(playbook.document),
        "event": dict(playbook.event),
        "values": {name: _texts(each) for name, each in given.items()},
        **({"accounts": accounts} if accounts else {}),
        "at_most": value.get("at_most", 10),
        "approvers": approvers,
        "topic": topic,
    }
    return Asked(key, permitted, document)


def pattern(on: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    """The pattern of events.

    An account that administers GuardDuty has the findings of all others on its own bus: each heeds its own alone.
    Sample findings are of nothing that there is.
    """
    if "findings" in on:
        types = [{"wildcard": each} if "*" in each else each for each in on["findings"]]
        sample = {"additionalInfo": {"sample": [{"exists": False}, False]}}
        detail = {"type": types, "accountId": [ACCOUNT], "service": sample}
        return {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"], "detail": detail}
    if "rule" in on:
        detail = {
            "configRuleName": [{"prefix": name} if name.endswith("-") else name for name in rules(on["rule"])],
            "messageType": ["ComplianceChangeNotification"],
            "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
        }
        kind = "Config Rules Compliance Change"
        return {"source": ["aws.config"], "detail-type": [kind], "account": [ACCOUNT], "detail": detail}
    return {"account": [ACCOUNT], **on["event"]}


def _texts(value: object) -> list[Json]:
    return [text_of(each) for each in (value if isinstance(value, list) else [value])]


def _of_aws(key: str, value: Mapping[str, Any]) -> Playbook:
    """A playbook of one step, which runs a document of AWS's own as the playbook's role."""
    name = value["document"]
    given = value.get("parameters") or {}
    event = {each: path for each, path in given.items() if isinstance(path, str) and PATH.fullmatch(path)}
    passed: dict[str, Json] = {
        each: f"{{{{ {each} }}}}" if each in event else _texts(said) for each, said in given.items()
    }
    role: Json = {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{playbook_role(key)}"}
    admitted: Json = {"type": "String", "description": "From the event", "allowedPattern": FROM_EVENT}
    start = ["ssm:GetAutomationExecution", "ssm:StartAutomationExecution"]
    return Playbook(
        name=key,
        title=name,
        description=f"Runs the document {name}",
        document={
            "schemaVersion": "0.3",
            "description": f"Runs {name}",
            "parameters": dict.fromkeys(event, admitted),
            "mainSteps": [
                {
                    "name": "run",
                    "action": "aws:executeAutomation",
                    "inputs": {"DocumentName": name, "RuntimeParameters": {**passed, "AutomationAssumeRole": role}},
                }
            ],
        },
        permissions=(
            {"Effect": "Allow", "Action": sorted([*(value.get("permissions") or ()), *start]), "Resource": "*"},
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": role},
        ),
        event=event,
        accounts={},
        never=(),
        on={},
        controls=(),
        folder=Path(),
    )
