"""How far rules and conformance packs of an organization have come, as a whole and account by account."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.config.organization import (
    LAMBDA,
    MANAGED,
    POLICY,
    UNKNOWN,
    arn_of,
    entitled,
    found,
    thing,
)
from landing.sandbox.services.config.state import Deployment, here, selected

MESSAGE = "The configuration recorder is not available in accounts of the organization."


def describe_organization_config_rules(call: Call) -> dict[str, Any]:
    """Of the caller's (API reference, DescribeOrganizationConfigRules)."""

    def show(deployment: Deployment) -> dict[str, Any]:
        kind = next(kind for kind in (MANAGED, LAMBDA, POLICY) if kind in deployment.settings)
        hidden = ("PolicyText",) if kind == POLICY else ()
        return {
            "OrganizationConfigRuleName": deployment.name,
            "OrganizationConfigRuleArn": arn_of(call, deployment),
            kind: {name: value for name, value in deployment.settings[kind].items() if name not in hidden},
            "ExcludedAccounts": deployment.settings["ExcludedAccounts"],
            "LastUpdateTime": deployment.updated,
        }

    chosen = _chosen(call, "rule", call.get("OrganizationConfigRuleNames"))
    return call.page("OrganizationConfigRules", chosen, show=show, most=25)


def describe_organization_config_rule_statuses(call: Call) -> dict[str, Any]:
    """API reference, DescribeOrganizationConfigRuleStatuses."""
    chosen = _chosen(call, "rule", call.get("OrganizationConfigRuleNames"))

    def show(deployment: Deployment) -> dict[str, Any]:
        return {
            "OrganizationConfigRuleName": deployment.name,
            "OrganizationRuleStatus": deployment.status,
            **_error(deployment),
            "LastUpdateTime": deployment.updated,
        }

    return call.page("OrganizationConfigRuleStatuses", chosen, show=show, most=25)


def describe_organization_conformance_packs(call: Call) -> dict[str, Any]:
    """API reference, DescribeOrganizationConformancePacks."""

    def show(deployment: Deployment) -> dict[str, Any]:
        return {
            "OrganizationConformancePackName": deployment.name,
            "OrganizationConformancePackArn": arn_of(call, deployment),
            "ConformancePackInputParameters": [],
            "ExcludedAccounts": [],
            "LastUpdateTime": deployment.updated,
            **deployment.settings,
        }

    chosen = _chosen(call, "pack", call.get("OrganizationConformancePackNames"))
    return call.page("OrganizationConformancePacks", chosen, show=show, most=25)


def describe_organization_conformance_pack_statuses(call: Call) -> dict[str, Any]:
    """API reference, DescribeOrganizationConformancePackStatuses."""
    chosen = _chosen(call, "pack", call.get("OrganizationConformancePackNames"))

    def show(deployment: Deployment) -> dict[str, Any]:
        return {
            "OrganizationConformancePackName": deployment.name,
            "Status": deployment.status,
            **_error(deployment),
            "LastUpdateTime": deployment.updated,
        }

    return call.page("OrganizationConformancePackStatuses", chosen, show=show, most=25)


def _error(deployment: Deployment) -> dict[str, str]:
    code = next((code for _, code, _ in deployment.members.values() if code), None)
    return (
        {}
        if code is None or not deployment.status.endswith("_FAILED")
        else {"ErrorCode": code, "ErrorMessage": MESSAGE}
    )


def _chosen(call: Call, kind: str, names: list[str] | None) -> list[Deployment]:
    _poll(call, kind, names)
    known = {name: d for (of, name), d in (here(call).deployments or {}).items() if of == kind}
    return selected(names, known, UNKNOWN[kind], "The organization's")


def _poll(call: Call, kind: str, names: list[str] | None) -> None:
    organization = entitled(call)
    call.poll(("config-newcomers", organization.management_account))
    for (of, name), deployment in list((here(call).deployments or {}).items()):
        if of == kind and (not names or name in names):
            call.poll(thing(call, deployment))


def get_organization_config_rule_detailed_status(call: Call) -> dict[str, Any]:
    """One row for each account (API reference, GetOrganizationConfigRuleDetailedStatus)."""
    deployment, wanted = _detailed(call, "rule", call["OrganizationConfigRuleName"]), call.get("Filters") or {}
    rows = [
        {"AccountId": account, "ConfigRuleName": deployment.member_name, "MemberAccountRuleStatus": status, **more}
        for account, status, more in _rows(call, deployment)
        if wanted.get("AccountId", account) == account and wanted.get("MemberAccountRuleStatus", status) == status
    ]
    return call.page("OrganizationConfigRuleDetailedStatus", rows)


def get_organization_conformance_pack_detailed_status(call: Call) -> dict[str, Any]:
    """One row for each account (API reference, GetOrganizationConformancePackDetailedStatus)."""
    deployment = _detailed(call, "pack", call["OrganizationConformancePackName"])
    wanted = call.get("Filters") or {}
    rows = [
        {"AccountId": account, "ConformancePackName": deployment.member_name, "Status": status, **more}
        for account, status, more in _rows(call, deployment)
        if wanted.get("AccountId", account) == account and wanted.get("Status", status) == status
    ]
    return call.page("OrganizationConformancePackDetailedStatuses", rows)


def _detailed(call: Call, kind: str, name: str) -> Deployment:
    _poll(call, kind, [name])
    return found(call, kind, name)


def _rows(call: Call, deployment: Deployment) -> list[tuple[str, str, dict[str, Any]]]:
    """Account, status and the rest; before the deployment is done, everyone is in progress."""
    if deployment.status.endswith("_IN_PROGRESS"):
        organization = accounts.organization_of(call.world, call.account)
        members = () if organization is None else organization.members
        excluded = deployment.settings.get("ExcludedAccounts") or ()
        more = {"LastUpdateTime": deployment.updated}
        return [(account, deployment.status, more) for account in members if account not in excluded]
    return [
        (
            account,
            status,
            {
                "LastUpdateTime": updated,
                **({"ErrorCode": code, "ErrorMessage": "There is no configuration recorder."} if code else {}),
            },
        )
        for account, (status, code, updated) in deployment.members.items()
    ]


def get_organization_custom_rule_policy(call: Call) -> dict[str, Any]:
    """API reference, GetOrganizationCustomRulePolicy."""
    deployment = found(call, "rule", call["OrganizationConfigRuleName"])
    return {"PolicyText": deployment.settings.get(POLICY, {}).get("PolicyText")}
