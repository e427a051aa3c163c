"""Alternate contacts as they are set."""

from __future__ import annotations

from pathlib import Path

import pytest

from landing.importing import live as live_module
from landing.importing.draft import Asked
from landing.importing.live import read, stranger
from landing.importing.output import write_folder
from landing.sandbox import Sandbox
from landing.services.registry import KINDS
from tests.cloud import Cloud, QuickAws
from tests.importing.test_adopting import by_hand

STRANGER = stranger("eu-west-1")
CONTACT = {"name": "Sec: ops", "title": "On call", "email": "sec@corp.io", "phone": "+1 555 0100"}


def test_contacts_are_taken_over(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        live = by_hand(sandbox.world)
        organizations = sandbox.session(region="us-east-1").client("organizations")
        organizations.enable_aws_service_access(ServicePrincipal="account.amazonaws.com")
        member = next(each for each in live.members if each != live.management_account)
        for which in ({"AccountId": member}, {}):
            sandbox.session(region="us-east-1").client("account").put_alternate_contact(
                AlternateContactType="SECURITY",
                Name=CONTACT["name"],
                Title=CONTACT["title"],
                EmailAddress=CONTACT["email"],
                PhoneNumber=CONTACT["phone"],
                **which,
            )
        draft = read(STRANGER, QuickAws(STRANGER), Asked("corp", "eu-west-1", ("eu-west-1",)))
        told = {each.id: each.contacts for each in draft.accounts if each.contacts}
        assert told == {account: {"security": CONTACT} for account in (member, live.management_account)}
        cloud = Cloud(sandbox, write_folder(draft, tmp_path / "org").organization)
        assert cloud.plan([KINDS["contacts"]]).changes == ()


@pytest.mark.parametrize("asked", [False, True])
def test_of_very_many_accounts_none_is_asked_for_unless_the_user_says_so(
    monkeypatch: pytest.MonkeyPatch, *, asked: bool
) -> None:
    with Sandbox() as sandbox:
        live = by_hand(sandbox.world)
        organizations = sandbox.session(region="us-east-1").client("organizations")
        organizations.enable_aws_service_access(ServicePrincipal="account.amazonaws.com")
        monkeypatch.setattr(live_module, "MOST", len(live.members) - 1)
        aws = QuickAws(STRANGER)
        draft = read(STRANGER, aws, Asked("corp", "eu-west-1", ("eu-west-1",), contacts=asked))
    assert aws.calls["account", "GetAlternateContact"] == 3 * len(live.members) * asked
    left = [each.why for each in draft.left_out if each.what == "alternate contacts"]
    assert len(left) == (not asked)
    assert all("--contacts" in why for why in left)
