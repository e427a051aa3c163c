"""Config texts that tests begin with."""

from __future__ import annotations

from pathlib import Path

SMALL = """
organization:
  name: test
  home_region: eu-west-1
  governed_regions: [eu-west-1, us-east-1]
roles: {management: management, log_archive: log-archive, security_tooling: security-tooling}
units:
  security: {name: Security}
  workloads:
    name: Workloads
    units:
      prod: {name: Prod}
      dev: {name: Dev}
accounts:
  management: {name: Management, unit: root}
  log-archive: {name: Log Archive, email: l@example.com, unit: security}
  security-tooling: {name: Security Tooling, email: s@example.com, unit: security}
  shop-prod: {name: Shop Prod, email: sp@example.com, unit: workloads/prod, tags: {env: prod}}
  shop-dev: {name: Shop Dev, email: sd@example.com, unit: workloads/dev, tags: {env: dev}}
"""
"""An organization with nothing special about it; tests change it by text."""

LIBRARY = Path(__file__).parent / "library"
"""A few policies that the tests own."""

MACIE = """\
  macie:
    discovery: NEW
    suppress: {public: {where: {type: {eq: [Policy:IAMUser/S3BucketPublic]}, count: {lt: 9}}}}
    exclude: {}
    inspection: {include: [VEHICLE_IDENTIFICATION_NUMBER], exclude: [UK_DRIVERS_LICENSE], identifiers: [employee], allow_lists: [cards]}
    allow_lists: {cards: {regex: "4111-.*", description: Test cards}}
    identifiers: {employee: {regex: "E-[0-9]{6}", keywords: [employee, staff], severity: {LOW: 1, HIGH: 100}}}
    jobs:
      prod:
        every: week
        include: {target: {units: [workloads/prod]}, tags: {data: ["yes"]}}
        exclude: {shared: [EXTERNAL]}
        objects: {extensions: [csv], tags: {k: [v]}}
        except_objects: {prefixes: [logs/]}
        sample: 10
        identifiers: [employee]
        allow_lists: [cards]
        regions: [eu-west-1]
      stock: {every: once, include: {names: [acme-stock]}, managed: NONE, identifiers: [employee]}
    overrides:
      dev: {target: {units: [workloads/dev]}, members: PAUSED}
      prod: {target: {units: [workloads/prod]}, discovery: NONE}
"""

FULL = (
    SMALL.replace(
        "tags: {env: prod}}",
        "tags: {env: prod}, contacts: {security: {name: Sec, title: On call, email: sec@example.com, phone: '+1 555 0100'}}}",
    )
    .replace("{name: Security}", "{name: Security, pack: true}")
    .replace(
        "organization:\n",
        "organization:\n  trusted_access: {ram: {}, health: {}, backup: {administrator: shop-prod}}\n"
        "  new_accounts: {quarantine: quarantine}\n",
    )
    .replace("units:\n", "units:\n  quarantine: {name: Quarantine}\n", 1)
    .replace("    name: Workloads\n", "    name: Workloads\n    full_access: true\n")
    + """
guardrails:
  no-leaving: {target: {units: [root]}}
  no-root: {target: {units: [workloads]}}
  tls-only: {target: {units: [workloads/prod]}}
  deny-iam-users: {target: {units: [security]}}
  deny-public-sharing: {target: {units: [security]}}
  deny-all-suspended: {target: {units: [quarantine]}}
baselines:
  security-audit-role: {target: {units: [root]}, management: true}
  account-baseline: {target: {units: [workloads], exclude: {accounts: [shop-dev]}}}
stacks:
  reader: {blueprint: read_role, accounts: [shop-prod]}
services:
  log_archive: {object_lock: {mode: GOVERNANCE, days: 30}}
  cloudtrail: {data_events: {"AWS::S3::Object": write}, insights: [ApiCallRateInsight], cloudwatch_logs: true}
  config:
    rules:
      ebs: {identifier: EC2_EBS_ENCRYPTION_BY_DEFAULT}
      root-key: {identifier: IAM_ROOT_ACCESS_KEY_CHECK, home_only: true}
      tables: {guard: tables, resource_types: ["AWS::DynamoDB::Table"], debug_log_accounts: {accounts: [shop-dev]}, home_only: true}
    remediations:
      public-buckets: {automatic: true}
      password-policy: {parameters: {MinimumPasswordLength: 16}}
    conformance_packs:
      small: {parameters: {PasswordLength: 16}, exclude: {accounts: [shop-dev]}}
  guardduty:
    features: {lambda_network_logs: false}
    suppress: {scanner: {where: {type: {equals: ["Recon:EC2/Portscan"]}, severity: {less_than: 7}}, description: Ours}}
    lists: {offices: {type: trusted_ips, location: "s3://acme-lists/offices.txt"}}
    malware_scans: {keep_snapshots: true, exclude_tags: {scan: never}}
    overrides: {prod: {target: {units: [workloads/prod]}, features: {runtime_monitoring: {eks_addon_management: false}}}}
"""
    + MACIE
    + """\
  root_access: {administrator: true}
  service_quotas:
    new_accounts:
      functions: {service: lambda, quota: L-B99A9384, value: 2000}
      cores: {service: ec2, quota: L-1216C47A, value: 64, regions: [eu-west-1]}
  access_analyzer:
    unused: {days: 60, exclude: {accounts: [shop-prod]}, exclude_tags: {landing: exempt}}
    internal: {resource_types: ["AWS::S3::Bucket"], accounts: {units: [workloads]}}
    archive: {sso: {where: {resourceType: {eq: ["AWS::IAM::Role"]}, principal.Federated: {contains: [AWSSSO]}}}}
  identity_center:
    permission_sets:
      Administrator: {session: 2h, aws_managed: [AdministratorAccess], boundary: {aws_managed: PowerUserAccess}}
      Developer:
        description: For developers
        relay_state: "https://console.aws.amazon.com/s3"
        aws_managed: [job-function/ViewOnlyAccess, ReadOnlyAccess]
        inline: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
        tags: {team: shop}
    assignments:
      platform: {groups: [platform], users: [ana], permission_sets: [Administrator], target: {units: [root]}}
      shop: {groups: [shop, platform], permission_sets: [Developer], target: {units: [workloads]}}
    attributes: {team: "${path:enterprise.department}"}
  inspector:
    scans: {lambda_code: true}
    deep_inspection_paths: [/opt/app]
    suppress: {old: {where: {vulnerabilityId: {eq: [CVE-2026-0001]}, inspectorScore: {to: 4}, resourceTags: {env: dev}}}}
    overrides: {dev: {target: {units: [workloads/dev]}, scans: {ecr: false}}}
    cis_scans: {weekly: {target: {units: [workloads]}, tags: {cis: ["yes"]}}}
  detective: {packages: [eks_audit], overrides: {dev: {target: {units: [workloads/dev]}, join: false}}}
  security_lake:
    sources: {CLOUD_TRAIL_MGMT: {}, ROUTE53: {}, VPC_FLOW: {target: {units: [workloads]}}}
    transitions: {GLACIER: 90}
    rollup: us-east-1
    subscribers: {siem: {principal: "111122223333", external_id: acme-siem, sources: [ROUTE53]}}
  security_incident_response:
    team: [{name: Ana Silva, title: Security engineer, email: ana@example.com}, {name: Bo Berg, title: On call, email: bo@example.com}]
    units: [workloads/prod, security]
  firewall_manager:
    policies:
      web: {target: {units: [workloads]}, web_acl: {first: [{managed: AWSManagedRulesCommonRuleSet}]}, regions: [eu-west-1]}
      unused-groups: {target: {units: [root], exclude: {accounts: [shop-dev]}}, security_group_usage: {}}
    administrators:
      shop-prod: {target: {units: [workloads], exclude: {accounts: [shop-dev]}}, policy_types: [DNS_FIREWALL, NETWORK_FIREWALL]}
    notifications:
      topics: {eu-west-1: "arn:aws:sns:eu-west-1:111122223333:firewalls", us-east-1: "arn:aws:sns:us-east-1:111122223333:firewalls"}
  shield:
    commitment: accepted
    accounts: {shop-prod: {}}
    contacts: [{email: oncall@example.com, phone: "+15550100", notes: Day and night}, {email: sec@example.com}]
    proactive_engagement: true
  security_hub:
    policies:
      everyone: {target: {units: [root]}, standards: [aws-foundational-security-best-practices/v/1.0.0]}
      dev: {target: {units: [workloads/dev]}, disabled_controls: [IAM.6], parameters: {Config.1: {includeConfigServiceLinkedRoleCheck: false}}}
    automation_rules:
      noise:
        description: Nobody looks at these
        order: 10
        where: {SeverityLabel: {eq: [LOW], neq: [CRITICAL]}, ResourceTags: {env: dev}, Criticality: {lte: 50}}
        then: {workflow: SUPPRESSED, note: in a sandbox, fields: {team: shop}}
    custom_actions: {quarantine: {name: Quarantine, description: Out of the network}}
  security_hub_v2:
    network_scanning: true
    connectors: {desk: {description: On call, servicenow_instance: acme, servicenow_secret: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:desk"}}
    automation_rules:
      quiet:
        description: Nobody looks at these
        order: 10
        where: {severity: {eq: [Low, Informational], neq: [Critical]}, resources.tags: {env: dev}, any: [{finding_info.created_time_dt: {older_than_days: 30}}, {class_name: {eq: [Compliance Finding]}, severity_id: {lte: 2}}]}
        then: {status: SUPPRESSED, comment: in a sandbox}
      desk: {description: Who is on call gets a ticket, order: 20, where: {severity_id: {gte: 5}}, then: {ticket: desk}}
      crown: {description: What we live on, order: 30, resources: {AccountName: {eq: [Shop Prod]}}, then: {criticality: High}}
    overrides:
      prod: {target: {units: [workloads/prod]}, enabled: false}
      dev: {target: {units: [workloads/dev]}, network_scanning: false}
"""
)
"""The same organization with something of every kind."""

OPTED = SMALL.replace(
    "governed_regions: [eu-west-1, us-east-1]", "governed_regions: [eu-west-1, us-east-1, me-south-1]"
).replace("organization:\n", "organization:\n  enable_opt_in_regions: true\n")
"""The same organization, with a region that is off until an account enables it."""

PEOPLE = {"region": "us-east-1", "groups": ["platform", "shop"], "users": ["ana"]}
"""IAM Identity Center as somebody has enabled it, with those whom FULL names: an option of the sandbox."""

GOVERNED = (
    SMALL
    + """
services:
  control_tower:
    baselines:
      - units: [workloads/prod]
    controls:
      - {control: AWS-GR_RESTRICT_ROOT_USER, units: [workloads, workloads/prod]}
      - {control: CT.MULTISERVICE.PV.1, units: [workloads/dev], parameters: {AllowedRegions: [eu-west-1, us-east-1]}}
"""
)
"""An organization in which Control Tower works, and governs `workloads` and `workloads/dev` already."""

COMING = GOVERNED.replace(
    "  shop-dev: {",
    "  acquired: {name: Acquired, id: '555555555555', unit: workloads/dev, join: invite}\n  shop-dev: {",
).replace("organization:\n", "organization:\n  enable_opt_in_regions: true\n") + (
    "baselines:\n  account-baseline: {target: {accounts: [shop-dev]}, regions: [eu-west-1, me-south-1]}\n"
)
"""The same, with a region that is off at first, and an account that is to join; tests load it `without_members(["acquired"])`, as AWS has it at first."""

BUILT = (
    SMALL
    + """
access:
  read_role: landing-read
  pipeline:
    github: {repository: acme/landing, repository_id: 456789, owner_id: "123456"}
    records: acme-landing-records
    plans_key: true
lock: {bucket: acme-landing-lock}
baselines:
  read-role: {target: {units: [root]}}
"""
)
"""The same organization, planned and applied by a repository on GitHub."""

ALARMED = (
    FULL
    + "  alarms: {email: [security@example.com], watched_roles: [break-glass], config_rules: [all], trail_alarms: true}\n"
)
"""The same as FULL, with somebody who hears of alarms, and has not confirmed that: it is drift."""

REMEDIED = (
    SMALL
    + """
services:
  log_archive: {}
  config:
    remediations:
      password:
        identifier: IAM_PASSWORD_POLICY
        parameters: {MinimumPasswordLength: 16}
        document: AWSConfigRemediation-SetIAMPasswordPolicy
        document_parameters: {MinimumPasswordLength: 16}
        permissions: [iam:UpdateAccountPasswordPolicy, iam:GetAccountPasswordPolicy]
        home_only: true
      public:
        identifier: S3_BUCKET_PUBLIC_READ_PROHIBITED
        document: AWS-DisableS3BucketPublicReadWrite
        document_parameters: {S3BucketName: RESOURCE_ID}
        permissions: [s3:PutBucketPublicAccessBlock]
        automatic: true
"""
)
"""The same organization, with what mends what rules of AWS Config find."""

PLAYED = (
    SMALL
    + """
playbooks:
  disable-access-key: {target: {units: [workloads], exclude: {accounts: [shop-dev]}}}
  close-ports:
    playbook: close-admin-ports
    on: {rule: rules.ssh}
    target: {units: [workloads]}
    at_most: 3
    never: ["arn:aws:ec2:*:*:security-group/sg-0a1b2c3d"]
    approval: {by: [security-oncall], topic: "arn:aws:sns:eu-west-1:111122223333:Automation-approvals"}
  private-buckets:
    document: AWS-DisableS3BucketPublicReadWrite
    permissions: [s3:PutBucketPublicAccessBlock]
    on: {event: {source: [aws.s3], detail-type: [AWS API Call via CloudTrail], detail: {eventName: [PutBucketAcl]}}}
    parameters: {S3BucketName: $.detail.requestParameters.bucketName}
    target: {accounts: [shop-prod]}
    regions: [eu-west-1]
services:
  log_archive: {}
  config: {rules: {ssh: {identifier: INCOMING_SSH_DISABLED}}}
"""
)
"""The same organization, with what is done when something happens."""

GITHUB = '    github: {repository: acme/landing, repository_id: 456789, owner_id: "123456"}\n'
"""Who plans and applies there, to be exchanged for others."""
CODEBUILD = (
    "    codebuild: {connection: 'arn:aws:codeconnections:eu-west-1:111122223333:connection/a1',"
    " repository: acme/landing, artifacts: acme-artifacts}\n"
)
