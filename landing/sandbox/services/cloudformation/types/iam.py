"""AWS IAM: roles and their inline policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    ResourceType,
    Site,
    changed,
    document,
    found,
    given,
    retag,
    tag_list,
)

ATTACHED = ("Roles", "Users", "Groups")


class Role(ResourceType):
    """AWS::IAM::Role."""

    name = "AWS::IAM::Role"
    properties = frozenset({
        "AssumeRolePolicyDocument", "Description", "ManagedPolicyArns", "MaxSessionDuration", "Path",
        "PermissionsBoundary", "Policies", "RoleName", "Tags",
    })  # fmt: skip

    def create(self, site: Site, properties: Properties) -> str:
        """CreateRole, then its policies."""
        name: str = properties.get("RoleName") or site.unique_name()
        client = site.client("iam")
        client.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=document(properties["AssumeRolePolicyDocument"]),
            **given(
                properties,
                Path="Path",
                Description="Description",
                MaxSessionDuration="MaxSessionDuration",
                PermissionsBoundary="PermissionsBoundary",
                Tags="Tags",
            ),
        )
        for arn in properties.get("ManagedPolicyArns", ()):
            client.attach_role_policy(RoleName=name, PolicyArn=arn)
        for policy in properties.get("Policies", ()):
            _put_inline(client, name, policy)
        return name

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """What the template does not name is not asked for."""
        client = site.client("iam")
        role = client.get_role(RoleName=physical_id)["Role"]
        live: dict[str, Any] = {
            **given(role, **{name: name for name in ("RoleName", "Path", "Description", "MaxSessionDuration")}),
            "AssumeRolePolicyDocument": role["AssumeRolePolicyDocument"],
            "Tags": tag_list(role.get("Tags", ())),
        }
        if "PermissionsBoundary" in role:
            live["PermissionsBoundary"] = role["PermissionsBoundary"]["PermissionsBoundaryArn"]
        if "ManagedPolicyArns" in expected:
            attached = client.list_attached_role_policies(RoleName=physical_id)["AttachedPolicies"]
            live["ManagedPolicyArns"] = [policy["PolicyArn"] for policy in attached]
        if "Policies" in expected:
            names = client.list_role_policies(RoleName=physical_id)["PolicyNames"]
            live["Policies"] = [_inline(client, physical_id, name) for name in names]
        return live

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
        retag(
            before.get("Tags"),
            after.get("Tags"),
            lambda tags: client.tag_role(**named, Tags=tags),
            lambda keys: client.untag_role(**named, TagKeys=keys),
        )

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
        client.delete_role(RoleName=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """ARN and id."""
        role = site.client("iam").get_role(RoleName=physical_id)["Role"]
        return {"Arn": role["Arn"], "RoleId": role["RoleId"]}


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

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The id."""
        return {"Id": physical_id}


class RolePolicy(ResourceType):
    """AWS::IAM::RolePolicy: one inline policy of one role."""

    name = "AWS::IAM::RolePolicy"
    properties = frozenset({"PolicyDocument", "PolicyName", "RoleName"})

    def create(self, site: Site, properties: Properties) -> str:
        """The physical id is made of both names."""
        _put_inline(site.client("iam"), properties["RoleName"], properties)
        return f"{properties['PolicyName']}|{properties['RoleName']}"

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """GetRolePolicy."""
        name, role = physical_id.split("|")
        return {**_inline(site.client("iam"), role, name), "RoleName": role}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """The document."""
        _put_inline(site.client("iam"), after["RoleName"], after)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteRolePolicy."""
        name, role = physical_id.split("|")
        site.client("iam").delete_role_policy(RoleName=role, PolicyName=name)
