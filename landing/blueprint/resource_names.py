"""Names of what the landing zone builds, where one part must find what another has made."""

from __future__ import annotations

MANAGED_TAG = "landing:managed"
"""The tag, with the value `true`, of what a stack of ours has made."""
TRAIL = "landing-organization-trail"
TRAIL_LOGS_ROLE = "landing-cloudtrail-logs"
LOG_KEY_ALIAS = "alias/landing-logs"
PLANS_KEY_ALIAS = "alias/landing-plans"
"""The key by which plan files are encrypted that leave the machine."""
RECORDER = "default"
RECORDER_ROLE = "landing-config-recorder"
BACKUP_ROLE = "landing-backup"
HOST_MANAGEMENT_ROLE = "landing-host-management"
LAKE_ROLE, LAKE_REPLICATION_ROLE = "AmazonSecurityLakeMetaStoreManagerV2", "AmazonSecurityLakeS3ReplicationRole"
"""What AWS calls the roles of Security Lake (User Guide, "Prerequisites", "Rollup Regions"); below `service-role/`."""
AGGREGATOR = "landing-organization"
ALARMS = "landing-alarms"
"""The topic, the event bus, the function and the role of the alarms; `alias/landing-alarms` is their key."""
TRAIL_ALARMS = "landing-trail-alarms"
"""The topic to which CloudWatch publishes what filters find in the trail; the role by which the function reads that."""
FORENSICS = "landing-forensics"
"""The role of an account for forensics; `alias/landing-forensics` is its key."""
ANALYSIS_ROLE = "landing-forensics-analysis"
"""The role, with its instance profile, of instances that look at evidence."""
ANALYSIS_TAG = ("landing:forensics", "analysis")
"""The tag of those instances."""
FLOW_LOGS_DOCUMENT = "landing-enable-flow-logs"
"""The Automation document that logs the traffic of a VPC."""
FLOW_LOGS = "flow-logs"
"""What the bucket of the log archive for flow logs is for."""
RESOLVER_QUERIES = "resolver-queries"
INVENTORY = "inventory"
"""What the buckets for queries of resolvers, and for the inventory of instances, are for."""
RESOLVER_QUERIES_ROLE = "landing-resolver-queries"
ACCOUNT_ALIAS = "landing-account-alias"
"""The document that sets the alias of an account, and its role."""
DEFAULT_NETWORK_REMOVAL = "landing-default-network-removal"
"""The document that deletes default VPCs, and its role."""
VOLUME_ENCRYPTION_ROLE = "landing-volume-encryption"
SERVICE_QUOTAS = "landing-service-quotas"
"""The document that asks for quotas, and its role."""
FLOW_LOG_BUCKET = "FLOW_LOG_BUCKET"
"""As the value of a document's parameter: the ARN of the bucket of the log archive for flow logs."""
LOG_BUCKETS = ("access-logs", "cloudtrail", "config", "guardduty")
"""What the buckets of the log archive are for."""


def remediation_rule(key: str) -> str:
    """The name of a rule of AWS Config that has a remediation."""
    return f"landing-{key}"


def remediation_role(key: str) -> str:
    """The name of the role as which it is mended what that rule finds."""
    return f"landing-remediation-{key}"


def bucket(purpose: str, account: str, region: str) -> str:
    """The name of a bucket; the account id makes it unique in the world. At most 63 characters."""
    return f"landing-{purpose}-{account}-{region}"


EXEMPT_TAG = ("landing:playbooks", "exempt")
"""The tag of what no playbook touches."""


def playbook_document(key: str) -> str:
    """The name of a playbook's Automation document; none is the beginning of another's, as keys have no dots."""
    return f"landing-{key}.playbook"


def playbook_role(key: str) -> str:
    """The name of the role as which a playbook makes its calls."""
    return f"landing-playbook-{key}"


def playbook_start_role(key: str) -> str:
    """The name of the role as which EventBridge starts a playbook."""
    return f"landing-playbook-{key}-start"


FIREWALL_ROLE = "role/aws-service-role/fms.amazonaws.com/AWSServiceRoleForFMS"
"""Firewall Manager's service-linked role (Developer Guide, "Using service-linked roles")."""
