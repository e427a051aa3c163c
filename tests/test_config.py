"""The config: what it means, and everything that can be wrong with it, with its place and a code."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from landing.config import load, schema
from landing.config.fit import ANNOTATIONS, ASSERTIONS, fits
from landing.config.structure import example_for
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic, Source
from landing.core.partitions import REGIONS, region_group
from landing.core.quotas import TAGS_PER_RESOURCE
from landing.core.vocabulary import KEY
from landing.library import Library, shipped
from landing.organization import ACCOUNT_TAGS, Cover, Organization, Strictness, Target
from landing.services.stacks.stack_set import StackSet
from tests.samples import SMALL

Load = Callable[..., Organization]
Find = Callable[..., list[Diagnostic]]


def codes(found: list[Diagnostic]) -> list[str]:
    return [problem.code for problem in found]


def test_the_schema_is_a_schema_and_describes_every_key() -> None:
    whole = schema()
    Draft7Validator.check_schema(whole)
    for name, part in whole["properties"].items():
        assert part.get("description") or name == "limits", name


def test_the_shipped_config_is_valid(library: Library) -> None:
    organization, problems = load(shipped() / "config", library)
    assert problems == []
    assert len(organization.accounts) >= 16
    assert {"cloudtrail", "config", "guardduty", "security_hub", "log_archive"} <= set(organization.services)


def test_units_nest_by_key_and_keep_their_names(organization: Load) -> None:
    wanted = organization()
    assert wanted.units["workloads/prod"].name == "Prod"
    assert wanted.units["workloads/prod"].parent == "workloads"
    assert wanted.path("workloads/prod") == ("root", "workloads", "workloads/prod")
    assert list(wanted.below("workloads")) == ["workloads", "workloads/prod", "workloads/dev"]


def test_strictness_goes_down_the_tree_until_something_else_is_said(organization: Load) -> None:
    text = SMALL.replace("  home_region", "  root: {strictness: lenient}\n  home_region", 1)
    text = text.replace("    name: Workloads", "    name: Workloads\n    strictness: strict")
    strict = organization(text=text.replace("{name: Dev}", "{name: Dev, strictness: normal}"))
    assert strict.strictness_at("root") is Strictness.LENIENT
    assert strict.strictness_at("unit/security") is Strictness.LENIENT
    assert strict.strictness_at("account/shop-prod") is Strictness.STRICT
    assert strict.strictness_at("account/shop-dev") is Strictness.NORMAL
    assert organization().strictness_at("unit/workloads") is Strictness.NORMAL


def test_defaults_come_from_the_schema(organization: Load) -> None:
    wanted = organization("services: {log_archive: {}, guardduty: {}}\n")
    assert wanted.services["guardduty"].settings.auto_enable == "ALL"


@pytest.mark.parametrize(
    ("target", "members", "cover"),
    [
        (Target(units=("root",)), {"management", "log-archive", "security-tooling", "shop-prod", "shop-dev"}, Cover(("root",), ())),
        (Target(units=("workloads",)), {"shop-prod", "shop-dev"}, Cover(("workloads",), ())),
        (Target(units=("workloads",), exclude_units=("workloads/dev",)), {"shop-prod"}, Cover(("workloads/prod",), ())),
        (Target(units=("workloads",), exclude_accounts=("shop-dev",)), {"shop-prod"}, Cover(("workloads/prod",), ())),
        (Target(accounts=("shop-dev",)), {"shop-dev"}, Cover((), ("shop-dev",))),
        (Target(tags={"env": "prod"}), {"shop-prod"}, Cover((), ("shop-prod",))),
        (Target(units=("root",), exclude_tags={"env": "dev"}), None, None),
        (Target(units=("workloads/dev",), accounts=("shop-prod",)), {"shop-prod", "shop-dev"}, Cover(("workloads/dev",), ("shop-prod",))),
        (Target(units=("workloads",), tags={"env": "dev"}), {"shop-dev"}, Cover((), ("shop-dev",))),
    ],
)  # fmt: skip
def test_targets_mean_the_fewest_nodes(
    organization: Load, target: Target, members: set[str] | None, cover: Cover | None
) -> None:
    wanted = organization()
    if members is not None:
        assert set(wanted.members(target)) == members
        assert wanted.cover(target) == cover
    else:
        assert set(wanted.members(target)) == {"management", "log-archive", "security-tooling", "shop-prod"}
        found = wanted.cover(target)
        assert found == Cover(("security", "workloads/prod"), ("management",))


BAD = [
    ("LZ201", "organization:\n", "organization:\n  nmae: x\n", "nmae", "did you mean `name`"),
    ("LZ202", "  home_region: eu-west-1\n", "", None, ""),
    ("LZ203", "home_region: eu-west-1", "home_region: eu-wset-1", "eu-wset-1", "did you mean `eu-west-1`"),
    ("LZ204", "  shop-dev: {", "  Shop Dev: {", "Shop Dev", "lower-case"),
    ("LZ205", "  home_region: eu-west-1\n", "  home_region: [eu-west-1]\n", "home_region", ""),
    ("LZ206", "email: sd@example.com", "email: nonsense", "nonsense", ""),
    ("LZ301", "unit: workloads/dev", "unit: workloads/dve", "workloads/dve", "did you mean `workloads/dev`"),
    ("LZ302", "log_archive: log-archive", "log_archive: log-archiv", "log-archiv", "did you mean `log-archive`"),
    ("LZ303", "email: sd@example.com", "email: SP@example.com", "sp@example.com", "own"),
    ("LZ305", "dev: {name: Dev}", "dev: {name: Prod}", "Prod", ""),
    ("LZ306", "log_archive: log-archive", "log_archive: management", "management account", ""),
    ("LZ302", "tooling: security-tooling}", "tooling: security-tooling, forensics: evidance}", "evidance", ""),
    ("LZ306", "tooling: security-tooling}", "tooling: security-tooling, forensics: management}", "management", "own"),
    ("LZ307", "governed_regions: [eu-west-1, us-east-1]", "governed_regions: [us-east-1]", "home region", ""),
    ("LZ308", "us-east-1]", "us-east-1, us-gov-west-1]", "aws-us-gov", ""),
    ("LZ309", "eu-west-1", "eu-south-1", "opt-in", ""),
    ("LZ318", "unit: workloads/dev, ", "unit: workloads/dev, id: 12, ", "12", "12 digits"),
    ("LZ318", "unit: workloads/dev, ", "unit: workloads/dev, id: 0, ", "`0`", "12 digits"),
    ("LZ318", "unit: workloads/dev, ", "unit: workloads/dev, id: -12345678901, ", "-12345678901", "12 digits"),
    ("LZ319", "  security: {name: Security}", "  root: {name: R}\n  security: {name: Security}", "root", ""),
    ("LZ320", "tags: {env: dev}", "tags: {'aws:env': dev}", "aws:env", "another"),
]


@pytest.mark.parametrize(("code", "old", "new", "message", "hint"), BAD, ids=[row[0] for row in BAD])
def test_mistakes_are_found_with_a_place_and_a_hint(
    problems: Find, code: str, old: str, new: str, message: str | None, hint: str
) -> None:
    assert old in SMALL
    found = problems(text=SMALL.replace(old, new, 1 if code != "LZ309" else -1))
    match = [problem for problem in found if problem.code == code]
    assert match, found
    assert match[0].source is not None
    assert (message or "") in match[0].message
    assert hint in match[0].help


def test_what_is_missing_is_said_once_for_all_that_use_it(problems: Find) -> None:
    text = SMALL.replace("unit: workloads/dev", "unit: nowhere").replace("unit: workloads/prod", "unit: nowhere")
    text += "guardrails:\n  deny-root-user: {target: {units: [nowhere, elsewhere]}}\n"
    first, other = (each for each in problems(text=text) if each.code == "LZ301")
    if "elsewhere" in first.message:
        first, other = other, first
    assert re.fullmatch(
        r"there is no unit `nowhere` \(used 3 times: also at \S+\.yaml:\d+:\d+, \S+\.yaml:\d+:\d+\)", first.message
    )
    assert other.message == "there is no unit `elsewhere`"


def _patterns(schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every pattern of a schema, with the keys to it in a config."""
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("pattern"), str):
        yield path, schema["pattern"]
    for name, part in schema.items():
        match name:
            case "properties":
                for key, each in part.items():
                    yield from _patterns(each, (*path, key))
            case "allOf":
                for each in part:
                    yield from _patterns(each, path)
            case "oneOf" | "anyOf":
                for each in part:
                    yield from _patterns(each, path)
            case "items" | "additionalProperties" | "propertyNames" | "then":
                yield from _patterns(part, path)


def test_of_every_pattern_a_right_value_is_known() -> None:
    found = {(path, pattern) for path, pattern in _patterns(schema()) if pattern not in (KEY, r"\S")}
    assert len(found) > 30
    assert {path for path, pattern in found if not example_for(path, pattern)} == set()


def test_a_value_that_does_not_match_is_told_with_one_that_does(problems: Find) -> None:
    [found] = problems(text=SMALL.replace("email: sd@example.com", "email: nonsense"))
    assert found.code == "LZ206"
    assert "for example `aws+audit@your-company.com`" in found.help
    [found] = problems(text=SMALL + "timeouts: {stack: soon}\n")
    assert "for example `90m`" in found.help


def test_one_id_is_of_one_account(problems: Find) -> None:
    text = SMALL.replace("name: Shop Prod,", "name: Shop Prod, id: 123456789012,")
    (found,) = problems(text=text.replace("name: Shop Dev,", "name: Shop Dev, id: '123456789012',"))
    assert found.code == "LZ318"
    assert found.message.startswith("`123456789012` belongs to account `shop-prod` already (")


def test_a_number_that_is_written_as_text_is_shown_without_quotes_and_once(problems: Find) -> None:
    [found] = problems("services: {log_archive: {retention_days: '2557'}}\n")
    assert (found.code, found.help) == ("LZ205", "write `retention_days: 2557`")
    [found] = problems("", text=SMALL.replace("name: Shop Dev", "name: Netwörk"))
    assert found.code == "LZ206"


def test_depth_is_limited_to_five_levels_below_the_root(problems: Find) -> None:
    deep = "units:\n" + "".join(
        f"{'  ' * (2 * level + 1)}u{level}:\n{'  ' * (2 * level + 2)}units:\n" for level in range(5)
    )
    deep += f"{'  ' * 11}u5: {{}}\n"
    text = SMALL[: SMALL.index("units:")] + deep + SMALL[SMALL.index("accounts:") :]
    found = problems(
        text=text.replace("unit: security", "unit: root")
        .replace("unit: workloads/prod", "unit: root")
        .replace("unit: workloads/dev", "unit: root")
    )
    assert codes(found) == ["LZ304"]


def test_problems_of_shape_and_of_meaning_come_in_one_run_in_the_order_of_the_file(problems: Find) -> None:
    text = SMALL.replace("organization:\n", "organization:\n  nmae: x\n").replace(
        "unit: workloads/dev", "unit: nowhere"
    )
    assert codes(problems(text=text)) == ["LZ201", "LZ301"]


GUARD = """
guardrails:
  no-leaving:
    policy: {policy}
    target: {target}
"""


def test_policies_and_blueprints_that_do_not_exist_are_suggested(problems: Find) -> None:
    extra = "guardrails: {g: {policy: deny-leav, target: {units: [root]}}}\nbaselines: {security-audit-rolle: {target: {units: [root]}}}\n"
    found = problems(extra)
    assert codes(found) == ["LZ310", "LZ311"]
    assert "security_audit_role" in found[1].help


def test_a_target_without_meaning_is_an_error(problems: Find) -> None:
    assert "LZ321" in codes(problems("baselines: {account-baseline: {target: {}}}\n"))


def test_a_target_whose_tags_no_account_has_is_warned_of(tmp_path: Path) -> None:
    for tags, told in (
        ("env: prd", "no account has env: prd, so `deny-root-user` is for nobody"),
        ("env: prod, data: secret", "no account has env: prod and data: secret, so `deny-root-user` is for nobody"),
        ("env: prod", ""),
    ):
        guardrail = f"guardrails: {{deny-root-user: {{target: {{tags: {{{tags}}}}}}}}}\n"
        (tmp_path / "landing.yaml").write_text(SMALL + guardrail, encoding="utf-8")
        _, warnings = load(tmp_path, Library.load(shipped()))
        found = [each for each in warnings if each.code == "LZ321"]
        assert [(each.severity, each.message) for each in found] == ([("warning", told)] if told else [])
        assert all("they have dev, prod" in each.help for each in found)


def test_parameters_are_checked_against_the_blueprint(problems: Find) -> None:
    found = problems(
        "baselines: {account-baseline: {target: {units: [root]}, parameters: {snapshots: maybe, colour: red}}}\n"
    )
    assert codes(found) == ["LZ312", "LZ312"]
    assert "block-all-sharing" in found[0].message
    assert "has no parameter `colour`" in found[1].message


def test_a_blueprint_that_raises_is_a_problem_at_its_own_line(config: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "blueprints").mkdir()
    (tmp_path / "blueprints" / "broken.py").write_text(
        "def broken(*, size: int = 1):\n    raise OverflowError('too small')\n"
    )
    (tmp_path / "blueprints" / "worse.py").write_text("import nothing_like_this\n")
    folder = config(SMALL + "baselines:\n  broken: {target: {units: [root]}}\n  worse: {target: {units: [root]}}\n")
    with pytest.raises(ConfigError) as error:
        load(folder, Library.load(shipped(), tmp_path))
    line = next(n for n, text in enumerate((folder / "landing.yaml").read_text().splitlines(), 1) if "broken:" in text)
    raised, unloadable = error.value.problems if error.value.problems[0].code == "LZ322" else error.value.problems[::-1]
    assert (raised.code, raised.source) == ("LZ322", Source(str(tmp_path / "blueprints" / "broken.py"), 2, 1))
    assert "OverflowError: too small" in raised.message
    assert f"asked for at {folder / 'landing.yaml'}:{line}:3" in raised.help
    assert unloadable.code == "LZ405"
    assert "nothing_like_this" in unloadable.message


def test_what_a_blueprint_refuses_is_a_problem_where_the_config_gives_it(problems: Find) -> None:
    text = "stacks:\n  dns-firewall:\n    accounts: [shop-dev]\n    parameters: {threats: none}\n"
    (found,) = problems(text)
    assert (found.code, found.source and found.source.line) == ("LZ312", len(SMALL.splitlines()) + 4)
    assert "blueprint `dns_firewall` refuses: " in found.message
    assert "blueprints/dns_firewall.py:" in found.help


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("cidr: 10.64.0.0/16, pooled: true", "`cidr` and `pooled` are alternatives"),
        ("name: shared", "no range: give `cidr`, as `10.64.0.0/16`, or `pooled: true` with `IpamPoolId`"),
    ],
)
def test_a_network_has_a_range_of_its_own_or_of_a_pool(problems: Find, given: str, words: str) -> None:
    (found,) = problems(f"stacks: {{shared-network: {{accounts: [shop-dev], parameters: {{{given}}}}}}}\n")
    assert found.code == "LZ312"
    assert words in found.message


def test_what_a_blueprint_prints_is_a_warning(config: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "blueprints").mkdir()
    (tmp_path / "blueprints" / "loud.py").write_text(
        "from troposphere import Template\n\n\ndef loud():\n    print('hello')\n    return Template()\n"
    )
    folder = config(SMALL + "baselines: {loud: {target: {units: [root]}}}\n")
    organization, found = load(folder, Library.load(shipped(), tmp_path))
    assert [(each.code, each.severity, each.source and each.source.line) for each in found] == [("LZ406", "warning", 5)]
    assert "loud" in organization.deployments


def test_names_used_twice_in_the_library_are_refused(tmp_path: Path) -> None:
    (tmp_path / "blueprints").mkdir()
    (tmp_path / "blueprints" / "log_archive.py").write_text("")
    (found,) = Library.load(shipped(), tmp_path).problems
    assert "exists twice" in found.message


def test_a_policy_that_is_not_json_is_refused_at_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "scps" / "mine"
    folder.mkdir(parents=True)
    (folder / "policy.json").write_text('{\n  "Version": 2012,,\n}')
    (folder / "metadata.yaml").write_text("title: t\ndescription: d\ntype: SERVICE_CONTROL_POLICY\nseverity: high\n")
    found = Library.load(tmp_path).problems
    assert [(p.code, p.source and p.source.line) for p in found] == [("LZ404", 2)]
    assert "commas, quotes and brackets" in found[0].help


WHOLE: dict[str, Any] = {
    **yaml.safe_load(
        SMALL.replace(
            "organization:", "organization:\n  trusted_access: {ram: {}, backup: {administrator: log-archive}}", 1
        )
    ),
    "guardrails": {"g": {"policy": "nothing", "target": {"units": ["root"], "exclude": {"tags": {"a": "b"}}}}},
    "baselines": {"account-baseline": {"target": {"accounts": ["shop-dev"]}, "parameters": {}, "regions": "home"}},
    "services": {
        "log_archive": {"object_lock": {"mode": "GOVERNANCE", "days": 1}},
        "guardduty": {},
        "security_hub": {},
    },
    "lock": {"bucket": "locks", "key": "landing.lock", "account": "log-archive", "region": "eu-west-1"},
    "access": {"exempt_roles": ["x"]},
    "timeouts": {"stack": "2h"},
}
JUNK = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "root", "x y", [], {}, [[]], {"a": {}}, ["root", "root"], "\x1b]0;x\x07"]
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [deeper for key, item in items for deeper in _paths(item, (*path, key))]


PATHS = _paths(WHOLE)
"""Drawn by number: the repr of them all is too large for hypothesis."""
SCHEMA = schema()


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(PATHS) - 1), JUNK)
def test_no_value_anywhere_breaks_the_checks(
    config: Callable[..., Path], library: Library, number: int, junk: Any
) -> None:
    path = PATHS[number]
    broken = copy.deepcopy(WHOLE)
    node = broken
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = junk
    found: list[Diagnostic] = []
    try:
        load(config(json.dumps(broken)), library)
    except ConfigError as error:
        found = list(error.problems)
    assert all(problem.code.startswith("LZ") and problem.source for problem in found)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(PATHS) - 1), JUNK)
def test_what_fits_the_schema_the_other_validator_lets_through_too(number: int, junk: Any) -> None:
    broken = copy.deepcopy(WHOLE)
    node: Any = broken
    for step in PATHS[number][:-1]:
        node = node[step]
    node[PATHS[number][-1]] = junk
    assert fits(broken, SCHEMA, SCHEMA) is Draft7Validator(SCHEMA).is_valid(broken)


VALUES: list[Any] = [
    *(None, True, False, 0, 1, 1.0, 1.5, 2, 3, -1, "", "a", "ab", "abc", "b\n", [], [1], [1, True], [True, True]),
    *([1, 1.0], ["a", "a"], ["a", "b"], [[1], [True]], [{"a": 1}, {"a": True}], [{"a": 1}, {"a": 1.0}], [1, 2, 3]),
    *(
        {},
        {"a": 1},
        {"a": "x"},
        {"b": 1},
        {"b": "x"},
        {"a": 1, "b": 2},
        {"a": [1]},
        {"a": {"a": {"a": 1}}},
        {"abc": None},
    ),
]
PARTS: dict[str, list[Any]] = {
    "additionalProperties": [False, {"type": "integer"}],
    "allOf": [[{"type": "string"}, {"minLength": 2}]],
    "anyOf": [[{"type": "string"}, {"minimum": 2}]],
    "const": [1, True, "a", [1], {"a": 1}],
    "enum": [[0, "a"], [False, None], [[True, True]]],
    "if": [{"type": "string"}],
    "items": [{"type": "integer"}, {"type": ["boolean", "string"]}, False],
    "maxItems": [1],
    "maxLength": [1],
    "maxProperties": [1],
    "maximum": [1],
    "minItems": [2],
    "minLength": [2],
    "minProperties": [2],
    "minimum": [1],
    "not": [{"type": "object"}],
    "oneOf": [[{"type": "integer"}, {"minimum": 1}]],
    "pattern": ["^a", "b"],
    "properties": [{"a": {"type": "integer"}}, {"a": {"type": "integer"}, "b": {"$ref": "#/properties/a"}}],
    "propertyNames": [{"maxLength": 1}, {"enum": ["a"]}],
    "required": [["a"], ["a", "b"]],
    "type": ["array", "boolean", "integer", "null", "number", "object", "string", ["integer", "null"]],
    "uniqueItems": [True, False],
}


def test_every_keyword_means_what_the_other_validator_takes_it_for() -> None:
    assert PARTS.keys() == ASSERTIONS.keys()
    sides = {
        "if": {"then": {"minLength": 2}, "else": {"type": "integer"}},
        "additionalProperties": {"properties": {"a": True}},
    }
    for keyword, parts in PARTS.items():
        for part in parts:
            tried = {keyword: part, **sides.get(keyword, {})}
            found = {fits(value, tried, tried) for value in VALUES}
            assert [fits(value, tried, tried) for value in VALUES] == list(
                map(Draft7Validator(tried).is_valid, VALUES)
            ), tried
            assert found == {True, False} or part in (False, True), tried


def test_every_keyword_of_the_schema_is_known() -> None:
    """Those where the schema has others, no value gets to."""

    def keywords(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            for name, below in part.items():
                yield name
                named = name in ("properties", "definitions")
                for each in below.values() if named else below if name in ("allOf", "anyOf", "oneOf") else (below,):
                    yield from keywords(each) if name not in ("const", "default") else ()

    assert {*keywords(SCHEMA)} <= ASSERTIONS.keys() | ANNOTATIONS | {"$ref"}


@pytest.mark.parametrize("top", ["organization", "roles", "accounts"])
def test_a_required_part_that_is_nowhere_is_said(config: Callable[..., Path], library: Library, top: str) -> None:
    text = json.dumps({key: value for key, value in WHOLE.items() if key != top})
    with pytest.raises(ConfigError) as error:
        load(config("# a comment, not a value\n" + text), library)
    assert ("LZ202", f"`{top}` is missing") in [(each.code, each.message) for each in error.value.problems]


def test_files_that_say_nothing_are_no_config(config: Callable[..., Path], library: Library) -> None:
    with pytest.raises(ConfigError) as error:
        load(config(""), library)
    assert {each.code for each in error.value.problems} == {"LZ202"}


def test_of_a_config_that_cannot_be_read_whole_nothing_is_called_missing(
    config: Callable[..., Path], library: Library
) -> None:
    accounts = json.dumps({"accounts": WHOLE["accounts"]})
    rest = json.dumps({key: value for key, value in WHOLE.items() if key != "accounts"})
    for broken in ((accounts + "\n\tx: 1", rest), (accounts, rest + "\n\tx: 1")):
        with pytest.raises(ConfigError) as error:
            load(config(broken[0], rest=broken[1]), library)
        assert [each.code for each in error.value.problems] in (["LZ105"], ["LZ105", "LZ310"])  # there is no `nothing`


def test_the_management_account_is_no_delegated_administrator(problems: Find) -> None:
    assert "LZ326" in codes(
        problems(
            text=SMALL.replace(
                "organization:", "organization:\n  trusted_access: {backup: {administrator: [management]}}", 1
            )
        )
    )


def test_the_schema_command_prints_what_editors_need() -> None:
    text: Any = json.dumps(schema())
    assert "http://json-schema.org/draft-07/schema#" in text


def test_a_stack_set_that_holds_more_stacks_than_aws_allows_unasked_is_told(
    organization: Callable[..., Organization], problems: Callable[..., list[Diagnostic]]
) -> None:
    accounts = "".join(f"  a{n}: {{name: A{n}, email: a{n}@example.com, unit: workloads/dev}}\n" for n in range(5_001))
    regions = sorted(region for region, partition in REGIONS.items() if partition == "aws")[:20]
    extra = "baselines:\n  account-baseline: {target: {units: [workloads]}}\n"
    text = SMALL.replace("[eu-west-1, us-east-1]", f"[{', '.join(sorted({'eu-west-1', *regions}))}]") + accounts
    found = [problem for problem in problems(extra, text) if problem.code == "LZ347"]
    assert [(problem.code, problem.severity) for problem in found] == [("LZ347", "warning")]
    assert "5,003 accounts × 21 regions = 105,063 stacks" in found[0].message
    assert "stack_sets_by_region_group: true" in found[0].help
    split = organization(extra, text.replace("  home_region:", "  stack_sets_by_region_group: true\n  home_region:", 1))
    made = {resource.address.name: resource.attributes["regions"] for resource in StackSet().desired(split)}
    assert sorted(region for regions in made.values() for region in regions) == sorted(split.governed_regions)
    assert "account-baseline-europe" in made


def test_each_region_group_is_small() -> None:
    groups = Counter((partition, region_group(region)) for region, partition in REGIONS.items())
    assert max(groups.values()) <= 9
    assert "other" not in {group for _, group in groups}


@pytest.mark.parametrize(
    ("services", "wrong"),
    [
        ("{cloudtrail: {}}", ["cloudtrail"]),
        ("{config: {}, guardduty: {}}", ["config", "guardduty"]),
        ("{guardduty: {export: false}}", []),
        ("{log_archive: {}, cloudtrail: {}, config: {}, guardduty: {}}", []),
    ],
)
def test_what_delivers_to_the_log_archive_needs_it(
    services: str, wrong: list[str], problems: Callable[..., list[Diagnostic]]
) -> None:
    found = [problem for problem in problems(f"services: {services}") if problem.code == "LZ354"]
    assert [problem.message.split("`")[1] for problem in found] == wrong
    assert all(problem.severity == "error" and problem.source for problem in found)


@pytest.mark.parametrize(
    ("before", "after", "code", "underlined", "told"),
    [
        ("governed_regions: [eu-west-1", "governed_regions: [eu-wset-1", "LZ203", "eu-wset-1", "`eu-west-1`"),
        ("governed_regions: [eu-west-1", 'governed_regions: ["eu-wset-1"', "LZ203", '"eu-wset-1"', "`eu-west-1`"),
        ("home_region: eu-west-1", "home_region: [eu-west-1, x]", "LZ205", "[eu-west-1, x]", 'write `home_region: "'),
        ("organization:\n  name:", "organization:\n  nmae:", "LZ201", "nmae", "did you mean `name`?"),
    ],
)
def test_exactly_what_is_wrong_is_underlined_and_its_cause_alone_is_told(
    config: Callable[..., Path], before: str, after: str, code: str, underlined: str, told: str
) -> None:
    assert before in SMALL
    path = config(SMALL.replace(before, after))
    with pytest.raises(ConfigError) as raised:
        load(path, Library.load(shipped()))
    problems = [each for each in raised.value.problems if each.code in ("LZ202", code)]
    assert [each.code for each in problems] == [code]
    [problem] = problems
    assert problem.source is not None
    line = SMALL.replace(before, after).splitlines()[problem.source.line - 1]
    assert line[problem.source.column - 1 :][: problem.length] == underlined
    assert told in problem.help


@pytest.mark.parametrize(("count", "fits"), [(41, True), (42, False)])
def test_an_account_has_room_for_the_tags_that_are_ours(organization: Load, count: int, fits: bool) -> None:
    tags = ", ".join(f"t{number}: a" for number in range(count))
    text = SMALL.replace("tags: {env: dev}", f"tags: {{{tags}}}")
    if fits:
        assert len(organization(text=text).accounts["shop-dev"].tags) + len(ACCOUNT_TAGS) == TAGS_PER_RESOURCE
        return
    with pytest.raises(ConfigError) as refused:
        organization(text=text)
    assert "41" in refused.value.problems[0].message
