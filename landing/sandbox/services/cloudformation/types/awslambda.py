"""AWS Lambda: functions whose code stands in the template, and who may invoke them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    ResourceType,
    Site,
    changed,
    found,
    given,
    parsed,
    refused,
)
from landing.sandbox.services.cloudformation.types.tags import Resource, TagCalls, tag_map

SETTINGS = (
    "Description", "Environment", "Handler", "KMSKeyArn", "MemorySize", "Role", "Runtime", "Timeout",
)  # fmt: skip
LONGEST_CODE = 4_194_304
"""Characters of `ZipFile` (Template reference, AWS::Lambda::Function Code)."""


class Function(ResourceType):
    """AWS::Lambda::Function, with `Code.ZipFile` alone."""

    name = "AWS::Lambda::Function"
    properties = frozenset({"Code", "FunctionName", "KmsKeyArn", "Tags", *SETTINGS} - {"KMSKeyArn"})
    tagging = TagCalls("lambda", list="ListTags")

    def create(self, site: Site, properties: Properties) -> str:
        """CreateFunction; the code becomes `index` with the ending of its runtime."""
        name = properties.get("FunctionName") or site.unique_name()
        tags = {"Tags": tag_map(properties["Tags"])} if properties.get("Tags") else {}
        site.client("lambda").create_function(
            FunctionName=name, Code={"ZipFile": _zipped(properties)}, **self._settings(properties), **tags
        )
        return str(name)

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """GetFunctionConfiguration; the code is not read back (the schema's `writeOnlyProperties`)."""
        live = found(site.client("lambda").get_function_configuration, FunctionName=physical_id)
        if live is None:
            return None
        shown = given(live, FunctionName="FunctionName", KmsKeyArn="KMSKeyArn", **{each: each for each in SETTINGS})
        shown.pop("KMSKeyArn", None)
        return {**shown, "Code": {}}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Code and configuration have a call each."""
        client = site.client("lambda")
        if changed(before, after, "Code", "Runtime"):
            client.update_function_code(FunctionName=physical_id, ZipFile=_zipped(after))
        if changed(before, after, "KmsKeyArn", *SETTINGS):
            unset = {"Description": "", "Environment": {"Variables": {}}, "MemorySize": 128, "Timeout": 3}
            client.update_function_configuration(FunctionName=physical_id, **{**unset, **self._settings(after)})

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteFunction."""
        site.client("lambda").delete_function(FunctionName=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The ARN."""
        return {"Arn": self.arn(site, physical_id)}

    def tagged(self, site: Site, physical_id: str) -> Resource:
        """By the ARN, which Lambda calls a resource."""
        return {"Resource": self.arn(site, physical_id)}

    def arn(self, site: Site, physical_id: str) -> str:
        """It is not the physical id."""
        return site.arn("lambda", f"function:{physical_id}")

    def _settings(self, properties: Properties) -> dict[str, Any]:
        names = {each: each for each in SETTINGS} | {"KMSKeyArn": "KmsKeyArn"}
        return given(properties, **names)


class Permission(ResourceType):
    """AWS::Lambda::Permission: one statement of the policy of a function."""

    name = "AWS::Lambda::Permission"
    properties = frozenset({"Action", "FunctionName", "Principal", "SourceAccount", "SourceArn"})

    def create(self, site: Site, properties: Properties) -> str:
        """AddPermission; the physical id is the id of the statement."""
        sid = site.unique_name()
        site.client("lambda").add_permission(StatementId=sid, **properties)
        return sid

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The statement in the policy of GetPolicy."""
        answer = found(site.client("lambda").get_policy, FunctionName=expected["FunctionName"])
        statements = parsed(answer["Policy"])["Statement"] if answer else []
        one = next((each for each in statements if each["Sid"] == physical_id), None)
        if one is None:
            return None
        principal = one["Principal"]
        conditions = {key.lower(): value for block in one.get("Condition", {}).values() for key, value in block.items()}
        return {
            "FunctionName": expected["FunctionName"],
            "Action": one["Action"],
            "Principal": principal if isinstance(principal, str) else next(iter(principal.values())),
            **given(conditions, SourceArn="aws:sourcearn", SourceAccount="aws:sourceaccount"),
        }

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """RemovePermission."""
        site.client("lambda").remove_permission(FunctionName=properties["FunctionName"], StatementId=physical_id)


def _zipped(properties: Properties) -> bytes:
    """The archive that CloudFormation makes of the text."""
    code = properties["Code"]
    if {*code} != {"ZipFile"}:
        raise refused("CreateFunction", "SandboxUnsupported", "The sandbox has functions of `Code.ZipFile` alone.")
    if len(code["ZipFile"]) > LONGEST_CODE:
        raise refused("CreateFunction", "InvalidRequest", "The code of the template is too long.")
    ending = "py" if str(properties.get("Runtime", "")).startswith("python") else "js"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr(zipfile.ZipInfo(f"index.{ending}"), code["ZipFile"])
    return archive.getvalue()
