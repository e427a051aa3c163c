"""Conformance packs: what a region gets, whom a roll-out fails for, and what is told before AWS is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landing.blueprint.resource_names import RECORDER
from landing.config import load
from landing.core.errors import ConfigError
from landing.core.model import Change
from landing.library import Library, shipped
from landing.organization import File
from landing.sandbox import Sandbox
from landing.services.config import pack as packs
from landing.services.config.conformance_pack import OrganizationConformancePack
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.kinds.conftest import At
from tests.samples import SMALL

HOME, OTHER = "eu-west-1", "us-east-1"
BEFORE = ("organization", "trusted_access", "delegated_administrator", "unit", "account", "governed_service", "stack")
OF_IT = [kind for kind in KINDS if kind.name in (*BEFORE, "stack_set", "conformance_pack")]
KIND = OrganizationConformancePack()
SHIPPED = ("aws-foundational-security", "cis-aws-5.0", "mas-trm", "nist-800-53-r5", "pci-dss-4.0")


def text(packs: str, more: str = "") -> str:
    return f"{SMALL}services: {{log_archive: {{}}, config: {{{more}conformance_packs: {packs}}}}}\n"


def client(sandbox: Sandbox, cloud: Cloud, key: str = "security-tooling", region: str = HOME) -> Any:
    return sandbox.session(cloud.open().tree.account_ids[key], region=region).client("config")


def rules(sandbox: Sandbox, cloud: Cloud, key: str, region: str) -> set[str]:
    listed = client(sandbox, cloud, key, region).describe_config_rules()["ConfigRules"]
    return {each["ConfigRuleName"].partition("-conformance-pack-")[0] for each in listed}


def of_pack(changes: tuple[Change, ...]) -> list[Change]:
    return [each for each in changes if each.address.kind == KIND.name]


def test_a_region_gets_the_rules_that_it_has_and_home_what_is_global(sandbox: Sandbox, at: At) -> None:
    cloud = at(text("{small: {parameters: {PasswordLength: 16}, exclude: {accounts: [shop-dev]}}}"))
    assert cloud.apply(OF_IT).complete
    assert of_pack(cloud.plan(OF_IT).changes) == []
    both = {"s3-bucket-ssl-requests-only", "secretsmanager-secret-unused"}
    assert rules(sandbox, cloud, "shop-prod", HOME) == both | {"iam-password-policy"}
    assert rules(sandbox, cloud, "shop-prod", OTHER) == both | {"cloudfront-viewer-policy-https"}
    assert rules(sandbox, cloud, "shop-dev", HOME) == set()
    (password,) = (
        each
        for each in client(sandbox, cloud, "shop-prod").describe_config_rules()["ConfigRules"]
        if each["Source"]["SourceIdentifier"] == "IAM_PASSWORD_POLICY"
    )
    assert '"16"' in password["InputParameters"]


def test_accounts_where_no_recorder_is_meant_are_left_out(sandbox: Sandbox, at: At) -> None:
    cloud = at(text("{small: {}}", "target: {units: [root], exclude: {accounts: [shop-dev]}}, "))
    assert cloud.apply(OF_IT).complete
    assert rules(sandbox, cloud, "shop-dev", HOME) == set()
    assert rules(sandbox, cloud, "shop-prod", HOME)


def test_where_it_fails_the_accounts_are_named_and_it_is_put_again(sandbox: Sandbox, at: At) -> None:
    cloud = at(text("{small: {}}"))
    assert cloud.apply([kind for kind in OF_IT if kind is not KIND and kind.name != KIND.name]).complete
    theirs = client(sandbox, cloud, "shop-dev", OTHER)
    (channel,) = theirs.describe_delivery_channels()["DeliveryChannels"]
    (recorder,) = theirs.describe_configuration_recorders()["ConfigurationRecorders"]
    theirs.stop_configuration_recorder(ConfigurationRecorderName=RECORDER)
    theirs.delete_delivery_channel(DeliveryChannelName=channel["name"])
    theirs.delete_configuration_recorder(ConfigurationRecorderName=RECORDER)
    only = [kind for kind in OF_IT if kind.name == KIND.name]
    result = cloud.apply(only)
    (failed,) = result.failed.values()
    assert "NoAvailableConfigurationRecorder" in str(failed)
    assert "shop-dev" in str(failed)
    assert "shop-prod" not in str(failed)
    (change,) = of_pack(cloud.plan(only).changes)
    assert change.before is not None
    assert change.before["failed"] == ["shop-dev (NoAvailableConfigurationRecorder)"]
    assert change.address.scope.region == OTHER
    kept = {name: recorder[name] for name in ("name", "roleARN", "recordingGroup", "recordingMode")}
    theirs.put_configuration_recorder(ConfigurationRecorder=kept)
    assert cloud.apply(only).complete
    assert of_pack(cloud.plan(only).changes) == []


def test_one_of_another_name_is_taken_and_never_deleted(sandbox: Sandbox, at: At) -> None:
    cloud = at(text("{small: {}}"))
    assert cloud.apply(OF_IT).complete
    found = client(sandbox, cloud)
    body = packs.text(packs.ConformancePack(rules=(packs.PackRule("CLOUD_TRAIL_ENABLED"),)).document(HOME, home=True))
    found.put_organization_conformance_pack(
        OrganizationConformancePackName="corp",
        TemplateBody=body,
        ConformancePackInputParameters=[{"ParameterName": packs.DIGEST, "ParameterValue": "theirs"}],
    )
    assert of_pack(cloud.plan(OF_IT).changes) == []
    (change, _) = of_pack(at(text("{small: {}, corp: {template: small, name: corp}}")).plan(OF_IT).changes)
    assert change.before is not None
    assert change.before["template"] == "theirs"


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", "ap-southeast-1", "ap-southeast-7", "us-gov-west-1"])
def test_what_is_shipped_is_taken_in_every_region(sandbox: Sandbox, name: str, region: str) -> None:
    file = Library.load(shipped()).conformance_packs[name]
    pack, problems = packs.pack_in(file)
    assert not problems
    assert pack is not None
    assert all(rule.controls for rule in pack.rules)
    for home in (True, False):
        assert pack.count(region, home=home) <= packs.MOST_RULES
        assert len(packs.text(pack.document(region, home=home)).encode()) <= packs.MOST_BYTES
    if region in ("eu-west-1", "us-east-1"):
        found = sandbox.session(region=region).client("config")
        digest = [{"ParameterName": packs.DIGEST, "ParameterValue": "1"}]
        found.put_organization_conformance_pack(
            OrganizationConformancePackName=name.replace(".", "-"),
            TemplateBody=packs.text(pack.document(region, home=True)),
            ConformancePackInputParameters=digest,
        )


OWN = """
Parameters:
  Days: {Type: String}
Resources:
  Unused:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: unused
      InputParameters: {unusedForDays: !Ref Days}
      Source: {Owner: AWS, SourceIdentifier: SECRETSMANAGER_SECRET_UNUSED}
"""


def loaded(folder: Path, files: dict[str, str], config: str) -> Any:
    (folder / "config").mkdir()
    (folder / "config" / "landing.yaml").write_text(config, encoding="utf-8")
    (folder / "conformance-packs").mkdir()
    for name, content in files.items():
        (folder / "conformance-packs" / name).write_text(content, encoding="utf-8")
    return load(folder / "config", Library.load(shipped(), folder))


def test_a_template_of_ones_own_is_sent_as_it_is(sandbox: Sandbox, tmp_path: Path) -> None:
    organization, _ = loaded(tmp_path, {"own.yaml": OWN}, text("{own: {parameters: {Days: 30}}}"))
    cloud = Cloud(sandbox, organization)
    assert cloud.apply(OF_IT).complete
    (rule,) = client(sandbox, cloud, "shop-prod").describe_config_rules()["ConfigRules"]
    assert rule["InputParameters"] == '{"unusedForDays": "30"}'
    assert of_pack(cloud.plan(OF_IT).changes) == []


@pytest.mark.parametrize(
    ("content", "packs", "code", "line", "words"),
    [
        ("rules: {NO_SUCH: {}}", "{own: {}}", "LZ420", 1, "no managed rule `NO_SUCH`"),
        ("rules:\n  CLOUD_TRAIL_ENABLED: {control: [a]}", "{own: {}}", "LZ420", 2, "`control` is not known"),
        ("rules:\n  CLOUD_TRAIL_ENABLED: {controls: a}", "{own: {}}", "LZ420", 2, "no list"),
        ("rules:\n  CLOUD_TRAIL_ENABLED:\n    parameters: {none: 1}", "{own: {}}", "LZ420", 3, "no parameter `none`"),
        ("rules:\n  APPROVED_AMIS_BY_ID: {}", "{own: {}}", "LZ420", 2, "needs the parameter `amiIds`"),
        ("rules:\n  APPROVED_AMIS_BY_ID: {parameters: {amiIds: {Ref: A}}}", "{own: {}}", "LZ420", 2, "refers to no"),
        ("rule: {}", "{own: {}}", "LZ420", 1, "neither"),
        ("rules: [", "{own: {}}", "LZ420", 2, ""),
        ("title: a\nparameters: {Landing-A: a}\nrules: {CLOUD_TRAIL_ENABLED: {}}", "{own: {}}", "LZ420", 2, "no name"),
        (OWN.replace("SECRETSMANAGER_SECRET_UNUSED", "NONE"), "{own: {parameters: {Days: 1}}}", "LZ420", 10, "NONE"),
        (OWN.replace("ConfigRule", "Rule"), "{own: {parameters: {Days: 1}}}", "LZ420", 5, "is of type"),
        (OWN, "{own: {}}", "LZ421", 0, "needs the parameter `Days`"),
        (OWN, "{own: {parameters: {Days: 1, Day: 1}}}", "LZ421", 0, "no parameter `Day`"),
        (OWN, "{owns: {}}", "LZ420", 0, "no conformance pack `owns`"),
        (OWN, "{my_own: {template: own, parameters: {Days: 1}}}", "LZ421", 0, "cannot be the name"),
        (OWN, "{own: {name: landing-own, parameters: {Days: 1}}}", "LZ421", 0, "a config makes"),
        (
            OWN.replace("SECRETSMANAGER_SECRET_UNUSED", "CLOUDFRONT_SNI_ENABLED"), "{own: {parameters: {Days: 1}}}",
            "LZ421", 0, "eu-west-1 has no managed rule",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_where_it_stands(
    tmp_path: Path, content: str, packs: str, code: str, line: int, words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, {"own.yaml": content}, text(packs))
    found = [each for each in caught.value.problems if each.code == code and words in each.message]
    assert found, [str(each) for each in caught.value.problems]
    assert found[0].source is not None
    if line:
        assert (found[0].source.line, Path(found[0].source.file).name) == (line, "own.yaml")


RULE = (
    "  R{}:\n    Type: AWS::Config::ConfigRule\n    Properties: {{Description: {}, "
    "Source: {{Owner: AWS, SourceIdentifier: CLOUD_TRAIL_ENABLED}}}}\n"
)


@pytest.mark.parametrize(("rules", "longest", "words"), [(131, 1, "131 rules"), (60, 900, "bytes of 51,200")])
def test_what_is_too_large_is_told(tmp_path: Path, rules: int, longest: int, words: str) -> None:
    content = "Resources:\n" + "".join(RULE.format(number, "x" * longest) for number in range(rules))
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, {"own.yaml": content}, text("{own: {}}"))
    assert [each.code for each in caught.value.problems] == ["LZ421"]
    assert words in caught.value.problems[0].message


def test_the_pack_that_the_page_shows_is_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "compliance.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```yaml file=conformance-packs/team.yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    pack, problems = packs.pack_in(File("team.yaml", shown))
    assert problems == ()
    assert pack is not None
    assert [rule.home_only for rule in pack.rules] == [True, False]


def test_the_same_pack_has_one_digest_whatever_stands_beside_it() -> None:
    first, _ = packs.pack_in(File("a.yaml", "rules: {CLOUD_TRAIL_ENABLED: {}, ENCRYPTED_VOLUMES: {}}"))
    second, _ = packs.pack_in(File("a.yaml", "# more\nrules:\n  ENCRYPTED_VOLUMES: {}\n  CLOUD_TRAIL_ENABLED: {}\n"))
    assert first is not None
    assert second is not None
    assert packs.digest(first.document(HOME, home=True)) == packs.digest(second.document(HOME, home=True))


def test_a_change_tells_what_it_is_charged_by(at: At, load_text: Callable[[str], Any]) -> None:
    cloud = at(text("{small: {}}"))
    found = [change for change in of_pack(cloud.plan(OF_IT).changes) if change.address.scope.region == HOME]
    notes = list(KIND.notes(cloud.organization, found[0]))
    assert notes == [
        "3 rules in 5 accounts of eu-west-1: AWS charges each evaluation of each",
        "left out, for eu-west-1 has no such rule: CLOUDFRONT_VIEWER_POLICY_HTTPS",
    ]
