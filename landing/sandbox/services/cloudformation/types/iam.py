"""AWS IAM: roles, instance profiles, inline and managed policies, service-linked roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    ResourceType,
    Site,
    changed,
    document,
    found,
    given,
    parsed,
)
from landing.sandbox.services.cloudformation.types.tags import Resource, TagCalls

ATTACHED = ("Roles", "Users", "Groups")
VERSIONS = 5
"""Versions that IAM keeps of a managed policy."""
HOLDERS = {"Groups": ("group", "Group"), "Roles": ("role", "Role"), "Users": ("user", "User")}


class Role(ApiType):
    """AWS::IAM::Role."""

    name = "AWS::IAM::Role"
    properties = frozenset({
        "AssumeRolePolicyDocument", "Description", "ManagedPolicyArns", "MaxSessionDuration", "Path",
        "PermissionsBoundary", "Policies", "RoleName", "Tags",
    })  # fmt: skip
    service, key, named = "iam", "RoleName", "RoleName"
    creates, describes, described, deletes = "CreateRole", "GetRole", "Role", "DeleteRole"
    tagging = TagCalls("iam", tag="TagRole", untag="UntagRole", list="ListRoleTags")

    def create(self, site: Site, properties: Properties) -> str:
        """CreateRole, then its policies."""
        name = super().create(site, properties)
        self._update_policies(site.client("iam"), name, {}, properties)
        return name

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """What the template does not name is not asked for."""
        client, live = site.client("iam"), dict(super().read(site, physical_id, expected) or {})
        if "PermissionsBoundary" in live:
            live["PermissionsBoundary"] = live["PermissionsBoundary"]["PermissionsBoundaryArn"]
        if "ManagedPolicyArns" in expected:
            attached = client.list_attached_role_policies(RoleName=physical_id)["AttachedPolicies"]
            live["ManagedPolicyArns"] = [policy["PolicyArn"] for policy in attached]
        if "Policies" in expected:
            names = client.list_role_policies(RoleName=physical_id)["PolicyNames"]
            live["Policies"] = [_inline(client, physical_id, name) for name in names]
        return live or None

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Every property but name and path."""
        client, named = site.client("iam"), {"RoleName": physical_id}
        if changed(before, after, "AssumeRolePolicyDocument"):
            trust = document(after["AssumeRolePolicyDocument"])
            client.update_assume_role_policy(**named, PolicyDocument=trust)
        if changed(before, after, "Description", "MaxSessionDuration"):
            client.update_role(
                **named,
                Description=after.get("Description", ""),
                MaxSessionDuration=after.get("MaxSessionDuration", 3600),
            )
        if changed(before, after, "PermissionsBoundary"):
            if "PermissionsBoundary" in after:
                client.put_role_permissions_boundary(**named, PermissionsBoundary=after["PermissionsBoundary"])
            else:
                client.delete_role_permissions_boundary(**named)
        self._update_policies(client, physical_id, before, after)

    def _update_policies(self, client: Any, role: str, before: Properties, after: Properties) -> None:
        old, new = set(before.get("ManagedPolicyArns", ())), set(after.get("ManagedPolicyArns", ()))
        for arn in sorted(new - old):
            client.attach_role_policy(RoleName=role, PolicyArn=arn)
        for arn in sorted(old - new):
            found(client.detach_role_policy, RoleName=role, PolicyArn=arn)
        inline_before = {policy["PolicyName"]: policy for policy in before.get("Policies", ())}
        inline_after = {policy["PolicyName"]: policy for policy in after.get("Policies", ())}
        for name, policy in inline_after.items():
            if policy != inline_before.get(name):
                _put_inline(client, role, policy)
        for name in inline_before.keys() - inline_after.keys():
            found(client.delete_role_policy, RoleName=role, PolicyName=name)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """What the template attached goes first; what others attached makes DeleteRole fail."""
        client = site.client("iam")
        for arn in properties.get("ManagedPolicyArns", ()):
            found(client.detach_role_policy, RoleName=physical_id, PolicyArn=arn)
        for policy in properties.get("Policies", ()):
            found(client.delete_role_policy, RoleName=physical_id, PolicyName=policy["PolicyName"])
        super().delete(site, physical_id, properties)

    def tagged(self, site: Site, physical_id: str) -> Resource:
        """By its name."""
        return {"RoleName": physical_id}


def _put_inline(client: Any, role: str, policy: Properties) -> None:
    client.put_role_policy(
        RoleName=role, PolicyName=policy["PolicyName"], PolicyDocument=document(policy["PolicyDocument"])
    )


def _inline(client: Any, role: str, name: str) -> dict[str, Any]:
    policy = client.get_role_policy(RoleName=role, PolicyName=name)
    return {"PolicyName": name, "PolicyDocument": policy["PolicyDocument"]}


class Policy(ResourceType):
    """AWS::IAM::Policy: the same inline policy in roles, users and groups."""

    name = "AWS::IAM::Policy"
    properties = frozenset({"Groups", "PolicyDocument", "PolicyName", "Roles", "Users"})

    def create(self, site: Site, properties: Properties) -> str:
        """The physical id is not a name in IAM."""
        for kind in ATTACHED:
            for holder in properties.get(kind, ()):
                self._put(site, kind, holder, properties)
        return site.unique_name(40)

    def _put(self, site: Site, kind: str, holder: str, properties: Properties) -> None:
        text = document(properties["PolicyDocument"])
        self._call(site, "put", kind, holder)(PolicyName=properties["PolicyName"], PolicyDocument=text)

    def _call(self, site: Site, verb: str, kind: str, holder: str) -> Callable[..., Any]:
        word = kind.lower().rstrip("s")
        operation = getattr(site.client("iam"), f"{verb}_{word}_policy")
        return lambda **more: operation(**{f"{word.capitalize()}Name": holder}, **more)

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The holders that still have it; gone if none has."""
        live: dict[str, Any] = {"PolicyName": expected["PolicyName"]}
        for kind in ATTACHED:
            holders = []
            for holder in expected.get(kind, ()):
                policy = found(self._call(site, "get", kind, holder), PolicyName=expected["PolicyName"])
                if policy is not None:
                    holders.append(holder)
                    if live.get("PolicyDocument", expected["PolicyDocument"]) == expected["PolicyDocument"]:
                        live["PolicyDocument"] = policy["PolicyDocument"]
            live[kind] = holders
        return live if "PolicyDocument" in live else None

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """New holders get it, former ones lose it."""
        for kind in ATTACHED:
            for holder in after.get(kind, ()):
                self._put(site, kind, holder, after)
            for holder in before.get(kind, ()):
                if holder not in after.get(kind, ()) or changed(before, after, "PolicyName"):
                    found(self._call(site, "delete", kind, holder), PolicyName=before["PolicyName"])

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Taken from every holder that has it."""
        for kind in ATTACHED:
            for holder in properties.get(kind, ()):
                found(self._call(site, "delete", kind, holder), PolicyName=properties["PolicyName"])


class RolePolicy(ApiType):
    """AWS::IAM::RolePolicy: one inline policy of one role."""

    name = "AWS::IAM::RolePolicy"
    properties = frozenset({"PolicyDocument", "PolicyName", "RoleName"})
    service, joined = "iam", ("PolicyName", "RoleName")
    creates, describes, deletes = "PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy"


class ManagedPolicy(ApiType):
    """AWS::IAM::ManagedPolicy."""

    name = "AWS::IAM::ManagedPolicy"
    properties = frozenset({"Description", "ManagedPolicyName", "Path", "PolicyDocument", *HOLDERS})
    service, key, identity = "iam", "PolicyArn", "Arn"
    creates, describes, described, deletes = "CreatePolicy", "GetPolicy", "Policy", "DeletePolicy"
    other_names: ClassVar = {"ManagedPolicyName": "PolicyName"}

    def create(self, site: Site, properties: Properties) -> str:
        """CreatePolicy, then attached; the physical id is the ARN."""
        arn = super().create(site, {"ManagedPolicyName": site.unique_name(128), **properties})
        self._attach(site.client("iam"), arn, {}, properties)
        return arn

    def _attach(self, client: Any, arn: str, before: Properties, after: Properties) -> None:
        for member, (kind, word) in HOLDERS.items():
            old, new = before.get(member, []), after.get(member, [])
            for holder in (holder for holder in old if holder not in new):
                getattr(client, f"detach_{kind}_policy")(PolicyArn=arn, **{f"{word}Name": holder})
            for holder in (holder for holder in new if holder not in old):
                getattr(client, f"attach_{kind}_policy")(PolicyArn=arn, **{f"{word}Name": holder})

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The default version, and who has it."""
        client, found = site.client("iam"), super().read(site, physical_id, expected)
        if found is None:
            return None
        live = dict(found)
        version = client.get_policy_version(PolicyArn=physical_id, VersionId=live["DefaultVersionId"])
        text = version["PolicyVersion"]["Document"]
        live["PolicyDocument"] = parsed(text) if isinstance(text, str) else text
        entities = client.list_entities_for_policy(PolicyArn=physical_id)
        for member, (_, word) in HOLDERS.items():
            live[member] = [holder[f"{word}Name"] for holder in entities[f"Policy{member}"]]
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """A new default version; the oldest goes when there are five."""
        client = site.client("iam")
        if changed(before, after, "PolicyDocument"):
            versions = client.list_policy_versions(PolicyArn=physical_id)["Versions"]
            spare = sorted(one["VersionId"] for one in versions if not one["IsDefaultVersion"])
            if len(versions) >= VERSIONS:
                client.delete_policy_version(PolicyArn=physical_id, VersionId=spare[0])
            text = document(after["PolicyDocument"])
            client.create_policy_version(PolicyArn=physical_id, PolicyDocument=text, SetAsDefault=True)
        self._attach(client, physical_id, before, after)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """A policy goes after its attachments and its other versions."""
        client = site.client("iam")
        self._attach(client, physical_id, self.read(site, physical_id, properties) or {}, {})
        for one in client.list_policy_versions(PolicyArn=physical_id)["Versions"]:
            if not one["IsDefaultVersion"]:
                client.delete_policy_version(PolicyArn=physical_id, VersionId=one["VersionId"])
        super().delete(site, physical_id, properties)


class OidcProvider(ApiType):
    """AWS::IAM::OIDCProvider: its URL is its name, and one account has one of it."""

    name = "AWS::IAM::OIDCProvider"
    properties = frozenset({"ClientIdList", "Tags", "ThumbprintList", "Url"})
    service, key = "iam", "OpenIDConnectProviderArn"
    creates, describes, deletes = (
        "CreateOpenIDConnectProvider",
        "GetOpenIDConnectProvider",
        "DeleteOpenIDConnectProvider",
    )
    tagging = TagCalls(
        "iam",
        tag="TagOpenIDConnectProvider",
        untag="UntagOpenIDConnectProvider",
        list="ListOpenIDConnectProviderTags",
    )

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The URL comes back without its scheme; thumbprints that the template does not give are IAM's affair."""
        live = dict(super().read(site, physical_id, expected) or {})
        if "ThumbprintList" not in expected:
            live.pop("ThumbprintList", None)
        return {**live, "Url": f"https://{live['Url']}"} if live else None

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Audiences one by one, thumbprints as a list."""
        client, named = site.client("iam"), {self.key: physical_id}
        old, new = set(before.get("ClientIdList", ())), set(after.get("ClientIdList", ()))
        for audience in sorted(new - old):
            client.add_client_id_to_open_id_connect_provider(**named, ClientID=audience)
        for audience in sorted(old - new):
            client.remove_client_id_from_open_id_connect_provider(**named, ClientID=audience)
        if changed(before, after, "ThumbprintList") and "ThumbprintList" in after:
            client.update_open_id_connect_provider_thumbprint(**named, ThumbprintList=after["ThumbprintList"])

    def tagged(self, site: Site, physical_id: str) -> Resource:
        """By its ARN."""
        return {self.key: physical_id}


class ServiceLinkedRole(ApiType):
    """AWS::IAM::ServiceLinkedRole."""

    name = "AWS::IAM::ServiceLinkedRole"
    properties = frozenset({"AWSServiceName", "CustomSuffix", "Description"})
    service, key = "iam", "RoleName"
    creates, updates, deletes = "CreateServiceLinkedRole", "UpdateRole", "DeleteServiceLinkedRole"
    describes, described = "GetRole", "Role"

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The service and the suffix are in the role's path and name."""
        role = self.description(site, physical_id, {}) or {}
        suffix = {"CustomSuffix": physical_id.rpartition("_")[2]} if "_" in physical_id else {}
        return {
            "AWSServiceName": role["Path"].split("/")[2],
            **suffix,
            **given(role, Description="Description"),
        }

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Only the description."""
        self._call(site, self.updates, physical_id, {"Description": after.get("Description", "")})


class InstanceProfile(ApiType):
    """AWS::IAM::InstanceProfile: one role at most, which has to leave before it goes."""

    name = "AWS::IAM::InstanceProfile"
    properties = frozenset({"InstanceProfileName", "Path", "Roles"})
    service, key, named = "iam", "InstanceProfileName", "InstanceProfileName"
    creates, describes, deletes = "CreateInstanceProfile", "GetInstanceProfile", "DeleteInstanceProfile"
    described = "InstanceProfile"
    longest = 128

    def create(self, site: Site, properties: Properties) -> str:
        """CreateInstanceProfile, then the role."""
        made = super().create(site, properties)
        self._hold(site, made, (), properties["Roles"])
        return made

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The roles by their names."""
        found = self.description(site, physical_id, expected)
        if found is None:
            return None
        roles = [role["RoleName"] for role in found["Roles"]]
        return {"InstanceProfileName": physical_id, "Path": found["Path"], "Roles": roles}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Another role."""
        self._hold(site, physical_id, before.get("Roles") or (), after["Roles"])

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Without its role first."""
        live = self.read(site, physical_id, properties)
        if live is not None:
            self._hold(site, physical_id, live["Roles"], ())
            super().delete(site, physical_id, properties)

    def _hold(self, site: Site, name: str, old: Iterable[str], new: Iterable[str]) -> None:
        client = site.client("iam")
        for role in [each for each in old if each not in new]:
            client.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
        for role in [each for each in new if each not in old]:
            client.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
