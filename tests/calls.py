"""The calls to AWS that the code can make, rare paths included: found in its text, not by running it.

From a function everything is followed that it names: functions, classes, and of the classes it has reached the methods
whose names are used (rapid type analysis). A call is an attribute or a text that is the name of a boto3 method.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import botocore.session
from botocore import xform_name

from landing.aws.survey import Survey
from landing.aws.tree import Tree
from landing.core.operation_names import IAM_PREFIXES
from landing.policy import catalog
from landing.sandbox.authorization.actions import of_operation
from landing.sandbox.services.iam import SERVICE_LINKED_ROLES
from landing.services import registry
from landing.services.base import Kind
from landing.services.control_tower.baseline import FORWARDED
from landing.services.organizations.trusted_access import STACKSETS

SERVICES = (
    "accessanalyzer", "account", "chatbot", "cloudformation", "cloudtrail", "cloudwatch", "config", "controlcatalog", "controltower", "detective", "fms", "guardduty", "health", "iam", "identitystore", "inspector2", "kms", "logs",
    "macie2", "organizations", "ram",
    "resourcegroupstaggingapi", "s3", "security-ir", "securityhub", "securitylake", "service-quotas", "shield", "sns", "sso-admin",
    "ssm", "sts",
)  # fmt: skip
"""Every service that is called; `of_package` fails at a client of another."""

BOTOCORE = {prefix: service for service, prefix in IAM_PREFIXES.items() if service in SERVICES}
"""botocore's name of a service by IAM's, where they differ."""


def action_of(service: str, operation: str) -> str:
    """The IAM action that a call needs; LookupError when AWS's catalogue has none of that name."""
    text = of_operation(service, operation)
    if catalog.action(text) is None:
        raise LookupError(
            f"{service}:{operation} has no action of its name: say in landing.core.operation_names which it is"
        )
    return text


_STACK_SETS = {"stacksets.cloudformation.amazonaws.com", STACKSETS}
_GUARDDUTY = {"guardduty.amazonaws.com", "malware-protection.guardduty.amazonaws.com"}
_INSPECTOR = {"inspector2.amazonaws.com", "agentless.inspector2.amazonaws.com"}

LINKED: dict[tuple[str, str], set[str]] = {
    ("accessanalyzer", "CreateAnalyzer"): {"access-analyzer.amazonaws.com"},
    ("cloudformation", "ActivateOrganizationsAccess"): _STACK_SETS,
    ("cloudtrail", "CreateTrail"): {"cloudtrail.amazonaws.com"},
    ("cloudtrail", "UpdateTrail"): {"cloudtrail.amazonaws.com"},
    ("config", "PutOrganizationConfigRule"): {"config-multiaccountsetup.amazonaws.com"},
    ("config", "PutOrganizationConformancePack"): {"config-multiaccountsetup.amazonaws.com"},
    ("detective", "EnableOrganizationAdminAccount"): {"detective.amazonaws.com"},
    ("fms", "AssociateAdminAccount"): {"fms.amazonaws.com"},
    ("fms", "PutAdminAccount"): {"fms.amazonaws.com"},
    ("guardduty", "CreateDetector"): _GUARDDUTY,
    ("guardduty", "EnableOrganizationAdminAccount"): _GUARDDUTY,
    ("health", "EnableHealthServiceAccessForOrganization"): {"health.amazonaws.com"},
    ("inspector2", "Enable"): _INSPECTOR,
    ("inspector2", "EnableDelegatedAdminAccount"): _INSPECTOR,
    ("organizations", "CreateAccount"): {"organizations.amazonaws.com"},
    ("organizations", "CreateOrganization"): {"organizations.amazonaws.com"},
    ("organizations", "EnableAWSServiceAccess"): {each for service in registry.SERVICES for each in service.trusted},
    ("ram", "EnableSharingWithAwsOrganization"): {"ram.amazonaws.com"},
    ("macie2", "EnableMacie"): {"macie.amazonaws.com"},
    ("macie2", "EnableOrganizationAdminAccount"): {"macie.amazonaws.com"},
    ("securityhub", "EnableOrganizationAdminAccount"): {"securityhub.amazonaws.com"},
    ("security-ir", "CreateMembership"): {"security-ir.amazonaws.com"},
    ("securityhub", "EnableSecurityHub"): {"securityhub.amazonaws.com"},
    ("securityhub", "EnableSecurityHubV2"): {"securityhubv2.amazonaws.com"},
    ("securitylake", "RegisterDataLakeDelegatedAdministrator"): {"securitylake.amazonaws.com"},
}
"""The services for which AWS makes service-linked roles in the caller's name, by the call that sets it off."""

_APPOINTMENT = {"organizations:EnableAWSServiceAccess", "organizations:RegisterDelegatedAdministrator"}

_TOWER = {*FORWARDED}

BESIDES = {
    ("controltower", "EnableBaseline"): {"controltower:TagResource", *_TOWER},
    ("controltower", "UpdateEnabledBaseline"): _TOWER,
    ("controltower", "ResetEnabledBaseline"): _TOWER,
    ("controltower", "DisableBaseline"): _TOWER,
    ("organizations", "InviteAccountToOrganization"): {"organizations:TagResource"},
    ("controltower", "EnableControl"): {"controltower:TagResource", *_TOWER},
    ("controltower", "UpdateEnabledControl"): _TOWER,
    ("controltower", "ResetEnabledControl"): _TOWER,
    ("controltower", "DisableControl"): _TOWER,
    ("cloudformation", "CreateStack"): {"cloudformation:TagResource"},
    ("cloudformation", "CreateStackSet"): {"cloudformation:TagResource"},
    ("cloudformation", "UpdateStack"): {"cloudformation:TagResource"},
    ("cloudformation", "UpdateStackSet"): {"cloudformation:TagResource"},
    ("cloudformation", "DetectStackDrift"): {"cloudformation:DetectStackResourceDrift"},
    ("cloudformation", "ActivateOrganizationsAccess"): {"organizations:EnableAWSServiceAccess"},
    ("cloudtrail", "CreateTrail"): {"iam:GetRole", "iam:PassRole", "organizations:EnableAWSServiceAccess"},
    ("cloudtrail", "UpdateTrail"): {"iam:GetRole", "iam:PassRole", "organizations:EnableAWSServiceAccess"},
    ("config", "PutOrganizationConfigRule"): {"organizations:ListDelegatedAdministrators"},
    ("config", "PutOrganizationConformancePack"): {"organizations:ListDelegatedAdministrators"},
    ("detective", "EnableOrganizationAdminAccount"): {*_APPOINTMENT},
    ("detective", "DisableOrganizationAdminAccount"): {"organizations:DeregisterDelegatedAdministrator"},
    ("fms", "AssociateAdminAccount"): {*_APPOINTMENT},
    ("fms", "PutAdminAccount"): {"organizations:RegisterDelegatedAdministrator"},  # of the API reference
    ("fms", "DisassociateAdminAccount"): {"organizations:DeregisterDelegatedAdministrator"},
    ("fms", "PutPolicy"): {"fms:TagResource"},
    ("fms", "PutNotificationChannel"): {"iam:PassRole"},
    ("guardduty", "EnableOrganizationAdminAccount"): {
        *_APPOINTMENT, "organizations:ListDelegatedAdministrators",
    },
    ("guardduty", "DisableOrganizationAdminAccount"): {"organizations:DeregisterDelegatedAdministrator"},
    ("health", "EnableHealthServiceAccessForOrganization"): {"organizations:EnableAWSServiceAccess"},
    ("ram", "EnableSharingWithAwsOrganization"): {"organizations:EnableAWSServiceAccess"},
    ("inspector2", "EnableDelegatedAdminAccount"): {*_APPOINTMENT},
    ("inspector2", "DisableDelegatedAdminAccount"): {"organizations:DeregisterDelegatedAdministrator"},
    ("organizations", "CreateAccount"): {"organizations:TagResource"},
    ("organizations", "CreateOrganizationalUnit"): {"organizations:TagResource"},
    ("organizations", "CreatePolicy"): {"organizations:TagResource"},
    ("macie2", "EnableOrganizationAdminAccount"): {*_APPOINTMENT},
    ("macie2", "DisableOrganizationAdminAccount"): {"organizations:DeregisterDelegatedAdministrator"},
    ("securityhub", "EnableOrganizationAdminAccount"): {*_APPOINTMENT},
    ("securitylake", "CreateDataLake"): {"iam:PassRole"},
    ("securitylake", "RegisterDataLakeDelegatedAdministrator"): {*_APPOINTMENT},
    ("securitylake", "UpdateDataLake"): {"iam:PassRole"},
    ("securityhub", "DisableOrganizationAdminAccount"): {"organizations:DeregisterDelegatedAdministrator"},
}  # fmt: skip
"""What AWS asks of the caller besides the action of the call, as we make it (with tags, with roles).

CloudFormation User Guide, "Detect drift on an entire stack" and "Control access with IAM"; CloudTrail User Guide,
"Organization trails: permissions"; Organizations API reference, each call; GuardDuty and Security Hub User Guides,
"Permissions required to designate a delegated administrator"; Config API reference, PutOrganizationConfigRule; IAM, "Service-linked role permissions".
"""


@cache
def models() -> dict[str, Any]:
    """botocore's model by service."""
    session = botocore.session.Session()
    return {service: session.get_service_model(service) for service in SERVICES}


@cache
def methods() -> dict[str, dict[str, str]]:
    """By method of a boto3 client: the operation, by service."""
    found: dict[str, dict[str, str]] = {}
    for service, model in models().items():
        for operation in model.operation_names:
            found.setdefault(xform_name(operation), {})[service] = operation
    return found


@cache
def _nodes(module: str) -> dict[str, ast.AST]:
    """Functions and classes of a module, by qualified name."""
    found: dict[str, ast.AST] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                found[prefix + child.name] = child
                if isinstance(child, ast.ClassDef):
                    visit(child, f"{prefix}{child.name}.")

    visit(ast.parse(inspect.getsource(sys.modules[module])), "")
    return found


TOLD_BY = {"tree": Tree, "survey": Survey}
"""Classes whose methods have everyday names: told by the name of what has them."""

TOLD_APART = tuple(TOLD_BY.values())
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Use:
    """A method of a client, and where its name is."""

    method: str
    module: str
    line: int
    services: frozenset[str]

    @property
    def where(self) -> str:
        return f"{self.module}:{self.line}"


class Closure:
    """All that is reached from some methods of a class."""

    def __init__(self, start: type, roots: Iterable[str]) -> None:
        self.kind = start
        self.classes: set[type] = {start}
        self.functions: set[FunctionType] = set()
        self.names: set[str] = set()
        """Attributes of anything but `self`."""
        self._known: set[tuple[FunctionType, type | None]] = set()
        """Functions, and of methods the class of what `self` is."""
        self._waiting: list[tuple[FunctionType, type | None]] = []
        for root in roots:
            self._method(start, root)
        while self._waiting:
            self._read(*self._waiting.pop())

    @cached_property
    def calls(self) -> dict[tuple[str, str], Use]:
        """Where each (service, operation) is called."""
        found = {}
        for use in (use for function in self.functions for use in _uses(function)):
            for service in self._services_of(use):
                found[service, methods()[use.method][service]] = use
        return found

    @property
    def uses(self) -> set[tuple[str, str]]:
        """(module, method) of what became a call."""
        uses = (use for function in self.functions for use in _uses(function))
        return {(use.module, use.method) for use in uses if self._services_of(use)}

    @property
    def actions(self) -> set[str]:
        """The IAM actions of the calls."""
        return {action_of(*call) for call in self.calls}

    @property
    def direct(self) -> set[str]:
        """The actions of the calls that the kinds make themselves; the others are the tree's."""
        return {action_of(*call) for call, use in self.calls.items() if use.module.startswith("landing.services.")}

    @property
    def besides(self) -> set[str]:
        """What AWS asks for besides."""
        found = {action for call in self.calls for action in BESIDES.get(call, ())}
        return found | ({"iam:CreateServiceLinkedRole"} if self.linked else set())

    @property
    def linked(self) -> set[str]:
        """The services for which service-linked roles are made."""
        return {service for call in self.calls for service in LINKED.get(call, ())}

    @property
    def enters(self) -> bool:
        """Whether a client of an account is opened."""
        nodes = (_node(each) for each in self.functions if each.__module__.startswith("landing.services."))
        return any(len(call.args) > 1 for node in nodes for call in _openings(node))

    @cached_property
    def _services(self) -> frozenset[str]:
        """Of the clients that are opened, but for those of the tree, which says for itself what it calls."""
        named = getattr(self.kind, "client_name", "")
        if named:
            return frozenset({named})
        outside = [function for function in self.functions if function.__module__.startswith("landing.services.")]
        return frozenset(service for function in outside for service in _clients(_node(function)))

    def _services_of(self, use: Use) -> frozenset[str]:
        """Nothing for a name that only looks like a method of some client."""
        having = frozenset(methods()[use.method])
        found = use.services & having or (
            self._services & having if use.module.startswith("landing.services.") else _NONE
        )
        assert len(found) <= 1, f"{use.where}: {use.method} of which of {sorted(found)}?"
        return found

    def _method(self, owner: type, name: str) -> None:
        for each in owner.__mro__:
            if each.__module__.startswith("landing.") and name in vars(each):
                self._add(vars(each)[name], owner)

    def _add(self, value: Any, receiver: type | None = None) -> None:
        if isinstance(value, property):
            value = value.fget
        elif isinstance(value, cached_property):
            value = value.func
        elif isinstance(value, staticmethod | classmethod):
            value = value.__func__
        value = inspect.unwrap(value) if callable(value) else value
        if isinstance(value, FunctionType):
            if value.__module__.startswith("landing.") and (value, receiver) not in self._known:
                self._known.add((value, receiver))
                self.functions.add(value)
                self._waiting.append((value, receiver))
        elif isinstance(value, type) and value.__module__.startswith("landing.") and value not in self.classes:
            if value in TOLD_APART or value.__module__ == "landing.aws.door":
                return
            self.classes.add(value)
            for name in (*self.names, "__init__", "__post_init__", "__call__", "__iter__"):
                self._method(value, name)

    def _read(self, function: FunctionType, receiver: type | None) -> None:
        node = _node(function)
        if node is None:
            return
        owner = function.__qualname__.partition(".")[0]
        for each in ast.walk(node):
            if isinstance(each, ast.Name):
                self._add(function.__globals__.get(each.id))
            elif isinstance(each, ast.ImportFrom) and each.module and each.module.startswith("landing"):
                for alias in each.names:
                    self._add(getattr(importlib.import_module(each.module), alias.name, None))
            elif isinstance(each, ast.Attribute):
                self._attribute(function, owner, receiver, each.value, each.attr)

    def _attribute(self, function: FunctionType, owner: str, receiver: type | None, of: ast.expr, name: str) -> None:
        called = of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""
        module = function.__globals__.get(called)
        if isinstance(module, ModuleType) and module.__name__.startswith("landing"):
            self._add(getattr(module, name, None))
        told = TOLD_BY.get(called.removeprefix("_"))
        own = next((each for each in TOLD_APART if owner == each.__name__ and called == "self"), None)
        if told or own:
            self._method(told or own or object, name)
        elif called == "self":
            if receiver is not None:
                self._method(receiver, name)
        elif name not in self.names:
            self.names.add(name)
            for reached in self.classes - {self.kind}:
                self._method(reached, name)


def _node(function: FunctionType) -> ast.AST | None:
    return _nodes(function.__module__).get(function.__qualname__)


def _clients(node: ast.AST | None) -> Iterator[str]:
    """The services of which clients are opened by name."""
    for opening in _openings(node):
        first = opening.args[0] if opening.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def _openings(node: ast.AST | None) -> Iterator[ast.Call]:
    for each in ast.walk(node) if node else ():
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr.endswith("client"):
            yield each


def _names(node: ast.AST) -> Iterator[tuple[str, int]]:
    for each in ast.walk(node):
        if isinstance(each, ast.JoinedStr):
            pattern = "".join(
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z]+" for part in each.values
            )
            if re.search("[a-z]{3}_[a-z]|[a-z]_[a-z]{3}", pattern):
                yield from ((method, each.lineno) for method in methods() if re.fullmatch(pattern, method))
        if isinstance(each, ast.Attribute) and each.attr in methods():
            yield each.attr, each.lineno
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value in methods():
            yield each.value, each.lineno


def _uses(function: FunctionType) -> Iterator[Use]:
    node = _node(function)
    if node is None:
        return
    services = frozenset(_clients(node))
    if not services and "." in function.__qualname__:
        owner = function.__qualname__.rpartition(".")[0]
        opened = [_nodes(function.__module__).get(f"{owner}.{name}") for name in ("_client", "client")]
        services = frozenset(service for each in opened for service in _clients(each))
    for method, line in _names(node):
        yield Use(method, function.__module__, line, services)


@cache
def of_kind(kind: type[Kind], *roots: str) -> Closure:
    """What a kind calls, beginning with these of its methods."""
    return Closure(kind, roots)


@cache
def texts() -> dict[str, ast.Module]:
    """Every module that calls AWS, but for the sandbox's; AssertionError for a client that SERVICES has not."""
    package = Path(str(importlib.import_module("landing").__file__)).parent
    found = {}
    for path in sorted(package.rglob("*.py")):
        name = ".".join(path.relative_to(package.parent).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        opened = set(_clients(tree))
        if not name.startswith("landing.sandbox") and (opened or name.startswith("landing.services.")):
            assert opened <= set(SERVICES), f"{name} opens clients that SERVICES does not have"
            found[name] = tree
    return found


def of_package() -> set[tuple[str, str]]:
    """(module, method) of every name of a client's method."""
    return {(module, method) for module, tree in texts().items() for method, _ in _names(tree)}


@cache
def _paginators(service: str) -> frozenset[str]:
    loader = botocore.session.Session().get_component("data_loader")
    return frozenset(loader.load_service_model(service, "paginators-1")["pagination"])


def is_paged(method: str, opened: frozenset[str]) -> bool:
    """Whether an operation of this name answers in pages; of the services that a module opens, or else of any."""
    for service, operation in methods()[method].items():
        if opened & set(methods()[method]) and service not in opened:
            continue
        shape = models()[service].operation_model(operation).output_shape
        members = {name.lower() for name in shape.members} if shape else set()
        if operation in _paginators(service) or members & {"nexttoken", "marker", "nextmarker"}:
            return True
    return False


def of_one_page() -> Iterator[tuple[str, str, frozenset[str]]]:
    """(where, method, names of the arguments) of the calls of paged operations that read one page only."""
    for module, tree in texts().items():
        opened = frozenset(_clients(tree))
        called = {id(call.func): call for call in ast.walk(tree) if isinstance(call, ast.Call)}
        for each in ast.walk(tree):
            if isinstance(each, ast.Attribute) and each.attr in methods() and is_paged(each.attr, opened):
                call = called.get(id(each))
                names = frozenset(word.arg or "**" for word in call.keywords) if call else _NONE
                yield f"{module}:{each.lineno}", each.attr, names


def linked_by_name(kind: type[Kind], *phases: str) -> set[str]:
    """The services whose roles a kind makes by CreateServiceLinkedRole: those that its text and its settings name."""
    if ("iam", "CreateServiceLinkedRole") not in of_kind(kind, *phases).calls:
        return set()
    folder = kind.__module__.rpartition(".")[0]
    texts = [inspect.getsource(sys.modules[module]) for module in (kind.__module__, f"{folder}.settings")]
    words = {node.value for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
    return {*SERVICE_LINKED_ROLES} & {word for word in words if isinstance(word, str)}
