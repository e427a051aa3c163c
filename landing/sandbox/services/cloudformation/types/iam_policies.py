"""AWS IAM: customer managed policies and service-linked roles."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    ResourceType,
    Site,
    changed,
    document,
    given,
    parsed,
)

VERSIONS = 5
"""Versions that IAM keeps of a managed policy."""
HOLDERS = {"Groups": ("group", "Group"), "Roles": ("role", "Role"), "Users": ("user", "User")}


class ManagedPolicy(ResourceType):
    """AWS::IAM::ManagedPolicy."""

    name = "AWS::IAM::ManagedPolicy"
    properties = frozenset({"Description", "ManagedPolicyName", "Path", "PolicyDocument", *HOLDERS})

    def create(self, site: Site, properties: Properties) -> str:
        """CreatePolicy, then attached; the physical id is the ARN."""
        client = site.client("iam")
        made = client.create_policy(
            PolicyName=properties.get("ManagedPolicyName") or site.unique_name(128),
            PolicyDocument=document(properties["PolicyDocument"]),
            **given(properties, Description="Description", Path="Path"),
        )
        arn: str = made["Policy"]["Arn"]
        self._attach(client, arn, {}, properties)
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
        client = site.client("iam")
        policy = client.get_policy(PolicyArn=physical_id)["Policy"]
        version = client.get_policy_version(PolicyArn=physical_id, VersionId=policy["DefaultVersionId"])
        text = version["PolicyVersion"]["Document"]
        live: dict[str, Any] = {
            "ManagedPolicyName": policy["PolicyName"],
            "PolicyDocument": parsed(text) if isinstance(text, str) else text,
            **given(policy, Description="Description", Path="Path"),
        }
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
        client.delete_policy(PolicyArn=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """What GetPolicy says."""
        policy = site.client("iam").get_policy(PolicyArn=physical_id)["Policy"]
        return {
            "PolicyArn": physical_id,
            **{name: policy[name] for name in ("PolicyId", "DefaultVersionId", "AttachmentCount", "IsAttachable")},
        }


class ServiceLinkedRole(ResourceType):
    """AWS::IAM::ServiceLinkedRole."""

    name = "AWS::IAM::ServiceLinkedRole"
    properties = frozenset({"AWSServiceName", "CustomSuffix", "Description"})

    def create(self, site: Site, properties: Properties) -> str:
        """CreateServiceLinkedRole; the physical id is the name that IAM gives."""
        role: str = site.client("iam").create_service_linked_role(**properties)["Role"]["RoleName"]
        return role

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The service and the suffix are in the role's path and name."""
        role = site.client("iam").get_role(RoleName=physical_id)["Role"]
        suffix = {"CustomSuffix": physical_id.rpartition("_")[2]} if "_" in physical_id else {}
        return {
            "AWSServiceName": role["Path"].split("/")[2],
            **suffix,
            **given(role, Description="Description"),
        }

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Only the description."""
        site.client("iam").update_role(RoleName=physical_id, Description=after.get("Description", ""))

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteServiceLinkedRole."""
        site.client("iam").delete_service_linked_role(RoleName=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The name."""
        return {"RoleName": physical_id}
