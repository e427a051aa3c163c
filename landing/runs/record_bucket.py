"""The bucket to which records of runs go: the files of a folder, under the ids of the organization and the run."""

from __future__ import annotations

from pathlib import Path

from landing.aws import Aws, translated
from landing.core.model import ORGANIZATION
from landing.organization import Organization

ACTION = "s3:PutObject"


def keep(organization: Organization, aws: Aws, folder: Path) -> str:
    """Put the files of a run's folder there; the address of the copy. Raises AwsError.

    A bucket that another account owns is refused (S3 User Guide, "Verifying bucket ownership"), and so is what is there
    already: a record is written once.
    """
    assert organization.pipeline is not None
    live = aws.tree.description
    prefix = f"runs/{live['Id'] if live else 'none'}/{folder.name}"
    bucket = {"Bucket": organization.pipeline.records, "ExpectedBucketOwner": aws.caller[0]}
    client = aws.client("s3")
    with translated(ORGANIZATION, "PutObject"):
        for file in sorted(path for path in folder.iterdir() if path.is_file()):
            client.put_object(**bucket, Key=f"{prefix}/{file.name}", Body=file.read_bytes(), IfNoneMatch="*")
    return f"s3://{organization.pipeline.records}/{prefix}/"
