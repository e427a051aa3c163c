"""Accounts: creating, listing, moving, closing, removing (Organizations API reference and User Guide)."""

from __future__ import annotations

from tests.sandbox.cloud import Cloud, refused, source

FOUR_DAYS = 4 * 86400


def _create(cloud: Cloud, name: str = "a", email: str = "a@example.com") -> dict[str, str]:
    created: dict[str, str] = cloud.organizations.create_account(AccountName=name, Email=email)["CreateAccountStatus"]
    return created


def _status(cloud: Cloud, request: str) -> dict[str, str]:
    described: dict[str, str] = cloud.organizations.describe_create_account_status(CreateAccountRequestId=request)[
        "CreateAccountStatus"
    ]
    return described


@source("API reference: CreateAccount is asynchronous, CreateAccountStatus.State")
def test_creating_takes_a_while(cloud: Cloud) -> None:
    created = _create(cloud)
    assert created["State"] == "IN_PROGRESS"
    assert "AccountId" not in created
    assert _status(cloud, created["Id"])["State"] == "IN_PROGRESS"
    done = _status(cloud, created["Id"])
    assert done["State"] == "SUCCEEDED"
    assert "CompletedTimestamp" in done
    account = cloud.organizations.describe_account(AccountId=done["AccountId"])["Account"]
    assert (account["Name"], account["Email"], account["JoinedMethod"]) == ("a", "a@example.com", "CREATED")


@source("API reference: CreateAccount; the account exists only when the request has succeeded")
def test_an_account_in_the_making_is_not_listed(cloud: Cloud) -> None:
    _create(cloud)
    assert len(cloud.organizations.list_accounts()["Accounts"]) == 1


@source("API reference: CreateAccountStatus.FailureReason EMAIL_ALREADY_EXISTS")
def test_an_email_address_is_used_once(cloud: Cloud) -> None:
    cloud.account("a")
    request = _create(cloud, name="b", email="A@example.com")
    assert request["State"] == "IN_PROGRESS"
    _status(cloud, request["Id"])
    failed = _status(cloud, request["Id"])
    assert (failed["State"], failed["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")


@source("User Guide: quotas, 5 accounts in progress; ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED")
def test_five_accounts_are_created_at_once_at_most(cloud: Cloud) -> None:
    for number in range(5):
        _create(cloud, email=f"a{number}@example.com")
    refused(
        "ConstraintViolationException",
        cloud.organizations.create_account,
        AccountName="a",
        Email="a6@example.com",
        reason="ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED",
    )


@source("User Guide: quotas, number of accounts; ACCOUNT_NUMBER_LIMIT_EXCEEDED")
def test_the_number_of_accounts_is_limited(cloud: Cloud) -> None:
    cloud.option(account_quota=2)
    _create(cloud)
    refused(
        "ConstraintViolationException",
        cloud.organizations.create_account,
        AccountName="b",
        Email="b@example.com",
        reason="ACCOUNT_NUMBER_LIMIT_EXCEEDED",
    )


@source("API reference: CreateAccount, RoleName; InvalidInputException INVALID_ROLE_NAME")
def test_the_access_role_is_no_service_linked_role(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.create_account,
        AccountName="b",
        Email="b@example.com",
        RoleName="AWSServiceRoleForMe",
        reason="INVALID_ROLE_NAME",
    )


@source("botocore: pattern of Email")
def test_an_email_address_has_a_form(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.create_account,
        AccountName="b",
        Email="nowhere",
        reason="INVALID_PATTERN",
    )


@source("botocore: maximum length of CreateAccountName")
def test_a_name_has_fifty_characters_at_most(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.create_account,
        AccountName="b" * 51,
        Email="b@example.com",
        reason="MAX_LENGTH_EXCEEDED",
    )


@source("API reference: CreateAccountStatusNotFoundException")
def test_an_unknown_request_is_not_found(cloud: Cloud) -> None:
    refused(
        "CreateAccountStatusNotFoundException",
        cloud.organizations.describe_create_account_status,
        CreateAccountRequestId="car-00000000000000000000000000000000",
    )


@source("API reference: ListCreateAccountStatus, States")
def test_requests_are_listed_by_state(cloud: Cloud) -> None:
    cloud.account("a")
    _create(cloud, "b", "b@example.com")

    def names(*states: str) -> list[str]:
        listed = cloud.organizations.list_create_account_status(States=list(states))
        return [request["AccountName"] for request in listed["CreateAccountStatuses"]]

    assert names("SUCCEEDED") == ["a"]
    assert names("IN_PROGRESS") == []
    assert names("SUCCEEDED", "FAILED") == ["a", "b"]


@source("API reference: CreateAccount, Tags")
def test_an_account_is_tagged_when_it_is_created(cloud: Cloud) -> None:
    account = cloud.account("a", Tags=[{"Key": "team", "Value": "x"}])
    tags = cloud.organizations.list_tags_for_resource(ResourceId=account)["Tags"]
    assert tags == [{"Key": "team", "Value": "x"}]


@source("User Guide: a created account starts in the root; botocore: Account.Paths")
def test_a_new_account_is_in_the_root(cloud: Cloud) -> None:
    account = cloud.account("a")
    parents = cloud.organizations.list_parents(ChildId=account)["Parents"]
    assert parents == [{"Id": cloud.root, "Type": "ROOT"}]
    organization = cloud.organizations.describe_organization()["Organization"]["Id"]
    described = cloud.organizations.describe_account(AccountId=account)["Account"]
    assert described["Paths"] == [f"{organization}/{cloud.root}/{account}/"]


@source("API reference: ListAccounts, pages of 20; NextToken until it is null")
def test_accounts_come_in_pages_of_twenty(cloud: Cloud) -> None:
    for number in range(24):
        cloud.account(f"a{number}")
    first = cloud.organizations.list_accounts()
    assert len(first["Accounts"]) == 20
    rest = cloud.organizations.list_accounts(NextToken=first["NextToken"])
    assert len(rest["Accounts"]) == 5
    assert "NextToken" not in rest


@source("API reference: ListAccounts, MaxResults")
def test_pages_can_be_smaller(cloud: Cloud) -> None:
    cloud.account("a")
    page = cloud.organizations.list_accounts(MaxResults=1)
    assert len(page["Accounts"]) == 1
    assert page["NextToken"]


@source("API reference: DescribeAccount, AccountNotFoundException")
def test_an_unknown_account_is_not_found(cloud: Cloud) -> None:
    refused("AccountNotFoundException", cloud.organizations.describe_account, AccountId="999999999999")


@source("botocore: pattern of AccountId")
def test_an_account_id_has_twelve_digits(cloud: Cloud) -> None:
    refused(
        "InvalidInputException",
        cloud.organizations.describe_account,
        AccountId="99999999999",
        reason="INVALID_PATTERN",
    )


@source("API reference: MoveAccount")
def test_an_account_moves(cloud: Cloud) -> None:
    account, unit = cloud.account("a"), cloud.unit("U")
    cloud.organizations.move_account(AccountId=account, SourceParentId=cloud.root, DestinationParentId=unit)
    listed = cloud.organizations.list_accounts_for_parent(ParentId=unit)["Accounts"]
    assert [found["Id"] for found in listed] == [account]
    assert listed[0]["Paths"][0].endswith(f"{unit}/{account}/")
    in_root = cloud.organizations.list_accounts_for_parent(ParentId=cloud.root)["Accounts"]
    assert account not in [found["Id"] for found in in_root]


@source("API reference: MoveAccount, AccountNotFoundException for an account that is not in the source")
def test_an_account_moves_from_where_it_is(cloud: Cloud) -> None:
    account, unit, other = cloud.account("a"), cloud.unit("U"), cloud.unit("V")
    refused(
        "AccountNotFoundException",
        cloud.organizations.move_account,
        AccountId=account,
        SourceParentId=unit,
        DestinationParentId=other,
    )


@source("API reference: MoveAccount, SourceParentNotFoundException")
def test_the_source_of_a_move_exists(cloud: Cloud) -> None:
    refused(
        "SourceParentNotFoundException",
        cloud.organizations.move_account,
        AccountId=cloud.account("a"),
        SourceParentId="ou-abcd-12345678",
        DestinationParentId=cloud.root,
    )


@source("API reference: MoveAccount, DestinationParentNotFoundException")
def test_the_destination_of_a_move_exists(cloud: Cloud) -> None:
    refused(
        "DestinationParentNotFoundException",
        cloud.organizations.move_account,
        AccountId=cloud.account("a"),
        SourceParentId=cloud.root,
        DestinationParentId="ou-abcd-12345678",
    )


@source("API reference: MoveAccount, DuplicateAccountException")
def test_an_account_does_not_move_to_where_it_is(cloud: Cloud) -> None:
    root = cloud.root
    refused(
        "DuplicateAccountException",
        cloud.organizations.move_account,
        AccountId=cloud.account("a"),
        SourceParentId=root,
        DestinationParentId=root,
    )


@source("API reference: MoveAccount, AccountNotFoundException")
def test_an_unknown_account_does_not_move(cloud: Cloud) -> None:
    refused(
        "AccountNotFoundException",
        cloud.organizations.move_account,
        AccountId="999999999999",
        SourceParentId=cloud.root,
        DestinationParentId=cloud.unit("U"),
    )


@source("User Guide: account states; API reference: CloseAccount is asynchronous")
def test_closing_takes_a_while(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.organizations.close_account(AccountId=account)

    def state() -> tuple[str, str]:
        found = cloud.organizations.describe_account(AccountId=account)["Account"]
        return found["State"], found["Status"]

    assert state() == ("PENDING_CLOSURE", "PENDING_CLOSURE")
    assert state() == ("CLOSED", "SUSPENDED")


@source("API reference: CloseAccount, AccountAlreadyClosedException")
def test_an_account_is_closed_once(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.organizations.close_account(AccountId=account)
    refused("ConflictException", cloud.organizations.close_account, AccountId=account)
    for _ in range(2):
        cloud.organizations.describe_account(AccountId=account)
    refused("AccountAlreadyClosedException", cloud.organizations.close_account, AccountId=account)


@source("API reference: CloseAccount, CANNOT_CLOSE_MANAGEMENT_ACCOUNT")
def test_the_management_account_is_not_closed(cloud: Cloud) -> None:
    refused(
        "ConstraintViolationException",
        cloud.organizations.close_account,
        AccountId=cloud.client("sts").get_caller_identity()["Account"],
        reason="CANNOT_CLOSE_MANAGEMENT_ACCOUNT",
    )


@source("User Guide: quotas, 3 accounts being closed; CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED")
def test_three_accounts_are_closed_at_once_at_most(cloud: Cloud) -> None:
    accounts = [cloud.account(f"a{number}") for number in range(4)]
    for account in accounts[:3]:
        cloud.organizations.close_account(AccountId=account)
    refused(
        "ConstraintViolationException",
        cloud.organizations.close_account,
        AccountId=accounts[3],
        reason="CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED",
    )


@source("User Guide: closed accounts are members for 90 days")
def test_a_closed_account_goes_after_ninety_days(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.organizations.close_account(AccountId=account)
    cloud.advance(3600)
    assert len(cloud.organizations.list_accounts()["Accounts"]) == 2
    cloud.advance(90 * 86400)
    assert len(cloud.organizations.list_accounts()["Accounts"]) == 1


@source("User Guide: quotas; WAIT_PERIOD_ACTIVE for accounts younger than four days")
def test_a_created_account_is_not_removed_at_once(cloud: Cloud) -> None:
    account = cloud.account("a")
    refused(
        "ConstraintViolationException",
        cloud.organizations.remove_account_from_organization,
        AccountId=account,
        reason="WAIT_PERIOD_ACTIVE",
    )
    cloud.advance(FOUR_DAYS)
    cloud.organizations.remove_account_from_organization(AccountId=account)
    refused("AccountNotFoundException", cloud.organizations.describe_account, AccountId=account)


@source("API reference: RemoveAccountFromOrganization, MasterCannotLeaveOrganizationException")
def test_the_management_account_is_not_removed(cloud: Cloud) -> None:
    refused(
        "MasterCannotLeaveOrganizationException",
        cloud.organizations.remove_account_from_organization,
        AccountId=cloud.client("sts").get_caller_identity()["Account"],
    )


@source("API reference: CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG")
def test_a_delegated_administrator_is_not_removed(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.delegate(account, "config.amazonaws.com")
    cloud.advance(FOUR_DAYS)
    refused(
        "ConstraintViolationException",
        cloud.organizations.remove_account_from_organization,
        AccountId=account,
        reason="CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG",
    )


@source("API reference: LeaveOrganization")
def test_a_member_leaves(cloud: Cloud) -> None:
    account = cloud.account("a")
    cloud.advance(FOUR_DAYS)
    member = cloud.client("organizations", account)
    member.leave_organization()
    refused("AWSOrganizationsNotInUseException", member.describe_organization)
