"""Security Lake: accounts by source, versions, refusals, a region that fails, and the end, after which buckets stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from landing.core.errors import ImpossiblePlan
from landing.core.model import Action, Diagnostic
from landing.engine import drift
from landing.engine.observe import observe
from landing.engine.order.unique_names import refuse_impossible
from landing.sandbox import Sandbox
from landing.services.base import Kinds
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

OF_IT = [*of_service("security_lake"), KINDS["stack"]]
REGIONS = ("eu-west-1", "us-east-1")


def text(settings: str, beginning: str = SMALL) -> str:
    return f"{beginning}services: {{security_lake: {{{settings}}}}}\n"


def client(cloud: Cloud, region: str = "eu-west-1") -> Any:
    return cloud.sandbox.session(cloud.open().tree.account_ids["log-archive"], region=region).client("securitylake")


def collected(cloud: Cloud) -> dict[str, dict[str, set[str]]]:
    keys, found = cloud.open().tree.account_keys, dict[str, dict[str, set[str]]]()
    for row in client(cloud).list_log_sources()["sources"]:
        for each in row["sources"]:
            source = each["awsLogSource"]
            by_region = found.setdefault(f"{source['sourceName']} {source['sourceVersion']}", {})
            by_region.setdefault(row["region"], set()).add(keys.get(row["account"], "?"))
    return found


def test_accounts_by_unit_another_version_and_those_beyond(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text("sources: {ROUTE53: {}, VPC_FLOW: {target: {units: [workloads]}}}")), OF_IT)
    everybody = {"management", "log-archive", "security-tooling", "shop-prod", "shop-dev"}
    assert collected(cloud) == {
        "ROUTE53 2.0": dict.fromkeys(REGIONS, everybody),
        "VPC_FLOW 2.0": {key: {"shop-prod", "shop-dev"} for key in REGIONS},
    }
    configured = client(cloud).get_data_lake_organization_configuration()["autoEnableNewAccount"]
    route53 = [{"sourceName": "ROUTE53", "sourceVersion": "2.0"}]
    assert configured == [{"region": region, "sources": route53} for region in REGIONS]

    fewer = at(text("sources: {VPC_FLOW: {target: {units: [workloads/prod]}, version: '1.0'}}"))
    changes = {str(each.address): each for each in fewer.plan(OF_IT).changes}
    assert len(changes) == 6, "a source, new accounts and another version in each region"
    assert changes["security_lake_source.ROUTE53@log-archive/us-east-1"].action is Action.DELETE
    assert changes["security_lake_new_accounts.organization@log-archive/eu-west-1"].action is Action.DELETE
    flow = changes["security_lake_source.VPC_FLOW@log-archive/us-east-1"]
    assert flow.before == {"version": "2.0", "units": ["workloads"], "accounts": [], "without": []}
    assert flow.after == {"version": "1.0", "units": ["workloads/prod"], "accounts": [], "without": []}
    assert [*KINDS[flow.address.kind].weakened(fewer.organization, flow)][-1] == "no longer from shop-dev"
    assert fewer.apply(OF_IT).complete
    assert collected(cloud) == {"VPC_FLOW 1.0": {key: {"shop-prod"} for key in REGIONS}}
    assert fewer.plan(OF_IT).changes == ()


def test_lakes_are_read_by_one_call_for_all_regions(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text("sources: {ROUTE53: {}}, retention_days: 30, transitions: {GLACIER: 10}")), OF_IT)
    aws = cloud.open()
    assert observe(cloud.organization, aws, kinds=Kinds(OF_IT)).gaps == ()
    calls = {"ListDataLakes": 1, "GetDataLakeOrganizationConfiguration": 1, "ListLogSources": len(REGIONS)}
    assert {name: aws.calls["securitylake", name] for name in calls} == calls


def test_a_change_that_aws_is_at_is_no_drift_of_its_own(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text("sources: {}, retention_days: 30")), OF_IT)
    client(cloud).update_data_lake(configurations=[{"region": "us-east-1"}])
    (change,) = cloud.plan(OF_IT).changes
    assert KINDS["security_lake"].under_way(change) == "Security Lake is at it"


def test_what_another_run_does_is_waited_for_and_what_aws_refuses_is_told(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text("sources: {ROUTE53: {}}")), OF_IT)
    sandbox.faults.reject("securitylake", "CreateAwsLogSource", code="ConflictException", times=2)
    both = converged(at(text("sources: {ROUTE53: {}, WAF: {}}")), OF_IT)
    assert collected(cloud)["WAF 2.0"]["us-east-1"] >= {"shop-prod"}

    lakes = sandbox.world.states["securitylake"][both.open().tree.account_ids["log-archive"], ""]
    lakes.all["us-east-1"].updated, lakes.all["us-east-1"].reason = "FAILED", "The key is gone."
    (change,) = both.plan(OF_IT).changes
    assert (change.address.scope.region, change.before["status"]) == ("us-east-1", "FAILED")  # type: ignore[index]
    converged(both, OF_IT)


def test_it_is_copied_to_one_region_and_read_there(sandbox: Sandbox, at: At) -> None:
    subscribers = "subscribers: {siem: {principal: '111122223333', external_id: abc, sources: [ROUTE53]}}"
    cloud = converged(at(text(f"sources: {{ROUTE53: {{}}, WAF: {{}}}}, rollup: us-east-1, {subscribers}")), OF_IT)
    lakes = {each["region"]: each for each in client(cloud).list_data_lakes()["dataLakes"]}
    assert lakes["eu-west-1"]["replicationConfiguration"]["regions"] == ["us-east-1"]
    assert lakes["us-east-1"]["replicationConfiguration"]["regions"] == []
    (found,) = client(cloud, "us-east-1").list_subscribers()["subscribers"]
    assert (found["subscriberName"], found["accessTypes"]) == ("landing-siem", ["S3"])

    more = subscribers.replace("[ROUTE53]", "[ROUTE53, WAF]")
    wider = at(text(f"sources: {{ROUTE53: {{}}, WAF: {{}}}}, rollup: us-east-1, {more}"))
    (change,) = wider.plan(OF_IT).changes
    kind = KINDS["security_lake_subscriber"]
    assert list(kind.weakened(wider.organization, change)) == ["sources also WAF"]
    converged(wider, OF_IT)
    otherwise = more.replace("siem: {", "siem: {access: LAKEFORMATION, ")
    (change,) = at(text(f"sources: {{ROUTE53: {{}}, WAF: {{}}}}, rollup: us-east-1, {otherwise}")).plan(OF_IT).changes
    assert "another key" in next(iter(kind.impossible(change, {})))


def test_the_end_leaves_buckets_and_the_administrator(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text("sources: {ROUTE53: {}}")), OF_IT)
    none = at(SMALL)
    found = {each.address.kind: each for each in none.plan(OF_IT).changes}
    lake = KINDS["security_lake"]
    assert list(lake.dangers(found["security_lake"])) == ["switch-off"]
    assert "stays with all that is in it, and is paid for" in next(
        iter(lake.notes(none.organization, found["security_lake"]))
    )
    assert "security_lake_administrator" not in found
    result = none.apply(OF_IT)
    assert result.complete, result.failed
    assert none.plan(OF_IT).changes == ()
    assert client(cloud).list_data_lakes()["dataLakes"] == []
    organizations = sandbox.session().client("organizations")
    listed = organizations.list_delegated_administrators(ServicePrincipal="securitylake.amazonaws.com")
    assert [each["Name"] for each in listed["DelegatedAdministrators"]] == ["Log Archive"]


def test_a_lake_that_others_read_is_not_deleted_nor_what_it_collects(at: At) -> None:
    cloud = converged(at(text("sources: {ROUTE53: {}}")), OF_IT)
    client(cloud).create_subscriber(
        subscriberName="theirs",
        accessTypes=["S3"],
        sources=[{"awsLogSource": {"sourceName": "ROUTE53", "sourceVersion": "2.0"}}],
        subscriberIdentity={"principal": "999988887777", "externalId": "abc"},
    )
    none = at(SMALL)
    plan, live = none.plan(OF_IT), none.observe(OF_IT).live
    with pytest.raises(ImpossiblePlan, match=r"AWS deletes no lake that is read, and theirs .by name., of others"):
        refuse_impossible(plan.kinds, plan.changes, live)


def test_who_administers_it_already_is_not_dismissed(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(SMALL), OF_IT)
    ids = cloud.open().tree.account_ids
    sandbox.session(region="eu-west-1").client("securitylake").register_data_lake_delegated_administrator(
        accountId=ids["security-tooling"]
    )
    changes = at(text("sources: {ROUTE53: {}}")).plan(OF_IT).changes
    (change,) = [each for each in changes if each.address.kind == "security_lake_administrator"]
    reasons = list(KINDS["security_lake_administrator"].impossible(change, {}))
    assert len(reasons) == 1
    assert "AWS deletes its lake when it is dismissed" in reasons[0]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("rollup: eu-north-1", "`eu-north-1` is no governed region that has Security Lake"),
        (
            "subscribers: {siem: {principal: '111122223333', external_id: abc, sources: [WAF]}}",
            "subscriber `siem` wants `WAF`, which is not collected",
        ),
        ("transitions: {STANDARD_IA: 29}", "at least 30 days before STANDARD_IA"),
        ("transitions: {GLACIER: 365}", "after 365 days objects are deleted"),
        ("transitions: {GLACIER: 60, DEEP_ARCHIVE: 60}", "before they go to a warmer class"),
        ("sources: {CLOUD_TRAIL_MGMT: {}}", "CLOUD_TRAIL_MGMT wants a trail of the organization"),
    ],
)
def test_what_would_not_work_is_found_before(
    settings: str, words: str, problems: Callable[..., list[Diagnostic]]
) -> None:
    found = problems(text=text(settings))
    assert any(each.code == "LZ443" and words in each.message for each in found), found


def test_sources_in_trouble_and_failures_are_for_others_to_mend(at: At) -> None:
    settings = "sources: {ROUTE53: {}, VPC_FLOW: {target: {units: [workloads/prod]}}}"
    cloud, kind = converged(at(text(settings)), OF_IT), KINDS["security_lake_health"]
    assert cloud.plan(OF_IT).astray == {}
    ids = cloud.open().tree.account_ids
    lakes = cloud.sandbox.world.states["securitylake"][ids["log-archive"], ""].all
    here, there = (lakes[each] for each in REGIONS)
    here.troubled = {("ROUTE53", ids["shop-dev"]): "NOT_COLLECTING", ("ROUTE53", ids["shop-prod"]): "MISCONFIGURED"}
    there.sources["VPC_FLOW", "2.0"].append(ids["shop-dev"])
    there.troubled = {("VPC_FLOW", ids["shop-dev"]): "MISCONFIGURED"}  # of which the config does not ask it
    there.exceptions = [
        {"region": "us-east-1", "exception": "The role is gone", "remediation": "Make it again"},
        {"region": "us-east-1", "exception": "The role is gone", "remediation": "Make it again"},
    ]
    before = cloud.sandbox.calls.copy()
    plan = cloud.plan(OF_IT)
    counted = {name: n - before.get(name, 0) for name, n in cloud.sandbox.calls.items()}
    assert counted["securitylake", "GetDataLakeSources"] == len(REGIONS)
    assert counted["securitylake", "ListDataLakeExceptions"] == 1
    assert {str(address): words for address, words in plan.astray.items()} == {
        "security_lake_health.ROUTE53@log-archive/eu-west-1": "nothing of ROUTE53 arrives from shop-prod (MISCONFIGURED), "
        "shop-dev (NOT_COLLECTING), by what Security Lake says",
        "security_lake_health.exceptions@log-archive/us-east-1": "Security Lake has failed: The role is gone: Make it again",
    }
    assert not [each for each in plan.changes if each.address.kind == kind.name]
    report = drift.report(cloud.organization, plan)
    assert "security_lake_health" in {each.address.kind for each in report.drifted}
    assert at(SMALL).plan(OF_IT).astray == {}, "the config does not have the service"
