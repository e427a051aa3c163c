"""org-formation: its organization file, a template of `OC::ORG::…` resources that refer to each other by `!Ref`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from landing.core.errors import LandingError
from landing.importing.listing import SCP, ListedAccount, ListedPolicy, Listing, Place
from landing.importing.nodes import Located, Tagged, mapping, plain, yaml_of

ACCOUNTS = ("OC::ORG::MasterAccount", "OC::ORG::Account")
ROOT_TYPE, UNIT, POLICY = "OC::ORG::OrganizationRoot", "OC::ORG::OrganizationalUnit", "OC::ORG::ServiceControlPolicy"
CARRIED = {
    **{kind: {"AccountName", "AccountId", "RootEmail", "Tags", "ServiceControlPolicies"} for kind in ACCOUNTS},
    ROOT_TYPE: {"ServiceControlPolicies", "DefaultOrganizationAccessRoleName"},
    UNIT: {"OrganizationalUnitName", "Accounts", "OrganizationalUnits", "ServiceControlPolicies"},
    POLICY: {"PolicyName", "Description", "PolicyDocument"},
}

REFERRING = ("Accounts", "OrganizationalUnits", "ServiceControlPolicies")
"""Properties whose values are names of other resources."""
READ_AS_IT_IS = (*REFERRING, "PolicyDocument")


def read(file: Path) -> Listing:
    """What the file says."""
    found = Listing(f"the org-formation file {file}")
    top = mapping(yaml_of(file))
    resources = mapping(top.get("Organization"))
    if not resources:
        raise LandingError(f"{file} has no `Organization`: it is no organization file of org-formation")
    found.leave_others(top, ("AWSTemplateFormatVersion", "Description", "Organization"), why="not carried over")
    properties = {name: _properties(found, resources, name) for name in resources}
    kinds = {name: str(mapping(resources[name]).get("Type")) for name in resources}
    places = _places(found, properties, kinds)
    home = {account: place for unit, place in places.items() for account in _refs(properties[unit].get("Accounts"))}
    for name, kind in kinds.items():
        own = properties[name]
        if kind in ACCOUNTS:
            tags = {key: str(plain(value)) for key, value in mapping(own.get("Tags")).items()}
            account = ListedAccount(
                name, str(own.get("RootEmail") or ""), home.get(name, ()), str(own.get("AccountName") or name),
                str(own.get("AccountId") or ""), tags,
            )  # fmt: skip
            found.accounts.append(account)
            found.management = name if kind == ACCOUNTS[0] else found.management
        elif kind == ROOT_TYPE:
            found.member_role = str(own.get("DefaultOrganizationAccessRoleName") or "")
    for name, kind in kinds.items():
        if kind == POLICY:
            _policy(found, name, properties, kinds, places)
    return found


def _properties(found: Listing, resources: Located, name: str) -> Located:
    """The properties of a resource, with what is not carried over of them said."""
    resource = mapping(resources[name])
    kind, own = str(resource.get("Type")), mapping(resource.get("Properties"))
    if kind not in CARRIED:
        found.leave(f"{name} ({kind})", "a config has nothing for it", resources.at(name))
        return own
    for key in own:
        if key not in CARRIED[kind]:
            found.leave(f"`{key}` of {name}", "a config has nothing for it", own.at(key))
        elif key in REFERRING:
            for each in own[key] if isinstance(own[key], list) else [own[key]]:
                if not {*_refs(each)} & {*resources}:
                    found.leave(f"{plain(each)} in `{key}` of {name}", "the file has nothing of that name", own.at(key))
    found.leave_others(resource, ("Type", "Properties"), name, "not carried over")
    for values, of in ((own, name), (mapping(own.get("Tags")), f"`Tags` of {name}")):
        for key in [key for key, value in values.items() if key not in READ_AS_IT_IS and _is_function(value)]:
            found.leave(f"`{key}` of {of}", f"its value is {plain(values[key])}", values.at(key))
            del values[key]
    return own


def _is_function(value: Any) -> bool:
    return isinstance(value, Tagged) or (
        isinstance(value, Mapping) and any(key == "Ref" or key.startswith("Fn::") for key in value)
    )


def _refs(value: Any) -> list[str]:
    """The names that `!Ref` stands before: one, or a list of them."""
    values = value if isinstance(value, list) else [value]
    return [
        str(each.value if isinstance(each, Tagged) else each["Ref"])
        for each in values
        if (isinstance(each, Tagged) and each.tag == "Ref") or (isinstance(each, Mapping) and "Ref" in each)
    ]


def _places(found: Listing, properties: Mapping[str, Located], kinds: Mapping[str, str]) -> dict[str, Place]:
    units = [name for name, kind in kinds.items() if kind == UNIT]
    above = {child: name for name in units for child in _refs(properties[name].get("OrganizationalUnits"))}
    places: dict[str, Place] = {}
    for name in units:
        path, at = list[str](), name
        while at and at in properties and len(path) < 16:
            path.append(str(properties[at].get("OrganizationalUnitName") or at))
            at = above.get(at, "")
        places[name] = tuple(reversed(path))
        found.add_place(places[name])
    return places


def _policy(
    found: Listing,
    name: str,
    properties: Mapping[str, Located],
    kinds: Mapping[str, str],
    places: Mapping[str, Place],
) -> None:
    own = properties[name]
    document = own.get("PolicyDocument")
    if not isinstance(document, Mapping):
        found.leave(f"policy {name}", "its document is not in the file", own.at("PolicyDocument"))
        return
    if "!" in str(plain(document)) and any(isinstance(each, Tagged) for each in _values(document)):
        found.leave(f"policy {name}", "its document has functions of org-formation", own.at("PolicyDocument"))
        return
    users = [user for user, its in properties.items() if name in _refs(its.get("ServiceControlPolicies"))]
    found.policies.append(
        ListedPolicy(
            str(own.get("PolicyName") or name),
            str(own.get("Description") or ""),
            SCP,
            plain(document),
            tuple(
                () if kinds[user] == ROOT_TYPE else places[user] for user in users if kinds[user] in (ROOT_TYPE, UNIT)
            ),
            tuple(user for user in users if kinds[user] in ACCOUNTS),
        )
    )


def _values(value: Any) -> Iterator[Any]:
    yield value
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _values(each)
