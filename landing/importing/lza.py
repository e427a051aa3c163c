"""Landing Zone Accelerator on AWS: its folder of up to eight YAML files (LZA, "Configuration reference")."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from landing.importing.listing import SCP, ListedAccount, ListedPolicy, Listing, Place
from landing.importing.nodes import Located, document_in, listed, mapping, rows, yaml_of

POLICIES = {
    "serviceControlPolicies": SCP,
    "resourceControlPolicies": "RESOURCE_CONTROL_POLICY",
    "declarativePolicies": "DECLARATIVE_POLICY_EC2",
    "taggingPolicies": "TAG_POLICY",
    "backupPolicies": "BACKUP_POLICY",
    "chatbotPolicies": "CHATBOT_POLICY",
}
CARRIED = {
    "organization-config.yaml": {
        "enable",
        "organizationalUnits",
        "organizationalUnitIds",
        "quarantineNewAccounts",
        *POLICIES,
    },
    "accounts-config.yaml": {"mandatoryAccounts", "workloadAccounts", "accountIds"},
    "global-config.yaml": {"homeRegion", "enabledRegions", "managementAccountAccessRole"},
}
"""What is read of each file; every other key is listed, as are the other files."""
UNIT = ("Quarantine",)
"""Where new accounts wait: it has no unit for that."""
POLICY_KEYS = ("name", "description", "policy", "type", "strategy", "deploymentTargets")
OTHERS = (
    "security-config.yaml", "iam-config.yaml", "network-config.yaml", "customizations-config.yaml",
    "replacements-config.yaml",
)  # fmt: skip
NAMES = {
    "PARTITION": "{{ partition }}",
    "MANAGEMENT_ACCOUNT_ID": "{{ management_account }}",
    "LOGARCHIVE_ACCOUNT_ID": "{{ log_archive_account }}",
    "AUDIT_ACCOUNT_ID": "{{ security_tooling_account }}",
    "HOME_REGION": "{{ home_region }}",
    "ORG_ID": "{{ organization_id }}",
}
"""What it fills into policies, and what we have for it."""
_VARIABLE = re.compile(r"\$\{([A-Z_]+)\}")


def read(folder: Path) -> Listing:
    """What the files say."""
    found = Listing(f"the Landing Zone Accelerator config {folder}", management="Management")
    found.log_archive, found.security_tooling = "LogArchive", "Audit"
    top = mapping(yaml_of(folder / "organization-config.yaml"))
    accounts = mapping(yaml_of(folder / "accounts-config.yaml"))
    whole = mapping(yaml_of(folder / "global-config.yaml"))
    for each in (top, accounts, whole):
        _leave_keys(found, each)
    for name in OTHERS:
        if (folder / name).exists():
            _leave_keys(found, mapping(yaml_of(folder / name)))
    found.home_region = str(whole.get("homeRegion") or "")
    found.regions = tuple(map(str, listed(whole.get("enabledRegions"))))
    found.member_role = str(whole.get("managementAccountAccessRole") or "")
    for unit in rows(top.get("organizationalUnits")):
        found.add_place(_place(unit.get("name")))
        if unit.get("ignore"):
            found.leave(f"`ignore` of unit {unit.get('name')}", "a unit that is named is managed", unit.at("ignore"))
        found.leave_others(unit, ("name", "ignore"), f"unit {unit.get('name')}")
    _accounts(found, accounts)
    for key, kind in POLICIES.items():
        for policy in rows(top.get(key)):
            _policy(found, folder, policy, kind)
    _quarantine(found, mapping(top.get("quarantineNewAccounts")))
    return found


def _quarantine(found: Listing, quarantine: Located) -> None:
    """Its policy blocks a new account where that is; here it blocks a unit, in which new accounts wait."""
    found.leave_others(quarantine, ("enable", "scpPolicyName"), "quarantineNewAccounts")
    if quarantine.get("enable") is not True:
        return
    name, place = str(quarantine.get("scpPolicyName") or ""), UNIT
    while place in found.places:  # a unit of theirs, with accounts that are to stay
        place = (f"{place[0]} new accounts",)
    blocks = [each for each in found.policies if each.name == name and each.type == SCP]
    if not blocks:
        found.leave("quarantineNewAccounts", f"there is no policy {name}", quarantine.at("scpPolicyName"))
        return
    found.add_place(place)
    found.quarantine = place
    found.policies = [
        replace(each, places=(*each.places, place)) if each in blocks else each for each in found.policies
    ]
    why = "it must let the roles of stack sets (stacksets-exec-*) through, or no account leaves quarantine"
    found.leave(
        f"policy {name}, attached to the unit {place[0]} in which new accounts wait", why, quarantine.at("enable")
    )


def _place(name: object) -> Place:
    """`A/B`, as it writes paths; `Root` is the root."""
    return () if str(name).lower() == "root" else tuple(str(name).split("/"))


def _leave_keys(found: Listing, top: Located) -> None:
    carried = CARRIED.get(Path(top.file).name, set()) if top.file else set()
    found.leave_others(
        top, carried, why="not carried over: see what `services`, `baselines` and blueprints have for it"
    )


def _accounts(found: Listing, top: Located) -> None:
    ids = {str(each.get("email")).lower(): str(each.get("accountId")) for each in rows(top.get("accountIds"))}
    for key in ("mandatoryAccounts", "workloadAccounts"):
        for each in rows(top.get(key)):
            name, email = str(each.get("name")), str(each.get("email") or "")
            place = _place(each.get("organizationalUnit") or "Root")
            found.add_place(place)
            found.accounts.append(ListedAccount(name, email, place, id=ids.get(email.lower(), "")))
            found.leave_others(each, ("name", "email", "organizationalUnit", "description"), f"account {name}")


def _policy(found: Listing, folder: Path, policy: Located, kind: str) -> None:
    name, file = str(policy.get("name")), str(policy.get("policy") or "")
    if str(policy.get("type")) == "awsManaged":
        found.leave(f"policy {name}", "AWS keeps it", policy.at("name"))
        return
    targets = mapping(policy.get("deploymentTargets"))
    found.leave_others(policy, POLICY_KEYS, f"policy {name}", "not carried over")
    found.leave_others(targets, ("organizationalUnits", "accounts"), f"policy {name}", "not carried over")
    places = tuple(_place(each) for each in listed(targets.get("organizationalUnits")))
    known = {each.name for each in found.accounts}
    accounts = tuple(map(str, listed(targets.get("accounts"))))
    for each in (each for each in accounts if each not in known):
        found.leave(f"policy {name} at account {each}", "there is no such account", targets.at("accounts"))
    for place in places:
        found.add_place(place)
    document, unknown = filled(document_in(folder, file, policy.at("policy")), found.member_role)
    for variable in sorted(unknown):
        found.leave(f"`${{{variable}}}` in policy {name}", "not known: say what it stands for", policy.at("policy"))
    found.policies.append(
        ListedPolicy(
            name,
            " ".join(str(policy.get("description") or "").split())[:512],
            kind,
            document,
            places,
            tuple(each for each in accounts if each in known),
            replaces_full_access=policy.get("strategy") == "allow-list",
            template=True,
        )
    )


def filled(document: Mapping[str, Any], member_role: str) -> tuple[dict[str, Any], set[str]]:
    """The document with our placeholders for its variables, and the variables that nobody knows."""
    text = json.dumps(document)
    values = {**NAMES, "MANAGEMENT_ACCOUNT_ACCESS_ROLE": member_role, "ACCELERATOR_PREFIX": "AWSAccelerator"}
    unknown = {name for name in _VARIABLE.findall(text) if not values.get(name)}
    found: dict[str, Any] = json.loads(_VARIABLE.sub(lambda match: values.get(match[1]) or match[0], text))
    return found, unknown
