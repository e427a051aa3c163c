"""A share of AWS RAM within the organization, as part of a template."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from troposphere import Parameter, Sub, Template
from troposphere.ram import ResourceShare

PRINCIPAL = r"organization|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|\d{12}"
"""The whole organization, the id of a unit, or an account (RAM API reference, AssociateResourceShare)."""
OF_ORGANIZATION = "arn:${AWS::Partition}:organizations::${ManagementAccountId}"


def add_share(template: Template, title: str, name: str, resources: Sequence[Any], share_with: Sequence[str]) -> None:
    """A share of `resources` (ARNs) with `share_with`, which never lets anybody outside of the organization in.

    RAM must have been given trusted access (`organization.trusted_access`). Raises ValueError for other principals.
    """
    if not all(re.fullmatch(PRINCIPAL, one) for one in share_with):
        raise ValueError("`share_with` are `organization`, ids of units (`ou-…`) and ids of accounts")
    if not share_with:
        return
    for parameter in ("ManagementAccountId", "OrganizationId"):
        if parameter not in template.parameters:
            template.add_parameter(Parameter(parameter, Type="String"))
    principals: list[Any] = []
    for one in share_with:
        kind = "organization/${OrganizationId}" if one == "organization" else f"ou/${{OrganizationId}}/{one}"
        principals.append(one if one.isdigit() else Sub(f"{OF_ORGANIZATION}:{kind}"))
    template.add_resource(
        ResourceShare(
            title,
            Name=name,
            AllowExternalPrincipals=False,
            Principals=principals,
            ResourceArns=list(resources),
        )
    )
