"""Customizations for AWS Control Tower: `manifest.yaml` (2021-03-15) and the policies beside it."""

from __future__ import annotations

from pathlib import Path

from landing.importing.listing import SCP, ListedAccount, ListedPolicy, Listing, Place
from landing.importing.nodes import Located, document_in, listed, mapping, rows, yaml_of

TYPES = {"scp": SCP, "rcp": "RESOURCE_CONTROL_POLICY"}
CARRIED = ("name", "description", "resource_file", "deploy_method", "deployment_targets")
MANAGEMENT, LOG_ARCHIVE, AUDIT = "Management", "Log Archive", "Audit"
"""The accounts that Control Tower has everywhere; a manifest names no account with its e-mail address."""


def read(folder: Path) -> Listing:
    """What the manifest says; accounts are named in it, but not told how they are reached."""
    manifest = folder / "manifest.yaml" if folder.is_dir() else folder
    found = Listing(f"the manifest {manifest}", management=MANAGEMENT, log_archive=LOG_ARCHIVE, security_tooling=AUDIT)
    top = mapping(yaml_of(manifest))
    found.home_region = str(top.get("region") or "")
    found.leave_others(top, ("region", "version", "resources"), why="not carried over")
    found.add_place(("Security",))
    for name, place in ((MANAGEMENT, ()), (LOG_ARCHIVE, ("Security",)), (AUDIT, ("Security",))):
        _add_account(found, name, place, top)
    for resource in rows(top.get("resources")):
        kind = TYPES.get(str(resource.get("deploy_method")))
        if kind is None:
            why = f"`{resource.get('deploy_method')}`: make a blueprint of its template"
            found.leave(f"resource {resource.get('name')}", why, resource.at("name"))
        else:
            _policy(found, manifest.parent, resource, kind)
    return found


def _add_account(found: Listing, name: str, place: Place, where: Located, key: str = "resources") -> None:
    """An account that is known by its name only."""
    email = f"{name.lower().replace(' ', '-')}@example.com"
    account_id = name if name.isdigit() else ""
    found.accounts.append(ListedAccount(name, "" if account_id else email, place, id=account_id))
    if name != MANAGEMENT:
        found.leave(
            f"account {name}", "a manifest has neither its e-mail address nor its unit: correct them", where.at(key)
        )


def _policy(found: Listing, folder: Path, resource: Located, kind: str) -> None:
    name, file = str(resource.get("name")), str(resource.get("resource_file") or "")
    found.leave_others(resource, CARRIED, f"policy {name}", "not carried over")
    targets = mapping(resource.get("deployment_targets"))
    found.leave_others(targets, ("organizational_units", "accounts"), f"policy {name}", "not carried over")
    places = [
        () if str(each).lower() == "root" else tuple(str(each).split(":"))
        for each in listed(targets.get("organizational_units"))
    ]
    for place in places:
        found.add_place(place)
    accounts = [str(each) for each in listed(targets.get("accounts"))]
    for each in accounts:
        if each not in {account.name for account in found.accounts}:
            _add_account(found, each, (), targets, "accounts")
    if file.startswith(("s3://", "http")):
        found.leave(f"policy {name}", f"its document is in {file}", resource.at("resource_file"))
        return
    description = " ".join(str(resource.get("description") or "").split())[:512]
    document = document_in(folder, file, resource.at("resource_file"))
    found.policies.append(ListedPolicy(name, description, kind, document, tuple(places), tuple(accounts)))
