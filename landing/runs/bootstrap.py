"""What `landing bootstrap` changes, and what the account has already of what the pipeline's stack would make."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from landing.aws import Aws, translated, unless
from landing.blueprint.resource_names import MANAGED_TAG
from landing.core.errors import AwsError, ConfigError
from landing.core.model import ORGANIZATION, Address, Diagnostic, Scope
from landing.organization import PIPELINE, Organization
from landing.organization.resources import STACK, STACK_SET

OURS = {"Key": MANAGED_TAG, "Value": "true"}


def targets(organization: Organization) -> list[str]:
    """The addresses that a bootstrap is about: the pipeline's stack, and what makes the role that reads members."""
    found = [str(stack(organization))]
    for each in organization.read_role_makers:
        found += [] if each.accounts else [f"{STACK_SET}.{each.key}"]
        places = each.accounts or ((organization.management,) if each.management else ())
        found += [f"{STACK}.{each.key}@{Scope(account, region)}" for account in places for region in each.regions]
    return found


def stack(organization: Organization) -> Address:
    """The pipeline's own."""
    return Address(STACK, PIPELINE, Scope(organization.management, organization.home_region))


def without_stack(organization: Organization) -> Organization:
    """As if the config had no pipeline: what it had is to be deleted."""
    deployments = {key: each for key, each in organization.deployments.items() if key != PIPELINE}
    return replace(organization, deployments=deployments, pipeline=None)


def buckets_of_others(organization: Organization, aws: Aws) -> list[str]:
    """Names of buckets that the stack would make and that are there without our tag: they are used as they are."""
    return [name for name in _buckets(organization).values() if _is_of_others(aws, name)]


def _buckets(organization: Organization) -> dict[str, str]:
    """The buckets of the stack, by their names in its template; what belongs to one there begins with its name."""
    found = organization.deployments.get(PIPELINE)
    resources: Mapping[str, Any] = found.template["Resources"] if found else {}  # type: ignore[assignment]
    return {
        name: body["Properties"]["BucketName"] for name, body in resources.items() if body["Type"] == "AWS::S3::Bucket"
    }


def without_buckets(organization: Organization, names: Collection[str]) -> Organization:
    """As if the config asked for none of these buckets."""
    if not names:
        return organization
    whole = organization.deployments[PIPELINE]
    resources: Mapping[str, Any] = whole.template["Resources"]  # type: ignore[assignment]
    gone = [name for name, bucket in _buckets(organization).items() if bucket in names]
    kept = {name: each for name, each in resources.items() if not name.startswith(tuple(gone))}
    rest = replace(whole, template={**whole.template, "Resources": kept})
    return replace(organization, deployments={**organization.deployments, PIPELINE: rest})


def _is_of_others(aws: Aws, bucket: str) -> bool:
    """One that cannot be looked at belongs to another account, or is hidden from this caller: it is left alone."""
    client = aws.client("s3")
    try:
        with translated(ORGANIZATION), unless("NoSuchBucket", "NoSuchTagSet") as absent:
            tags = client.get_bucket_tagging(Bucket=bucket, ExpectedBucketOwner=aws.caller[0])["TagSet"]
    except AwsError:
        return True
    if absent.code:
        return absent.code == "NoSuchTagSet"
    return OURS not in tags


def refuse_other_provider(organization: Organization, aws: Aws) -> None:
    """Raise ConfigError when the account has a provider that others made, or has not the one that is said to be there.

    One account has one provider for a URL (IAM User Guide, "Create an OpenID Connect identity provider in IAM").
    """
    pipeline = organization.pipeline
    if pipeline is None or not pipeline.issuer:
        return
    client = aws.client("iam")
    arn = f"arn:{organization.partition}:iam::{aws.caller[0]}:oidc-provider/{pipeline.issuer}"
    found: Mapping[str, Any] = {}
    with translated(ORGANIZATION), unless("NoSuchEntity") as absent:
        found = client.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    if pipeline.existing_provider and absent.code:
        message, help_ = f"there is no provider {arn}", "take `existing_provider` out: it is made"
    elif pipeline.existing_provider and pipeline.audience not in found.get("ClientIDList", ()):
        message = f"the provider {arn} does not take tokens for `{pipeline.audience}`"
        help_ = "add that to its audiences (AddClientIDToOpenIDConnectProvider)"
    elif not (pipeline.existing_provider or absent.code or OURS in found.get("Tags", ())):
        message = f"there is a provider {arn} that something else made"
        help_ = f"write `existing_provider: true` to use it; `{pipeline.audience}` must be among its audiences"
    else:
        return
    raise ConfigError([Diagnostic("LZ524", message, pipeline.source, help_, pointer=("access", PIPELINE))])
