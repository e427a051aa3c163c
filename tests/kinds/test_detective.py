"""Detective: accounts that are there already, packages that stay, those that AWS refuses, and the end of it all."""

from __future__ import annotations

from typing import Any

from landing.core.model import Change
from landing.sandbox import Sandbox
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

OF_IT = of_service("detective")
REGION = "eu-west-1"


def text(settings: str = "", beginning: str = SMALL) -> str:
    return f"{beginning}services: {{detective: {{{settings}}}}}\n"


def client(cloud: Cloud) -> Any:
    return cloud.sandbox.session(cloud.open().tree.account_ids["security-tooling"], region=REGION).client("detective")


def graph(cloud: Cloud) -> dict[str, str]:
    return {"GraphArn": client(cloud).list_graphs()["GraphList"][0]["Arn"]}


def members(cloud: Cloud) -> dict[str, str]:
    keys = cloud.open().tree.account_keys
    listed = client(cloud).list_members(**graph(cloud))["MemberDetails"]
    return {keys.get(each["AccountId"], "?"): each["Status"] for each in listed}


def change_of(cloud: Cloud, kind: str) -> Change:
    (found,) = [
        change
        for change in cloud.plan(OF_IT).changes
        if change.address.kind == kind and change.address.scope.region == REGION
    ]
    return found


def test_members_by_unit_in_batches_packages_that_stay_and_nothing_in_the_end(sandbox: Sandbox, at: At) -> None:
    assert at(SMALL).apply(OF_IT).complete
    ids = sandbox.seed(60)
    listed = sandbox.session().client("organizations").get_paginator("list_accounts").paginate()
    emails = {each["Id"]: each["Email"] for page in listed for each in page["Accounts"]}
    more = "".join(
        f"  a{number}: {{name: A{number}, email: {emails[each]}, id: '{each}', unit: workloads/prod}}\n"
        for number, each in enumerate(ids[:56])
    )
    everyone = SMALL + more
    some = text("packages: [eks_audit], overrides: {d: {target: {units: [workloads/dev]}, join: false}}", everyone)
    cloud = at(some)
    aws = cloud.open(read_only=False)
    result = cloud.apply(OF_IT, aws=aws)
    assert result.complete, result.failed
    assert cloud.plan(OF_IT).changes == ()
    assert {*members(cloud)} == {"management", "log-archive", "shop-prod", *(f"a{number}" for number in range(56))}
    assert aws.calls["detective", "CreateMembers"] == 2 * 2, "50 accounts and the rest, in two regions"

    fewer = at(text("join: false, packages: []", everyone))
    assert fewer.plan(OF_IT).changes == (), "no call stops a package, and nobody is taken out"

    (place,) = [
        each for (_, region), each in sandbox.world.states["detective"].items() if each.graph and region == REGION
    ]
    place.graph.members[cloud.open().tree.account_ids["shop-prod"]].status = "ACCEPTED_BUT_DISABLED"
    client(cloud).delete_members(**graph(cloud), AccountIds=[ids[0]])
    assert change_of(cloud, "detective_members").before == {"missing": ["a0"], "disabled": ["shop-prod"]}
    sandbox.faults.reject("detective", "StartMonitoringMember", code="ServiceQuotaExceededException", times=1)
    (error,) = cloud.apply(OF_IT).failed.values()
    assert "1 accounts: shop-prod: ServiceQuotaExceededException" in str(error)
    converged(cloud, OF_IT)

    none = at(everyone)
    (note,) = KINDS["detective_administrator"].notes(none.organization, change_of(none, "detective_administrator"))
    assert "deleted, with a year of data" in note
    assert none.apply(OF_IT).complete
    assert none.plan(OF_IT).changes == ()
    assert client(cloud).list_graphs()["GraphList"] == []
