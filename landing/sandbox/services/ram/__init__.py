"""AWS RAM: resource shares, inside an organization and beyond (RAM API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from landing.sandbox.services.ram.shares import TAGS
from landing.sandbox.services.ram.state import Shares
from landing.sandbox.services.service import Probe, ProbedSandbox, Scope, Service

SUBNET = "arn:aws:ec2:us-east-1:123456789012:subnet/subnet-0123456789abcdef0"


def the_organization_sees_a_share(sandbox: ProbedSandbox) -> bool:
    """The probe: the life of a share with the organization, as a member sees it."""
    ram: Any = sandbox.session().client("ram", region_name="us-east-1")
    organizations: Any = sandbox.session().client("organizations")
    ram.enable_sharing_with_aws_organization()
    trusted = organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    organization = organizations.describe_organization()["Organization"]["Arn"]
    arn = ram.create_resource_share(name="probe", resourceArns=[SUBNET])["resourceShare"]["resourceShareArn"]
    ram.associate_resource_share(resourceShareArn=arn, principals=[organization])
    ram.update_resource_share(resourceShareArn=arn, name="renamed")
    ram.tag_resource(resourceShareArn=arn, tags=[{"key": "a", "value": "b"}, {"key": "c", "value": "d"}])
    ram.untag_resource(resourceShareArn=arn, tagKeys=["c"])
    (share,) = ram.get_resource_shares(resourceOwner="SELF")["resourceShares"]
    named = ram.list_principals(resourceOwner="SELF")["principals"][0]["id"]
    shared = ram.list_resources(resourceOwner="SELF")["resources"][0]["arn"]
    kept = ram.get_resource_share_associations(associationType="PRINCIPAL")["resourceShareAssociations"][0]
    ram.disassociate_resource_share(resourceShareArn=arn, principals=[organization])
    ram.delete_resource_share(resourceShareArn=arn)
    (gone,) = ram.get_resource_shares(resourceOwner="SELF")["resourceShares"]
    return (
        [entry["ServicePrincipal"] for entry in trusted] == ["ram.amazonaws.com"]
        and (share["name"], share["tags"]) == ("renamed", [{"key": "a", "value": "b"}])
        and (named, shared, kept["status"], gone["status"]) == (organization, SUBNET, "ASSOCIATED", "DELETED")
    )


class Ram(Service[Shares]):
    """Permissions and types of resources are moto's; invitations are unsupported."""

    name = "ram"
    token_error: ClassVar = {
        "code": "InvalidNextTokenException",
        "message": "The specified value for nextToken is not valid.",
    }
    problem_error: ClassVar = {"code": "InvalidParameterException"}
    extends = True
    scope = Scope.REGION
    state_type = Shares
    topics = (TAGS,)
    probes: ClassVar[Mapping[str, Probe]] = dict.fromkeys(
        ("AssociateResourceShare", "CreateResourceShare", "DeleteResourceShare", "DisassociateResourceShare",
         "EnableSharingWithAwsOrganization", "GetResourceShareAssociations", "GetResourceShares", "ListPrincipals",
         "ListResources", "TagResource", "UntagResource", "UpdateResourceShare"),
        the_organization_sees_a_share,
    )  # fmt: skip
