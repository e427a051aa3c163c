"""The requests of cases as AWS's policy simulator takes them, and why it cannot take some of them.

Follows the model of iam:SimulateCustomPolicy in botocore: SCPs level by level from the root to the account, a user
or role as the caller, condition keys with their types, and no RCPs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from landing.policy.evaluation import ALLOWED, EXPLICITLY_DENIED, IMPLICITLY_DENIED, SCP, CompiledLevels, Verdict
from landing.policy.keys import find_key
from landing.policy.principals import parse_principal
from landing.policy.testing.case_file import read
from landing.policy.testing.estate import Estate
from landing.policy.testing.model import Case
from landing.policy.testing.requests import CaseError, asks
from landing.policy.testing.suite import Attached, Suite, levels
from landing.policy.testing.trial import Prepared, prepare
from landing.policy.truth import Unknown

DECISIONS = {ALLOWED: "allowed", EXPLICITLY_DENIED: "explicitDeny", IMPLICITLY_DENIED: "implicitDeny"}
"""What AWS calls our verdicts (PolicyEvaluationDecisionType)."""

NO_SCP = "the policies are no SCPs, and the simulator takes none but SCPs"
NOT_SUBJECT = "no SCP applies to the principal, and the simulator would apply them"
NO_CALLER = "the simulator takes only users and roles as callers: no root user, no federated user"
OTHER_OWNER = "the resource is in another account, where the simulator wants a resource policy that allows it"
UNTOLD = "landing does not tell what becomes of it"
UNKNOWN_VALUE = "the value of a condition key is not known offline"
NOTHING_ATTACHED = "a level has no SCP, which AWS does not let happen"

_TYPES = {
    "String": "string",
    "ARN": "string",
    "Bool": "boolean",
    "Numeric": "numeric",
    "Date": "date",
    "IPAddress": "ip",
    "Binary": "binary",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A condition key with its type as the simulator calls it, and its values."""

    name: str
    type: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What requests must have in common to be asked about in one call: texts of SCPs by level, caller and keys."""

    levels: tuple[tuple[str, ...], ...]
    caller: str
    context: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A request that the simulator can take, and what we say of it; `by` are the policies and statements."""

    setting: Setting
    action: str
    resource: str
    verdict: Verdict
    path: tuple[str, ...]

    @property
    def decision(self) -> str:
        """Our verdict in AWS's words."""
        return DECISIONS[self.verdict.result]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a case: a question to the simulator, or the reason why there is none."""

    case: Case
    request: Mapping[str, Any]
    question: Question | str


def replay(suite: Suite, estate: Estate) -> Iterator[Asked]:
    """Every request of the cases of a suite; cases that make none are left to `run`, which says what is wrong."""
    if not suite.cases.exists():
        return
    replayer = _Replayer(suite.policies)
    for case in read(suite.cases).cases:
        try:
            prepared = [prepare(case, ask, estate.organization) for ask in asks(case, suite, estate)]
        except CaseError:
            continue
        for item in prepared:
            yield Asked(case, item.request, replayer.question(item))


@dataclass(frozen=True, slots=True)
class _Ground:
    """The SCPs of a path: as texts, compiled, and the condition keys that they look at, in lower case."""

    texts: tuple[tuple[str, ...], ...]
    compiled: CompiledLevels
    keys: frozenset[str]


class _Replayer:
    def __init__(self, policies: Iterable[Attached]) -> None:
        self._policies = tuple(policy for policy in policies if policy.type == SCP)
        self._ground = lru_cache(maxsize=None)(self._grounds)

    def question(self, prepared: Prepared) -> Question | str:
        """The request as a question, or why it is none."""
        coverage, request = prepared.coverage, prepared.request
        if not self._policies:
            return NO_SCP
        if coverage.scp_doubt:
            return UNTOLD
        if coverage.scp_path is None:
            return NOT_SUBJECT
        principal = parse_principal(request["principal"])
        if principal.kind not in ("user", "role") or principal.arn is None:
            return NO_CALLER
        if request["resourceAccount"] != principal.account:
            return OTHER_OWNER
        ground = self._ground(coverage.scp_path)
        if not all(ground.texts):
            return NOTHING_ATTACHED
        verdict = ground.compiled.evaluate(request)
        if verdict.undetermined:
            return UNTOLD
        asked = {key: value for key, value in request["context"].items() if key.lower() in ground.keys}
        if any(isinstance(value, Unknown) or value == [] for value in asked.values()):
            return UNKNOWN_VALUE
        context = tuple(_entry(key, value) for key, value in sorted(asked.items()))
        setting = Setting(ground.texts, principal.arn, context)
        return Question(setting, request["action"], request["resource"], verdict, coverage.scp_path)

    def _grounds(self, path: tuple[str, ...]) -> _Ground:
        found = levels(self._policies, path, SCP)
        compiled = CompiledLevels(found)
        keys = frozenset(key for level in compiled.rules for rule in level for key in rule.keys)
        return _Ground(tuple(tuple(_text(each["policy"]) for each in level) for level in found), compiled, keys)


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))


def _entry(name: str, value: object) -> Entry:
    """A key of the catalogue with the type it has there, any other as strings; several values make it a list."""
    found = find_key(name)
    kind = _TYPES.get(found.base_type, "string") if found else "string"
    several = isinstance(value, list | tuple)
    values = tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)
    return Entry(name, f"{kind}List" if several or (found and found.multivalued) else kind, values)
