"""Alternate contacts as they are set."""

from __future__ import annotations

from pathlib import Path

from landing.importing import live_contacts
from landing.importing.draft import Asked, DraftAccount, LeftOut
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


def test_of_very_many_accounts_none_is_asked_for() -> None:
    accounts = {f"{number:012}": DraftAccount(f"a{number}", "a", "a@corp.io", "root") for number in range(101)}
    left: list[LeftOut] = []
    aws = QuickAws(STRANGER)
    assert live_contacts.with_contacts(aws, accounts, "", left) == accounts
    assert not aws.calls
    assert [each.what for each in left] == ["alternate contacts"]
