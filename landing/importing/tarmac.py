"""tarmac-cli: `organization.yaml`, with `accounts.yaml` beside it (tarmac-cli 0.7)."""

from __future__ import annotations

from pathlib import Path

from landing.importing.listing import SCP, ListedAccount, ListedPolicy, Listing, Place
from landing.importing.nodes import Located, document_in, listed, mapping, rows, yaml_of

CARRIED = {
    "organization": {"name", "primary_region", "additional_regions", "tags"},
    "accounts": {"name", "email", "ou", "tags"},
    "policies": {"name", "description", "policy_file", "targets"},
}
PARTS = ("organization", "service_control_policies", "ou_structure", "accounts", "tags")
MANAGEMENT = "management"


def read(file: Path) -> Listing:
    """What the files say; of the management account they say nothing but its contacts."""
    file = file / "organization.yaml" if file.is_dir() else file
    found = Listing(f"the tarmac config {file}", management=MANAGEMENT)
    top, catalog = mapping(yaml_of(file)), mapping(yaml_of(file.with_name("accounts.yaml")))
    own = mapping(top.get("organization"))
    found.name, found.home_region = str(own.get("name") or ""), str(own.get("primary_region") or "")
    found.regions = (found.home_region, *map(str, listed(own.get("additional_regions"))))
    for part in (top, catalog):
        found.leave_others(part, PARTS, why="not carried over: see what `services` and blueprints have for it")
    found.leave_others(own, CARRIED["organization"], "the organization")
    found.log_archive = str(mapping(top.get("cloudtrail")).get("log_archive_account") or "log-archive")
    found.security_tooling = str(mapping(top.get("security_services")).get("audit_account") or "audit")
    names = dict(_places(found, top.get("ou_structure"), ()))
    _accounts(found, own, catalog, names)
    for policy in rows(mapping(top.get("service_control_policies")).get("policies")):
        _policy(found, file, policy, names)
    if (file.with_name("identity.yaml")).exists():
        found.leave(str(file.with_name("identity.yaml")), "IAM Identity Center is not part of a config")
    return found


def _places(found: Listing, units: object, above: Place) -> list[tuple[str, Place]]:
    """Units are named by their names alone, which are unique there; a path works as well."""
    made: list[tuple[str, Place]] = []
    for each in rows(units):
        place = (*above, str(each.get("name")))
        found.add_place(place)
        made += [(place[-1], place), ("/".join(place), place), *_places(found, each.get("children"), place)]
    return made


def _accounts(found: Listing, own: Located, catalog: Located, names: dict[str, Place]) -> None:
    shared = {**mapping(own.get("tags")), **mapping(catalog.get("tags"))}
    found.accounts.append(ListedAccount(MANAGEMENT, "", ()))
    for each in rows(catalog.get("accounts")):
        name, unit = str(each.get("name")), str(each.get("ou") or "root")
        if unit.lower() != "root" and unit not in names:
            found.leave(f"unit {unit} of account {name}", "there is no such unit: put at the root", each.at("ou"))
        found.leave_others(each, CARRIED["accounts"], f"account {name}")
        tags = {key: str(value) for key, value in {**shared, **mapping(each.get("tags"))}.items()}
        found.accounts.append(ListedAccount(name, str(each.get("email") or ""), names.get(unit, ()), tags=tags))


def _policy(found: Listing, file: Path, policy: Located, names: dict[str, Place]) -> None:
    name = str(policy.get("name"))
    found.leave_others(policy, CARRIED["policies"], f"policy {name}")
    targets = [str(each) for each in listed(policy.get("targets"))] or ["root"]
    known = {each.name for each in found.accounts}
    for target in targets:
        if target.lower() != "root" and target not in names and target not in known:
            found.leave(f"policy {name} at {target}", "there is no such unit or account", policy.at("targets"))
    name_of_file = str(policy.get("policy_file") or "")
    folder = file.parent if (file.parent / name_of_file).exists() else file.parent.parent
    document = document_in(folder, name_of_file, policy.at("policy_file"))
    found.policies.append(
        ListedPolicy(
            name,
            str(policy.get("description") or ""),
            SCP,
            document,
            tuple(names.get(target, ()) for target in targets if target in names or target.lower() == "root"),
            tuple(target for target in targets if target in known and target not in names),
        )
    )
