"""AWS Systems Manager: parameters, documents, associations, syncs of inventory and service settings."""

from __future__ import annotations

import json
from typing import Any

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    Site,
    changed,
    found,
    given,
    inverse,
    renamed,
)
from landing.sandbox.services.cloudformation.types.tags import Resource, TagCalls, tag_list

TAGGING = TagCalls("ssm", tag="AddTagsToResource", untag="RemoveTagsFromResource")


class Parameter(ApiType):
    """AWS::SSM::Parameter; tier, pattern and description cannot be read back."""

    name = "AWS::SSM::Parameter"
    properties = frozenset({"AllowedPattern", "DataType", "Description", "Name", "Tags", "Tier", "Type", "Value"})
    service, key, named = "ssm", "Name", "Name"
    creates, deletes, describes, described = "PutParameter", "DeleteParameter", "GetParameter", "Parameter"
    tagging = TAGGING

    def create(self, site: Site, properties: Properties) -> str:
        """PutParameter refuses a name that is taken."""
        name: str = properties.get("Name") or f"CFN-{site.logical_id}-{site.world.token(12)}"
        tags = {"Tags": tag_list(properties["Tags"])} if properties.get("Tags") else {}
        self._call(site, self.creates, name, {**properties, **tags})
        return name

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """PutParameter again, as a whole."""
        super().update(site, physical_id, before, {**after, "Overwrite": True})

    def tagged(self, site: Site, physical_id: str) -> Resource:
        """By kind and name."""
        return {"ResourceType": "Parameter", "ResourceId": physical_id}

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """Type, value and ARN."""
        arn = site.arn("ssm", f"parameter/{physical_id.lstrip('/')}")
        return {"Type": properties["Type"], "Value": properties["Value"], "Arn": arn}


class Document(ApiType):
    """AWS::SSM::Document."""

    name = "AWS::SSM::Document"
    properties = frozenset({
        "Content", "DocumentFormat", "DocumentType", "Name", "Tags", "TargetType", "UpdateMethod", "VersionName",
    })  # fmt: skip
    service, key, named, longest = "ssm", "Name", "Name", 128
    creates, deletes, absent = "CreateDocument", "DeleteDocument", ("InvalidDocument",)
    describes, described = "DescribeDocument", "Document"
    tagging = TAGGING

    def create(self, site: Site, properties: Properties) -> str:
        """CreateDocument; the content is JSON unless DocumentFormat says otherwise."""
        return super().create(site, {"DocumentFormat": "JSON", **properties})

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The default version."""
        client = site.client("ssm")
        live = found(client.get_document, *self.absent, Name=physical_id)
        if live is None:
            return None
        described = client.describe_document(Name=physical_id)["Document"]
        shown = {
            "Name": physical_id,
            **{name: live[name] for name in ("DocumentType", "DocumentFormat") if name in live},
        }
        shown |= {name: described[name] for name in ("TargetType", "VersionName") if name in described}
        text = isinstance(expected.get("Content"), str)
        shown["Content"] = live["Content"] if text else json.loads(live["Content"])
        return shown

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """A new version that becomes the default one, or a new document (Template reference, UpdateMethod)."""
        client = site.client("ssm")
        if after.get("UpdateMethod", "Replace") == "Replace":
            if changed(before, after, *(name for name in self.properties if name != "Tags")):
                client.delete_document(Name=physical_id)
                self.create(site, {**after, "Name": physical_id})
        elif changed(before, after, "Content", "DocumentFormat", "TargetType", "VersionName"):
            made = client.update_document(
                Name=physical_id,
                Content=_text(after["Content"]),
                DocumentVersion="$LATEST",
                DocumentFormat=after.get("DocumentFormat", "JSON"),
                **given(after, TargetType="TargetType", VersionName="VersionName"),
            )["DocumentDescription"]
            client.update_document_default_version(Name=physical_id, DocumentVersion=made["DocumentVersion"])

    def tagged(self, site: Site, physical_id: str) -> Resource:
        """By kind and name."""
        return {"ResourceType": "Document", "ResourceId": physical_id}


def _text(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content)


class Association(ApiType):
    """AWS::SSM::Association; whether it has succeeded is not waited for."""

    name = "AWS::SSM::Association"
    properties = frozenset({
        "ApplyOnlyAtCronInterval", "AssociationName", "ComplianceSeverity", "DocumentVersion", "MaxConcurrency",
        "MaxErrors", "Name", "Parameters", "ScheduleExpression", "SyncCompliance", "Targets",
    })  # fmt: skip
    service, key, absent = "ssm", "AssociationId", ("AssociationDoesNotExist",)
    creates, updates, deletes = "CreateAssociation", "UpdateAssociation", "DeleteAssociation"
    describes, described = "DescribeAssociation", "AssociationDescription"


class PatchBaseline(ApiType):
    """AWS::SSM::PatchBaseline; one that is the default is registered so, and never otherwise."""

    name = "AWS::SSM::PatchBaseline"
    properties = frozenset({
        "ApprovalRules", "ApprovedPatches", "ApprovedPatchesComplianceLevel", "DefaultBaseline", "Description",
        "GlobalFilters", "Name", "OperatingSystem", "RejectedPatches", "RejectedPatchesAction",
    })  # fmt: skip
    service, key, absent = "ssm", "BaselineId", ("DoesNotExistException",)
    creates, updates, deletes = "CreatePatchBaseline", "UpdatePatchBaseline", "DeletePatchBaseline"
    describes = "GetPatchBaseline"

    def create(self, site: Site, properties: Properties) -> str:
        """CreatePatchBaseline, then RegisterDefaultPatchBaseline."""
        made = super().create(site, properties)
        self._register(site, made, properties)
        return made

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """UpdatePatchBaseline, as a whole."""
        super().update(site, physical_id, before, {**after, "Replace": True})
        self._register(site, physical_id, after)

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """With whether it is the default one of its system."""
        shown = super().read(site, physical_id, expected)
        if shown is None:
            return None
        default = site.client("ssm").get_default_patch_baseline(OperatingSystem=shown["OperatingSystem"])["BaselineId"]
        return {**shown, "DefaultBaseline": default == physical_id}

    def _register(self, site: Site, physical_id: str, properties: Properties) -> None:
        if str(properties.get("DefaultBaseline", False)).lower() == "true":
            site.client("ssm").register_default_patch_baseline(BaselineId=physical_id)


class ResourceDataSync(ApiType):
    """AWS::SSM::ResourceDataSync, to a bucket."""

    name = "AWS::SSM::ResourceDataSync"
    properties = frozenset({"S3Destination", "SyncName", "SyncType"})
    service, key, named = "ssm", "SyncName", "SyncName"
    creates, deletes = "CreateResourceDataSync", "DeleteResourceDataSync"
    describes, described = "ListResourceDataSync", "ResourceDataSyncItems"

    def create(self, site: Site, properties: Properties) -> str:
        """The members of the destination have other names in the API."""
        return super().create(site, {**properties, "S3Destination": renamed(properties["S3Destination"], DESTINATION)})

    def description(self, site: Site, name: str, properties: Properties) -> dict[str, Any] | None:
        """One of the list, as a template names what is in it."""
        every = site.client("ssm").list_resource_data_sync()["ResourceDataSyncItems"]
        found = next((each for each in every if each["SyncName"] == name), None)
        return found and {**found, "S3Destination": renamed(found["S3Destination"], inverse(DESTINATION))}


DESTINATION = {"BucketPrefix": "Prefix", "BucketRegion": "Region", "KMSKeyArn": "AWSKMSKeyARN"}


class ServiceSetting(ApiType):
    """AWS::SSM::ServiceSetting: always there, changed and reset to what AWS set."""

    name = "AWS::SSM::ServiceSetting"
    properties = frozenset({"SettingId", "SettingValue"})
    service, key, named = "ssm", "SettingId", "SettingId"
    creates, deletes = "UpdateServiceSetting", "ResetServiceSetting"
    describes, described = "GetServiceSetting", "ServiceSetting"

    def create(self, site: Site, properties: Properties) -> str:
        """The physical id is the ARN."""
        setting = super().create(site, properties)
        return setting if setting.startswith("arn:") else site.arn("ssm", f"servicesetting{setting}")

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """By the name that the template has."""
        found = super().read(site, physical_id, expected)
        return found and {**found, "SettingId": expected.get("SettingId", physical_id)}
