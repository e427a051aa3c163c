"""Packed targets against the sandbox: from ten slots that are full to a few packs, without a moment's gap."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from landing.cli import run
from landing.config import load
from landing.core.errors import ConfigError
from landing.guardrails.packs import as_held
from landing.library import Library, shipped
from landing.organization import Organization
from landing.policy import SCP, catalog
from landing.policy.canonical import canonical
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud, Cut, QuickAws, WatchedAws
from tests.samples import SMALL

NEEDED = [BY_NAME[name] for name in ("organization", "policy_type", "unit", "policy", "attachments")]
TEAM = "aws:ResourceTag/team"
ACTIONS = sorted(action.text for action in catalog.expand("s3:Put*"))
"""By the number of the rule that denies it."""
Capture = pytest.CaptureFixture[str]


class Workshop:
    """A config that is changed, and the sandbox that it is applied to."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder, self.sandbox = folder, sandbox

    def write(self, rules: Sequence[int], *, pack: bool = True, at: str = "workloads", size: int = 1_200) -> None:
        """A guardrail `rule-N` for each number, that denies one action and is of about that size."""
        (self.folder / "config").mkdir(exist_ok=True)
        lines = [f"  rule-{number}: {{target: {{units: [{at}]}}}}" for number in rules]
        text = SMALL.replace("example.com", "corp.io")
        text = text.replace("  workloads:\n", "  workloads:\n    pack: true\n") if pack else text
        (self.folder / "config" / "landing.yaml").write_text(f"{text}\nguardrails:\n" + "\n".join(lines) + "\n")
        for number in rules:
            home = self.folder / "scps" / f"rule-{number}"
            home.mkdir(parents=True, exist_ok=True)
            (home / "policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [rule(number, size)]}))
            (home / "metadata.yaml").write_text(f"title: Rule {number}\ndescription: x\ntype: {SCP}\nseverity: low\n")

    def organization(self) -> Organization:
        return load(self.folder / "config", Library.load(shipped(), self.folder))[0]

    def cloud(self, *, repack: bool = False) -> Cloud:
        """With packs as the sandbox has them."""
        organization = self.organization()
        return Cloud(self.sandbox, as_held(organization, QuickAws(organization), repack=repack))

    def apply(self, *, watched: Sequence[int] = (), repack: bool = False) -> None:
        cloud = self.cloud(repack=repack)
        aws = Watching(cloud.organization, self.denied, frozenset(watched))
        result = cloud.apply(NEEDED, aws=aws)
        assert result.complete, [*result.failed.values()]
        assert self.cloud().plan(NEEDED).changes == ()

    def denied(self, unit: str = "Workloads") -> frozenset[int]:
        """The numbers of the rules that hold at a unit: each denies what no other does, wherever its statement is."""
        client = self.sandbox.session().client("organizations")
        root = client.list_roots()["Roots"][0]["Id"]
        units = client.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
        target = next(found["Id"] for found in units if found["Name"] == unit)
        attached = client.list_policies_for_target(TargetId=target, Filter=SCP)["Policies"]
        texts = [client.describe_policy(PolicyId=each["Id"])["Policy"]["Content"] for each in attached]
        return frozenset(number for text in texts for each in json.loads(text)["Statement"] for number in held(each))

    def packs(self) -> dict[str, tuple[str, ...]]:
        """What each pack of the sandbox holds."""
        return {key: policy.holds for key, policy in self.cloud().open().tree.policies.items() if policy.holds}


class Watching(WatchedAws):
    """A door that looks after each write whether all rules that must hold do."""

    def __init__(
        self, organization: Organization, denied: Callable[[], frozenset[int]], watched: frozenset[int]
    ) -> None:
        super().__init__(organization, read_only=False)
        self._denied, self._watched = denied, watched

    def _after_call(self, *, model: Any, **_: Any) -> None:
        if self._watched and model.name.endswith("Policy") and not model.name.startswith(("Describe", "List")):
            assert self._watched <= self._denied(), f"{model.name}: {self._watched - self._denied()} hold no more"


class Ending(WatchedAws):
    """A door at which the process dies once a policy carries the statements of another."""

    def _after_call(self, *, model: Any, **_: Any) -> None:
        if model.name == "UpdatePolicy":
            raise Cut


def rule(number: int, size: int) -> dict[str, Any]:
    condition = {"StringNotEquals": {TEAM: f"{number}{'x' * size}"}}
    return {
        "Sid": f"Rule{number}",
        "Effect": "Deny",
        "Action": ACTIONS[number],
        "Resource": "*",
        "Condition": condition,
    }


def held(statement: dict[str, Any]) -> Iterator[int]:
    """The rule that a statement is, whole, whatever its Sid."""
    team = statement.get("Condition", {}).get("StringNotEquals", {}).get(TEAM, "")
    if team:
        value = team[0] if isinstance(team, list) else team
        number, size = int(value.rstrip("x")), value.count("x")
        found, wanted = ({"Statement": [{**each, "Sid": "x"}]} for each in (statement, rule(number, size)))
        if canonical(found) == canonical(wanted):
            yield number


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    monkeypatch.chdir(tmp_path)
    with Sandbox() as sandbox:
        yield Workshop(tmp_path, sandbox)


def test_a_target_with_no_free_slot_is_packed_and_no_rule_is_missing_for_a_moment(shop: Workshop) -> None:
    shop.write(range(1, 10), pack=False)
    shop.apply()
    shop.write(range(1, 15))
    plan = shop.cloud().plan(NEEDED)
    assert {change.action.value for change in plan.changes if "pack/" in change.address.name} == {"update"}
    shop.apply(watched=range(1, 10))
    assert shop.denied() == frozenset(range(1, 15))
    assert sorted(shop.packs()) == ["pack/unit/workloads/scp-1", "pack/unit/workloads/scp-2"]


def test_unpacking_into_every_slot_lets_a_policy_carry_what_would_be_missing(shop: Workshop) -> None:
    shop.write(range(1, 15))
    shop.apply()
    shop.write(range(1, 10), pack=False)
    shop.apply(watched=range(1, 10))
    assert (shop.packs(), shop.denied()) == ({}, frozenset(range(1, 10)))


def test_what_the_plan_says_of_unpacking_is_that_nothing_passes_on_the_way(shop: Workshop, capsys: Capture) -> None:
    shop.write(range(1, 15))
    shop.apply()
    shop.write(range(1, 10), pack=False)
    assert run(["plan"]) == 0
    said = capsys.readouterr().out
    assert "becomes permitted" in said or "become permitted" in said, "rules 10 to 14 go"
    assert "on the way" not in said


def test_a_run_that_ends_while_a_policy_carries_another_is_gone_on_with(shop: Workshop) -> None:
    shop.write(range(1, 15))
    shop.apply()
    shop.write(range(1, 10), pack=False)
    cloud = shop.cloud()
    with suppress(Cut):
        cloud.apply(NEEDED, aws=Ending(cloud.organization, read_only=False))
    tree = shop.cloud().open().tree
    rules = [policy for key, policy in tree.policies.items() if key.startswith("rule-")]
    assert any(len(json.loads(tree.content(policy))["Statement"]) == 2 for policy in rules)
    shop.apply(watched=range(1, 10))
    assert (shop.packs(), shop.denied()) == ({}, frozenset(range(1, 10)))


def test_unpacking_is_refused_where_no_policy_has_room_to_carry(shop: Workshop) -> None:
    shop.write(range(1, 10), size=5_200)
    shop.apply()
    shop.write(range(1, 10), pack=False, size=5_200)
    with pytest.raises(AssertionError, match="no slot is free at unit/workloads"):
        shop.apply(watched=range(1, 10))
    assert shop.denied() >= frozenset(range(1, 10))
    shop.write(range(1, 8), pack=False, size=5_200)
    shop.apply(watched=range(1, 8))
    assert (shop.packs(), shop.denied()) == ({}, frozenset(range(1, 8)))


def test_one_more_guardrail_changes_one_policy_and_one_less_too(shop: Workshop) -> None:
    shop.write(range(2, 15))
    shop.apply()
    before = shop.packs()
    shop.write(range(1, 15))  # in the order of the names it would come first
    plan = shop.cloud().plan(NEEDED)
    assert [change.address.kind for change in plan.changes] == ["policy"]
    shop.apply(watched=range(2, 15))
    after = shop.packs()
    assert [set(after[key]) - set(before[key]) for key in before if after[key] != before[key]] == [{"rule-1"}]
    shop.write(range(1, 14))
    [change] = shop.cloud().plan(NEEDED).changes
    assert list(BY_NAME["policy"].dangers(change)) == ["detach"]
    shop.apply(watched=range(1, 14))


def test_repacking_is_asked_for_and_leaves_no_gap(shop: Workshop) -> None:
    shop.write(range(1, 22))
    shop.apply()
    assert len(shop.packs()) == 3
    left = [number for number in range(1, 22) if number % 2]
    shop.write(left)
    shop.apply(watched=left)
    assert len(shop.packs()) == 3
    assert shop.cloud().plan(NEEDED).changes == ()
    shop.apply(watched=left, repack=True)
    assert len(shop.packs()) == 2


def test_a_policy_that_someone_robs_of_its_tags_keeps_its_guardrails_in_force(shop: Workshop) -> None:
    shop.write(range(1, 15))
    shop.apply()
    aws = shop.cloud().open()
    client = shop.sandbox.session().client("organizations")
    for policy in aws.tree.policies.values():
        if policy.holds:
            client.untag_resource(ResourceId=policy.id, TagKeys=["landing:guardrails"])
    shop.apply(watched=range(1, 15))
    assert len(shop.packs()) == 2


def test_the_config_says_what_does_not_fit_even_when_packed(shop: Workshop) -> None:
    shop.write(range(1, 12), pack=False)
    with pytest.raises(ConfigError) as caught:
        shop.organization()
    assert "`pack: true` there does so" in str(caught.value)
    shop.write(range(1, 12), size=9_000)
    with pytest.raises(ConfigError) as caught:
        shop.organization()
    assert "11 of them packs of" in str(caught.value)


def test_the_commands_plan_apply_show_and_explain_packs(shop: Workshop, capsys: Capture) -> None:
    shop.write(range(1, 14))
    assert run(["plan", "--out", "plan.json"]) == 0
    assert "+ guardrails" in capsys.readouterr().out
    assert run(["apply", "plan.json", "--auto-approve"]) == 0
    assert run(["plan", "--detailed-exitcode"]) == 0
    assert run(["drift", "--no-detect"]) == 0
    capsys.readouterr()
    for words in ([], ["--live"]):
        assert run(["can", "role/X", ACTIONS[3], "--in", "shop-prod", *words]) == 2
        assert "unit workloads" in (said := capsys.readouterr().out)
        assert "denied by rule-3/Rule3 (config/landing.yaml:" in said
    shop.write(range(1, 15))
    assert run(["plan", "--format", "json", "--out", "plan.json"]) == 0
    changes = json.loads(capsys.readouterr().out)["resource_changes"]
    assert [entry["kind"] for entry in changes] == ["policy"]
    assert run(["apply", "plan.json", "--auto-approve"]) == 0
    capsys.readouterr()  # the plan, as it is shown before it is approved
    assert run(["show", "--live", "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [name for entry in shown["unit/workloads"] for name in entry["guardrails"]].count("rule-14") == 1
    assert run(["show"]) == 0
    assert "rule-14 (config/landing.yaml:" in capsys.readouterr().out
    assert run(["apply", "plan.json", "--repack"]) == 64
