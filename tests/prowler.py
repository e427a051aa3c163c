"""Run Prowler on the applied sandbox, account by account, and write docs/prowler.md; `make prowler` calls it.

AWS_ENDPOINT_URL and the keys of the management account come from `landing sandbox env`. The end is an error when
a check fails without a reason in tests/prowler.yaml, or when a reason there is no longer needed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import yaml

from tests.overlay import merged

HERE = Path(__file__).parent
PROWLER = HERE.parent / ".venv-prowler/bin/prowler"
PAGE = HERE.parent / "docs/prowler.md"
SERVICES = (
    *("organizations", "cloudtrail", "config", "guardduty", "securityhub", "iam", "s3", "ec2", "accessanalyzer"),
    *("account", "backup", "cloudwatch", "ecr", "eventbridge", "inspector2", "kms", "macie", "sns", "ssm", "vpc"),
)
ROLE = "OrganizationAccountAccessRole"
ACCOUNTS = ("Example Management", "Log Archive", "Security Tooling", "Payments Prod")
"""One of each kind: they stand for the others."""
HEADINGS = ("management", "log archive", "security tooling", "workload")
WORST = ("FAIL", "MANUAL", "PASS")

Results = Mapping[str, Mapping[str, str]]
"""Check to account to the worst of its results over Regions and resources."""

HEAD = """# Prowler on the sandbox

`make prowler` applies the config of the regulated profile, with what [no profile has on](../tests/everything.yaml), to an empty sandbox and runs Prowler {version} on four of its accounts
in the governed Regions ({regions}): services {services}. This page is what came of it.

A check that is not in the table found nothing to look at (no user, no instance, no bucket of the account...).
MANUAL is Prowler's word for what it leaves to people. {counts}

| check | {headings} | why |
|---|{rule}---|
"""


def accounts() -> dict[str, str]:
    """Name to id of the accounts of the organization."""
    pages = boto3.client("organizations").get_paginator("list_accounts").paginate()
    return {account["Name"]: account["Id"] for page in pages for account in page["Accounts"]}


def run(account: str, regions: list[str], folder: Path) -> list[dict[str, Any]]:
    """What Prowler finds in an account, which it enters by the organization's role unless it is in it already."""
    own = boto3.client("sts").get_caller_identity()
    partition = own["Arn"].split(":")[1]
    enter = [] if account == own["Account"] else ["-R", f"arn:{partition}:iam::{account}:role/{ROLE}"]
    command = [str(PROWLER), "aws", "--services", *SERVICES, "-f", *regions, "-M", "json-ocsf", "-b", *enter]
    command += ["-o", str(folder), "-F", account, "--ignore-exit-code-3", "--log-level", "CRITICAL"]
    # Clients of S3 Control reach a loopback address only through a proxy: the sandbox is its own.
    environment = os.environ | {"HTTP_PROXY": os.environ["AWS_ENDPOINT_URL"], "NO_PROXY": ""}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    found: list[dict[str, Any]] = json.loads((folder / f"{account}.ocsf.json").read_text())
    return found


def collected(findings: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, dict[str, str]]:
    """The results of findings, each with the heading of its account."""
    results: dict[str, dict[str, str]] = defaultdict(dict)
    for heading, finding in findings:
        check, status = finding["metadata"]["event_code"], finding["status_code"]
        known = results[check].get(heading, status)
        results[check][heading] = min(status, known, key=WORST.index)
    return dict(results)


def wrong(results: Results, reasons: Mapping[str, str]) -> list[str]:
    """Failures without a reason, and reasons without a failure."""
    failed = {check for check, found in results.items() if "FAIL" in found.values()}
    return [f"{check} fails without a reason" for check in sorted(failed - set(reasons))] + [
        f"{check} has a reason and does not fail" for check in sorted(set(reasons) - failed)
    ]


def page(results: Results, reasons: Mapping[str, str], *, version: str, regions: list[str]) -> str:
    """The document."""
    counted = {status: sum(found == status for one in results.values() for found in one.values()) for status in WORST}
    head = HEAD.format(
        version=version,
        regions=", ".join(regions),
        services=", ".join(SERVICES),
        counts=f"Of the results below {counted['PASS']} pass, {counted['FAIL']} fail, {counted['MANUAL']} are manual.",
        headings=" | ".join(HEADINGS),
        rule="---|" * len(HEADINGS),
    )
    rows = []
    for check in sorted(results):
        cells = " | ".join(results[check].get(heading, "") for heading in HEADINGS)
        rows.append(f"| {check} | {cells} | {reasons.get(check, '')} |\n")
    return head + "".join(rows)


def switch_on(config: Path) -> None:
    """Merge tests/everything.yaml into the files of a config that have these keys."""
    for key, more in yaml.safe_load((HERE / "everything.yaml").read_text(encoding="utf-8")).items():
        file = config / f"{key}.yaml"
        whole = yaml.safe_load(file.read_text(encoding="utf-8"))
        file.write_text(yaml.safe_dump(merged(whole, {key: more})), encoding="utf-8")


def look(regions: list[str]) -> int:
    """Run Prowler in two accounts at a time, and write the page."""
    ids = accounts()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(run, ids[name], regions, Path(folder)) for name in ACCOUNTS]
        found = [(heading, one) for heading, done in zip(HEADINGS, runs, strict=True) for one in done.result()]
    results = collected(found)
    reasons: dict[str, str] = yaml.safe_load((HERE / "prowler.yaml").read_text()) or {}
    version = found[0][1]["metadata"]["product"]["version"]
    PAGE.write_text(page(results, reasons, version=version, regions=regions))
    problems = wrong(results, reasons)
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--config", folder]:
            switch_on(Path(folder))
        case ["--regions", *regions]:
            raise SystemExit(look(regions))
