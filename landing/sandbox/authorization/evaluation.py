"""Whether a caller may make a call: what all its policies say, decided by `landing.policy`, in AWS's own words.

IAM User Guide, "Policy evaluation logic" and "Troubleshoot access denied error messages". The layers, each of which
has to allow a call while none may deny it: RCPs of the resource's account, SCPs of the caller's, the caller's own
policies, the permissions boundary, and the policies of the session. Roles' trust is asked by `sts`, and the policies
of resources by the services that own them.

What is not known of a request is absent: its condition keys are those that follow from caller, resource and
organization (see `landing.policy.covered`), the Region, the time, the caller's tags, the tags of users, roles,
trails and resources of EC2, and those tags, principals and policy types that the call itself names. Where a
statement stays in doubt, the call is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from landing.policy import RCP, SCP, CompiledLevels, catalog, covered
from landing.policy.evaluation import EXPLICITLY_DENIED
from landing.policy.outline import Outline
from landing.sandbox.authorization import actions, launch, resources
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.model import Operation
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.organizations.state import Organization, organization_of
from landing.sandbox.world import Identity, World

Documents = tuple[str, ...]
Parameters = Mapping[str, Any]

ADMINISTRATOR: Documents = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
)  # fmt: skip
IDENTITY = "identity-based policy"
ARTICLES = {IDENTITY: "an"}
SERVICE_LINKED = ":role/aws-service-role/"


@dataclass(frozen=True, slots=True)
class Layer:
    """One type of policy, by AWS's name for it."""

    name: str
    policies: CompiledLevels

    @property
    def with_article(self) -> str:
        """As a denial names it."""
        return f"{ARTICLES.get(self.name, 'a')} {self.name}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A call of which it is to be decided whether it may be made."""

    world: World
    caller: Identity
    region: str
    operation: Operation
    read: Callable[[], Parameters]
    """Its parameters; read only where they matter."""


def authorize(asked: Asked) -> None:
    """Refuse a call that the policies do not allow."""
    operation = asked.operation
    if (operation.service, operation.name) in actions.FREE | actions.BY_TRUST:
        return
    layers = layers_of(asked.world, asked.caller)
    conceivable = actions.conceivable(operation.service, operation.name)
    if not _has_rcps(asked, conceivable) and all(
        layer.policies.allows_all(action) for action in conceivable for layer in layers
    ):
        return
    parameters = asked.read()
    for needed in actions.required(operation, parameters):
        for resource, keys in _about(asked, needed, parameters):
            _decide(asked, layers, needed, resource, parameters, keys=keys)
    roles = actions.passed_roles(operation, parameters)
    if launch.is_launch(operation):
        roles += launch.passed(asked.world, asked.caller, parameters)
    for role in roles:
        _decide(asked, layers, actions.PASS, role, {"PassedTo": operation.service})


def _about(asked: Asked, action: str, parameters: Parameters) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The resources of an action, each with the condition keys that it alone has."""
    place = (asked.world, asked.caller, asked.region)
    if launch.is_launch(asked.operation):
        yield from launch.parts(*place, action, parameters)
        return
    yield from ((resource, {}) for resource in resources.named(*place, action, parameters))


def _decide(
    asked: Asked,
    layers: tuple[Layer, ...],
    action: str,
    resource: str,
    parameters: Parameters,
    *,
    keys: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Refuse one action on one resource, if a layer does."""
    if denied := denial(asked, layers, action, resource, parameters, keys=keys):
        raise refusal(asked.operation, f"{_sentence(asked, action, resource)} {denied}")


def denial(
    asked: Asked,
    layers: Iterable[Layer],
    action: str,
    resource: str,
    parameters: Parameters,
    *,
    granted: bool = False,
    keys: Mapping[str, object] = MappingProxyType({}),
) -> str | None:
    """Why an action on a resource is denied, as AWS ends its sentence; none when all layers allow it.

    `granted`: the resource's own policy allows it to the caller, who then needs no policy of its own that does.
    `keys` are condition keys of this resource alone.
    """
    world, caller = asked.world, asked.caller
    owner = resources.owner_of(world, caller, resource)
    request = {
        "principal": caller.principal,
        "action": action,
        "resource": resource,
        "resourceAccount": owner,
        "context": {
            **dict(_resource_tags(action, resources.tags_of(world, caller, resource))),
            **dict(_context(world, caller, asked.region, parameters)),
            **keys,
        },
    }
    coverage = covered(_outline(world, caller.account, owner), request)
    complete = coverage.complete(request)
    if coverage.rcp_path is not None:
        layers = (*_rcps(world, owner), *layers)
    verdicts = [
        (layer, layer.policies.evaluate(complete))
        for layer in layers
        if coverage.scp_path is not None or layer.name != "service control policy"
    ]
    for layer, verdict in verdicts:
        if verdict.result == EXPLICITLY_DENIED:
            return f"with an explicit deny in {layer.with_article}"
    for layer, verdict in verdicts:
        if verdict.blocked is not False and not (granted and layer.name == IDENTITY):
            return f"because no {layer.name} allows the {action} action"
    return None


def layers_of(world: World, caller: Identity) -> tuple[Layer, ...]:
    """What holds for all calls of a caller, outermost first."""
    return (*_scps(world, caller), *_own_layers(world, caller))


def refusal(operation: Operation, sentence: str) -> Refusal:
    """The refusal of a call in the words of its service."""
    if operation.protocol == "ec2":
        return Refusal("UnauthorizedOperation", f"You are not authorized to perform this operation. {sentence}", 403)
    if operation.service == "sns":
        return Refusal("AuthorizationError", sentence, 403)
    if operation.protocol in ("query", "rest-xml"):
        return Refusal("AccessDenied", sentence, 403)
    return Refusal("AccessDeniedException", sentence, 403 if operation.protocol == "rest-json" else 400)


def _sentence(asked: Asked, action: str, resource: str) -> str:
    where = f'"{resource}"' if asked.operation.service == "s3" else resource
    return f"User: {asked.caller.arn} is not authorized to perform: {action} on resource: {where}"


def _own_layers(world: World, caller: Identity) -> Iterator[Layer]:
    documents, boundary = _own(world, caller)
    yield Layer(IDENTITY, _together(documents))
    if boundary is not None:
        yield Layer("permissions boundary", _together(boundary))
    if caller.session_policies is not None:
        yield Layer("session policy", _together(caller.session_policies))


def _own(world: World, caller: Identity) -> tuple[Documents, Documents | None]:
    """The documents of the caller's own policies, and that of its permissions boundary, if it has one."""
    if caller.access_key == world.administrators.get(caller.account) or caller.principal.endswith(":root"):
        return ADMINISTRATOR, None
    kind, _, path = caller.principal.rpartition(":")[2].partition("/")
    backend = upstream.backend("iam", caller.account, world.home_region)
    name = path.rpartition("/")[2]
    things = backend.roles.values() if kind == "role" else backend.users.values() if kind == "user" else ()
    found = next((thing for thing in things if thing.name == name), None)
    if found is None:
        return (), None
    groups = [group for group in backend.groups.values() if found in group.users] if kind == "user" else []
    documents = tuple(document for one in (found, *groups) for document in _attached(one))
    boundary = getattr(found, "permissions_boundary_arn", None)
    if not boundary:
        return documents, None
    policy = backend.managed_policies.get(boundary)
    return documents, () if policy is None else (document_of(policy),)


def _attached(thing: Any) -> Iterator[str]:
    for document in thing.policies.values():
        yield _text(document)
    for policy in thing.managed_policies.values():
        yield document_of(policy)


def document_of(policy: Any) -> str:
    """The document that is in force of a managed policy of moto's."""
    version = next(each for each in policy.versions if each.version_id == policy.default_version_id)
    return _text(version.document)


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def _scps(world: World, caller: Identity) -> Iterator[Layer]:
    organization = organization_of(world, caller.account)
    if organization is None or caller.account == organization.management_account or SERVICE_LINKED in caller.principal:
        return
    yield from _hierarchy(organization, caller.account, SCP, "service control policy")


def _rcps(world: World, owner: str) -> Iterator[Layer]:
    organization = organization_of(world, owner)
    if organization is not None:
        yield from _hierarchy(organization, owner, RCP, "resource control policy")


def _has_rcps(asked: Asked, conceivable: Iterable[str]) -> bool:
    """Whether there may be RCPs for a call: they are the resource owner's, who is not known yet."""
    if not any(action.partition(":")[0] in catalog.rcp_services() for action in conceivable):
        return False
    organization = organization_of(asked.world, asked.caller.account)
    return organization is not None and RCP in organization.policy_types


def _hierarchy(organization: Organization, account: str, policy_type: str, name: str) -> Iterator[Layer]:
    if organization.policy_types.get(policy_type) != "ENABLED":
        return
    levels = tuple(
        tuple((policy.name, policy.content) for policy in organization.attached(target, policy_type))
        for target in reversed(list(organization.ancestry(account)))
    )
    yield Layer(name, _compiled(levels, policy_type))


def _together(documents: Documents) -> CompiledLevels:
    return _compiled((tuple((str(number), text) for number, text in enumerate(documents)),), SCP)


@lru_cache(maxsize=1024)
def _compiled(levels: tuple[tuple[tuple[str, str], ...], ...], policy_type: str) -> CompiledLevels:
    """Policies made ready; equal ones, of whatever account, once."""
    read = [[{"name": name, "policy": json.loads(text)} for name, text in level] for level in levels]
    return CompiledLevels(read, policy_type)


def _outline(world: World, *accounts: str) -> Outline:
    """The organization as far as a request of these accounts touches it; one of nobody's if there is none."""
    organization = organization_of(world, accounts[0])
    if organization is None:
        return Outline("000000000000", {})
    ways = {
        account: tuple(reversed(list(organization.ancestry(account))[1:-1]))
        for account in accounts
        if account in organization.members
    }
    return Outline(organization.management_account, ways, organization.id, "", organization.root)


def _context(world: World, caller: Identity, region: str, parameters: Parameters) -> Iterator[tuple[str, object]]:
    """The condition keys that are known of a call, beside those that follow from the organization."""
    yield "aws:RequestedRegion", world.home_region if region.startswith("aws-") else region
    yield "aws:CurrentTime", world.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    yield "aws:EpochTime", str(int(world.now.timestamp()))
    yield "aws:userid", caller.user_id
    if caller.session_token is not None:
        yield "aws:MultiFactorAuthPresent", "false"
        if caller.principal.endswith(":root"):
            yield "aws:AssumedRoot", "true"
    if isinstance(task := parameters.get("TaskPolicyArn"), Mapping) and "arn" in task:
        yield "sts:TaskPolicyArn", str(task["arn"])
    for key, value in _tags(world, caller).items():
        yield f"aws:PrincipalTag/{key}", value
    tags = actions.tags_of(parameters)
    for key, value in tags.items():
        yield f"aws:RequestTag/{key}", value
    if tags:
        yield "aws:TagKeys", list(tags)
    for key, names in NAMED.items():
        found = next((parameters[name] for name in names if isinstance(parameters.get(name), str)), None)
        if found is not None:
            yield key, found
    context = parameters.get("EncryptionContext")
    if isinstance(context, Mapping):  # KMS Developer Guide, "Condition keys for AWS KMS"
        yield "kms:EncryptionContextKeys", list(context)
        for key, value in context.items():
            yield f"kms:EncryptionContext:{key}", value
    if "PassedTo" in parameters:
        yield "iam:PassedToService", f"{parameters['PassedTo']}.amazonaws.com"


def _resource_tags(action: str, tags: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The tags of a resource, by the global key and that of the services which have one of their own."""
    own = {"ec2": "ec2:ResourceTag", "ssm": "ssm:resourceTag"}.get(action.partition(":")[0])
    for key, value in tags.items():
        yield f"aws:ResourceTag/{key}", value
        if own is not None:
            yield f"{own}/{key}", value


NAMED = {
    "iam:AWSServiceName": ("AWSServiceName",),
    "iam:PolicyARN": ("PolicyArn",),
    "iam:PermissionsBoundary": ("PermissionsBoundary",),
    "organizations:ServicePrincipal": ("ServicePrincipal",),
    "organizations:PolicyType": ("PolicyType", "Type", "Filter"),
    "s3:prefix": ("Prefix",),
    "sts:ExternalId": ("ExternalId",),
    "sts:RoleSessionName": ("RoleSessionName",),
}
"""Condition keys of services that are parameters of the call."""


def _tags(world: World, caller: Identity) -> Mapping[str, str]:
    if ":role/" not in caller.principal:
        return {}
    backend = upstream.backend("iam", caller.account, world.home_region)
    role = next((role for role in backend.roles.values() if role.tags and role.arn == caller.principal), None)
    if role is None:
        return {}
    tags = role.tags.values() if isinstance(role.tags, Mapping) else role.tags
    return {tag["Key"]: tag["Value"] for tag in tags}
