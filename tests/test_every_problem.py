"""All that is wrong with a config is said at once, and nothing that comes only from something else that is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

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


BESIDE = (
    "unquoted placeholder",
    "unknown parameter",
    "unknown section",
    "misspelt section",
    "unknown home",
    "units in a list",
)
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


def problems_of(folder: Path, library: Library, **files: str) -> list[Diagnostic]:
    (folder / "config").mkdir()
    for name, text in files.items():
        (folder / f"config/{name}.yaml").write_text(text)
    with pytest.raises(ConfigError) as error:
        load(folder / "config", library)
    return list(error.value.problems)


def test_a_part_that_two_files_give_is_not_missing_in_either(tmp_path: Path, library: Library) -> None:
    second = "organization: {name: other}\naccounts: {shop-dev: {unit: root}}\n"
    found = problems_of(tmp_path, library, a=second, landing=SMALL)
    assert [(each.code, each.message.split("`")[1]) for each in found] == [
        ("LZ107", "organization"),
        ("LZ107", "accounts.shop-dev"),
    ]


def test_a_file_that_cannot_be_read_hides_nothing_of_the_others(tmp_path: Path, library: Library) -> None:
    units = SMALL[SMALL.index("units:") : SMALL.index("accounts:")]
    rest = (
        SMALL.replace(units, "").replace("name: test", "nmae: test")
        + "guardrails: {deny-iam-user: {target: {units: [workloads]}}}\n"
    )
    found = problems_of(tmp_path, library, a=units + "x: [\n", b=rest)
    assert [each.code for each in found] == ["LZ105", "LZ201", "LZ310"]


def test_a_policy_that_cannot_be_read_is_no_policy_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "scps/mine").mkdir(parents=True)
    (tmp_path / "scps/mine/policy.json").write_text("{")
    (tmp_path / "scps/mine/metadata.yaml").write_text("title: T\n")
    text = SMALL.replace("unit: security}", "unit: secruity}") + "guardrails: {mine: {target: {units: [root]}}}\n"
    found = problems_of(tmp_path, Library.load(shipped(), tmp_path), landing=text)
    assert {each.code for each in found} == {"LZ404", "LZ403", "LZ301"}


VALUES = [
    ("guardrails: {deny-regions: {target: {units: [root]}, parameters: {regions: nowhere}}}\n", "LZ312", "nowhere"),
    ("guardrails: {deny-regions: {target: {units: [root]}, parameters: {region: []}}}\n", "LZ312", "region"),
    ("baselines: {account-baseline: {target: {units: [root]}, parameters: {snapshots: 3}}}\n", "LZ312", "3"),
    ("baselines: {account-baseline: {target: {units: [root]}, parameters: {snapshoots: x}}}\n", "LZ312", "snapshoots"),
    ("services: {log_archive: {}, config: {rules: {a: {identifier: NO_RULE}}}}\n", "LZ363", "NO_RULE"),
    ("services: {security_hub: {linked_regions: [eu-west-1]}}\n", "LZ356", "eu-west-1"),
]


@pytest.mark.parametrize(("extra", "code", "underlined"), VALUES)
def test_what_is_wrong_is_underlined_be_it_a_name_or_a_value(
    tmp_path: Path, library: Library, extra: str, code: str, underlined: str
) -> None:
    (found,) = (each for each in problems_of(tmp_path, library, landing=SMALL + extra) if each.code == code)
    assert found.source is not None
    line = (SMALL + extra).splitlines()[found.source.line - 1]
    assert line[found.source.column - 1 :][: found.length] == underlined
