"""Blueprints of baselines: values that would let in more than was meant, or nobody, are refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from landing.blueprint import controls_in
from landing.core.model import Action, Address, Change, Scope
from landing.library import Library
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.stacks.deletions import deletions
from landing.services.stacks.vault_lock import vault_locks
from tests.cloud import BY_NAME, Cloud
from tests.samples import SMALL

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("backup_vault", {"administrators": ["role/*"]}, "`administrators`"),
    ("backup_vault", {"administrators": []}, "`administrators`"),
    ("backup_vault", {"min_days": 0}, "`min_days`"),
    ("backup_vault", {"min_days": 30, "max_days": 7}, "`max_days`"),
    ("backup_vault", {"compliance_after_days": 2}, "`compliance_after_days`"),
    ("backup_vault", {"name": "a b"}, "`name`"),
    ("break_glass_role", {"trusted": ["*"]}, "`trusted`"),
    ("break_glass_role", {"trusted": ["user/*"]}, "`trusted`"),
    ("break_glass_role", {"trusted": []}, "`trusted`"),
    ("break_glass_role", {"trusted": ["user/${AWS::Foo}"]}, "`trusted`"),
    ("break_glass_role", {"trusted": ["user/ann"], "mfa_minutes": 0}, "`mfa_minutes`"),
    ("budget", {"emails": []}, "`emails`"),
    ("budget", {"emails": ["nobody"]}, "`emails`"),
    ("budget", {"emails": ["a@example.com"], "amount": 0}, "`amount`"),
    ("budget", {"emails": ["a@example.com"], "actual_percent": [], "forecast_percent": []}, "percent"),
    ("budget", {"emails": [], "topic": "mine"}, "`topic`"),
    ("cost_anomalies", {}, "`emails`"),
    ("cost_anomalies", {"emails": ["a@example.com"], "topic": "arn:aws:sns:eu-west-1:111122223333:t"}, "`topic`"),
    ("cost_anomalies", {"emails": ["a@example.com"], "monitor": "mine"}, "`monitor`"),
    ("ecr_scanning", {"repositories": []}, "`repositories`"),
    ("ecr_scanning", {"repositories": ["Upper"]}, "`repositories`"),
    ("data_key", {"users": ["*"]}, "`users`"),
    ("data_key", {"users": ["role/*"]}, "`users`"),
    ("data_key", {"users": []}, "`users`"),
    ("data_key", {"users": ["role/a"], "name": "aws data"}, "`name`"),
    ("data_key", {"users": ["role/a"], "deletion_days": 3}, "`deletion_days`"),
    ("patching", {"reboot": True}, "`reboot`"),
    ("patching", {"schedule": "daily"}, "`schedule`"),
    ("patching", {"severity": "LOUD"}, "`severity`"),
    ("patching", {"schedule": "rate(1 minute)"}, "`schedule`"),
    ("patching", {"tags": {}}, "`tags`"),
    ("patching", {"tags": {"patch": []}}, "`tags`"),
    ("budget", {"emails": ["a@example.com", "a@example.com"]}, "`emails`"),
    ("budget", {"emails": ["a@example.com"], "actual_percent": [50, 50]}, "percents"),
    ("ecr_scanning", {"repositories": ["*", "*"]}, "`repositories`"),
    ("address_pools", {"pools": {"nowhere": "10.0.0.0/12"}}, "`pools`"),
    ("account_alias", {"alias": "Acme--Shop"}, "`alias`"),
    ("account_alias", {"alias": "123456789012"}, "`alias`"),
    ("service_quotas", {"quotas": {}}, "`quotas`"),
    ("service_quotas", {"quotas": {"lambda": 2000}}, "`quotas`"),
    ("service_quotas", {"quotas": {"lambda/L-B99A9384": 0}}, "`quotas`"),
    ("service_quotas", {"quotas": {"lambda/L-B99A9384": 2000}, "every_hours": 0}, "`every_hours`"),
    ("patch_baselines", {"systems": ["BEOS"]}, "`systems`"),
    ("patch_baselines", {"systems": ["SUSE"], "severities": ["Bad"]}, "`severities`"),
    ("patch_baselines", {"systems": ["SUSE"], "approve_after_days": 900}, "`approve_after_days`"),
    ("patch_baselines", {"systems": ["SUSE"], "rejected": ["a b"]}, "`rejected`"),
    ("volume_encryption", {"shared_with": ["acme"]}, "`shared_with`"),
    ("volume_encryption", {"deletion_days": 3}, "`deletion_days`"),
    ("resolver_query_logs", {"bucket": "Not_A_Bucket"}, "`bucket`"),
    ("software_inventory", {"every_hours": 0}, "`every_hours`"),
    ("permission_boundary", {"denied_actions": ["notanaction"]}, "`denied_actions`"),
    ("session_manager", {"run_as": "root; rm"}, "run_as"),
    ("session_manager", {"idle_minutes": 0}, "idle_minutes"),
]


@pytest.mark.parametrize(("name", "given", "words"), REFUSED)
def test_values_that_mean_too_much_or_nothing_are_refused(
    name: str, given: dict[str, Any], words: str, library: Library
) -> None:
    with pytest.raises(Exception, match=words):
        library.blueprint(name).render(given)


ORDERED = ("default-network-removal", "host-management", "resolver-query-logs", "service-quotas", "volume-encryption")
GIVEN = {"service-quotas": "{quotas: {lambda/L-B99A9384: 2000, vpc/L-F678F1CE: 20}}"}


def test_a_baseline_comes_after_the_one_whose_role_it_names(load_text: Callable[[str], Organization]) -> None:
    both = [name for each in ORDERED for name in (each, f"{each}-role")]
    rows = ", ".join(
        f"{name}: {{target: {{units: [workloads]}}, parameters: {GIVEN.get(name, '{}')}}}" for name in both
    )
    text = SMALL + f"baselines: {{{rows}}}\nservices: {{log_archive: {{receives: [resolver-queries]}}}}\n"
    organization = load_text(text)
    assert {name: organization.deployments[name].requires for name in both} == {
        name: (f"{name}-role",) if name in ORDERED else () for name in both
    }
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, organization)
        result = cloud.apply()
        assert result.complete, (result.failed, result.blocked)
        assert cloud.plan(detect=True).changes == ()


def test_a_plan_says_that_a_vault_is_locked_for_ever(library: Library) -> None:
    blueprint, address = library.blueprint("backup_vault"), Address("stack_set", Scope("management"), "backup-vault")
    governed = {"template": blueprint.render({})}
    week = {"template": blueprint.render({"compliance_after_days": 7})}
    for before, after, told in (
        (None, governed, 0),
        (None, week, 1),
        (governed, week, 1),
        (week, week, 0),
        (week, None, 0),
    ):
        change = Change(address, Action.UPDATE, before, after)
        assert len(list(vault_locks(change))) == told
    (said,) = vault_locks(Change(address, Action.CREATE, None, week))
    assert said.startswith("irreversible: 7 days after it is made, nobody takes away or shortens the lock of Vault")


def test_what_a_template_deletes_by_itself_wants_leave(load_text: Callable[[str], Organization]) -> None:
    """Not only what a plan takes away: the document of a baseline runs in every account that has it."""
    text = SMALL + "baselines: {default-network-removal-role: {target: {units: [%s]}}, "
    text += "default-network-removal: {target: {units: [%s]}}}\n"
    kinds = [BY_NAME[name] for name in ("stack_set", "governed_region", "governed_account")]
    stack_set, address = BY_NAME["stack_set"], "stack_set.default-network-removal"
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, load_text(text % (("workloads/dev",) * 2)))
        assert Cloud(sandbox, load_text(SMALL)).apply().complete
        changes = {str(change.address): change for change in cloud.plan(kinds).changes}
        assert not list(stack_set.dangers(changes["stack_set.default-network-removal-role"]))
        made = changes[address]
        assert list(stack_set.dangers(made)) == ["delete"]
        said = [note for note in stack_set.notes(cloud.organization, made) if note.startswith("deletes by itself")]
        calls = "ec2:DeleteInternetGateway, ec2:DeleteSubnet, ec2:DeleteVpc"
        assert said == [f"deletes by itself, in each account and region in which a stack is made: {calls}"]
        assert cloud.apply().complete
        wider = Cloud(sandbox, load_text(text % (("workloads",) * 2))).plan(kinds).changes
        assert {str(change.address) for change in wider if deletions(change)} == {address}


EXPLORED = SMALL.replace(
    "organization:\n", "organization:\n  trusted_access: {resource-explorer: {administrator: security-tooling}}\n"
) + (
    "baselines: {resource-explorer: {target: {units: [root], exclude: {accounts: []}}, management: true}}\n"
    "stacks: {resource-explorer-view: {accounts: [security-tooling]}}\n"
)


def _explorer(cloud: Cloud, account: str, region: str = "eu-west-1") -> Any:
    session = cloud.sandbox.session(cloud.open().tree.account_ids[account], region=region)
    return session.client("resource-explorer-2")


def test_resources_of_all_accounts_are_found_from_one(load_text: Callable[[str], Organization]) -> None:
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, load_text(EXPLORED))
        order: list[str] = []
        result = cloud.apply(listeners=[lambda event: order.append(str(getattr(event, "address", "")))], parallelism=1)
        assert result.complete, (result.failed, result.blocked)
        view = "stack.resource-explorer-view@security-tooling/eu-west-1"
        before = (
            "trusted_access.resource-explorer-2.amazonaws.com",
            "delegated_administrator.resource-explorer-2.amazonaws.com/security-tooling",
            "stack_set.resource-explorer",
        )
        assert all(order.index(each) < order.index(view) for each in before)
        assert cloud.plan().changes == ()
        for account in cloud.organization.accounts:
            found = {each["Region"]: each["Type"] for each in _explorer(cloud, account).list_indexes()["Indexes"]}
            assert found == {"eu-west-1": "AGGREGATOR", "us-east-1": "LOCAL"}
        client = _explorer(cloud, "security-tooling")
        made = client.get_view(ViewArn=client.get_default_view()["ViewArn"])["View"]
        assert (made["ViewName"], made["Scope"].rpartition("/")[2][:2]) == ("landing-organization", "o-")
        client.disassociate_default_view()
        (change,) = cloud.plan(detect=True).changes
        assert str(change.address) == view
        assert cloud.apply(changes=[change]).complete
        assert cloud.plan(detect=True).changes == ()


def test_an_account_that_has_an_index_of_its_own_keeps_it_and_is_left_out(
    load_text: Callable[[str], Organization],
) -> None:
    without = load_text(EXPLORED.replace("accounts: []", "accounts: [shop-prod]"))
    with Sandbox() as sandbox:
        accounts = Cloud(sandbox, load_text(SMALL))
        assert accounts.apply().complete
        client, before = _explorer(accounts, "shop-prod", "us-east-1"), sandbox.dump()
        own = client.create_index()["Arn"]
        left_out = Cloud(sandbox, without)
        result = left_out.apply()
        assert result.complete, (result.failed, result.blocked)
        assert left_out.plan().changes == ()
        assert client.get_index()["Arn"] == own
        sandbox.load(before)
        own = client.create_index()["Arn"]
        result = Cloud(sandbox, load_text(EXPLORED)).apply()
        assert {str(address) for address in result.failed} == {"stack_set.resource-explorer"}
        assert "already exists" in str(list(result.failed.values()))
        assert any("resource-explorer-view" in str(address) for address in result.blocked)
        left_out = Cloud(sandbox, without)
        assert "cool down" in str(list(left_out.apply().failed.values())), "taken from all of the root, and made anew"
        sandbox.advance(24 * 3600)
        assert left_out.apply().complete
        assert left_out.plan().changes == ()
        assert client.get_index()["Arn"] == own


CONTROLLED = (
    SMALL
    + """
baselines:
  backup-vault: {target: {units: [root]}, management: true}
playbooks:
  restart-trail: {target: {units: [workloads]}}
"""
)


def test_a_stack_shows_the_controls_of_its_blueprint(load_text: Callable[[str], Organization]) -> None:
    organization = load_text(CONTROLLED)
    for kind, scope in (("stack_set", Scope()), ("stack", Scope("management", "eu-west-1"))):
        address = Address(kind, "backup-vault", scope)
        assert "nist-csf-2.0:PR.DS-11" in BY_NAME[kind].controls_of(organization, address)
        assert BY_NAME[kind].controls_of(organization, Address(kind, "gone", scope)) == BY_NAME[kind].controls
    played = BY_NAME["stack_set"].controls_of(organization, Address("stack_set", "playbook-restart-trail"))
    assert {*organization.deployments["playbook-restart-trail"].controls} <= {*played}
    assert organization.deployments["playbook-restart-trail"].controls


def test_controls_are_ids_of_catalogues(library: Library) -> None:
    """What is no id would be left out, and nobody would miss it."""
    assert controls_in(["nist-csf-2.0:PR.DS-11", "PR.DS-11", 1, "fsbp:a b", "nist-csf-2.0:PR.DS-11"]) == (
        "nist-csf-2.0:PR.DS-11",
    )
    for path in library.blueprint_files.values():
        said = re.search(r"^CONTROLS = \((.*?)\)$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
        written = re.findall(r'"([^"]+)"', said[1]) if said else []
        assert list(library.blueprint(path.stem).controls) == written
