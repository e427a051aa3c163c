"""The key that encrypts the logs, by whichever of its names AWS tells it."""

from __future__ import annotations

from landing.aws import Aws, unless
from landing.blueprint.resource_names import LOG_KEY_ALIAS
from landing.core.model import Address, Scope
from landing.organization import Organization
from landing.services.stacks.stack import Stack


def archive_stack(organization: Organization) -> Address:
    """The stack that makes the buckets and the key."""
    return Stack().address("log-archive", Scope(organization.log_archive, organization.home_region))


def arn_of_key(organization: Organization, aws: Aws, name: str = "") -> str:
    """The ARN of the key that an alias stands for, unless told the config's; AwsError NotFoundException if none."""
    name = name or organization.log_key
    if name.startswith("arn:"):
        return name
    archive = Scope(organization.log_archive, organization.home_region)
    return str(aws.client("kms", archive).describe_key(KeyId=name)["KeyMetadata"]["Arn"])


def arn_of_alias(organization: Organization, aws: Aws, name: str = "") -> str:
    """The ARN of an alias of the log archive; of a key that is named by its ARN, that."""
    name = name or organization.log_key
    if name.startswith("arn:"):
        return name
    account = aws.tree.account_ids[organization.log_archive]
    return f"arn:{organization.partition}:kms:{organization.home_region}:{account}:{name}"


def shown(organization: Organization, aws: Aws, name: str) -> str:
    """A key as the config names it, or as ours, by its ARN, its id, or an alias; any other as AWS names it."""
    if not name:
        return ""
    for known in dict.fromkeys((organization.log_key, LOG_KEY_ALIAS)):
        with unless("NotFoundException") as absent:
            key = arn_of_key(organization, aws, known)
        names = () if absent.code else (key, key.rpartition("/")[2], arn_of_alias(organization, aws, known), known)
        if name in names:
            return known
    return str(aws.symbolic(name))
