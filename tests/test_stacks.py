"""Plain stacks of the config's own, in any account: outputs, order, what is left, and what is wrong with references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from landing.config import load
from landing.core.errors import ConfigError
from landing.core.model import Action, Address, Change, Scope
from landing.engine.observe import left_accounts, needed_for, observe
from landing.engine.plan import still_to_do
from landing.engine.plan_file import entry_of
from landing.library import Library, shipped
from landing.library.secrets import told
from landing.organization import Organization
from landing.report.diff import of_change
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud, Story, tell
from tests.samples import LIBRARY, SMALL

KINDS = [BY_NAME["governed_account"], BY_NAME["stack"]]
STACKS = """stacks:
  spoke: {accounts: [shop-dev], parameters: {Hub: "{{ stacks.hub.outputs.Title }}"}}
  hub: {accounts: [shop-prod], parameters: {Title: one}}
"""
ONE = SMALL + STACKS
TWO = ONE.replace("Title: one", "Title: two")
HUB = Address("stack", "hub", Scope("shop-prod", "eu-west-1"))
SPOKE = Address("stack", "spoke", Scope("shop-dev", "eu-west-1"))
REFERENCE = "<output:hub.Title@shop-prod/eu-west-1>"
Load = Callable[[str], Organization]


@pytest.fixture(scope="session")
def stacked(load_text: Load) -> Story:
    """An organization in which both stacks were made."""
    with Sandbox() as sandbox:
        return tell(sandbox, load_text(ONE), Cloud(sandbox, load_text(ONE)).roles)


@pytest.fixture
def at(stacked: Story, load_text: Load) -> Iterator[Callable[[str], Cloud]]:
    """The cloud of a config text, after that."""
    with Sandbox() as sandbox:
        sandbox.load(stacked.end)
        yield lambda text: Cloud(sandbox, load_text(text))


def value(cloud: Cloud, account: str, name: str) -> str:
    account_id = cloud.open().tree.account_ids[account]
    client = cloud.sandbox.session(account_id, region="eu-west-1").client("ssm")
    found = client.get_parameters(Names=[name])["Parameters"]
    return str(found[0]["Value"]) if found else ""


def by_address(changes: Any) -> dict[Address, Change]:
    return {change.address: change for change in changes}


def test_what_an_earlier_wave_has_made_is_still_to_be_marked(load_text: Load) -> None:
    kinds = [BY_NAME[name] for name in ("organization", "governed_region", "unit", "account", "governed_account")]
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, load_text(ONE))
        plan = cloud.plan(kinds)
        marks = {change.address for change in plan.changes if change.address.kind.startswith("governed_")}
        first = [change for change in plan.changes if change.address not in marks]
        assert cloud.apply(kinds, changes=first).complete
        assert {change.address for change in still_to_do(plan, cloud.observe(kinds))} == marks


def test_a_stack_comes_after_the_mark_and_after_what_it_is_given(stacked: Story, at: Callable[[str], Cloud]) -> None:
    order = [str(change.address) for change, _ in stacked.steps]
    assert order.index("governed_account.shop-dev") < order.index(str(SPOKE))
    assert order.index(str(HUB)) < order.index(str(SPOKE))
    assert value(at(ONE), "shop-dev", "/tests/spoke") == "one"


def test_an_output_that_will_change_is_known_after_apply(at: Callable[[str], Cloud]) -> None:
    cloud = at(TWO)
    found = by_address(cloud.plan(KINDS).changes)
    assert {*found} == {HUB, SPOKE}
    before, after = found[SPOKE].before, found[SPOKE].after
    assert before
    assert after
    assert (before["parameters"], after["parameters"]) == ({"Hub": "one"}, {"Hub": REFERENCE})
    result = cloud.apply(changes=found.values())
    assert result.complete, result.failed
    assert value(cloud, "shop-dev", "/tests/spoke") == "two"
    assert cloud.plan().changes == ()


def test_an_output_that_has_changed_is_a_change_of_who_was_given_it(at: Callable[[str], Cloud]) -> None:
    cloud = at(TWO)
    assert cloud.apply(changes=[by_address(cloud.plan(KINDS).changes)[HUB]]).complete
    (left,) = cloud.plan(KINDS).changes
    assert (left.address, left.before and left.before["parameters"]) == (SPOKE, {"Hub": "one"})


def test_a_saved_plan_is_gone_on_with_where_it_was_cut_off(at: Callable[[str], Cloud]) -> None:
    cloud = at(TWO)
    plan = cloud.plan(KINDS)
    assert cloud.apply(changes=[by_address(plan.changes)[HUB]]).complete
    left = still_to_do(plan, cloud.observe(KINDS))
    assert {change.address for change in left} == {SPOKE}
    assert cloud.apply(changes=left).complete
    assert still_to_do(plan, cloud.observe(KINDS)) == ()
    assert value(cloud, "shop-dev", "/tests/spoke") == "two"


def test_what_is_taken_out_of_the_config_is_found_and_goes_in_order(at: Callable[[str], Cloud]) -> None:
    cloud = at(SMALL)
    marks = {Address("governed_account", key) for key in ("shop-dev", "shop-prod")}
    changes = cloud.plan().changes
    assert by_address(changes).keys() == {HUB, SPOKE, *marks}
    assert {change.action for change in changes} == {Action.DELETE}
    order: list[str] = []
    result = cloud.apply(changes=changes, listeners=[lambda event: order.append(event.address)], parallelism=1)
    assert result.complete, result.failed
    assert order.index(str(SPOKE)) < order.index(str(HUB)) < order.index("governed_account.shop-prod")
    assert cloud.plan().changes == ()
    assert Cloud(cloud.sandbox, cloud.organization).open().tree.marked_accounts == frozenset()


HUBS = ONE.replace(
    "hub: {accounts: [shop-prod]", "hub: {accounts: [shop-prod, log-archive], regions: [eu-west-1, us-east-1]"
)


@pytest.mark.parametrize(
    ("text", "code", "words", "help_"),
    [
        (ONE.replace("stacks.hub.", "stacks.hbu."), "LZ336", "there is no stack `hbu`", "`hub`"),
        (ONE.replace("outputs.Title", "outputs.Titel"), "LZ336", "has no output `Titel`", "`Title`"),
        (ONE.replace("outputs.Title", "Title"), "LZ336", "has a reference that is none", "stacks.KEY.outputs.NAME"),
        (HUBS, "LZ336", "is meant for shop-dev/eu-west-1 is open", "outputs.Title@shop-prod/eu-west-1"),
        (ONE.replace("Title }}", "Title@shop-dev }}"), "LZ336", "is at shop-prod/eu-west-1, and nowhere", "@shop-prod/"),
        (ONE.replace("one}", "'{{ stacks.spoke.outputs.Hub }}'}"), "LZ336", "`spoke` has no output `Hub`", "none"),
        (ONE.replace("one}", "'{{ stacks.hub.outputs.Name }}'}"), "LZ337", "hub → hub", ""),
        (ONE.replace("accounts: [shop-dev]", "accounts: [shop-dve]"), "LZ302", "no account `shop-dve`", "`shop-dev`"),
        (ONE.replace("sd@example.com,", "sd@example.com, id: 123456789012, join: true,"), "LZ334", "`stacks.spoke` needs", ""),
        (ONE + "baselines: {hub: {target: {units: [root]}}}\n", "LZ338", "`baselines.hub` makes stacks called `hub`", ""),
        (ONE.replace("  hub:", "  log-archive: {accounts: [shop-dev], blueprint: hub}\n  hub:"), "LZ338", "services", ""),
        (
            SMALL + STACKS + "baselines: {a: {blueprint: spoke, target: {units: [root]}, "
            "parameters: {Hub: '{{ stacks.hub.outputs.Title }}'}}}\n",
            "LZ336", "only `stacks` can be", "",
        ),
        (ONE.replace("{accounts: [shop-prod]", "{blueprint: hbu, accounts: [shop-prod]"), "LZ311", "`hbu`", "`hub`"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_where_it_stands(load_text: Load, text: str, code: str, words: str, help_: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_text(text)
    found = [each for each in refused.value.problems if each.code == code]
    assert [each for each in found if words in each.message and help_ in each.help], refused.value.problems
    assert all(each.source and each.source.line > (0 if code == "LZ334" else SMALL.count("\n")) for each in found)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("Title", "shop-dev/us-east-1"),
        ("Title@shop-prod", "shop-prod/us-east-1"),
        ("Title@log-archive/eu-west-1", "log-archive/eu-west-1"),
    ],
)
def test_the_same_account_and_region_are_meant_where_there_are_more(load_text: Load, given: str, wanted: str) -> None:
    text = HUBS.replace("[shop-prod, log", "[shop-prod, shop-dev, log").replace("outputs.Title", f"outputs.{given}")
    text = text.replace("spoke: {", "spoke: {regions: [us-east-1], ")
    (found,) = (each for each in BY_NAME["stack"].desired(load_text(text)) if each.address.name == "spoke")
    assert found.attributes["parameters"] == {"Hub": f"<output:hub.Title@{wanted}>"}
    account, _, region = wanted.partition("/")
    assert Address("stack", "hub", Scope(account, region)) in found.requires


BLUEPRINT = """
from troposphere import Parameter, Ref, Template
from troposphere.ssm import Parameter as Value


def late(*, name: str = "/late") -> Template:
    template = Template("late")
    template.add_parameter(Parameter("Hub", Type="String"{more}))
    template.add_resource(Value("Late", Name=name, Type="String", Value=Ref("Hub")))
    return template
"""


@pytest.mark.parametrize(
    ("more", "given", "words"),
    [
        ("", "Hub", ""),
        ("", "Other", "the template of blueprint `late` has no parameter `Other` for an output"),
        ("", "Other", "the template of blueprint `late` needs a value of its parameter `Hub`"),
        (", NoEcho=True", "Hub", "`Hub` is NoEcho"),
    ],
)
def test_a_blueprint_takes_an_output_as_a_parameter_of_its_template(
    tmp_path: Path, more: str, given: str, words: str
) -> None:
    (tmp_path / "blueprints").mkdir()
    (tmp_path / "blueprints" / "late.py").write_text(BLUEPRINT.replace("{more}", more), encoding="utf-8")
    (tmp_path / "config").mkdir()
    text = SMALL + STACKS.replace("spoke:", "late:").replace("{Hub:", "{name: /x, " + given + ":")
    (tmp_path / "config" / "landing.yaml").write_text(text, encoding="utf-8")
    library = Library.load(shipped(), LIBRARY, tmp_path)
    if words:
        with pytest.raises(ConfigError, match=re.escape(words)):
            load(tmp_path / "config", library)
        return
    (found,) = (
        each for each in BY_NAME["stack"].desired(load(tmp_path / "config", library)[0]) if each.address.name == "late"
    )
    assert found.attributes["parameters"] == {"Hub": REFERENCE}
    assert found.attributes["template"]["Resources"]["Late"]["Properties"]["Name"] == "/x"


SECRETS = {
    "Parameters": {"Password": {"Type": "String", "NoEcho": True}, "Plain": {"Type": "String"}},
    "Resources": {
        "Key": {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": "u"}},
        "Kept": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::Sub": "x${Password}"}}},
        "Again": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Value": {"Fn::GetAtt": ["Kept", "Value"]}, "Name": "/a"},
        },
        "Read": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": "{{resolve:secretsmanager:db}}"}},
        "Stream": {"Type": "AWS::IVS::StreamKey", "Properties": {}},
        "Around": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Fn::GetAtt": "Around.Value"}}},
        "Base": {"Type": "AWS::RDS::DBInstance", "Properties": {"MasterUserPassword": {"Ref": "Password"}}},
    },
}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"Ref": "Password"}, "`Password`, which is NoEcho"),
        ({"Fn::Join": ["", ["a", {"Fn::Sub": ["${x}-${Password}", {"x": "y"}]}]]}, "`Password`, which is NoEcho"),
        ({"Fn::GetAtt": ["Key", "SecretAccessKey"]}, "`SecretAccessKey` of `Key`, which is a secret"),
        ({"Fn::GetAtt": "Key.SecretAccessKey"}, "`SecretAccessKey` of `Key`, which is a secret"),
        ({"Fn::Sub": "${Key.SecretAccessKey}"}, "`SecretAccessKey` of `Key`, which is a secret"),
        ({"Fn::GetAtt": ["Stream", "Value"]}, "`Value` of `Stream`, which is a secret"),
        ({"Fn::GetAtt": ["Again", "Value"]}, "`Password`, which is NoEcho"),
        ({"Fn::GetAtt": ["Read", "Value"]}, "a secret that it resolves"),
        ({"Fn::If": ["C", {"Fn::GetAtt": ["Read", "Value"]}, "x"]}, "a secret that it resolves"),
        ({"Fn::GetAtt": ["Around", "Value"]}, ""),
        ({"Fn::GetAtt": ["Base", "MasterUserSecret.SecretArn"]}, ""),
        ({"Fn::GetAtt": ["Base", "Endpoint.Address"]}, ""),
        ({"Fn::Sub": "${!Password} of ${Plain}"}, ""),
        ({"Ref": "Key"}, ""),
        ("Password", ""),
    ],
)
def test_an_output_that_tells_a_secret_is_known_by_what_it_is_made_of(value: Any, words: str) -> None:
    assert told({**SECRETS, "Outputs": {"Out": {"Value": value}}}, "Out") == words


def test_a_plan_says_what_is_known_after_apply() -> None:
    change = Change(Action.UPDATE, SPOKE, {"parameters": {"Hub": "one"}}, {"parameters": {"Hub": REFERENCE}})
    assert entry_of(BY_NAME, change)["change"]["after_unknown"] == {"parameters": {"Hub": True}}
    (line, *_) = of_change(BY_NAME["stack"], change)
    assert line.text == f'parameters.Hub = "one" -> (known after apply: {REFERENCE})'


@pytest.mark.parametrize(
    ("target", "accounts"),
    [
        ("stack.hub@shop-prod/eu-west-1", {"shop-prod"}),
        ("stack", {"shop-prod", "shop-dev"}),
        ("stack.*", {"shop-prod", "shop-dev"}),
        ("unit.security", set()),
    ],
)
def test_a_target_lists_no_more_accounts_than_it_means(
    at: Callable[[str], Cloud], target: str, accounts: set[str]
) -> None:
    cloud = at(SMALL)
    aws = cloud.open()
    assert left_accounts(cloud.organization, aws, [target]) == accounts
    tasks = needed_for(cloud.organization, [target], (), accounts)
    seen = observe(cloud.organization, aws, only=tasks)
    assert {each.scope.account for each in seen.live if each.kind == "stack"} == accounts


def test_no_account_is_entered_that_has_no_stack(at: Callable[[str], Cloud]) -> None:
    cloud = at(ONE.replace("accounts: [shop-prod]", "accounts: [log-archive]"))
    scopes = {scope.account for scope in BY_NAME["stack"].scopes(cloud.organization)}
    assert "shop-prod" not in scopes
    marked = left_accounts(cloud.organization, cloud.open())
    assert marked == {"shop-prod"}
    assert "shop-prod" in {each.account for each in BY_NAME["stack"].scopes(cloud.organization.with_left((), marked))}


def test_what_is_shared_is_made_when_ram_is_trusted(load_text: Load) -> None:
    stacks = "stacks:\n  transit-hub: {accounts: [shop-prod]}\n  forensics-network: {accounts: [shop-prod]}\n"
    organization = load_text(SMALL.replace("organization:\n", "organization:\n  trusted_access: {ram: {}}\n") + stacks)
    needs = {
        each.address.name: {str(need) for need in each.requires} for each in BY_NAME["stack"].desired(organization)
    }
    trusted = {name for name, found in needs.items() if "trusted_access.ram.amazonaws.com" in found}
    assert trusted == {"transit-hub"}


DNS = (
    SMALL.replace("organization:\n", "organization:\n  trusted_access: {ram: {}}\n")
    + """
stacks:
  shared-network: {accounts: [shop-prod], parameters: {cidr: 10.64.0.0/16}}
  dns-hub:
    accounts: [shop-prod]
    parameters:
      forward: {corp.example.com: [10.200.0.2]}
      NetworkId: "{{ stacks.shared-network.outputs.NetworkId }}"
      SubnetIds: "{{ stacks.shared-network.outputs.SubnetIds }}"
  shared-network-dns:
    blueprint: dns_attachment
    accounts: [shop-prod]
    parameters:
      rules: 1
      zone: aws.example.com
      NetworkId: "{{ stacks.shared-network.outputs.NetworkId }}"
      Rule1: "{{ stacks.dns-hub.outputs.CorpExampleComRuleId }}"
  forensics-network: {accounts: [shop-dev]}
  forensics-network-dns:
    blueprint: dns_attachment
    accounts: [shop-dev]
    parameters:
      rules: 1
      NetworkId: "{{ stacks.forensics-network.outputs.NetworkId }}"
      Rule1: "{{ stacks.dns-hub.outputs.CorpExampleComRuleId }}"
"""
)


def test_rules_of_the_dns_hub_hold_in_networks_of_other_accounts(load_text: Load) -> None:
    """From one apply: the rule is there, and shared, before another account has it in its network."""
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, load_text(DNS))
        assert cloud.apply().complete
        assert cloud.plan(detect=True).changes == ()
        ids = cloud.open().tree.account_ids
        found = []
        for key in ("shop-prod", "shop-dev"):
            session: Any = sandbox.session(ids[key], region="eu-west-1")
            answer = session.client("route53resolver").list_resolver_rule_associations()
            found += [each["ResolverRuleId"] for each in answer["ResolverRuleAssociations"]]
        assert len(found) == 2
        assert len({*found}) == 1
