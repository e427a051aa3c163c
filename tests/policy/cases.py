"""Short ways to test a policy by cases written on the spot."""

from pathlib import Path
from textwrap import dedent
from typing import Any

from landing.policy.evaluation import SCP
from landing.policy.testing import Attached, Estate, Suite, SuiteReport, run

MANAGEMENT, ARCHIVE, TOOLING, SHOP, PLAY = (f"{number}" * 12 for number in (1, 2, 3, 4, 5))
ESTATE = Estate(
    id="o-a1b2c3d4e5",
    management=MANAGEMENT,
    accounts={MANAGEMENT: (), ARCHIVE: ("sec",), TOOLING: ("sec",), SHOP: ("work", "work/prod"), PLAY: ("sandbox",)},
    home_region="eu-west-1",
    governed_regions=("eu-west-1", "us-east-1"),
    roles={"log_archive": ARCHIVE, "security_tooling": TOOLING},
    keys={"shop": SHOP},
    exempt_roles=("arn:aws:iam::*:role/landing-*", "arn:aws:iam::*:role/admin"),
)
BUT_EXEMPT = {"ArnNotLike": {"aws:PrincipalArn": list(ESTATE.exempt_roles)}}


def deny(sid: str, action: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": "Deny", "Action": action, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def suite(folder: Path, cases: str, *statements: dict[str, Any], values: Any = None, **attached: Any) -> Suite:
    path = folder / "cases.yaml"
    path.write_text(dedent(cases), encoding="utf-8")
    policy = Attached("guard", document(*statements), attached.pop("type", SCP), **attached)
    return Suite("guard", path, (policy,), values or {})


def report_of(folder: Path, cases: str, *statements: dict[str, Any], mutate: bool = False, **rest: Any) -> SuiteReport:
    return run([suite(folder, cases, *statements, **rest)], ESTATE, mutate=mutate).suites[0]


def problems(report: SuiteReport) -> list[str]:
    """Everything that is wrong, with the line where a file says so."""
    found = [f"{mistake.position.line}: {mistake.message}" for mistake in report.mistakes]
    found += [
        f"{result.position.line}: {failure}"
        for result in report.results
        if result.status not in ("passed", "skipped")
        for failure in result.failures
    ]
    return [*found, *(f"alive: {item.mutant}" for item in report.survivors if not item.argument)]
