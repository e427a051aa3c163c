"""The identity store of IAM Identity Center: who there is (Identity Store API reference)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Nothing, Scope, Service
from landing.sandbox.services.ssoadmin.state import PRINCIPAL, Directory, add_group, add_user, enabled


@dataclass(frozen=True, slots=True)
class Sort:
    """Groups or users."""

    name: str
    id: str
    unique: tuple[str, ...]
    """The attributes by which one is found, in lower case."""


GROUP, USER = Sort("GROUP", "GroupId", ("displayname",)), Sort("USER", "UserId", ("username", "emails.value"))


class IdentityStore(Service[Nothing]):
    """Groups, users and memberships; the store is that of the organization's instance, in its Region."""

    name = "identitystore"
    scope = Scope.WORLD
    state_type = Nothing

    def admit(self, call: Call) -> None:
        """The management account and the delegated administrator (IAM Identity Center User Guide)."""
        if accounts.may_administer(call, PRINCIPAL) is None:
            raise Refusal("AccessDeniedException", "User is not authorized to access the identity store.")

    def get_group_id(self, call: Call) -> dict[str, Any]:
        """By display name (API reference, GetGroupId)."""
        directory = _directory(call)
        return _found(call, directory, directory.groups, GROUP)

    def get_user_id(self, call: Call) -> dict[str, Any]:
        """By user name or e-mail address (API reference, GetUserId)."""
        directory = _directory(call)
        return _found(call, directory, directory.users, USER)

    def describe_group(self, call: Call) -> dict[str, Any]:
        """API reference, DescribeGroup."""
        return _there(_directory(call).groups, call["GroupId"], GROUP)

    def describe_user(self, call: Call) -> dict[str, Any]:
        """API reference, DescribeUser."""
        return _there(_directory(call).users, call["UserId"], USER)

    def list_groups(self, call: Call) -> dict[str, Any]:
        """API reference, ListGroups."""
        return call.page("Groups", list(_directory(call).groups.values()))

    def list_users(self, call: Call) -> dict[str, Any]:
        """API reference, ListUsers."""
        return call.page("Users", list(_directory(call).users.values()))

    def create_group(self, call: Call) -> dict[str, Any]:
        """A name is given once (API reference, CreateGroup)."""
        directory = _directory(call)
        name = call.get("DisplayName", "")
        if any(each["DisplayName"] == name for each in directory.groups.values()):
            raise Refusal("ConflictException", "Duplicate GroupDisplayName", Reason="UNIQUENESS_CONSTRAINT_VIOLATION")
        made = add_group(call.world, directory, {"DisplayName": name})
        return {"GroupId": made, "IdentityStoreId": directory.id}

    def create_user(self, call: Call) -> dict[str, Any]:
        """A name is given once (API reference, CreateUser)."""
        directory = _directory(call)
        name = call.get("UserName", "")
        if any(each["UserName"] == name for each in directory.users.values()):
            raise Refusal("ConflictException", "Duplicate UserName", Reason="UNIQUENESS_CONSTRAINT_VIOLATION")
        parts = {part: call[part] for part in ("UserName", "DisplayName", "Name", "Emails") if part in call}
        return {"UserId": add_user(call.world, directory, parts), "IdentityStoreId": directory.id}

    def create_group_membership(self, call: Call) -> dict[str, Any]:
        """Of a user, once (API reference, CreateGroupMembership)."""
        directory, pair = _directory(call), (call["GroupId"], call["MemberId"]["UserId"])
        _there(directory.groups, pair[0], GROUP)
        _there(directory.users, pair[1], USER)
        if pair in directory.memberships.values():
            reason = "UNIQUENESS_CONSTRAINT_VIOLATION"
            raise Refusal("ConflictException", "Member and Group relationship already exists.", Reason=reason)
        made = call.world.uuid()
        directory.memberships[made] = pair
        return {"MembershipId": made, "IdentityStoreId": directory.id}

    def list_group_memberships(self, call: Call) -> dict[str, Any]:
        """API reference, ListGroupMemberships."""
        directory = _directory(call)
        _there(directory.groups, call["GroupId"], GROUP)
        found = [(made, pair) for made, pair in directory.memberships.items() if pair[0] == call["GroupId"]]

        def shown(item: tuple[str, tuple[str, str]]) -> dict[str, Any]:
            made, (group, user) = item
            member = {"MembershipId": made, "GroupId": group, "MemberId": {"UserId": user}}
            return {"IdentityStoreId": directory.id, **member}

        return call.page("GroupMemberships", found, show=shown)

    def delete_group_membership(self, call: Call) -> dict[str, Any]:
        """API reference, DeleteGroupMembership."""
        directory = _directory(call)
        if directory.memberships.pop(call["MembershipId"], None) is None:
            raise Refusal("ResourceNotFoundException", "MEMBERSHIP not found.", ResourceType="GROUP_MEMBERSHIP")
        return {}

    def delete_group(self, call: Call) -> dict[str, Any]:
        """Its assignments stay (API reference, DeleteGroup)."""
        _directory(call).groups.pop(call["GroupId"], None)
        return {}

    def delete_user(self, call: Call) -> dict[str, Any]:
        """Its assignments stay (API reference, DeleteUser)."""
        _directory(call).users.pop(call["UserId"], None)
        return {}


def _directory(call: Call) -> Directory:
    found = enabled(call.world, call.account)
    if found is None or found[1].directory.id != call["IdentityStoreId"] or found[1].region != call.region:
        raise Refusal(
            "ResourceNotFoundException",
            "The identity store does not exist.",
            ResourceType="IDENTITY_STORE",
            ResourceId=call["IdentityStoreId"],
        )
    return found[1].directory


def _found(call: Call, directory: Directory, entries: dict[str, dict[str, Any]], sort: Sort) -> dict[str, Any]:
    asked = call["AlternateIdentifier"].get("UniqueAttribute")
    if asked is None:
        raise Refusal("ResourceNotFoundException", f"{sort.name} not found.", ResourceType=sort.name)
    path, value = asked["AttributePath"].lower(), asked["AttributeValue"]
    if path not in sort.unique:
        raise Refusal("ValidationException", f"The attribute {asked['AttributePath']} is not unique.")
    for id_, entry in entries.items():
        names = {
            "displayname": [entry.get("DisplayName")],
            "username": [entry.get("UserName")],
            "emails.value": [each.get("Value") for each in entry.get("Emails", ())],
        }[path]
        if value in names:
            return {sort.id: id_, "IdentityStoreId": directory.id}
    raise Refusal("ResourceNotFoundException", f"{sort.name} not found.", ResourceType=sort.name)


def _there(entries: dict[str, dict[str, Any]], id_: str, sort: Sort) -> dict[str, Any]:
    if id_ not in entries:
        raise Refusal("ResourceNotFoundException", f"{sort.name} not found.", ResourceType=sort.name, ResourceId=id_)
    return entries[id_]
