"""How far rules and conformance packs of an organization have come, as a whole and account by account."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.config.organization import POLICY, arn_of, found, kind_of, thing
from landing.sandbox.services.config.state import DEPLOYER, Deployment, entitled, here, selected

MESSAGE = "The configuration recorder is not available in accounts of the organization."
NO_PARAMETERS: dict[str, dict[str, list[Any]]] = {
    "ConfigRule": {},
    "ConformancePack": {"ConformancePackInputParameters": [], "ExcludedAccounts": []},
}
"""What a description has in any case."""
STATUS = {"ConfigRule": "OrganizationRuleStatus", "ConformancePack": "Status"}
MEMBER_STATUS = {"ConfigRule": "MemberAccountRuleStatus", "ConformancePack": "Status"}


def describe_organization_config_rules(call: Call) -> dict[str, Any]:
    """Of the caller's, without the text of policies (API reference, DescribeOrganizationConfigRules)."""
    kind = kind_of(call)

    def show(deployment: Deployment) -> dict[str, Any]:
        settings = dict(deployment.settings)
        if POLICY in settings:
            settings[POLICY] = {name: value for name, value in settings[POLICY].items() if name != "PolicyText"}
        return {
            f"Organization{kind}Name": deployment.name,
            f"Organization{kind}Arn": arn_of(call, deployment),
            "LastUpdateTime": deployment.updated,
            **NO_PARAMETERS[kind],
            **settings,
        }

    return call.page(f"Organization{kind}s", _chosen(call), show=show, most=25)


describe_organization_conformance_packs = describe_organization_config_rules


def describe_organization_config_rule_statuses(call: Call) -> dict[str, Any]:
    """API reference, DescribeOrganizationConfigRuleStatuses."""
    kind = kind_of(call)

    def show(deployment: Deployment) -> dict[str, Any]:
        return {
            f"Organization{kind}Name": deployment.name,
            STATUS[kind]: deployment.status,
            **_error(deployment),
            "LastUpdateTime": deployment.updated,
        }

    return call.page(f"Organization{kind}Statuses", _chosen(call), show=show, most=25)


describe_organization_conformance_pack_statuses = describe_organization_config_rule_statuses


def _error(deployment: Deployment) -> dict[str, str]:
    code = next((code for _, code, _ in deployment.members.values() if code), None)
    return (
        {}
        if code is None or not deployment.status.endswith("_FAILED")
        else {"ErrorCode": code, "ErrorMessage": MESSAGE}
    )


def _chosen(call: Call) -> list[Deployment]:
    kind = kind_of(call)
    names = call.get(f"Organization{kind}Names")
    _poll(call, names)
    known = {name: d for (of, name), d in (here(call).deployments or {}).items() if of == kind}
    return selected(names, known, f"NoSuchOrganization{kind}Exception", "The organization's")


def _poll(call: Call, names: list[str] | None) -> None:
    organization = entitled(call, DEPLOYER)
    call.poll(("config-newcomers", organization.management_account))
    for (kind, name), deployment in list((here(call).deployments or {}).items()):
        if kind == kind_of(call) and (not names or name in names):
            call.poll(thing(call, deployment))


def get_organization_config_rule_detailed_status(call: Call) -> dict[str, Any]:
    """One row for each account (API reference, GetOrganizationConfigRuleDetailedStatus)."""
    return call.page("OrganizationConfigRuleDetailedStatus", _rows(call))


def get_organization_conformance_pack_detailed_status(call: Call) -> dict[str, Any]:
    """The same (API reference, GetOrganizationConformancePackDetailedStatus)."""
    return call.page("OrganizationConformancePackDetailedStatuses", _rows(call))


def _rows(call: Call) -> list[dict[str, Any]]:
    kind, wanted = kind_of(call), call.get("Filters") or {}
    _poll(call, [call[f"Organization{kind}Name"]])
    deployment = found(call)
    rows = [
        {"AccountId": account, f"{kind}Name": deployment.member_name, MEMBER_STATUS[kind]: status, **more}
        for account, status, more in _progress(call, deployment)
    ]
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def _progress(call: Call, deployment: Deployment) -> list[tuple[str, str, dict[str, Any]]]:
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
    return {"PolicyText": found(call).settings.get(POLICY, {}).get("PolicyText")}
