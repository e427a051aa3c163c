"""The shipped policies do what they say, no more and no less."""

import json
import re
from dataclasses import replace

import pytest

from landing.policy import RCP, SCP, lint, prove
from landing.policy.limits import LIMITS
from landing.policy.testing import run
from landing.policy.testing.output import as_text
from landing.policy.testing.suite import FULL_ACCESS, levels, statements_of
from tests.policy import shipped

NAMES = shipped.names()
ALL_REGIONS = tuple(f"ap-southeast-{number}" for number in range(1, 35))
LARGE = replace(
    shipped.ESTATE,
    governed_regions=ALL_REGIONS,
    exempt_roles=(
        *shipped.ESTATE.exempt_roles,
        *(f"arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin{n}_*" for n in range(5)),
    ),
)


@pytest.mark.parametrize("name", NAMES)
def test_cases_pass_every_statement_decides_and_every_mutant_is_told_apart(name: str) -> None:
    report = run([shipped.suite(name)], shipped.ESTATE, mutate=True)
    assert report.passed, as_text(report)
    (suite,) = report.suites
    if shipped.metadata(name)["type"] not in (SCP, RCP):  # of which each setting must have a case
        assert {result.kind for result in suite.results} == {"setting", "coverage"}
        return
    assert suite.mutants is not None
    assert suite.mutants >= 2 * len(statements_of(shipped.suite(name).policies[0].document))
    assert {result.kind for result in suite.results} >= {"case", "coverage"}
    assert not report.count("skipped")


@pytest.mark.parametrize("name", NAMES)
def test_fits_into_its_type_with_many_regions_and_roles(name: str) -> None:
    document = shipped.compact(name, LARGE)
    assert len(document) <= LIMITS[shipped.metadata(name)["type"]].size
    assert document.isascii()
    assert "{{" not in document


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_found_by_the_linter(name: str) -> None:
    policy = shipped.suite(name).policies[0]
    found = [(item.code, item.pointer) for item in lint(policy.document, policy.type) if item.severity != "info"]
    assert found == []


CONTROLS = re.compile(
    r"cis-aws-[357]\.0:\d(\.\d+)+|nist-csf-2\.0:(GV|ID|PR|DE|RS)\.[A-Z]{2}-\d\d"
    r"|nist-800-53-r5:[A-Z]{2}-\d+(\(\d+\))?|fsbp:[A-Z][A-Za-z0-9]+\.\d+"
)


@pytest.mark.parametrize("name", NAMES)
def test_metadata_says_all_that_there_is_to_say(name: str) -> None:
    metadata = shipped.metadata(name)
    assert set(metadata) <= {
        "title", "description", "type", "severity", "parameters", "controls", "references",
    }  # fmt: skip
    assert metadata["type"] in LIMITS
    assert (metadata["type"] == RCP) == name.startswith("rcp-")
    assert metadata["controls"]
    assert all(CONTROLS.fullmatch(control) for control in metadata["controls"])
    assert metadata["references"]
    assert all(url.startswith("https://docs.aws.amazon.com/") for url in metadata["references"])
    used = set(re.findall(r"\{\{ (\w+) \}\}", json.dumps(shipped.library().policies[name].document)))
    parameters = metadata.get("parameters") or {}
    assert used - set(shipped.ESTATE.names) == set(parameters)
    assert all({"type", "default", "description"} <= set(spec) for spec in parameters.values())


def test_the_library_has_what_a_landing_zone_needs() -> None:
    types = [shipped.metadata(name)["type"] for name in NAMES]
    assert types.count(SCP) >= 18
    assert types.count(RCP) >= 3


def together() -> list[list[dict[str, object]]]:
    """All SCPs at the root at once, but for the one that lets nobody leave."""
    policies = [shipped.suite(name).policies[0] for name in NAMES if name != "deny-leave-organization"]
    return levels(policies, ["root"], SCP)


def test_exempt_roles_are_blocked_from_nothing_by_all_of_them_together() -> None:
    proof = prove(
        together(),
        {"allow": "*", "account": shipped.WORKLOAD, "principals": list(shipped.ESTATE.exempt_roles)},
    )
    assert (proof.result, proof.counterexample) == ("proved", None)
    assert proof.actions > 20_000


def test_nobody_else_can_stop_what_watches_even_where_nothing_else_is_denied() -> None:
    """The claims of the protecting policies, held against all of them and FullAWSAccess in one organization."""
    policies = [shipped.suite(name).policies[0] for name in NAMES if name.startswith("protect-")]
    hierarchy = levels(policies, shipped.ESTATE.path(shipped.WORKLOAD), SCP)
    assert hierarchy[0][0]["name"] == FULL_ACCESS
    for claim in (
        {"deny": ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail"]},
        {"deny": ["config:StopConfigurationRecorder", "config:DeleteDeliveryChannel", "config:PutConfigRule"]},
        {"deny": ["guardduty:DeleteDetector", "guardduty:UpdateDetector", "guardduty:Disassociate*"]},
        {"deny": ["securityhub:DisableSecurityHub", "securityhub:BatchDisableStandards"]},
        {"deny": "s3:DeleteObject*", "resources": ["arn:aws:s3:::landing-cloudtrail-*"]},
        {"deny": "iam:CreateRole", "resources": ["arn:aws:iam::*:role/landing-*"]},
    ):
        proof = prove(
            hierarchy,
            {"account": shipped.WORKLOAD, "exceptPrincipals": list(shipped.ESTATE.exempt_roles), **claim},
        )
        assert proof.result == "proved", (claim, proof.reason, proof.counterexample)


def test_the_page_of_guardrails_is_up_to_date() -> None:
    written = shipped.PAGE.read_text(encoding="utf-8")
    assert shipped.whole_page() == written, "run: python -m tests.policy.shipped"
    assert all(f"| [{name}](../scps/{name}/policy.json) |" in written for name in NAMES)
