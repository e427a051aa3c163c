"""Accounts of the organization."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from landing.aws import Aws
from landing.aws.adoption import LiveAccount
from landing.errors import AwsError
from landing.kinds.attachments import Attachments
from landing.kinds.base import Kind
from landing.kinds.organization import TheOrganization
from landing.kinds.trusted_access import TrustedAccess
from landing.kinds.unit import OrganizationalUnit
from landing.model import Action, Change, Gap, Resource, Scope, Severity
from landing.organization import ROOT, TAG, Organization
from landing.quotas import CREATE_ACCOUNT_IN_FLIGHT
from landing.services import ACCOUNT

TIMEOUT = 1_800
"""Seconds that AWS may take to create an account."""


class MemberAccount(Kind):
    """Accounts: created, adopted by e-mail, moved, renamed, tagged; closed only when that is allowed by name."""

    name = "account"
    title = "Account"
    severity = Severity.HIGH
    controls = ("cis-aws-7.0:2.1.4", "nist-csf-2.0:ID.AM-01")
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts.html"
    parallel = CREATE_ACCOUNT_IN_FLIGHT
    removal = "close-account"
    unknown = ("id",)
    ahead = ("accounts", "units")
    reads = (
        "organizations:ListAccounts",
        "organizations:ListCreateAccountStatus",
        "organizations:ListAccountsForParent",
        "tag:GetResources",
    )
    writes = (
        "organizations:CreateAccount",
        "organizations:DescribeCreateAccountStatus",
        "organizations:MoveAccount",
        "organizations:TagResource",
        "organizations:CloseAccount",
        "account:PutAccountName",
        "iam:CreateServiceLinkedRole",
    )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The accounts of the config; each waits for its unit and the guardrails there.

        Except those whose ids the guardrails contain: they come first.
        """
        for account in organization.accounts.values():
            attributes = {
                "name": account.name,
                **({"email": account.email} if account.email else {}),
                "unit": account.unit,
                "tags": dict(account.tags),
                "managed": True,
            }
            needs = [OrganizationalUnit().parent(account.unit), TrustedAccess().address(ACCOUNT)]
            if account.key == organization.management:
                needs.append(TheOrganization().address("this"))
            elif account.key not in organization.named_in_policies:
                needs += Attachments().of_path(organization, account.unit)
            yield Resource(self.address(account.key), attributes, tuple(needs), source=account.source)

    def read(self, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """Active accounts; what is suspended, closing or closed is left alone, and said."""
        wanted = aws.organization.accounts
        for account in aws.tree.accounts.values():
            if account.state != "ACTIVE":
                if account.key in wanted:
                    reason = f"account {account.id} is {account.state}: left alone"
                    yield Gap(self.name, scope, reason, account.key)
                continue
            declared = wanted[account.key].tags if account.key in wanted else {}
            tags = aws.tree.tags_of(account.id)
            attributes = {
                "name": account.name,
                "email": account.email,
                "unit": account.unit,
                "tags": {key: value for key, value in tags.items() if key in declared},
                "managed": account.marked,
            }
            needs = [
                OrganizationalUnit().parent(account.unit),
                *map(Attachments().at_unit, aws.tree.path(account.unit)),
            ]
            owned = account.marked and account.id != (aws.tree.organization or {}).get("MasterAccountId")
            yield Resource(self.address(account.key), attributes, tuple(needs), owned)

    def apply(self, aws: Aws, change: Change) -> None:
        """Find or create the account, then move, rename and tag it as declared."""
        key = change.address.name
        live = aws.tree.accounts.get(key)
        if change.action is Action.DELETE:
            if live is not None:
                with aws.writing:
                    aws.client("organizations").close_account(AccountId=live.id)
            return
        assert change.after is not None
        known = {}
        if live is None:
            live = self._create(aws, key, change.after)
            aws.tree.add_account(live)
            known = {**change.after["tags"], TAG: key}
            aws.tree.tagged(live.id, known)
        self._align(aws, live, change.after, known or aws.tree.tags_of(live.id))

    def _create(self, aws: Aws, key: str, after: Mapping[str, Any]) -> LiveAccount:
        """Ask for the account unless an earlier run did, and wait for it."""
        client = aws.client("organizations")
        pending = [
            status
            for status in aws.listed(
                client, "list_create_account_status", "CreateAccountStatuses", States=["IN_PROGRESS"]
            )
            if status.get("AccountName") == after["name"]
        ]
        status = pending[0] if pending else self._ask(aws, key, after)
        for _ in aws.clock.poll(f"creating account {key}", timeout=TIMEOUT):
            if status["State"] != "IN_PROGRESS":
                break
            status = client.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
        if status["State"] == "FAILED":
            raise AwsError(
                status["FailureReason"], f"account {key} ({after['email']}) was not created", operation="CreateAccount"
            )
        return LiveAccount(status["AccountId"], key, after["name"], after["email"], "ACTIVE", ROOT, True)

    def _ask(self, aws: Aws, key: str, after: Mapping[str, Any]) -> Mapping[str, Any]:
        tags = [{"Key": TAG, "Value": key}, *({"Key": k, "Value": v} for k, v in after["tags"].items())]
        answer: Mapping[str, Any] = aws.client("organizations").create_account(
            Email=after["email"], AccountName=after["name"], RoleName=aws.organization.member_role, Tags=tags
        )["CreateAccountStatus"]
        return answer

    def _align(self, aws: Aws, live: LiveAccount, after: Mapping[str, Any], known: Mapping[str, str]) -> None:
        client = aws.client("organizations")
        if live.email.lower() != after.get("email", live.email).lower():
            raise AwsError(
                "EmailDiffers",
                f"account {live.key} has the e-mail {live.email}; AWS changes it only with a code "
                "that is sent to the new address (account:StartPrimaryEmailUpdate): do that, or set the "
                "config to the present address",
            )
        with aws.writing:
            if live.unit != after["unit"]:
                client.move_account(
                    AccountId=live.id,
                    SourceParentId=aws.tree.node_id(live.unit),
                    DestinationParentId=aws.tree.node_id(after["unit"]),
                )
                aws.tree.move_account(live.key, after["unit"])
            tags = {**after["tags"], TAG: live.key}
            missing = [{"Key": k, "Value": v} for k, v in tags.items() if known.get(k) != v]
            if missing:
                client.tag_resource(ResourceId=live.id, Tags=missing)
                aws.tree.tagged(live.id, tags)
        if live.name != after["name"]:
            own = live.key == aws.organization.management
            identity: dict[str, str] = {} if own else {"AccountId": live.id}
            aws.client("account").put_account_name(AccountName=after["name"], **identity)
