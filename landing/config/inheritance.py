"""Checks of declarative guardrails together: what they come to on the way to each account."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from landing.core.model import Diagnostic
from landing.organization import Guardrail, Organization, node_of
from landing.policy.declarative import Conflict, effective, leaves
from landing.policy.declarative.shape import complete
from landing.policy.declarative.shapes import SHAPES


def check(organization: Organization) -> Iterator[Diagnostic]:
    """Policies of one level that contradict each other, and what AWS holds for invalid, each once.

    Policies of others are not known here: what is missing may be in one of theirs.
    """
    types = {guardrail.type for guardrail in organization.guardrails.values()} & SHAPES.keys()
    said = set[object]()
    for policy_type in sorted(types):
        for way in _ways(organization):
            levels = [_of_type(organization, node, policy_type) for node in way]
            if not levels[-1]:
                continue  # the same as one node further up
            for problem in _problems(way[-1], policy_type, levels):
                if (problem.pointer[-1], problem.message) not in said:
                    said.add((problem.pointer[-1], problem.message))
                    yield problem
    if "DECLARATIVE_POLICY_EC2" in types:
        yield from _refused(organization)
    if BACKUP in types:
        yield from _in_vain(organization)


BACKUP = "BACKUP_POLICY"
DEFAULT_VAULT = "Default"
"""The vault that AWS Backup makes in an account by itself (Developer Guide, "Backup vaults")."""
SET_BY_POLICY = {
    "AWS::EC2::SnapshotBlockPublicAccess": "snapshot_block_public_access",
    "AWS::EC2::VPCBlockPublicAccessExclusion": "vpc_block_public_access",
    "AWS::EC2::VPCBlockPublicAccessOptions": "vpc_block_public_access",
    "AWS::EC2::VPCEncryptionControl": "vpc_encryption_control",
}
"""Types of resources that EC2 refuses to make where a declarative policy has the attribute ("EC2 policy syntax")."""
ADMITTED = {
    "AWS::EC2::VPCBlockPublicAccessExclusion": (
        "ec2_attributes", "vpc_block_public_access", "internet_gateway_block", "exclusions_allowed",
    ),
}  # fmt: skip
"""Those that are the accounts' own where this setting comes to `enabled` (the same)."""


def _refused(organization: Organization) -> Iterator[Diagnostic]:
    """Baselines that set what a declarative policy sets in the same account: their stacks fail there."""
    for deployment in organization.deployments.values():
        resources = deployment.template.get("Resources")
        bodies = resources.values() if isinstance(resources, dict) else ()
        types = [each.get("Type") for each in bodies if isinstance(each, dict)]
        for resource in sorted(SET_BY_POLICY.keys() & types):
            accounts = deployment.accounts or organization.members(deployment.target)
            for account in accounts:
                if guardrail := _refuses(organization, account, resource):
                    message = (
                        f"it sets {SET_BY_POLICY[resource]} in `{account}`, where {resource} of "
                        f"`{deployment.key}` sets it too, and EC2 lets nobody but the policy"
                    )
                    hint = f"leave it out of `{deployment.key}` there, or attach the guardrail elsewhere"
                    yield _problem(guardrail, "LZ479", message, hint, "error")
                    break


def _in_vain(organization: Organization) -> Iterator[Diagnostic]:
    """Backup plans that name a vault or a role which nothing of the config makes there: AWS attaches them all the same.

    Organizations User Guide, "Backup policy syntax": both must be in each account, the vault in each region. Told once
    for a guardrail and what it lacks, in the first account.
    """
    vaults, roles = _made_for_backups(organization)
    said = set[tuple[str, str]]()
    for account in organization.accounts:
        levels = [_of_type(organization, node, BACKUP) for node in _way_to(organization, account)]
        guardrails = [each for level in levels for each in level]
        if not guardrails:
            continue
        found = leaves(effective([[guardrail.document for guardrail in level] for level in levels]).document)
        for what, where in _lacking(found, account, vaults, roles):
            if (guardrails[-1].key, what) not in said:
                said.add((guardrails[-1].key, what))
                message = (
                    f"its backups need the {what}, which nothing of the config makes in {where}: its jobs fail there"
                )
                hint = "have the baselines `backup-vault` and `backup-role` reach its accounts, or see that it is there"
                yield _problem(guardrails[-1], "LZ480", message, hint)


def _lacking(
    found: Mapping[tuple[str, ...], object],
    account: str,
    vaults: Collection[tuple[str, str, str]],
    roles: Collection[tuple[str, str]],
) -> Iterator[tuple[str, str]]:
    """What the plans of an account name and is not there, and where."""
    for place, value in found.items():
        if place[-1] == "target_backup_vault_name" and value != DEFAULT_VAULT:
            regions = found.get((*place[:2], "regions"), ())
            for region in regions if isinstance(regions, list) else ():
                if (account, region, value) not in vaults:
                    yield f"vault `{value}`", f"`{account}`, {region}"
        elif place[-1] == "iam_role_arn":
            name = str(value).rpartition("/")[2]
            if (account, name) not in roles:
                yield f"role `{name}`", f"`{account}`"


def _made_for_backups(organization: Organization) -> tuple[set[tuple[str, str, str]], set[tuple[str, str]]]:
    """(account, region, name) of vaults and (account, name) of roles that deployments make."""
    vaults, roles = set[tuple[str, str, str]](), set[tuple[str, str]]()
    for deployment in organization.deployments.values():
        accounts = list(deployment.accounts or organization.members(deployment.target))
        accounts += [organization.management] if deployment.management else []
        parts = deployment.template.get("Resources")
        bodies = [each for each in (parts.values() if isinstance(parts, dict) else ()) if isinstance(each, dict)]
        named = [each.get("Properties") for each in bodies if each.get("Type") == "AWS::Backup::BackupVault"]
        names = [each.get("BackupVaultName") for each in named if isinstance(each, dict)]
        vaults |= {(a, r, n) for a in accounts for r in deployment.regions for n in names if isinstance(n, str)}
        roles |= {(account, name) for account in accounts for name in deployment.role_names}
    return vaults, roles


def _refuses(organization: Organization, account: str, resource: str) -> Guardrail | None:
    """The innermost guardrail, on the way to an account, for which EC2 refuses a type of resource there."""
    levels = [_of_type(organization, node, "DECLARATIVE_POLICY_EC2") for node in _way_to(organization, account)]
    if resource in ADMITTED:
        found = leaves(effective([[guardrail.document for guardrail in level] for level in levels]).document)
        if found.get(ADMITTED[resource]) == "enabled":
            return None
    for guardrail in (each for level in reversed(levels) for each in level):
        attributes = guardrail.document.get("ec2_attributes")
        if isinstance(attributes, Mapping) and SET_BY_POLICY[resource] in attributes:
            return guardrail
    return None


def _ways(organization: Organization) -> Iterator[list[str]]:
    """The nodes from the root to each unit and to each account that has guardrails of its own, outermost first."""
    for unit in ("root", *organization.units):
        yield [node_of(step) for step in organization.path(unit)]
    for node in organization.guarded:
        if node.startswith("account/"):
            yield _way_to(organization, node.partition("/")[2])


def _way_to(organization: Organization, account: str) -> list[str]:
    """The nodes from the root to an account, itself included."""
    unit = organization.accounts[account].unit
    return [*(node_of(step) for step in organization.path(unit)), f"account/{account}"]


def _of_type(organization: Organization, node: str, policy_type: str) -> list[Guardrail]:
    keys = organization.guarded.get(node, ())
    return [organization.guardrails[key] for key in keys if organization.guardrails[key].type == policy_type]


def _problems(node: str, policy_type: str, levels: Sequence[Sequence[Guardrail]]) -> Iterator[Diagnostic]:
    found = effective([[guardrail.document for guardrail in level] for level in levels])
    for conflict in found.conflicts:
        yield _contradiction(conflict, levels[conflict.level])
    last = levels[-1][-1]
    place = node.partition("/")[2] or node
    for lack in complete(found.document, SHAPES[policy_type]):
        yield _problem(
            last,
            "LZ478",
            f"what the policies of type {policy_type} come to below `{place}` is not valid ({lack.error} at "
            f"{'.'.join(lack.where)}): {lack.message}",
            "AWS keeps what was valid before, and says so nowhere: set it here, or in a policy above",
        )


def _contradiction(conflict: Conflict, level: Sequence[Guardrail]) -> Diagnostic:
    first, second = level[conflict.first], level[conflict.second]
    return _problem(
        second,
        "LZ477",
        f"it sets {'.'.join(conflict.where)} otherwise than guardrail `{first.key}`, which stands at the same place",
        "of two policies of one level AWS takes what was attached first: keep one of the two settings",
    )


def _problem(guardrail: Guardrail, code: str, message: str, hint: str, severity: str = "warning") -> Diagnostic:
    text = f"guardrail `{guardrail.key}`: {message}"
    at = ("guardrails", guardrail.key)
    return Diagnostic(code, text, guardrail.source, hint, severity, at, len(guardrail.key))
