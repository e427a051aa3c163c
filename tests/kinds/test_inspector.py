"""Inspector: accounts that are there already, those that AWS refuses, and the end of it all."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest

from landing.core.errors import StalePlan
from landing.core.model import Action, Change
from landing.engine.plan import still_to_do
from landing.sandbox import Sandbox
from landing.services.inspector.settings import NUMBERS, RESOURCE_TAGS, SCANS, TEXTS
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

OF_IT = of_service("inspector")
REGION = "eu-west-1"
USUAL = {"ec2", "ecr", "lambda"}


def text(settings: str = "", beginning: str = SMALL) -> str:
    return f"{beginning}services: {{inspector: {{{settings}}}}}\n"


def applied(at: At, settings: str = "", beginning: str = SMALL) -> Cloud:
    return converged(at(text(settings, beginning)), OF_IT)


def client(sandbox: Sandbox, cloud: Cloud, account: str = "security-tooling") -> Any:
    return sandbox.session(cloud.open().tree.account_ids[account], region=REGION).client("inspector2")


def scanned(sandbox: Sandbox, cloud: Cloud, account: str) -> set[str]:
    """What is scanned in an account, as it says itself."""
    (found,) = client(sandbox, cloud, account).batch_get_account_status()["accounts"]
    names = {"lambdaCode": "lambda_code", "codeRepository": "code_repository"}
    states = {names.get(name, name): state["status"] for name, state in found["resourceState"].items()}
    return {name for name, status in states.items() if status == "ENABLED"}


def change_of(cloud: Cloud, kind: str) -> Change:
    (found,) = [
        change
        for change in cloud.plan(OF_IT).changes
        if change.address.kind == kind and change.address.scope.region == REGION
    ]
    return found


def test_accounts_that_are_there_are_covered_and_so_is_the_management_account(sandbox: Sandbox, at: At) -> None:
    assert at(SMALL).apply(OF_IT).complete
    cloud = applied(at)
    assert {key: scanned(sandbox, cloud, key) for key in cloud.organization.accounts} == dict.fromkeys(
        cloud.organization.accounts, USUAL
    )


def test_an_account_that_the_config_does_not_name_keeps_what_it_has(sandbox: Sandbox, at: At) -> None:
    assert at(SMALL).apply(OF_IT).complete
    stranger = sandbox.seed(1)[0]
    cloud = applied(at)
    members = client(sandbox, cloud).list_members()["members"]
    assert stranger not in {each["accountId"] for each in members}


def test_a_new_account_is_covered_by_itself(sandbox: Sandbox, at: At) -> None:
    applied(at)
    later = at(text(beginning=f"{SMALL}  late: {{name: Late, email: late@example.com, unit: workloads/dev}}\n"))
    result = later.apply(OF_IT)
    assert result.complete, result.failed
    assert later.plan(OF_IT).changes == ()
    assert scanned(sandbox, later, "late") == USUAL


def test_what_is_missing_stands_in_one_place_by_what_is_missing(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at)
    ids = cloud.open().tree.account_ids
    found = client(sandbox, cloud)
    found.disable(accountIds=[ids["shop-dev"], ids["shop-prod"]], resourceTypes=["ECR"])
    found.disassociate_member(accountId=ids["management"])
    before = change_of(cloud, "inspector_members").before
    assert before == {"missing": {
        "ec2 ecr lambda": ["<account:management>"], "ecr": ["<account:shop-dev>", "<account:shop-prod>"],
    }, "surplus": {}, "coming": []}  # fmt: skip
    result = cloud.apply(OF_IT)  # while AWS is still at the disabling
    assert result.complete, result.failed
    assert cloud.plan(OF_IT).changes == ()


def test_the_last_page_of_a_hundred_accounts_is_covered_too(sandbox: Sandbox, at: At) -> None:
    assert at(SMALL).apply(OF_IT).complete
    ids = sandbox.seed(104)
    more = "".join(f"  a{number}: {{name: A{number}, id: '{each}', unit: root}}\n" for number, each in enumerate(ids))
    listed = sandbox.session().client("organizations").get_paginator("list_accounts").paginate()
    emails = {each["Id"]: each["Email"] for page in listed for each in page["Accounts"]}
    for number, each in enumerate(ids):
        more = more.replace(f"name: A{number}, id", f"name: A{number}, email: {emails[each]}, id")
    cloud = at(text(beginning=SMALL + more))
    aws = cloud.open(read_only=False)
    result = cloud.apply(OF_IT, aws=aws)
    assert result.complete, result.failed
    assert scanned(sandbox, cloud, "a103") == USUAL
    regions = len(cloud.organization.governed_regions)
    assert aws.calls["inspector2", "AssociateMember"] == 108 * regions
    assert aws.calls["inspector2", "Enable"] == 2 * regions, "of 100 accounts and of the rest"


def test_what_is_too_much_ends_with_leave(sandbox: Sandbox, at: At) -> None:
    applied(at, "scans: {lambda_code: true}")
    assert scanned(sandbox, at(SMALL), "shop-dev") == {*USUAL, "lambda_code"}
    later = at(text())
    for kind, words in {
        "inspector": ["administrator lambda_code true → false", "new_accounts lambda_code true → false"],
        "inspector_members": ["lambda_code no longer scanned in 4 accounts"],
    }.items():
        assert [*KINDS[kind].weakened(later.organization, change_of(later, kind))] == words
    assert later.apply(OF_IT).complete
    assert later.plan(OF_IT).changes == ()
    assert scanned(sandbox, later, "shop-dev") == scanned(sandbox, later, "security-tooling") == USUAL


DIFFERENT = """overrides: {dev: {target: {units: [workloads/dev]}, scans: {ec2: false, lambda_code: true}},
  security: {target: {units: [security]}, scans: {lambda: false}}, off: {target: {accounts: [management]}, scans: {ec2: false, ecr: false, lambda: false}}}"""  # fmt: skip


def test_what_is_scanned_differs_by_unit_and_account(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at, DIFFERENT)
    usual = {key: scanned(sandbox, cloud, key) for key in cloud.organization.accounts}
    assert usual == {
        "management": set(),
        "log-archive": {"ec2", "ecr"},
        "security-tooling": {"ec2", "ecr"},
        "shop-dev": {"ecr", "lambda", "lambda_code"},
        "shop-prod": USUAL,
    }
    joining = client(sandbox, cloud).describe_organization_configuration()["autoEnable"]
    assert {name for name, on in joining.items() if on} == USUAL, "AWS lets no account differ that joins"
    client(sandbox, cloud).enable(accountIds=[cloud.open().tree.account_ids["shop-dev"]], resourceTypes=["EC2"])
    change = change_of(cloud, "inspector_members")
    assert change.before == {"missing": {}, "surplus": {"ec2": ["<account:shop-dev>"]}, "coming": []}
    assert cloud.apply(OF_IT).complete
    later = at(text())
    words = [*KINDS["inspector_members"].weakened(later.organization, change_of(later, "inspector_members"))]
    assert words == ["lambda_code no longer scanned in 1 accounts"]
    converged(later, OF_IT)
    assert scanned(sandbox, later, "management") == scanned(sandbox, later, "shop-dev") == USUAL


LATE = f"{SMALL}  late: {{name: Late, email: late@example.com, unit: workloads/dev}}\n"


def test_an_account_that_comes_differs_in_the_run_that_makes_it(sandbox: Sandbox, at: At) -> None:
    """AWS gives it what all get that join: what is too much of that ends without leave, as nobody has it yet."""
    applied(at, DIFFERENT)
    late = at(text(DIFFERENT, LATE))
    change = change_of(late, "inspector_members")
    assert change.before == {"missing": {}, "surplus": {}, "coming": ["<account:late>"]}
    assert not [*KINDS["inspector_members"].weakened(late.organization, change)]
    assert late.apply(OF_IT).complete
    assert late.plan(OF_IT).changes == ()
    assert scanned(sandbox, late, "late") == {"ecr", "lambda", "lambda_code"}


def test_cut_off_after_the_account_has_come_it_goes_on(sandbox: Sandbox, at: At) -> None:
    applied(at, DIFFERENT)
    late = at(text(DIFFERENT, LATE))
    plan = late.plan(OF_IT)
    first = [each for each in plan.changes if each.address.kind != "inspector_members"]
    assert late.apply(OF_IT, changes=first).complete
    left = still_to_do(plan, late.observe(OF_IT))
    assert {each.address.kind for each in left} == {"inspector_members"}
    client(sandbox, late).enable(
        accountIds=[late.open().tree.account_ids["shop-prod"]], resourceTypes=["CODE_REPOSITORY"]
    )
    with pytest.raises(StalePlan):
        still_to_do(plan, late.observe(OF_IT))
    assert late.apply(OF_IT).complete
    assert late.plan(OF_IT).changes == ()


def test_what_nobody_was_shown_does_not_end(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at)
    ids = cloud.open().tree.account_ids
    found = client(sandbox, cloud)
    found.disable(accountIds=[ids["shop-dev"]], resourceTypes=["ECR"])
    plan = cloud.plan(OF_IT)
    found.enable(accountIds=[ids["shop-prod"]], resourceTypes=["CODE_REPOSITORY"])
    result = cloud.apply(OF_IT, changes=plan.changes)
    assert [str(address) for address in result.failed] == [f"inspector_members.organization@security-tooling/{REGION}"]
    assert "code_repository" in scanned(sandbox, cloud, "shop-prod")
    assert scanned(sandbox, cloud, "shop-dev") == USUAL
    assert cloud.apply(OF_IT).complete
    assert scanned(sandbox, cloud, "shop-prod") == USUAL


def test_the_accounts_that_aws_refuses_are_named_and_the_others_are_covered(sandbox: Sandbox, at: At) -> None:
    cloud = at(SMALL)
    assert cloud.apply(OF_IT).complete
    organizations = sandbox.session().client("organizations")
    organizations.enable_aws_service_access(ServicePrincipal="inspector2.amazonaws.com")
    (root,) = organizations.list_roots()["Roots"]
    organizations.enable_policy_type(RootId=root["Id"], PolicyType="INSPECTOR_POLICY")
    while organizations.list_roots()["Roots"][0]["PolicyTypes"][-1]["Status"] != "ENABLED":
        pass
    regions = {"enable_in_regions": {"@@assign": []}, "disable_in_regions": {"@@assign": [REGION]}}
    content = json.dumps({"inspector": {"enablement": {"ec2_scanning": regions}}})
    made = organizations.create_policy(Content=content, Description="", Name="i", Type="INSPECTOR_POLICY")["Policy"]
    shop = cloud.open().tree.account_ids["shop-dev"]
    organizations.attach_policy(PolicyId=made["PolicySummary"]["Id"], TargetId=shop)
    later = at(text())
    (problem,) = later.apply(OF_IT).failed.values()
    assert "1 accounts: shop-dev: BLOCKED_BY_ORGANIZATION_POLICY" in problem.text
    assert scanned(sandbox, later, "shop-prod") == USUAL
    (change,) = later.plan(OF_IT).changes
    assert change.before is not None
    assert change.before["missing"] == {"ec2 ecr lambda": ["<account:shop-dev>"]}


@pytest.mark.parametrize(("code", "passes"), [
    ("SSM_THROTTLED", True), ("EVENTBRIDGE_UNAVAILABLE", True), ("SUSPEND_IN_PROGRESS", True),
    ("INTERNAL_ERROR", True), ("ACCOUNT_IS_ISOLATED", False), ("RESOURCE_SCAN_NOT_DISABLED", False),
    ("EC2_SSM_RESOURCE_DATA_SYNC_LIMIT_EXCEEDED", False), ("EC2_SSM_ASSOCIATION_VERSION_LIMIT_EXCEEDED", False),
])  # fmt: skip
def test_what_is_wrong_elsewhere_is_asked_again_or_told(sandbox: Sandbox, at: At, code: str, passes: bool) -> None:
    assert at(SMALL).apply(OF_IT).complete
    shop = at(SMALL).open().tree.account_ids["shop-dev"]
    sandbox.world.options["inspector_fails"] = {shop: [code]}
    cloud = at(text())
    result = cloud.apply(OF_IT)
    assert result.complete is passes
    assert all(f"1 accounts: shop-dev: {code}" in str(error) for error in result.failed.values())
    converged(cloud, OF_IT)
    assert scanned(sandbox, cloud, "shop-dev") == USUAL


def test_an_administrator_in_which_it_is_off_is_switched_on_first(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at)
    found = client(sandbox, cloud)
    found.update_organization_configuration(autoEnable={"ec2": False, "ecr": False})
    for member in found.list_members()["members"]:
        found.disassociate_member(accountId=member["accountId"])
    found.disable()
    while scanned(sandbox, cloud, "security-tooling"):
        pass
    assert change_of(cloud, "inspector").action is Action.CREATE
    assert cloud.apply(OF_IT).complete
    assert cloud.plan(OF_IT).changes == ()
    assert scanned(sandbox, cloud, "shop-dev") == USUAL


def test_the_end_leaves_nothing_that_is_scanned(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at, "scans: {lambda_code: true}, cis_scans: {all: {tags: {a: [b]}}}")
    later = at(SMALL)
    result = later.apply(OF_IT)
    assert result.complete, result.failed
    assert later.plan(OF_IT).changes == ()
    assert not any(scanned(sandbox, cloud, key) for key in cloud.organization.accounts)


def test_code_is_left_out_where_it_is_not_scanned(problems: Any, at: At) -> None:
    beginning = SMALL.replace("[eu-west-1, us-east-1]", "[eu-west-1, eu-west-3]")
    settings = text("scans: {lambda_code: true, code_repository: true}", beginning)
    assert [problem.message for problem in problems(text=settings)] == [
        f"Inspector does not scan code in eu-west-3: `{name}` is left out there"
        for name in ("lambda_code", "code_repository")
    ]
    desired = {each.address.scope.region: each for each in KINDS["inspector"].desired(at(settings).organization)}
    assert {region: each.attributes["administrator"]["lambda_code"] for region, each in desired.items()} == {
        "eu-west-1": True,
        "eu-west-3": False,
    }


def test_an_override_that_asks_for_code_is_told_where_it_says_so(problems: Any) -> None:
    beginning = SMALL.replace("[eu-west-1, us-east-1]", "[eu-west-1, eu-west-3]")
    own = "overrides: {a: {target: {units: [workloads]}, scans: {code_repository: true}}}"
    (problem,) = problems(text=text(own, beginning))
    assert (problem.code, problem.severity) == ("LZ366", "info")
    assert problem.source.column > text(own, beginning).splitlines()[-1].index("scans")


def test_of_two_cis_scans_with_our_name_one_goes(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at, "cis_scans: {all: {every: month, days: [MON], tags: {a: [b]}}}")
    found = client(sandbox, cloud)
    (ours,) = found.list_cis_scan_configurations()["scanConfigurations"]
    found.create_cis_scan_configuration(**{
        name: ours[name] for name in ("scanName", "securityLevel", "schedule", "targets")
    })  # fmt: skip
    (change,) = cloud.plan(OF_IT).changes
    assert change.action is Action.DELETE
    assert cloud.apply(OF_IT).complete
    assert len(found.list_cis_scan_configurations()["scanConfigurations"]) == 1


def test_rules_and_scans_of_others_are_left_alone(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at)
    found = client(sandbox, cloud)
    times = [{"startInclusive": 0, "endInclusive": 1}]
    found.create_filter(name="theirs", action="SUPPRESS", filterCriteria={"updatedAt": times})
    assert cloud.plan(OF_IT).changes == ()
    assert len(found.list_filters()["filters"]) == 1


@pytest.mark.parametrize(
    ("settings", "parameters", "told"),
    [("{}", "{}", True), ("{}", "{scan_type: ENHANCED}", False), ("{scans: {ecr: false}}", "{}", False)],
)
def test_a_baseline_that_takes_images_away_is_told(problems: Any, settings: str, parameters: str, told: bool) -> None:
    baseline = f"baselines: {{ecr-scanning: {{target: {{units: [workloads]}}, parameters: {parameters}}}}}\n"
    found = problems(text=f"{SMALL}services: {{inspector: {settings}}}\n{baseline}")
    assert ("LZ397" in {each.code for each in found}) is told


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("scans: {lambda: false, lambda_code: true}", "LZ397"),
        ("overrides: {a: {target: {units: [workloads]}, scans: {lambda: false, lambda_code: true}}}", "LZ397"),
        ("scans: {lambda_code: true}, overrides: {a: {target: {units: [workloads]}, scans: {lambda: false}}}", "LZ397"),
        ("overrides: {a: {target: {units: [workloads]}, scans: {ami: true}}}", "LZ201"),
        ("cis_scans: {a: {every: month, days: [SUN, MON], tags: {a: [b]}}}", "LZ397"),
        ("cis_scans: {a: {target: {units: [nowhere]}, tags: {a: [b]}}}", "LZ301"),
        ("cis_scans: {a: {target: {accounts: []}, tags: {a: [b]}}}", "LZ397"),
        ("deep_inspection_paths: [opt]", "LZ206"),
        ("suppress: {a: {where: {vulnerabilityID: {eq: [a]}}}}", "LZ201"),
        ("suppress: {a: {where: {inspectorScore: {eq: [a]}}}}", "LZ201"),
    ],
)
def test_what_aws_refuses_is_told_before(problems: Any, settings: str, code: str) -> None:
    found = problems(text=text(settings))
    assert code in {problem.code for problem in found}, found


def test_criteria_are_those_of_aws() -> None:
    model = botocore.session.Session().get_service_model("inspector2")
    members = {name: shape.member.name for name, shape in model.shape_for("FilterCriteria").members.items()}
    ours = {name: kind for name, kind in members.items() if not name.startswith("cloud")}  # of other clouds
    assert {name for name, kind in ours.items() if kind == "StringFilter"} == {*TEXTS}
    assert {name for name, kind in ours.items() if kind == "NumberFilter"} == {*NUMBERS}
    assert {name for name, kind in ours.items() if kind == "MapFilter"} == {RESOURCE_TAGS}
    assert len(model.shape_for("ResourceScanType").enum) == len(SCANS)


def test_a_filter_of_others_that_is_called_like_a_key_stays(sandbox: Sandbox, at: At) -> None:
    theirs = {"severity": [{"comparison": "EQUALS", "value": "LOW"}]}
    client(sandbox, applied(at)).create_filter(name="noise", action="SUPPRESS", filterCriteria=theirs)
    rule = "suppress: {noise: {where: {severity: {eq: [MEDIUM]}}}}"
    for settings, names in ((rule, ["landing-noise", "noise"]), ("", ["noise"])):
        cloud = applied(at, settings)
        found = {each["name"]: each["criteria"] for each in client(sandbox, cloud).list_filters()["filters"]}
        assert sorted(found) == names
        assert found["noise"] == theirs
