"""All that is wrong with a config is said at once, and nothing that comes only from something else that is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from landing.config import load
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic
from landing.library import Library, shipped
from tests.samples import SMALL

BASE = (
    SMALL
    + """
access: {exempt_roles: [break-glass-*]}
guardrails:
  protect-landing: {target: {units: [root]}}
  deny-root-user: {target: {units: [workloads, security]}}
  deny-regions: {target: {units: [security]}, parameters: {global_actions: ['devicefarm:*']}}
  own: {policy: own, target: {units: [workloads/dev]}}
baselines:
  security-audit-role: {target: {units: [root]}, management: true}
stacks:
  reader: {blueprint: read_role, accounts: [shop-prod]}
services:
  log_archive: {}
  guardduty: {}
  config:
    rules:
      ebs: {identifier: EC2_EBS_ENCRYPTION_BY_DEFAULT}
  cloudtrail: {insights: [ApiCallRateInsight]}
  security_hub:
    policies:
      everyone: {target: {units: [root]}, standards: [aws-foundational-security-best-practices/v/1.0.0]}
"""
)
Fault = tuple[str, str, str, tuple[str, ...]]
FAULTS: list[Fault] = [
    ("twice in a mapping", "{name: Dev}", "{name: Dev, name: Dev2}", ("LZ115",)),
    ("tag", "name: Shop Prod", "name: !name Shop Prod", ("LZ109",)),
    ("unquoted placeholder", "global_actions: ['devicefarm:*']", "global_actions: [{{ x }}]", ("LZ111",)),
    ("unknown key", "organization:\n", "organization:\n  colour: red\n", ("LZ201",)),
    ("unknown section", "baselines:\n", "zoo: {}\nbaselines:\n", ("LZ201",)),
    ("misspelt section", "baselines:\n", "basselines:\n", ("LZ201",)),
    ("misspelt required key", "unit: workloads/prod", "unti: workloads/prod", ("LZ201",)),
    ("missing", "  name: test\n", "", ("LZ202",)),
    ("unknown region", "eu-west-1, us-east-1]", "eu-wst-1, us-east-1]", ("LZ203",)),
    ("unknown home", "home_region: eu-west-1", "home_region: eu-wst-1", ("LZ203",)),
    ("wrong key of an account", "  shop-dev:", "  Shop Dev:", ("LZ204",)),
    ("units in a list", "      dev: {name: Dev}", "      dev: {name: Dev, units: [a]}", ("LZ205",)),
    ("unit no mapping", "  security: {name: Security}", "  security: Security", ("LZ205",)),
    ("no target", "  deny-root-user: {target: {units: [workloads, security]}}", "  deny-root-user: {}", ("LZ202",)),
    ("wrong setting", "  guardduty: {}", "  guardduty: {auto_enable: SOME}", ("LZ203",)),
    ("wrong bucket lock", "  log_archive: {}", "  log_archive: {retention_days: lots}", ("LZ205",)),
    ("wrong e-mail", "email: sd@example.com", "email: nonsense", ("LZ206",)),
    ("unknown unit of an account", "unit: workloads/dev", "unit: workloads/dve", ("LZ301",)),
    (
        "unknown unit of a service",
        "everyone: {target: {units: [root]}",
        "everyone: {target: {units: [roof]}",
        ("LZ301",),
    ),
    ("unknown account", "accounts: [shop-prod]", "accounts: [shop-pord]", ("LZ302",)),
    ("unknown role", "log_archive: log-archive,", "log_archive: log-archiv,", ("LZ302",)),
    ("unknown policy", "  protect-landing:", "  protect-loanding:", ("LZ310",)),
    ("unknown blueprint", "blueprint: read_role", "blueprint: reed_role", ("LZ311",)),
    ("unknown parameter", "{global_actions:", "{global_atcions:", ("LZ312",)),
    ("boundless", "[break-glass-*]", "['*glass']", ("LZ350",)),
    ("no Allow", "prod: {name: Prod}", "prod: {name: Prod, full_access: false}", ("LZ345",)),
    ("too large", "policy: own", "policy: large", ("LZ341",)),
    ("unknown rule", "EC2_EBS_ENCRYPTION_BY_DEFAULT", "EC2_EBS_ENCRYPTION_BY_DEFAUL", ("LZ363",)),
    ("insight without events", "cloudtrail: {ins", "cloudtrail: {management_events: read, ins", ("LZ361",)),
]


BESIDE = ("unquoted placeholder", "unknown parameter", "unknown section", "misspelt section", "unknown home")
"""These change what another of them is about."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    folder = tmp_path_factory.mktemp("org")
    for name, actions in {"own": ["sqs:DeleteQueue"], "large": ["sqs:DeleteQueue"]}.items():
        (folder / "scps" / name).mkdir(parents=True)
        statement = {
            "Sid": "No",
            "Effect": "Deny",
            "Action": actions,
            "Resource": "*" if name == "own" else [f"arn:aws:sqs:*:*:q{n}-{400 * 'x'}" for n in range(28)],
        }
        (folder / f"scps/{name}/policy.json").write_text(
            json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)
        )
        (folder / f"scps/{name}/metadata.yaml").write_text(
            "title: T\ndescription: D\ntype: SERVICE_CONTROL_POLICY\nseverity: low\n"
        )
    (folder / "config").mkdir()
    library = Library.load(shipped(), folder)

    def codes(text: str) -> list[str]:
        (folder / "config/landing.yaml").write_text(text)
        try:
            problems: list[Diagnostic] = load(folder / "config", library)[1]
        except ConfigError as error:
            problems = list(error.problems)
        return sorted(each.code for each in problems if each.severity == "error")

    return codes


def _broken(*faults: Fault) -> str:
    text = BASE
    for name, before, after, _ in faults:
        assert before in text, name
        text = text.replace(before, after, 1)
    return text


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=[fault[0] for fault in FAULTS])
def test_of_two_faults_both_are_told_and_nothing_else(found: Callable[[str], list[str]], number: int) -> None:
    """Each with another far from it in the list, so of another stage."""
    first, second = FAULTS[number], FAULTS[(number + 12) % len(FAULTS)]
    assert found(_broken(first, second)) == sorted((*first[3], *second[3]))


def test_all_at_once(found: Callable[[str], list[str]]) -> None:
    apart = [each for each in FAULTS if each[0] not in BESIDE]
    assert found(BASE) == []
    assert found(_broken(*apart)) == sorted(code for each in apart for code in each[3])
