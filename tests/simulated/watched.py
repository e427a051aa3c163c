"""Security services that an account administers, set at random by AWS's own calls: the same for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from botocore.exceptions import ClientError

from landing.sandbox import Sandbox
from landing.services.guardduty.settings import ADDITIONAL, FEATURES

FREQUENCIES = ("FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS")
STANDARDS = ("aws-foundational-security-best-practices/v/1.0.0", "nist-800-53/v/5.0.0")
RULES = ("root-mfa", "Corp_Tags", "0042", "a--b")
TRUSTED = (
    "guardduty.amazonaws.com", "malware-protection.guardduty.amazonaws.com", "securityhub.amazonaws.com",
    "macie.amazonaws.com",
)  # fmt: skip
POLICIES = ("Everyone", "prod/policy*", "Landing", "0042", "Dev.Only!")


def watch(sandbox: Sandbox, dice: random.Random, administrator: str, regions: tuple[str, ...]) -> None:
    """Some of the services, with their administrator, as far as its policies let it; mostly alike in all regions."""
    organizations = _client(sandbox, "organizations", "us-east-1")
    for principal in TRUSTED:
        if dice.random() < 0.9 or not principal.startswith("malware"):
            organizations.enable_aws_service_access(ServicePrincipal=principal)
    for setting, probability in ((_guardduty, 0.6), (_macie, 0.4)):
        seeds = [dice.random()] * len(regions) if dice.random() < 0.7 else [dice.random() for _ in regions]
        used = regions if dice.random() < probability else ()
        for region, seed in zip(used, seeds, strict=False):
            with _as_far_as_allowed():
                setting(sandbox, random.Random(seed), administrator, region)
    if dice.random() < 0.5:
        with _as_far_as_allowed():
            _config(sandbox, dice, administrator, regions)
    if dice.random() < 0.6:
        with _as_far_as_allowed():
            _security_hub(sandbox, dice, administrator, regions)


def _config(sandbox: Sandbox, dice: random.Random, administrator: str, regions: tuple[str, ...]) -> None:
    organizations = _client(sandbox, "organizations", "us-east-1")
    for principal in ("config.amazonaws.com", "config-multiaccountsetup.amazonaws.com"):
        organizations.enable_aws_service_access(ServicePrincipal=principal)
        with suppress(ClientError):  # settled so already
            organizations.register_delegated_administrator(AccountId=administrator, ServicePrincipal=principal)
    for name in dice.sample(RULES, dice.randint(0, 3)):
        managed: dict[str, Any] = {"RuleIdentifier": dice.choice(("ROOT_ACCOUNT_MFA_ENABLED", "REQUIRED_TAGS"))}
        if managed["RuleIdentifier"] == "REQUIRED_TAGS":
            managed["InputParameters"] = json.dumps({"tag1Key": "team"})
        if dice.random() < 0.2:
            managed["MaximumExecutionFrequency"] = "One_Hour"
        for region in dice.choice((regions, regions, regions[:1], regions[-1:])):
            _client(sandbox, "config", region, administrator).put_organization_config_rule(
                OrganizationConfigRuleName=name, OrganizationManagedRuleMetadata=managed
            )


@contextmanager
def _as_far_as_allowed() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("AccessDenied", "AccessDeniedException"):
            raise


def _client(sandbox: Sandbox, service: str, region: str, account: str | None = None) -> Any:
    return sandbox.session(account, region=region).client(service)  # type: ignore[call-overload]


def _guardduty(sandbox: Sandbox, dice: random.Random, administrator: str, region: str) -> None:
    _client(sandbox, "guardduty", region).enable_organization_admin_account(AdminAccountId=administrator)
    client = _client(sandbox, "guardduty", region, administrator)
    (detector,) = client.list_detectors()["DetectorIds"]
    mode = dice.choice(("ALL", "ALL", "NEW", "NONE"))
    on = {name: dice.random() < 0.6 for name in (*FEATURES, *ADDITIONAL["RUNTIME_MONITORING"])}
    half = dice.choice([*FEATURES]) if dice.random() < 0.1 else ""
    own, members = [], []
    for name in FEATURES:
        parts = ADDITIONAL.get(name, ()) if on[name] else ()
        own.append({"Name": name, "Status": _word(on[name])})
        members.append({"Name": name, "AutoEnable": mode if on[name] and name != half else "NONE"})
        if parts:
            own[-1]["AdditionalConfiguration"] = [{"Name": part, "Status": _word(on[part])} for part in parts]  # type: ignore[assignment]
            members[-1]["AdditionalConfiguration"] = [  # type: ignore[assignment]
                {"Name": part, "AutoEnable": mode if on[part] and name != half else "NONE"} for part in parts
            ]
    client.update_detector(
        DetectorId=detector, Enable=True, FindingPublishingFrequency=dice.choice(FREQUENCIES), Features=own
    )
    client.update_organization_configuration(DetectorId=detector, AutoEnableOrganizationMembers=mode, Features=members)
    if dice.random() < 0.5:
        _client(sandbox, "guardduty", region).create_detector(Enable=True)
        details = [{"AccountId": sandbox.management_account_id, "Email": "management@example.com"}]
        client.create_members(DetectorId=detector, AccountDetails=details)


def _word(on: bool) -> str:
    return "ENABLED" if on else "DISABLED"


def _security_hub(sandbox: Sandbox, dice: random.Random, administrator: str, regions: tuple[str, ...]) -> None:
    home = regions[0]
    _client(sandbox, "securityhub", home).enable_organization_admin_account(AdminAccountId=administrator)
    client = _client(sandbox, "securityhub", home, administrator)
    if dice.random() < 0.2:
        return
    linked = dice.choice(([*regions[1:], "us-east-1"], [*regions[1:], "us-east-1"], ["us-east-1"]))
    if dice.random() < 0.2:
        client.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    else:
        client.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=linked)
    client.update_organization_configuration(
        AutoEnable=False, AutoEnableStandards="NONE", OrganizationConfiguration={"ConfigurationType": "CENTRAL"}
    )
    while client.describe_organization_configuration()["OrganizationConfiguration"]["Status"] == "PENDING":
        sandbox.advance(60)
    organizations = _client(sandbox, "organizations", "us-east-1")
    root = organizations.list_roots()["Roots"][0]["Id"]
    units = [
        each["Id"] for each in organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    ]
    targets = [{"RootId": root}, *({"OrganizationalUnitId": each} for each in units), {"AccountId": administrator}]
    dice.shuffle(targets)
    for name in dice.sample(POLICIES, dice.randint(0, 3)):
        made = client.create_configuration_policy(Name=name, ConfigurationPolicy={"SecurityHub": _policy(dice, home)})
        for _ in range(dice.randint(0, 2)):
            if targets:
                client.start_configuration_policy_association(
                    ConfigurationPolicyIdentifier=made["Id"], Target=targets.pop()
                )
    sandbox.advance(3600)


def _policy(dice: random.Random, region: str) -> dict[str, Any]:
    if dice.random() < 0.2:
        return {"ServiceEnabled": False}
    arns = [f"arn:aws:securityhub:{region}::standards/{path}" for path in STANDARDS if dice.random() < 0.6]
    controls: dict[str, Any] = {
        "DisabledSecurityControlIdentifiers": [each for each in ("IAM.6", "S3.1") if dice.random() < 0.3]
    }
    if dice.random() < 0.2:
        controls = {"EnabledSecurityControlIdentifiers": ["IAM.6"]}
    elif dice.random() < 0.3:
        value = {"ValueType": "CUSTOM", "Value": {"Integer": dice.randint(10, 80)}}
        custom = {"SecurityControlId": "ACM.1", "Parameters": {"daysToExpiration": value}}
        controls["SecurityControlCustomParameters"] = [custom]
    return {"ServiceEnabled": True, "EnabledStandardIdentifiers": arns, "SecurityControlsConfiguration": controls}


def _macie(sandbox: Sandbox, dice: random.Random, administrator: str, region: str) -> None:
    sandbox.advance(60)  # until Macie knows of its trusted access
    _client(sandbox, "macie2", region).enable_organization_admin_account(adminAccountId=administrator)
    client = _client(sandbox, "macie2", region, administrator)
    client.update_macie_session(status="ENABLED", findingPublishingFrequency=dice.choice(FREQUENCIES))
    client.update_organization_configuration(autoEnable=dice.random() < 0.5)
    mode = dice.choice(("ALL", "NEW", "NONE"))
    client.update_automated_discovery_configuration(
        status="DISABLED" if mode == "NONE" else "ENABLED", autoEnableOrganizationMembers=mode
    )
