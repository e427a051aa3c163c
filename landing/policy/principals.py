"""Who asks: the text of a principal as its kind, its account and the condition keys that follow from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

_ARN = re.compile(r"arn:([^:]+):(iam|sts)::(\d{12}):(.+)\Z", re.DOTALL)
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?\Z")
_FORMS = (
    ("iam", "root", re.compile(r"root\Z"), "Account"),
    ("iam", "user", re.compile(r"user/.+", re.DOTALL), "User"),
    ("iam", "role", re.compile(r"role/.+", re.DOTALL), "AssumedRole"),
    ("sts", "federated-user", re.compile(r"federated-user/.+", re.DOTALL), "FederatedUser"),
)
_SESSION = re.compile(r"assumed-role/([^/]+)/.+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Principal:
    """`kind` is root, user, role, federated-user, service, anonymous or unknown.

    `arn` is the value of aws:PrincipalArn: for a session the ARN of its role. `keys` are in lower case.
    """

    text: str
    kind: str
    arn: str | None = None
    account: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None

    @property
    def service_linked(self) -> bool:
        """Told by the role's path; a name that begins AWSServiceRoleFor is not enough."""
        return self.kind == "role" and self.arn is not None and ":role/aws-service-role/" in self.arn


@lru_cache(maxsize=4096)
def parse_principal(text: str) -> Principal:
    """An IAM or STS ARN, the name of a service (``cloudtrail.amazonaws.com``), or ``anonymous``, also ``*``."""
    if text in ("anonymous", "*"):
        return Principal(text, "anonymous", keys={"aws:principaltype": "Anonymous"})
    if _SERVICE.match(text):
        keys = {"aws:principalisawsservice": "true", "aws:principalservicename": text}
        return Principal(text, "service", keys=keys)
    match = _ARN.match(text)
    if match is None:
        return Principal(text, "unknown", note=f"{text!r} is neither the ARN of a principal nor a service's name")
    partition, service, account, resource = match.groups()
    session = _SESSION.match(resource) if service == "sts" else None
    if session is not None:
        role = f"arn:{partition}:iam::{account}:role/{session[1]}"
        note = f"a session's ARN hides the path of its role: aws:PrincipalArn is taken to be {role}"
        return Principal(text, "role", role, account, _keys(role, account, "AssumedRole"), note)
    for where, kind, form, name in _FORMS:
        if where == service and form.match(resource):
            return Principal(text, kind, text, account, _keys(text, account, name))
    return Principal(text, "unknown", note=f"{text!r} is the ARN of no principal")


def _keys(arn: str, account: str, type_name: str) -> dict[str, str]:
    return {"aws:principalarn": arn, "aws:principalaccount": account, "aws:principaltype": type_name}
