"""What every kind must keep to, run over all of KINDS on an organization with something of each.

Who plans and applies has the roles whose policies `landing synth` writes, not an administrator's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from landing.aws import ReadOnly
from landing.blueprint.resource_names import LOG_KEY_ALIAS
from landing.core.model import Action, Address, Attributes, Change
from landing.core.operation_names import OTHER_NAMES
from landing.engine.observe import desired_of, observe
from landing.engine.plan import Origin, compare, make
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.base import Kind, Kinds, Ownership
from landing.services.permissions import ALWAYS
from landing.services.registry import KINDS
from tests import calls
from tests.cloud import BY_NAME, Cloud, Cut, DyingAws, Story, WatchedAws, is_in_coming, tell
from tests.samples import COMING, SMALL

FREE = {"sts:GetCallerIdentity", "sts:AssumeRole"}
"""Needs no permission, or the one that lets landing in."""


@pytest.fixture(scope="session")
def removal(creation: Story, load_text: Callable[[str], Organization]) -> Story:
    """Everything that FULL has over SMALL is taken out of the config."""
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        return tell(sandbox, load_text(SMALL), creation.roles)


@pytest.fixture(scope="session")
def release(governed: Story, load_text: Callable[[str], Organization]) -> Story:
    """Everything that COMING has over SMALL is taken out of the config."""
    with Sandbox() as sandbox:
        sandbox.load(governed.end)
        return tell(sandbox, load_text(SMALL), governed.roles)


@pytest.fixture
def created(request: pytest.FixtureRequest) -> Story:
    """The story in which there is something of the kind that is tested."""
    return _story(request, "creation", "governed")


@pytest.fixture
def removed(request: pytest.FixtureRequest) -> Story:
    """The story in which that is taken out of the config."""
    return _story(request, "removal", "release")


def _story(request: pytest.FixtureRequest, usual: str, tower: str) -> Story:
    kind = request.node.callspec.params.get("kind") if hasattr(request.node, "callspec") else None
    found: Story = request.getfixturevalue(tower if kind is not None and is_in_coming(kind) else usual)
    return found


@pytest.fixture
def sandbox(created: Story, removed: Story) -> Iterator[Sandbox]:  # the stories have sandboxes of their own
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def cloud(sandbox: Sandbox, created: Story) -> Cloud:
    """A cloud in which everything is as the config of the story has it."""
    sandbox.load(created.end)
    return Cloud(sandbox, created.organization, created.roles)


@pytest.fixture
def sample(
    full: Organization, load_text: Callable[[str], Organization], request: pytest.FixtureRequest
) -> Organization:
    """The config of the story."""
    coming = load_text(COMING).without_members(["acquired"])
    return coming if is_in_coming(request.node.callspec.params["kind"]) else full


DECLARED = [kind for kind in KINDS if kind.ownership is not Ownership.NONE]
every_kind = pytest.mark.parametrize("kind", DECLARED, ids=lambda kind: kind.name)
"""Of those that a config can declare."""


def test_names_are_unique() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@every_kind
def test_the_sample_has_something_of_every_kind(kind: Kind, sample: Organization) -> None:
    assert list(kind.desired(sample))
    assert kind.title
    assert kind.help_uri.startswith("https://docs.aws.amazon.com/")
    assert kind.reads


@every_kind
def test_attributes_survive_json_and_requirements_are_declared(kind: Kind, sample: Organization) -> None:
    desired = desired_of(sample)
    for resource in kind.desired(sample):
        assert json.loads(json.dumps(resource.attributes)) == resource.attributes
        assert resource.attributes
        assert resource.source, f"{resource.address} does not say where it was declared"
        for need in resource.requires:
            assert need in desired, f"{resource.address} requires {need}, which nothing declares"


@every_kind
def test_what_was_applied_is_read_back(kind: Kind, cloud: Cloud) -> None:
    seen = cloud.observe([kind])
    assert not seen.gaps
    for address, resource in seen.desired.items():
        live = seen.live[address]
        assert {key: live.attributes.get(key) for key in resource.attributes} == resource.attributes
    assert cloud.plan([kind]).changes == ()


class RetoldAws(WatchedAws):
    """A door whose answers are told in other words: `retell` has the new value for a key and its value."""

    retell: Callable[[object, str], str]
    turned = False
    """Whether lists come the other way round, too."""

    def _after_call(self, parsed: Any = None, **_: Any) -> None:
        self._tell(parsed)

    def _tell(self, answer: Any) -> None:
        if isinstance(answer, list) and self.turned:
            answer.reverse()
        for key, value in answer.items() if isinstance(answer, dict) else enumerate(answer):
            if isinstance(value, dict | list) and key != "TemplateBody":  # text that is only read as JSON
                self._tell(value)
            elif isinstance(value, str):
                answer[key] = self.retell(key, value)


def _alike(key: object, value: str) -> str:
    if key in ("Email", "EmailAddress"):
        return value.swapcase()
    if key in ("KmsKeyId", "KmsKeyArn"):
        return ":".join([*value.split(":")[:5], LOG_KEY_ALIAS])
    return f"{value}/" if key == "DestinationArn" else value


def test_an_answer_in_another_order_or_case_is_the_same(cloud: Cloud) -> None:
    aws = RetoldAws(cloud.organization)
    aws.retell, aws.turned = _alike, True
    seen = observe(cloud.organization, aws, workers=4)
    assert not seen.gaps
    assert make(seen, Origin()).changes == ()


@pytest.mark.parametrize(
    ("name", "key", "attribute", "old", "new"),
    [
        ("trail", "CloudWatchLogsLogGroupArn", "log_group", r":\d{12}:", ":999999999999:"),
        ("trail", "KmsKeyId", "key", ":key/.*", ":alias/another"),
        ("guardduty_export", "KmsKeyArn", "key", r":\d{12}:key/.*", f":999999999999:{LOG_KEY_ALIAS}"),
        ("guardduty_export", "DestinationArn", "bucket", "$", "/elsewhere"),
        ("contacts", "EmailAddress", "SECURITY", "@", "+landing@"),
    ],
)
def test_what_is_only_alike_is_a_change(cloud: Cloud, name: str, key: str, attribute: str, old: str, new: str) -> None:
    aws = RetoldAws(cloud.organization)
    aws.retell = lambda at, value: re.sub(old, new, value, count=1) if at == key else value
    changes = make(observe(cloud.organization, aws, kinds=Kinds([BY_NAME[name]]), workers=1), Origin()).changes
    assert changes
    for change in changes:
        assert change.before
        assert change.after
        assert [part for part, value in change.after.items() if change.before[part] != value] == [attribute]


TEXTS = {"template", "content", "drift", "option"}
"""Attributes that somebody else's grammar rules; that of policies has tests of its own."""


@every_kind
def test_each_list_and_address_has_a_form(kind: Kind, sample: Organization) -> None:
    for resource in kind.desired(sample):
        other = {key: value if key in TEXTS else _respelled(value, key) for key, value in resource.attributes.items()}
        assert compare(KINDS, resource, replace(resource, attributes=other)) is None


def _respelled(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return {name: _respelled(item, name) for name, item in value.items()}
    if isinstance(value, list):
        items = [_respelled(item, "") for item in value]
        return [*reversed(items), *items[:1]]
    return value.swapcase() if key == "email" else value


def test_planning_writes_nothing(cloud: Cloud) -> None:
    before = cloud.sandbox.dump()
    aws = cloud.open()
    observe(cloud.organization, aws)
    assert aws.writes == 0
    cloud.sandbox.load(before)
    assert cloud.plan().changes == ()


@dataclass(frozen=True)
class Straight:
    """What comes of a change when nothing disturbs it: the writes and calls that it takes, and what AWS holds then."""

    writes: int
    calls: frozenset[str]
    state: Mapping[Address, Attributes]


def _straight(cloud: Cloud, change: Change, before: bytes) -> Straight:
    """A change of a story made where the story has it."""
    cloud.sandbox.load(before)
    aws = cloud.open(read_only=False)
    assert cloud.apply(changes=[change], aws=aws).complete
    called = frozenset(calls.action_of(*call) for call in aws.calls)
    return Straight(aws.writes, called, cloud.state([BY_NAME[change.address.kind]]))


@every_kind
def test_applying_again_changes_nothing(kind: Kind, created: Story, cloud: Cloud) -> None:
    before = cloud.state([kind])
    aws = cloud.open(read_only=False)
    for change, _ in created.of(kind):
        kind.apply(cloud.organization, aws, change)
    assert cloud.state([kind]) == before


def test_applying_everything_again_leaves_nothing_to_do(cloud: Cloud, created: Story) -> None:
    aws = cloud.open(read_only=False)
    for change, _ in created.steps:
        BY_NAME[change.address.kind].apply(cloud.organization, aws, change)
    assert cloud.plan().changes == ()


def _stairs(cloud: Cloud, change: Change) -> int:
    """Apply by processes that die after one write, after two, …, before anybody hears of it; the number of them."""
    kind, left = BY_NAME[change.address.kind], [change]
    for writes in range(100):
        aws = DyingAws(cloud.organization, writes=writes, after_effect=True, keys=cloud.roles.apply)
        if writes:
            left = [found for found in cloud.plan([kind]).changes if found.address == change.address]
        try:
            result = cloud.apply(changes=left, aws=aws)
        except Cut:
            continue
        assert not result.failed, result.failed
        return writes
    raise AssertionError(f"{change.address} comes to no end when it is cut off at each write")


@pytest.mark.parametrize("story", ["created", "removed"])
@every_kind
def test_a_change_calls_what_is_declared_and_ends_the_same_wherever_it_is_cut_off(
    kind: Kind, story: str, request: pytest.FixtureRequest, sandbox: Sandbox
) -> None:
    """In one test, as all of it is held against the change made straight. One of those that make the same calls is cut off."""
    told: Story = request.getfixturevalue(story)
    cloud = Cloud(sandbox, told.organization, told.roles)
    cut = set[tuple[Action, int, frozenset[str]]]()
    for change, before in told.of(kind):
        straight = _straight(cloud, change, before)
        _declares(cloud.organization, kind, change, straight.calls)
        if (form := (change.action, straight.writes, straight.calls)) in cut:
            continue
        cut.add(form)
        sandbox.load(before)
        assert bool(_stairs(cloud, change)) == bool(straight.writes)
        assert cloud.state([kind]) == straight.state
        if story == "created" and straight.writes:
            sandbox.load(before)
            with pytest.raises(ReadOnly):
                kind.apply(cloud.organization, cloud.open(), change)
            sandbox.load(before)
            _is_cut_off_before_its_last_write(cloud, change, straight)


def _declares(organization: Organization, kind: Kind, change: Change, called: frozenset[str]) -> None:
    awaited = [other for other in KINDS if list(other.set_off(organization, [change]))]
    declared = {action for one in (kind, *awaited) for action in (*one.reads, *one.writes)}
    undeclared = called - {*declared, *ALWAYS, *FREE}
    assert not undeclared, f"{change.address} makes calls that {kind.name} does not declare"


def _is_cut_off_before_its_last_write(cloud: Cloud, change: Change, straight: Straight) -> None:
    aws = DyingAws(cloud.organization, writes=straight.writes - 1, after_effect=False, keys=cloud.roles.apply)
    with pytest.raises(Cut):
        cloud.apply(changes=[change], aws=aws)
    assert cloud.apply(changes=[change]).complete
    assert cloud.state([BY_NAME[change.address.kind]]) == straight.state


@every_kind
def test_what_is_taken_out_of_the_config_is_switched_off(kind: Kind, removed: Story) -> None:
    gone = [change for change, _ in removed.of(kind)]
    assert all(change.action in (Action.DELETE, Action.UPDATE) for change in gone)
    for change in gone:
        if change.action is Action.DELETE:
            assert list(kind.dangers(change)) == [kind.removal], "deleting needs its own --allow"


@every_kind
def test_what_cannot_be_read_is_a_gap(kind: Kind, cloud: Cloud) -> None:
    for action in kind.reads:
        service, _, named = action.partition(":")
        others = OTHER_NAMES.get(calls.BOTOCORE.get(service, service), {})
        for operation in {named, *(other for other, its in others.items() if its == named)}:
            cloud.sandbox.faults.reject(
                calls.BOTOCORE.get(service, service),
                operation,
                code="AccessDeniedException",
                message=f"User: arn:aws:iam::123456789012:role/plan is not authorized to perform: {action}",
                times=None,
                status=400,
            )
    plan = cloud.plan([kind])
    assert plan.gaps
    assert {gap.kind for gap in plan.gaps} == {kind.name}
    missing = [change for change in plan.changes if change.address.scope in {gap.scope for gap in plan.gaps}]
    assert missing == [], "what could not be read is not missing"


def test_nothing_is_left_over(removed: Story) -> None:
    assert {change.address.kind for change, _ in removed.steps} >= {
        "policy", "attachments", "stack", "stack_set", "trail", "config_rule", "guardduty", "security_hub",
    }  # fmt: skip
