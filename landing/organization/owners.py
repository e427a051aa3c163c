"""Whose a thing in AWS is, as far as its name and its tags tell: what another tool keeps is not ours to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    """A tool or service, and how the things that it keeps are known: beginnings of names, or tags.

    `tags` are keys with a value (`*`: any), both without regard to case. `page` says so.
    """

    title: str
    names: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    page: str = ""

    def has(self, name: str, tags: Mapping[str, str]) -> bool:
        """Whether a thing is this one's."""
        given = {key.lower(): value.lower() for key, value in tags.items()}
        by_tag = any(key in given and value in ("*", given[key]) for key, value in self.tags)
        return by_tag or name.startswith(self.names)

    def __str__(self) -> str:
        return self.title


_TOWER = "https://docs.aws.amazon.com/controltower/latest/userguide"
_SOLUTIONS = "https://docs.aws.amazon.com/solutions/latest"
CONTROL_TOWER = Owner(
    "AWS Control Tower",
    ("aws-guardrails-", "AWSControlTower", "StackSet-AWSControlTower", "aws-controltower-", "controltower.amazonaws"),
    (("aws-control-tower", "managed-by-control-tower"),),
    f"{_TOWER}/getting-started-guidance.html",
)
OWNERS = (
    CONTROL_TOWER,
    Owner(
        "Landing Zone Accelerator",
        ("AWSAccelerator", "aws-accelerator"),
        (("accelerator", "*"),),
        f"{_SOLUTIONS}/landing-zone-accelerator-on-aws/solution-overview.html",
    ),
    Owner("Customizations for AWS Control Tower", ("CustomControlTower-",), (), f"{_TOWER}/cfct-overview.html"),
    Owner("Account Factory for Terraform", ("AWSAFT",), (), f"{_TOWER}/aft-overview.html"),
    Owner(
        "AWS Deployment Framework",
        ("adf-", "ADF"),
        (),
        "https://github.com/awslabs/aws-deployment-framework",
    ),
    Owner("org-formation", ("OrganizationFormation",), (), "https://github.com/org-formation/org-formation-cli"),
    Owner(
        "AWS Firewall Manager",
        ("FMManaged",),
        (),
        "https://docs.aws.amazon.com/waf/latest/developerguide/fms-chapter.html",
    ),
    Owner(
        "AWS Systems Manager Quick Setup",
        ("AWS-QuickSetup-",),
        (),
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-quick-setup.html",
    ),
    Owner(
        "AWS Service Catalog",
        (),
        (("aws:servicecatalog:provisionedproductarn", "*"),),
        "https://docs.aws.amazon.com/servicecatalog/latest/adminguide/autotags.html",
    ),
    Owner(
        "Terraform",
        (),
        (("terraform", "true"), ("managedby", "terraform"), ("managed_by", "terraform"), ("managed-by", "terraform")),
        "https://developer.hashicorp.com/terraform/tutorials/aws/aws-default-tags",
    ),
    Owner(
        "a CloudFormation stack",
        ("StackSet-",),
        (("aws:cloudformation:stack-name", "*"),),
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html",
    ),
)
"""The first that fits is the owner. Tags of Terraform are a habit, not a rule: nothing else tells."""


def owner_of(name: str, tags: Mapping[str, str] = {}) -> Owner | None:
    """Who keeps a thing of this name; None when nobody is known to."""
    return next((owner for owner in OWNERS if owner.has(name, tags)), None)
