"""The key of the log archive, by whichever of its names AWS tells it."""

from __future__ import annotations

from landing.aws import Aws, unless
from landing.blueprint.naming import LOG_KEY_ALIAS
from landing.core.model import Address, Scope
from landing.organization import Organization
from landing.services.stacks.stack import Stack


def archive_stack(organization: Organization) -> Address:
    """The stack that makes the buckets and the key."""
    return Stack().address("log-archive", Scope(organization.log_archive, organization.home_region))


def arn_of_key(organization: Organization, aws: Aws) -> str:
    """The ARN of the key that our alias stands for; AwsError NotFoundException when there is none."""
    archive = Scope(organization.log_archive, organization.home_region)
    return str(aws.client("kms", archive).describe_key(KeyId=LOG_KEY_ALIAS)["KeyMetadata"]["Arn"])


def arn_of_alias(organization: Organization, aws: Aws) -> str:
    """The ARN of our alias."""
    account = aws.tree.account_ids[organization.log_archive]
    return f"arn:{organization.partition}:kms:{organization.home_region}:{account}:{LOG_KEY_ALIAS}"


def shown(organization: Organization, aws: Aws, name: str) -> str:
    """Our alias for our key, whether AWS names it by its ARN, its id, or the alias; any other key as it is named."""
    if not name:
        return ""
    with unless("NotFoundException") as absent:
        key = arn_of_key(organization, aws)
    ours = () if absent.code else (key, key.rpartition("/")[2], arn_of_alias(organization, aws), LOG_KEY_ALIAS)
    return LOG_KEY_ALIAS if name in ours else str(aws.symbolic(name))
