"""The rows of the controls catalogue: id, severity, kind, standards with requirement numbers, title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TABLE = """
Account.1      | MEDIUM   | regional | FSBP CIS50:1.2 NIST53                          | Security contact information should be provided for an AWS account
Account.2      | HIGH     | regional | NIST53                                         | AWS accounts should be part of an AWS Organizations organization
ACM.1          | MEDIUM   | regional | FSBP NIST53 PCI40                              | Imported and ACM-issued certificates should be renewed after a specified time period
CloudTrail.1   | HIGH     | regional | FSBP CIS12:2.1 CIS14:3.1 CIS30:3.1 CIS50:3.1 NIST53 | CloudTrail should be enabled and configured with at least one multi-Region trail that includes read and write management events
CloudTrail.2   | MEDIUM   | regional | FSBP CIS12:2.7 CIS14:3.7 CIS30:3.5 CIS50:3.5 NIST53 PCI321 PCI40 | CloudTrail should have encryption at-rest enabled
CloudTrail.3   | HIGH     | regional | PCI321 PCI40                                   | At least one CloudTrail trail should be enabled
CloudTrail.4   | LOW      | regional | FSBP CIS12:2.2 CIS14:3.2 CIS30:3.2 CIS50:3.2 NIST53 PCI321 PCI40 | CloudTrail log file validation should be enabled
CloudTrail.5   | LOW      | regional | FSBP CIS12:2.4 CIS14:3.4 NIST53 PCI321         | CloudTrail trails should be integrated with Amazon CloudWatch Logs
CloudTrail.6   | CRITICAL | regional | CIS12:2.3 CIS14:3.3 PCI40                      | Ensure the S3 bucket used to store CloudTrail logs is not publicly accessible
CloudTrail.7   | LOW      | regional | CIS12:2.6 CIS14:3.6 CIS30:3.4 CIS50:3.4 PCI40  | Ensure S3 bucket access logging is enabled on the CloudTrail S3 bucket
CloudWatch.1   | LOW      | regional | CIS12:1.1 CIS14:4.3 PCI321                     | A log metric filter and alarm should exist for usage of the root user
CloudWatch.4   | LOW      | regional | CIS12:3.4 CIS14:4.4                            | Ensure a log metric filter and alarm exist for IAM policy changes
CloudWatch.5   | LOW      | regional | CIS12:3.5 CIS14:4.5                            | Ensure a log metric filter and alarm exist for CloudTrail configuration changes
CloudWatch.15  | HIGH     | regional | NIST53                                         | CloudWatch alarms should have specified actions configured
CloudWatch.16  | MEDIUM   | regional | NIST53                                         | CloudWatch log groups should be retained for a specified time period
Config.1       | CRITICAL | regional | FSBP CIS12:2.5 CIS14:3.5 CIS30:3.3 CIS50:3.3 NIST53 PCI321 | AWS Config should be enabled and use the service-linked role for resource recording
DynamoDB.1     | MEDIUM   | regional | FSBP NIST53                                    | DynamoDB tables should automatically scale capacity with demand
DynamoDB.2     | MEDIUM   | regional | FSBP NIST53                                    | DynamoDB tables should have point-in-time recovery enabled
EC2.1          | CRITICAL | regional | FSBP NIST53 PCI321                             | Amazon EBS snapshots should not be publicly restorable
EC2.2          | HIGH     | regional | FSBP CIS12:4.3 CIS14:5.3 CIS30:5.4 CIS50:5.5 NIST53 PCI321 PCI40 | VPC default security groups should not allow inbound or outbound traffic
EC2.3          | MEDIUM   | regional | FSBP NIST53                                    | Attached Amazon EBS volumes should be encrypted at-rest
EC2.6          | MEDIUM   | regional | FSBP CIS12:2.9 CIS14:3.9 CIS30:3.7 CIS50:3.7 NIST53 PCI321 | VPC flow logging should be enabled in all VPCs
EC2.7          | MEDIUM   | regional | FSBP CIS14:2.2.1 CIS30:2.2.1 CIS50:5.1.1 NIST53 | EBS default encryption should be enabled
EC2.8          | HIGH     | regional | FSBP CIS30:5.6 CIS50:5.7 NIST53 PCI40          | EC2 instances should use Instance Metadata Service Version 2 (IMDSv2)
EC2.13         | HIGH     | regional | CIS12:4.1 NIST53 PCI321 PCI40                  | Security groups should not allow ingress from 0.0.0.0/0 or ::/0 to port 22
EC2.14         | HIGH     | regional | CIS12:4.2 PCI40                                | Security groups should not allow ingress from 0.0.0.0/0 or ::/0 to port 3389
EC2.18         | HIGH     | regional | FSBP NIST53                                    | Security groups should only allow unrestricted incoming traffic for authorized ports
EC2.21         | MEDIUM   | regional | FSBP CIS14:5.1 CIS30:5.1 CIS50:5.2 NIST53 PCI40 | Network ACLs should not allow ingress from 0.0.0.0/0 to port 22 or port 3389
EC2.53         | HIGH     | regional | CIS30:5.2 CIS50:5.3 PCI40                      | EC2 security groups should not allow ingress from 0.0.0.0/0 to remote server administration ports
EC2.54         | HIGH     | regional | CIS30:5.3 CIS50:5.4 PCI40                      | EC2 security groups should not allow ingress from ::/0 to remote server administration ports
EC2.172        | MEDIUM   | regional | FSBP                                           | EC2 VPC Block Public Access settings should block internet gateway traffic
EC2.182        | HIGH     | regional | FSBP                                           | Amazon EBS snapshots should not be publicly accessible
EFS.1          | MEDIUM   | regional | FSBP CIS30:2.4.1 CIS50:2.3.1 NIST53            | Elastic File System should be configured to encrypt file data at-rest using AWS KMS
EFS.8          | MEDIUM   | regional | FSBP CIS50:2.3.1                               | EFS file systems should be encrypted at rest
GuardDuty.1    | HIGH     | regional | FSBP NIST53 PCI321 PCI40                       | GuardDuty should be enabled
GuardDuty.5    | HIGH     | regional | FSBP                                           | GuardDuty EKS Audit Log Monitoring should be enabled
GuardDuty.6    | HIGH     | regional | FSBP                                           | GuardDuty Lambda Protection should be enabled
GuardDuty.7    | HIGH     | regional | FSBP PCI40                                     | GuardDuty EKS Runtime Monitoring should be enabled
GuardDuty.8    | HIGH     | regional | FSBP                                           | GuardDuty Malware Protection for EC2 should be enabled
GuardDuty.9    | HIGH     | regional | FSBP PCI40                                     | GuardDuty RDS Protection should be enabled
GuardDuty.10   | HIGH     | regional | FSBP PCI40                                     | GuardDuty S3 Protection should be enabled
GuardDuty.11   | HIGH     | regional | FSBP                                           | GuardDuty Runtime Monitoring should be enabled
IAM.1          | HIGH     | global   | FSBP CIS12:1.22 CIS14:1.16 NIST53 NIST171 PCI321 | IAM policies should not allow full "*" administrative privileges
IAM.2          | LOW      | global   | FSBP CIS12:1.16 CIS14:1.15 CIS30:1.15 CIS50:1.14 NIST53 NIST171 PCI321 | IAM users should not have IAM policies attached
IAM.3          | MEDIUM   | global   | FSBP CIS12:1.4 CIS14:1.14 CIS30:1.14 CIS50:1.13 NIST53 PCI40 | IAM users' access keys should be rotated every 90 days or less
IAM.4          | CRITICAL | global   | FSBP CIS12:1.12 CIS14:1.4 CIS30:1.4 CIS50:1.3 NIST53 PCI321 | IAM root user access key should not exist
IAM.5          | MEDIUM   | global   | FSBP CIS12:1.2 CIS14:1.10 CIS30:1.10 CIS50:1.9 NIST53 PCI40 | MFA should be enabled for all IAM users that have a console password
IAM.6          | CRITICAL | global   | FSBP CIS12:1.14 CIS14:1.6 CIS30:1.6 CIS50:1.5 NIST53 PCI321 PCI40 | Hardware MFA should be enabled for the root user
IAM.7          | MEDIUM   | global   | FSBP NIST53 NIST171 PCI40                      | Password policies for IAM users should have strong configurations
IAM.8          | MEDIUM   | global   | FSBP CIS12:1.3 NIST53 NIST171 PCI321 PCI40     | Unused IAM user credentials should be removed
IAM.9          | CRITICAL | global   | CIS12:1.13 CIS14:1.5 CIS30:1.5 CIS50:1.4 NIST53 PCI321 PCI40 | MFA should be enabled for the root user
IAM.15         | MEDIUM   | global   | CIS12:1.9 CIS14:1.8 CIS30:1.8 CIS50:1.7 NIST171 | Ensure IAM password policy requires minimum password length of 14 or greater
IAM.16         | LOW      | global   | CIS12:1.10 CIS14:1.9 CIS30:1.9 CIS50:1.8 NIST171 PCI40 | Ensure IAM password policy prevents password reuse
IAM.18         | LOW      | global   | CIS12:1.20 CIS14:1.17 CIS30:1.17 CIS50:1.16 NIST171 PCI40 | Ensure a support role has been created to manage incidents with AWS Support
IAM.22         | MEDIUM   | global   | CIS14:1.12 CIS30:1.12 CIS50:1.11 NIST171       | IAM user credentials unused for 45 days should be removed
IAM.26         | MEDIUM   | global   | CIS30:1.19 CIS50:1.18                          | Expired SSL/TLS certificates managed in IAM should be removed
IAM.27         | MEDIUM   | global   | CIS30:1.22 CIS50:1.21                          | IAM identities should not have the AWSCloudShellFullAccess policy attached
IAM.28         | HIGH     | regional | CIS30:1.20 CIS50:1.19                          | IAM Access Analyzer external access analyzer should be enabled
Inspector.1    | HIGH     | regional | FSBP PCI40                                     | Amazon Inspector EC2 scanning should be enabled
Inspector.2    | HIGH     | regional | FSBP PCI40                                     | Amazon Inspector ECR scanning should be enabled
Inspector.3    | HIGH     | regional | FSBP PCI40                                     | Amazon Inspector Lambda code scanning should be enabled
Inspector.4    | HIGH     | regional | FSBP PCI40                                     | Amazon Inspector Lambda standard scanning should be enabled
KMS.1          | MEDIUM   | global   | FSBP NIST53                                    | IAM customer managed policies should not allow decryption actions on all KMS keys
KMS.2          | MEDIUM   | global   | FSBP NIST53                                    | IAM principals should not have IAM inline policies that allow decryption actions on all KMS keys
KMS.3          | CRITICAL | regional | FSBP NIST53                                    | AWS KMS keys should not be deleted unintentionally
KMS.4          | MEDIUM   | regional | CIS12:2.8 CIS14:3.8 CIS30:3.6 CIS50:3.6 NIST53 PCI321 PCI40 | AWS KMS key rotation should be enabled
Macie.1        | MEDIUM   | regional | FSBP NIST53                                    | Amazon Macie should be enabled
Macie.2        | HIGH     | regional | FSBP NIST53                                    | Macie automated sensitive data discovery should be enabled
RDS.2          | CRITICAL | regional | FSBP CIS30:2.3.3 CIS50:2.2.3 NIST53 PCI321 PCI40 | RDS DB Instances should prohibit public access
RDS.3          | MEDIUM   | regional | FSBP CIS14:2.3.1 CIS30:2.3.1 CIS50:2.2.1 NIST53 | RDS DB instances should have encryption at-rest enabled
S3.1           | MEDIUM   | regional | FSBP CIS14:2.1.5 CIS30:2.1.4 CIS50:2.1.4 NIST53 PCI321 PCI40 | S3 general purpose buckets should have block public access settings enabled
S3.2           | CRITICAL | regional | FSBP NIST53 PCI321                             | S3 general purpose buckets should block public read access
S3.3           | CRITICAL | regional | FSBP NIST53 PCI321                             | S3 general purpose buckets should block public write access
S3.5           | MEDIUM   | regional | FSBP CIS14:2.1.2 CIS30:2.1.1 CIS50:2.1.1 NIST53 PCI321 PCI40 | S3 general purpose buckets should require requests to use SSL
S3.8           | HIGH     | regional | FSBP CIS14:2.1.5 CIS30:2.1.4 CIS50:2.1.4 NIST53 PCI40 | S3 general purpose buckets should block public access
S3.9           | MEDIUM   | regional | FSBP NIST53 PCI40                              | S3 general purpose buckets should have server access logging enabled
S3.20          | LOW      | regional | CIS14:2.1.3 CIS30:2.1.2 CIS50:2.1.2 NIST53     | S3 general purpose buckets should have MFA delete enabled
S3.22          | MEDIUM   | regional | CIS30:3.8 CIS50:3.8 PCI40                      | S3 general purpose buckets should log object-level write events
S3.23          | MEDIUM   | regional | CIS30:3.9 CIS50:3.9 PCI40                      | S3 general purpose buckets should log object-level read events
SSM.1          | MEDIUM   | regional | FSBP NIST53 PCI321                             | Amazon EC2 instances should be managed by AWS Systems Manager
SSM.7          | CRITICAL | regional | FSBP                                           | SSM documents should have the block public sharing setting enabled
CloudTrail.9   | LOW      | regional | TAGGING                                        | CloudTrail trails should be tagged
GuardDuty.4    | LOW      | regional | TAGGING                                        | GuardDuty detectors should be tagged
IAM.24         | LOW      | global   | TAGGING                                        | IAM roles should be tagged
SageMaker.1    | HIGH     | regional | FSBP AI NIST53 PCI321                          | Amazon SageMaker AI notebook instances should not have direct internet access
"""  # noqa: E501  (a table is read by its rows)

NUMBERS: Mapping[str, int] = {
    "Account": 2, "ACM": 3, "Amplify": 2, "APIGateway": 11, "AppConfig": 4, "AppFlow": 1, "AppRunner": 2,
    "AppSync": 6, "Athena": 4, "AutoScaling": 10, "Backup": 5, "Batch": 4, "Bedrock": 20, "CloudFormation": 4,
    "CloudFront": 17, "CloudTrail": 10, "CloudWatch": 17, "CodeArtifact": 1, "CodeBuild": 7, "CodeGuruProfiler": 1,
    "CodeGuruReviewer": 1, "Cognito": 6, "Config": 1, "Connect": 2, "DataFirehose": 1, "DataSync": 2,
    "Detective": 1, "DMS": 13, "DocumentDB": 6, "DynamoDB": 7, "EC2": 183, "ECR": 5, "ECS": 21, "EFS": 8,
    "EKS": 9, "ElastiCache": 7, "ElasticBeanstalk": 3, "ELB": 22, "EMR": 4, "ES": 9, "EventBridge": 4,
    "FraudDetector": 6, "FSx": 5, "GlobalAccelerator": 1, "Glue": 4, "GuardDuty": 13, "IAM": 28, "Inspector": 4,
    "IoT": 6, "IoTEvents": 3, "IoTSiteWise": 5, "IoTTwinMaker": 4, "IoTWireless": 3, "IVS": 3, "Keyspaces": 1,
    "Kinesis": 3, "KMS": 5, "Lambda": 7, "Macie": 2, "MQ": 6, "MSK": 6, "Neptune": 9, "NetworkFirewall": 10,
    "Opensearch": 11, "PCA": 2, "RDS": 50, "Redshift": 18, "RedshiftServerless": 7, "Route53": 2, "S3": 25,
    "SageMaker": 15, "SecretsManager": 5, "ServiceCatalog": 1, "SES": 3, "SNS": 4, "SQS": 3, "SSM": 7,
    "StepFunctions": 2, "Transfer": 7, "WAF": 12, "WorkSpaces": 2,
}  # fmt: skip
"""Service to the highest number that one of its controls has."""

PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "ACM.1": {"daysToExpiration": {"Integer": 30}},
    "CloudWatch.15": {
        "alarmActionRequired": {"Boolean": True},
        "insufficientDataActionRequired": {"Boolean": False},
        "okActionRequired": {"Boolean": False},
    },
    "CloudWatch.16": {"minRetentionTime": {"Enum": "365"}},
    "Config.1": {"includeConfigServiceLinkedRoleCheck": {"Boolean": True}},
    "DynamoDB.1": {
        "minProvisionedReadCapacity": {"Integer": 1},
        "targetReadUtilization": {"Integer": 70},
        "minProvisionedWriteCapacity": {"Integer": 1},
        "targetWriteUtilization": {"Integer": 70},
    },
    "EC2.18": {
        "authorizedTcpPorts": {"IntegerList": [80, 443]},
        "authorizedUdpPorts": {"IntegerList": []},
    },
    "CloudTrail.9": {"requiredTagKeys": {"StringList": []}},
    "GuardDuty.4": {"requiredTagKeys": {"StringList": []}},
    "IAM.3": {},
    "IAM.7": {
        "RequireUppercaseCharacters": {"Boolean": True},
        "RequireLowercaseCharacters": {"Boolean": True},
        "RequireSymbols": {"Boolean": True},
        "RequireNumbers": {"Boolean": True},
        "MinimumPasswordLength": {"Integer": 8},
        "PasswordReusePrevention": {"Integer": 5},
        "MaxPasswordAge": {"Integer": 90},
    },
    "IAM.8": {"maxCredentialUsageAge": {"Integer": 90}},
    "IAM.24": {"requiredTagKeys": {"StringList": []}},
    "S3.11": {"eventTypes": {"EnumList": []}},
    "S3.13": {
        "targetTransitionDays": {"Integer": 30},
        "targetExpirationDays": {"Integer": 90},
        "targetTransitionStorageClass": {"Enum": "STANDARD_IA"},
    },
    "S3.15": {"mode": {"Enum": "GOVERNANCE"}},
}
"""Parameters that accounts may set, with their defaults, of the controls that are known with all of theirs."""
