"""Tools that read an organization and run on the simulated AWS: how each is made ready, and what it is asked.

`make bench-peers` installs them below `.peers`; none of them is part of this repository.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import yaml

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".peers"
AWSORGS = str(HOME / "aws-orgs" / "bin" / "awsorgs")
TARMAC = str(HOME / "tarmac" / "bin" / "tarmac")
ORG_FORMATION = str(HOME / "org-formation" / "node_modules" / ".bin" / "org-formation")
TAKOMO = HOME / "takomo" / "node_modules"
MANAGEMENT = "123456789012"
"""The sandbox's management account."""

Environment = Mapping[str, str]
Prepare = Callable[[Path, Environment], None]


def nothing(folder: Path, environment: Environment) -> None:
    """It is ready as it is."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A command that reads an organization, and what makes its folder ready for it (not measured)."""

    name: str
    command: tuple[str, ...]
    folder: str
    prepare: Prepare = nothing
    version: tuple[str, ...] = ()

    def installed(self) -> str:
        """The version that answers."""
        printed = subprocess.run(self.version, check=True, capture_output=True, text=True).stdout
        found = re.search(r"\d+\.\d+\.\d+", printed)
        return f"{self.folder} {found[0] if found else printed.strip()}"


def write_aws_orgs_spec(folder: Path, environment: Environment) -> None:
    """What the organization is, in the form that awsorgs reads."""
    config = _config(folder)
    spec = {
        "minimum_version": "0.3.4",
        "master_account_id": MANAGEMENT,
        "auth_account_id": MANAGEMENT,
        "default_domain": "example.com",
        "default_ou": "root",
        "default_sc_policy": "FullAWSAccess",
        "default_path": "awsauth",
        "default_smtp_server": "smtp.example.com",
        "org_admin_email": "organization@example.com",
        "accounts": [{"Name": account["name"]} for account in config["accounts"].values()],
        "sc_policies": [
            {"PolicyName": rule, "Description": title, "Statement": document["Statement"]}
            for rule, title, document in _policies(folder)
        ],
        "organizational_units": [_aws_orgs_unit("root", {"name": "root", "units": config["units"]}, config)],
    }
    unused = ("custom_policies", "delegations", "groups", "local_users", "users")
    (folder / "spec").mkdir()
    _write(folder / "spec" / "common.yaml", {**spec, **{name: [] for name in unused}})
    access = {"spec_dir": "spec", "org_access_role": "unused", "master_account_id": MANAGEMENT}
    _write(folder / "config.yaml", access)


def _aws_orgs_unit(path: str, unit: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    below = "" if path == "root" else f"{path}/"
    return {
        "Name": unit["name"],
        "Accounts": [account["name"] for account in config["accounts"].values() if account["unit"] == path],
        "SC_Policies": _attached(config, path),
        "Child_OU": [_aws_orgs_unit(below + key, child, config) for key, child in unit.get("units", {}).items()],
    }


def write_takomo_config(folder: Path, environment: Environment) -> None:
    """What the organization is, in takomo's form, and what makes its AWS SDK, version 2, call the simulated AWS."""
    config, ids = _config(folder), _account_ids(environment)
    units = {
        "Root" if path == "root" else f"Root/{path}": {
            "accounts": [ids[account["name"]] for account in config["accounts"].values() if account["unit"] == path],
            "serviceControlPolicies": ["FullAWSAccess", *_attached(config, path)],
        }
        for path in ("root", *_paths(config["units"]))
    }
    policies: dict[str, Any] = {"FullAWSAccess": {"description": "By AWS", "awsManaged": True}}
    documents = folder / "organization" / "service-control-policies"
    documents.mkdir(parents=True)
    for rule, title, document in _policies(folder):
        policies[rule] = {"description": title}
        _write(documents / f"{rule}.json", document)
    described = {"masterAccountId": MANAGEMENT, "serviceControlPolicies": policies, "organizationalUnits": units}
    _write(folder / "organization" / "organization.yml", described)
    endpoint = (
        f"require({json.dumps(str(TAKOMO / 'aws-sdk'))}).config.update({{endpoint: process.env.AWS_ENDPOINT_URL}});"
    )
    plain = "require('https').Agent = require('http').Agent;"
    (folder / "endpoint.js").write_text(f"{endpoint}\n{plain}\n", encoding="utf-8")


def _account_ids(environment: Environment) -> dict[str, str]:
    organizations: Any = boto3.client(
        "organizations",
        region_name="us-east-1",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    listed = organizations.get_paginator("list_accounts").paginate().build_full_result()
    return {account["Name"]: account["Id"] for account in listed["Accounts"]}


def _config(folder: Path) -> dict[str, Any]:
    """What landing plans from; units have the same names as keys there."""
    text = (folder.parent / "landing" / "config" / "landing.yaml").read_text(encoding="utf-8")
    config: dict[str, Any] = yaml.safe_load(text)
    return config


def _paths(units: dict[str, Any], above: str = "") -> Iterator[str]:
    for key, unit in units.items():
        yield above + key
        yield from _paths(unit.get("units", {}), f"{above}{key}/")


def _attached(config: dict[str, Any], unit: str) -> list[str]:
    return [rule for rule, given in config["guardrails"].items() if unit in given["target"]["units"]]


def _policies(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, description, document."""
    for home in sorted((folder.parent / "landing" / "scps").iterdir()):
        about = yaml.safe_load((home / "metadata.yaml").read_text(encoding="utf-8"))
        yield home.name, about["description"], json.loads((home / "policy.json").read_text(encoding="utf-8"))


def _write(path: Path, content: dict[str, Any]) -> None:
    """JSON, which is YAML as well."""
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def import_to_tarmac(folder: Path, environment: Environment) -> None:
    """Its own import; it wants the security account to be named."""
    command = (TARMAC, "import", "--no-identity", "--region", "eu-west-1", "--name", "simulated")
    _run(command, folder, environment)
    config = folder / "config" / "organization.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("audit_account: audit", "audit_account: security-tooling"), encoding="utf-8")


def init_org_formation(folder: Path, environment: Environment) -> None:
    """Its own import, which also leaves its state in a bucket."""
    _run((ORG_FORMATION, "init", "organization.yml", "--region", "us-east-1"), folder, environment)


def _run(command: tuple[str, ...], folder: Path, environment: Environment) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stdout[-2_000:]}{done.stderr[-2_000:]}")


PEERS = (
    Peer("landing plan", (sys.executable, "-m", "landing", "plan"), "landing"),
    Peer(
        "awsorgs organization",
        (AWSORGS, "organization", "--config", "config.yaml", "--spec-dir", "spec"),
        "aws-orgs",
        write_aws_orgs_spec,
        (AWSORGS, "--version"),
    ),
    Peer(
        "org-formation create-change-set",
        (ORG_FORMATION, "create-change-set", "organization.yml", "--change-set-name", "measured"),
        "org-formation",
        init_org_formation,
        (ORG_FORMATION, "--version"),
    ),
    Peer(
        "takomo org deploy",
        ("node", "--require", "./endpoint.js", str(TAKOMO / ".bin" / "tkm"), "org", "deploy"),
        "takomo",
        write_takomo_config,
        (str(TAKOMO / ".bin" / "tkm"), "--version"),
    ),
    Peer("tarmac status", (TARMAC, "status"), "tarmac", import_to_tarmac, (TARMAC, "--version")),
    Peer("tarmac plan", (TARMAC, "plan"), "tarmac", version=(TARMAC, "--version")),
)
