"""The table of what AWS refuses is what its sources say."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

import landing.core.constraints
from landing.core import codes
from landing.core.constraints.inputs import INPUTS, allowed
from landing.core.constraints.patterns import compiled
from landing.core.constraints.security_hub import TYPES
from landing.core.model import Diagnostic
from landing.core.partitions import REGIONS
from landing.organization import Organization
from landing.services.config.rule import ConfigRule
from landing.services.security_hub.hub import SecurityHub
from landing.services.security_hub.policy import typed
from tests.samples import SMALL

FOLDER = Path(landing.core.constraints.__file__).parent
Load = Callable[..., Organization]
Find = Callable[..., list[Diagnostic]]
Table = Callable[[str, Any], None]


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    """Compare a table with its file in `landing/constraints`, or write it."""

    def compare(name: str, content: Any) -> None:
        path = FOLDER / name
        lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(content.items()))
        text = "{\n" + lines + "\n}\n"
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, f"{name} is old: run pytest --update-golden"

    return compare


def shape_of(name: str) -> Any:
    operation, _, path = name.partition(" ")
    service, _, method = operation.partition(":")
    shape: Any = ServiceModel(Loader().load_service_model(service, "service-2")).operation_model(method).input_shape
    for member in path.split("."):
        shape = shape.members[member]
        while shape.type_name == "list":
            shape = shape.member
    return shape


def test_inputs_are_those_of_botocore(table: Table) -> None:
    kept = ("min", "max", "pattern", "enum")
    table("inputs.json", {n: {k: v for k, v in shape_of(n).metadata.items() if k in kept} for n in INPUTS})


def test_managed_rules_are_those_that_the_sandbox_is_built_on(table: Table) -> None:
    packed = files("moto.config.resources").joinpath("aws_managed_rules.json.gz").read_bytes()
    rules = json.loads(gzip.decompress(packed))["ManagedRules"]
    table("config_rules.json", {
        identifier: {p["Name"]: not p.get("Optional") and not p.get("Default") for p in rule.get("Parameters", ())}
        for identifier, rule in rules.items()
    })  # fmt: skip


def test_where_managed_rules_are_is_told_by_the_same_table(table: Table) -> None:
    packed = files("moto.config.resources").joinpath("aws_managed_rules.json.gz").read_bytes()
    partitions = Loader().load_data("endpoints")["partitions"]
    codes_by_name = {region["description"]: code for each in partitions for code, region in each["regions"].items()}
    known = {code for code in codes_by_name.values() if code in REGIONS}
    absent: dict[str, list[str]] = {}
    for identifier, rule in sorted(json.loads(gzip.decompress(packed))["ManagedRules"].items()):
        words = re.fullmatch(
            r"(All supported AWS regions except|Only available in|All supported AWS regions) ?(.*?)(?: Regions?)?",
            rule["AWS Region"],
        )
        assert words, rule["AWS Region"]
        named = {codes_by_name[name] for name in words[2].split(", ") if name}
        missing = known - named if words[1].startswith("Only") else named & known
        if missing:
            absent.setdefault(" ".join(sorted(missing)), []).append(identifier)
    table("config_rule_regions.json", absent)


def test_every_pattern_of_the_inputs_can_be_matched() -> None:
    patterns = [part["pattern"] for name in INPUTS for part in allowed(name).get("allOf", ())]
    assert patterns
    assert all(compiled(pattern) for pattern in patterns)


@pytest.mark.parametrize(("pattern", "yes", "no"), [
    (r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "Größe 1 :/=+-@_", "a#b"),
    (r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "a\u3000b", "a\tb"),
    (r"[\s]*[\w+=.#|!&-]+@[\w.-]+\.[\w]+[\s]*", "a@b.c", "ä@b.c"),
    (r"\w\d", "a1", "ä1"),
])  # fmt: skip
def test_javas_dialect_in_pythons(pattern: str, yes: str, no: str) -> None:
    found = compiled(pattern)
    assert found is not None
    assert found.fullmatch(yes)
    assert not found.fullmatch(no)


ACCOUNT = "name: Shop Prod"
CONTACT = "contacts: {{security: {{name: N, title: T, email: {email}, phone: '{phone}'}}}}, name: Shop Prod"
OF_THE_SCHEMA = [
    ("LZ206", ACCOUNT, "name: 'Shop <prod>'", "`<>`"),
    ("LZ206", ACCOUNT, "name: 'Läden'", "`ä`"),
    ("LZ206", "email: sp@example.com", "email: sp@example", "does not match"),
    ("LZ206", "tags: {env: prod}", "tags: {env: 'prod;1'}", "`;`"),
    ("LZ204", "tags: {env: prod}", "tags: {'env#': prod}", "env#"),
    ("LZ320", "tags: {env: prod}", "tags: {'AWS:env': prod}", "reserved"),
    ("LZ206", ACCOUNT, CONTACT.format(email="sec@example.com", phone="+1 555 x12"), "`x`"),
    ("LZ206", ACCOUNT, CONTACT.format(email="'ä@example.com'", phone="+1 555"), "does not match"),
    ("LZ201", "organization:", "organization:\n  trusted_access: {ramm: {}}", "ramm"),
    ("LZ203", "organization:", "organization:\n  policy_types: [SERVICE_CONTROL]", "SERVICE_CONTROL"),
    ("LZ206", "units:", "access: {member_role: 'a b'}\nunits:", "member_role"),
    ("LZ201", "organization:", "organization:\n  trusted_access: {ram: {administrator: shop-dev}}", "administrator"),
    (
        "LZ206",
        "organization:",
        "organization:\n  trusted_access: {backup: {administrator: [a, b, c, d, e, f]}}",
        "administrator",
    ),
    ("LZ205", "organization:", "organization:\n  trusted_access: {ssm: {administrator: [shop-dev]}}", "administrator"),
    ("LZ302", "organization:", "organization:\n  trusted_access: {backup: {administrator: shop-dve}}", "shop-dve"),
    ("LZ327", "organization:", "organization:\n  trusted_access: {fms: {administrator: shop-dev}}", "itself"),
    ("LZ327", "organization:", "organization:\n  trusted_access: {ipam: {administrator: shop-dev}}", "itself"),
    ("LZ327", "organization:", "organization:\n  trusted_access: {guardduty: {administrator: shop-dev}}", "itself"),
]


@pytest.mark.parametrize(("code", "old", "new", "message"), OF_THE_SCHEMA)
def test_what_aws_refuses_is_refused_where_it_stands(
    problems: Find, code: str, old: str, new: str, message: str
) -> None:
    assert old in SMALL
    found = [problem for problem in problems(text=SMALL.replace(old, new, 1)) if problem.code == code]
    assert found
    assert message in found[0].message
    assert found[0].source


HUB = "services: {{security_hub: {{policies: {{base: {{target: {{units: [root]}}, {policy}}}}}}}}}"
OF_SERVICES = [
    ("LZ358", HUB.format(policy="enabled: false, standards: [pci-dss/v/4.0.1]"), "`standards` means nothing"),
    ("LZ358", HUB.format(policy="enabled: false, disabled_controls: [IAM.1]"), "`disabled_controls` means nothing"),
    ("LZ358", HUB.format(policy="enabled: false, parameters: {IAM.8: {maxCredentialUsageAge: 45}}"), "`parameters`"),
    (
        "LZ358",
        HUB.format(policy="disabled_controls: [IAM.8], parameters: {IAM.8: {maxCredentialUsageAge: 45}}"),
        "IAM.8",
    ),
    ("LZ359", HUB.format(policy="disabled_controls: [iam.1]"), "no control `iam.1`"),
    ("LZ359", HUB.format(policy="disabled_controls: [Foo.999]"), "no control `Foo.999`"),
    ("LZ359", HUB.format(policy="parameters: {EC2.999: {a: 1}}"), "no control `EC2.999`"),
    ("LZ360", HUB.format(policy="parameters: {S3.1: {a: 1}}"), "no parameter `a`"),
    ("LZ360", HUB.format(policy="parameters: {EC2.18: {authorizedTcpPorts: ['80']}}"), "does not take this value"),
    ("LZ360", HUB.format(policy="parameters: {IAM.8: {maxCredentialUsageAge: true}}"), "does not take this value"),
    ("LZ360", HUB.format(policy="parameters: {S3.15: {mode: {Integer: 1}}}"), "wants Enum"),
    ("LZ360", HUB.format(policy="parameters: {S3.15: {mode: {Enum: 1}}}"), "no Enum"),
    ("LZ360", HUB.format(policy="parameters: {RDS.11: {x: some}}"), "not known here"),
    ("LZ357", HUB.format(policy="standards: []").replace("base:", "my_base:"), "`my_base` cannot name"),
    ("LZ356", "services: {security_hub: {linked_regions: [eu-west-1]}}", "cannot follow"),
    ("LZ356", "services: {security_hub: {linked_regions: [us-gov-west-1]}}", "cannot follow"),
    ("LZ361", "services: {cloudtrail: {management_events: read, insights: [ApiCallRateInsight]}}", "write events"),
    (
        "LZ362",
        f"services: {{config: {{rules: {{{'r' * 57}: {{identifier: IAM_ROOT_ACCESS_KEY_CHECK}}}}}}}}",
        "too long",
    ),
    ("LZ363", "services: {config: {rules: {r: {identifier: IAM_ROOT_ACCES_KEY_CHECK}}}}", "no managed rule"),
    (
        "LZ364",
        "services: {config: {rules: {r: {identifier: ACCESS_KEYS_ROTATED, parameters: {age: 9}}}}}",
        "no parameter",
    ),
    (
        "LZ364",
        "services: {config: {rules: {r: {identifier: REQUIRED_TAGS, parameters: {tag9Key: x}}}}}",
        "no parameter",
    ),
]


@pytest.mark.parametrize(("code", "extra", "message"), OF_SERVICES)
def test_what_aws_refuses_of_services_is_refused_where_it_stands(
    problems: Find, code: str, extra: str, message: str
) -> None:
    found = [problem for problem in problems(extra) if problem.code == code]
    assert found
    assert message in found[0].message
    assert found[0].source
    assert found[0].source.line == SMALL.count("\n") + 1


def test_every_standard_and_only_a_standard_can_be_named(problems: Find) -> None:
    assert problems(HUB.format(policy="standards: [cis-aws-foundations-benchmark/v/1.2.0]")) == []
    found = problems(HUB.format(policy="standards: [nosuch/v/1.0.0]"))
    assert [problem.code for problem in found] == ["LZ203"]


def test_a_successor_of_central_configuration_cannot_stand_beside_it(problems: Find) -> None:
    text = SMALL.replace("organization:", "organization:\n  policy_types: [SECURITYHUB_CSPM_POLICY]", 1)
    assert "LZ355" not in [problem.code for problem in problems(text=text)]
    assert "LZ355" in [problem.code for problem in problems("services: {security_hub: {}}", text=text)]


def test_what_is_delegated_or_of_a_policy_type_is_trusted(organization: Load) -> None:
    text = SMALL.replace(
        "organization:",
        "organization:\n  policy_types: [INSPECTOR_POLICY]\n  trusted_access: {fms: {}, health: {administrator: [shop-dev, shop-prod]}}",
        1,
    )
    wanted = organization(text=text)
    assert {"fms.amazonaws.com", "health.amazonaws.com", "inspector2.amazonaws.com"} <= set(wanted.trusted_access)
    assert wanted.delegated_administrators == {"health.amazonaws.com": ("shop-dev", "shop-prod")}


@pytest.mark.parametrize(("control", "name", "value", "sent"), [
    ("EC2.18", "authorizedTcpPorts", [443, 80], {"IntegerList": [80, 443]}),
    ("IAM.24", "requiredTagKeys", ["b", "a"], {"StringList": ["a", "b"]}),
    ("S3.11", "eventTypes", ["s3:ObjectCreated:*"], {"EnumList": ["s3:ObjectCreated:*"]}),
    ("S3.15", "mode", "COMPLIANCE", {"Enum": "COMPLIANCE"}),
    ("Config.1", "includeConfigServiceLinkedRoleCheck", False, {"Boolean": False}),
    ("IAM.8", "maxCredentialUsageAge", 45, {"Integer": 45}),
    ("RDS.11", "days", 7, {"Integer": 7}),
    ("RDS.11", "share", 0.5, {"Double": 0.5}),
    ("RDS.11", "share", {"Double": 1}, {"Double": 1.0}),
    ("RDS.11", "ports", [1], {"IntegerList": [1]}),
    ("RDS.11", "text", {"String": "x"}, {"String": "x"}),
])  # fmt: skip
def test_a_parameter_has_the_type_that_aws_wants(control: str, name: str, value: Any, sent: Any) -> None:
    assert typed(control, name, value) == sent


def test_the_types_of_parameters_are_the_members_of_the_union() -> None:
    model = ServiceModel(Loader().load_service_model("securityhub", "service-2"))
    assert set(TYPES) == set(model.shape_for("ParameterValue").members)


LINKED = [
    ("[eu-west-1, us-east-1, eu-north-1]", "", ["eu-north-1", "us-east-1"], False),
    ("[eu-west-1]", "", ["us-east-1"], True),
    ("[eu-west-1]", "linked_regions: [eu-central-1]", ["eu-central-1"], False),
]


@pytest.mark.parametrize(("governed", "setting", "linked", "told"), LINKED)
def test_central_configuration_has_a_linked_region(
    organization: Load, problems: Find, governed: str, setting: str, linked: list[str], told: bool
) -> None:
    text = SMALL.replace("[eu-west-1, us-east-1]", governed)
    extra = f"services: {{security_hub: {{{setting}}}}}"
    wanted = organization(extra, text=text)
    (hub,) = SecurityHub().desired(wanted)
    assert hub.attributes["linked_regions"] == linked
    assert [problem.severity for problem in problems(extra, text=text) if problem.code == "LZ356"] == ["warning"] * told


def test_every_code_has_its_row_on_the_page() -> None:
    root = FOLDER.parents[2]
    told = "run: python -m landing.core.codes > docs/validate.md"
    assert (root / "docs" / "validate.md").read_text(encoding="utf-8") == codes.page(), told
    sources = (path for path in (root / "landing").rglob("*.py") if path.name != "codes.py")
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    assert list(codes.CODES) == sorted(set(re.findall(r'"(LZ\d{3})"', text)))


def test_parameters_of_rules_are_the_texts_that_aws_keeps(organization: Load, problems: Find) -> None:
    text = "services: {{log_archive: {{}}, config: {{rules: {{r: {{identifier: ACCESS_KEYS_ROTATED, parameters: {{maxAccessKeyAge: {0}}}}}}}}}}}"
    one, *_ = ConfigRule().desired(organization(text.format("90")))
    other, *_ = ConfigRule().desired(organization(text.format("'90'")))
    assert one.attributes["parameters"] == other.attributes["parameters"] == {"maxAccessKeyAge": "90"}
    assert [problem.code for problem in problems(text.format("' '"))] == ["LZ206"]
    assert [problem.code for problem in problems(text.format("[1]"))] == ["LZ205"]


def test_a_session_lasts_at_most_twelve_hours(problems: Find) -> None:
    text = "baselines: {{security-audit-role: {{target: {{units: [root]}}, parameters: {{max_session_hours: {0}}}}}}}"
    assert problems(text.format(12)) == []
    assert [problem.code for problem in problems(text.format(13))] == ["LZ312"]
