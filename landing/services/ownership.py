"""`docs/ownership.md`: how it is known of each kind what is ours, and what becomes of what is not."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from landing.services.base import Kind, Ownership
from landing.services.registry import KINDS

HEAD = """# What is ours

Made by `python -m landing.services.ownership` from the declarations of the kinds; a test keeps it so, and another
wants every kind to hold to it. Whatever carries no mark of ours and is not named by the config is never created over,
changed, detached or destroyed. It is read and counted as unmanaged, and policies among it count in effects, lock-outs
and slots ([ADR 22](adr/0022-policies-of-others.md)). How ownership is taken, and given up by
`landing forget` or `removed:` in the config: [ADR 25](adr/0025-adoption.md).

- *Declared, there, not ours*: the config declares it, and AWS has it already.
- *Not declared, not ours* and *not declared, ours*: what becomes of it when the config does not have it (any more).

| kind | known by | declared, there, not ours | not declared, not ours | not declared, ours |
|---|---|---|---|---|
"""
DECLARED: Mapping[Ownership, str] = {
    Ownership.TAG: "adopted: gets the tag; changed where it differs",
    Ownership.TAG_ALONE: "is another thing, though it is called alike",
    Ownership.ROOT: "adopted: gets the tag",
    Ownership.MARKED: "adopted: gets the tag",
    Ownership.ACCOUNT_TAG: "adopted: the account gets the tag; changed where it differs",
    Ownership.PREFIX: "what has another name is another thing; where the config gives that `name`, it is changed "
    "where it differs, and never deleted",
    Ownership.STACK: "left alone, and a gap: it has our name and not our tag",
    Ownership.STACK_SET: "left alone, and a gap: it has our name and not our tag; where the config gives its name as "
    "`stack_set`, it is changed where it differs, and never deleted",
    Ownership.POLICIES: "with the policy, which the config names with all its places",
    Ownership.ACCOUNT: "another account is replaced, with `--allow {removal}`",
    Ownership.ADMINISTRATOR: "made as declared",
    Ownership.LOG_ARCHIVE: "made as declared",
    Ownership.SERVICE: "made as declared",
    Ownership.PERMISSION_SET: "with the permission set, which the config names with all who have it: others lose it, "
    "with `--allow {removal}`",
    Ownership.CONFIG: "made as declared; AWS has no mark for it",
    Ownership.NONE: "cannot be",
}
"""What happens to what the config declares and AWS has, made by others."""

FOOT = """
## Where AWS has no tags

- **Administrators of services** (GuardDuty, Security Hub, Macie, Inspector, Detective, Firewall Manager) **and what
  they set** are ours where the service is marked, by the tag `landing:service:<key>` of the organization's root, and
  the account is the one that `roles.security_tooling` names. The mark is set, and listed as an adoption, when the
  config has the service; it goes when the config drops it, last. So what was there before the config had the service is
  unmanaged: no administrator is dismissed that we have not appointed or taken over, and none of its settings is
  switched off.
  Policies of Firewall Manager have tags of their own.
- **Lakes of Security Lake**, their sources and their setting for new accounts are ours in the same way, in the log
  archive. Their administrator is never dismissed, as AWS deletes the lakes with it: it stays when all else goes.
- **Central root access** is the organization's alone, and ours where the service is marked. An administrator of it is
  dismissed only where the config says whether there is one (`administrator`), with `--allow switch-off`.
- **A service that the config does not have** is asked about only where it is marked, or where AWS Organizations knows
  an account that administers it (of CloudTrail: where it has trusted access). What an account has of it alone, such as
  a detector that it made itself, is its own affair.
- **Exports of findings** (GuardDuty, Macie) are ours where they go to the bucket of the log archive.
- **Another account as administrator** of a service that the config has: `plan` shows the switch with what is lost, and
  `apply` wants `--allow switch-off`.
- **Trusted access, policy types, delegated administrators, contacts, the organization**: never withdrawn, for others
  may rely on them.
- **A stack set that a baseline names** (`stack_set`) is the config's alone, and gets no mark: AWS gives the tags of a
  stack set to every stack of it, so a mark would be an operation over all its accounts. Nothing is written until the
  config asks for something else than there is. Taken out of the config, it stays as it is.
- **An attachment belongs to its policy.** Naming a policy in the config names all its places: at others it is
  detached, with `--allow detach`. Policies of others are attached and detached by others only.
- **FullAWSAccess** is AWS's. `full_access` left out means as found, at the root, at units and at accounts; `true`
  attaches it, which needs `--allow weaken`, and `false` takes it away. It comes back by itself only where the last
  Allow of ours goes, since AWS wants an SCP at every node.
"""


def page() -> str:
    """The page, in Markdown."""
    return HEAD + "".join(f"{row}\n" for row in _rows()) + FOOT


def _rows() -> Iterator[str]:
    for kind in KINDS:
        declared = DECLARED[kind.ownership].format(removal=kind.removal)
        yield f"| `{kind.name}` | {kind.ownership} | {declared} | left alone | {_ours(kind)} |"


def _ours(kind: Kind) -> str:
    return f"deleted, with `--allow {kind.removal}`" if kind.removal else "left as it is"


if __name__ == "__main__":
    sys.stdout.write(page())
