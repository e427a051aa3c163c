"""How long AWS may take over what it does in the background; the config's `timeouts` overrides each, by its key.

AWS promises no times. What its pages say is beside each; the default is well beyond, because giving up is no harm: the
next run joins what is still going on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

UNITS = {"s": 1, "m": 60, "h": 3_600}
PATTERN = "^[1-9][0-9]{0,5}[smh]$"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A default in seconds, and what is waited for."""

    seconds: int
    description: str


DEADLINES = {
    # Minutes; but an organization that was just made answers FinalizingOrganizationException for up to an hour
    # (Organizations User Guide, "Creating a member account"; API reference, CreateAccount).
    "account": Deadline(4_500, "Creating an account, in an organization that may itself be new."),
    # SUCCEEDED comes before the account can be used (same page).
    "account_access": Deadline(900, "Until the role in a new account lets us in."),
    # "minutes to hours" (Account Management Reference Guide, "Enable or disable AWS Regions").
    "opt_in_region": Deadline(6 * 3_600, "Enabling opt-in regions in an account."),
    # IN_PROGRESS for minutes (IAM API reference, GetOrganizationsAccessReport).
    "access_report": Deadline(1_800, "A report of IAM of the last access of services in a unit."),
    # PENDING_ENABLE until it is done (Organizations API reference, EnablePolicyType).
    "policy_type": Deadline(300, "Enabling a policy type on the root."),
    # As long as its resources take, and as long again to roll back (CloudFormation User Guide, "Stacks").
    "stack": Deadline(3_600, "A stack, a change set, or their rollback."),
    # Hours for a large stack set (CloudFormation User Guide, "Detect drift in StackSets").
    "drift_detection": Deadline(6 * 3_600, "Drift detection of a stack or a stack set."),
    # Account by account in each Region, `max_concurrent` at once (User Guide, "StackSets concepts").
    "stack_set": Deadline(6 * 3_600, "An operation on a stack set, with those that are ahead of it."),
    # By itself, soon after the account has come into a unit (User Guide, "Enable or disable automatic deployments").
    "automatic_deployment": Deadline(900, "Until AWS begins to deploy stack sets to an account that joined."),
    # DISABLE_IN_PROGRESS until it is gone (API references, ListOrganizationAdminAccounts of each service).
    "administrator": Deadline(300, "Until an administrator that was dismissed is gone."),
    # CREATING and DELETING for minutes; another is refused for ten after one has resigned (Firewall Manager, "Changing
    # the default administrator account").
    "firewall_administrator": Deadline(
        1_200, "Until Firewall Manager has a new administrator, or is rid of an old one."
    ),
    # Stack set after stack set, account by account in each Region (User Guide, "StackSets concepts").
    "quarantine": Deadline(2 * 3_600, "Until the stack sets stand in a new account, and it leaves quarantine."),
    # CREATE_IN_PROGRESS until every member has it (Config API reference, PutOrganizationConfigRule, …ConformancePack).
    "config_rule": Deadline(3_600, "An organization rule or conformance pack of AWS Config reaching every account."),
    # Minutes each; at most 100 wait (Control Tower User Guide, "Quotas and limitations").
    "control_tower_control": Deadline(3_600, "An operation on a control of Control Tower, with those ahead of it."),
    # Account by account, of up to 1,000 in a unit, one unit at a time (User Guide, "Register an existing OU").
    "control_tower_baseline": Deadline(6 * 3_600, "Registering a unit with Control Tower, with what is ahead of it."),
    # "minutes to hours" (User Guide, "Account auto-enrollment").
    "control_tower_enrolment": Deadline(6 * 3_600, "Until Control Tower has enrolled the accounts of a unit."),
    # About 20 assignments a minute are done; up to 3,500 accounts at once (Identity Center User Guide, quotas).
    "identity_center": Deadline(6 * 3_600, "Giving, changing or withdrawing access by a permission set."),
    # ENABLING and DISABLING, account by account (Inspector API reference, BatchGetAccountStatus); "may take minutes".
    "inspector": Deadline(1_800, "Scans of Inspector that are switched on or off, and members that are associated."),
    # "within 5 minutes" for a new finding (GuardDuty User Guide, "Processing findings with EventBridge").
    "alarm_drill": Deadline(900, "Until the samples of a drill of the alarms are heard."),
    # Minutes: a lake is INITIALIZED or PENDING until it is there (Security Lake API reference, ListDataLakes).
    "security_lake": Deadline(3_600, "A change of Security Lake, with those that are ahead of it."),
    # PENDING until every account of the target is done (Security Hub User Guide, "Central configuration").
    "security_hub": Deadline(1_800, "Security Hub's central configuration, and each of its policies."),
}


def seconds(text: str) -> int:
    """What a duration of the config means.

    >>> seconds("90s"), seconds("30m"), seconds("6h")
    (90, 1800, 21600)
    """
    assert re.match(PATTERN, text), text
    return int(text[:-1]) * UNITS[text[-1]]


def shown(duration: float) -> str:
    """A duration as the config writes it.

    >>> shown(21600), shown(5400), shown(90)
    ('6h', '90m', '90s')
    """
    for unit in "hm":
        if duration >= UNITS[unit] and duration % UNITS[unit] == 0:
            return f"{duration / UNITS[unit]:.0f}{unit}"
    return f"{duration:.0f}s"
