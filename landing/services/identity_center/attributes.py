"""Attributes of users that decide over access (ABAC)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from landing.aws import Aws, unless
from landing.core.errors import OperationFailed
from landing.core.model import Address, Change, Resource, Scope
from landing.organization import Organization
from landing.organization.resources import SERVICE
from landing.services.base import Kind, Ownership
from landing.services.identity_center.directory import ABSENT, instance_for, needed
from landing.services.identity_center.permission_set import PermissionSet
from landing.services.identity_center.settings import KEY, IdentityCenterSettings
from landing.services.strength import Weaker, told_each

NAME = "instance"


class AccessAttributes(Kind):
    """What of a user becomes a tag of the session (CreateInstanceAccessControlAttributeConfiguration)."""

    name = "access_attributes"
    title = "Attributes for access control"
    ownership = Ownership.CONFIG
    service = KEY
    removal = ""
    controls = ("nist-csf-2.0:PR.AA-05",)
    help_uri = "https://docs.aws.amazon.com/singlesignon/latest/userguide/configure-abac.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"attributes": told_each}
    reads = (
        "sso:ListInstances",
        "sso:DescribeInstance",
        "sso:DescribeInstanceAccessControlAttributeConfiguration",
    )
    writes = (
        "sso:CreateInstanceAccessControlAttributeConfiguration",
        "sso:UpdateInstanceAccessControlAttributeConfiguration",
    )

    def in_use(self, organization: Organization, aws: Aws) -> bool:
        """As permission sets."""
        return PermissionSet().in_use(organization, aws)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """All of them, where the config has some."""
        service = organization.service(IdentityCenterSettings)
        if service is not None and service.settings.attributes:
            attributes = {"attributes": dict(service.settings.attributes)}
            yield Resource(self.address(NAME), attributes, (Address(SERVICE, KEY),), source=service.at("attributes"))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Where it is enabled."""
        where = instance_for(organization, aws)
        if where is None:
            return
        with unless(ABSENT):
            found = where.client("sso-admin", aws).describe_instance_access_control_attribute_configuration(
                InstanceArn=where.arn
            )
            listed = found["InstanceAccessControlAttributeConfiguration"]["AccessControlAttributes"]
            attributes = {each["Key"]: each["Value"]["Source"][0] for each in listed}
            yield Resource(self.address(NAME), {"attributes": attributes}, (Address(SERVICE, KEY),), owned=False)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, or replace the whole list; awaited."""
        assert change.after is not None
        where = needed(aws)
        client = where.client("sso-admin", aws)
        listed = [{"Key": key, "Value": {"Source": [source]}} for key, source in change.after["attributes"].items()]
        wanted = {
            "InstanceArn": where.arn,
            "InstanceAccessControlAttributeConfiguration": {"AccessControlAttributes": listed},
        }
        with unless(ABSENT) as absent:
            client.update_instance_access_control_attribute_configuration(**wanted)
        if absent.code:
            with unless("ConflictException"):  # it was made by a request whose answer was lost
                client.create_instance_access_control_attribute_configuration(**wanted)
        for _ in aws.poll("attributes for access control", "identity_center"):
            found = client.describe_instance_access_control_attribute_configuration(InstanceArn=where.arn)
            if found["Status"] == "CREATION_FAILED":
                raise OperationFailed(
                    found.get("StatusReason") or "AWS does not say why",
                    aws_code="CREATION_FAILED",
                    operation="enabling attributes for access control",
                )
            if found["Status"] == "ENABLED":
                return
