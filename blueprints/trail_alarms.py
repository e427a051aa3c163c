"""The fifteen metric filters and alarms of the CIS benchmark on the organization trail, and one of denials by rate."""

from troposphere import Parameter, Sub, Template
from troposphere.cloudwatch import Alarm
from troposphere.iam import Policy, Role
from troposphere.logs import MetricFilter, MetricTransformation

from landing.blueprint.resource_names import ALARMS, TRAIL, TRAIL_ALARMS

REGIONS = "home"
NAMESPACE = "LogMetrics"
TOPIC = f"arn:${{AWS::Partition}}:sns:${{AWS::Region}}:${{SecurityToolingAccountId}}:{TRAIL_ALARMS}"


PATTERNS = {
    "UnauthorizedCalls": (
        "4.1 unauthorized API calls",
        '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
    ),
    "ConsoleWithoutMfa": (
        "4.2 console sign-in without MFA",
        '{($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
        '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success")}',
    ),
    "RootUse": (
        "4.3 use of a root user",
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}',
    ),
    "ConsoleFailures": (
        "4.6 failed console sign-ins",
        '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
    ),
    "GuardrailDenials": (
        "requests denied by guardrails",
        '{($.errorCode="AccessDenied*") && ($.errorMessage="*explicit deny in a service control policy*")}',
    ),
}
"""What a filter looks for, by its name: a title, and a pattern for JSON. The last is no part of the benchmark (IAM User
Guide, "Troubleshoot access denied error messages")."""
CALLS = {
    "IamPolicies": (
        "4.4 IAM policy changes",
        "",
        "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy "
        "CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy "
        "DetachRolePolicy AttachUserPolicy DetachUserPolicy AttachGroupPolicy DetachGroupPolicy",
    ),
    "CloudTrailChanges": (
        "4.5 CloudTrail changes",
        "",
        "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging",
    ),
    "KeyDeletion": (
        "4.7 customer keys disabled or scheduled for deletion",
        "kms",
        "DisableKey ScheduleKeyDeletion",
    ),
    "BucketPolicies": (
        "4.8 S3 bucket policy changes",
        "s3",
        "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication "
        "DeleteBucketPolicy DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication",
    ),
    "ConfigChanges": (
        "4.9 AWS Config changes",
        "config",
        "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder",
    ),
    "SecurityGroups": (
        "4.10 security group changes",
        "",
        "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress "
        "RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup",
    ),
    "NetworkAcls": (
        "4.11 network ACL changes",
        "",
        "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry "
        "ReplaceNetworkAclEntry ReplaceNetworkAclAssociation",
    ),
    "Gateways": (
        "4.12 network gateway changes",
        "",
        "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway "
        "DeleteInternetGateway DetachInternetGateway",
    ),
    "RouteTables": (
        "4.13 route table changes",
        "",
        "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable "
        "DeleteRoute DisassociateRouteTable",
    ),
    "Vpcs": (
        "4.14 VPC changes",
        "",
        "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection "
        "DeleteVpcPeeringConnection RejectVpcPeeringConnection AttachClassicLinkVpc DetachClassicLinkVpc "
        "DisableVpcClassicLink EnableVpcClassicLink",
    ),
    "Organizations": (
        "4.15 AWS Organizations changes",
        "organizations",
        "AcceptHandshake AttachPolicy CancelHandshake CreateAccount CreateOrganization "
        "CreateOrganizationalUnit CreatePolicy DeclineHandshake DeleteOrganization "
        "DeleteOrganizationalUnit DeletePolicy EnableAllFeatures EnablePolicyType "
        "InviteAccountToOrganization LeaveOrganization DetachPolicy DisablePolicyType MoveAccount "
        "RemoveAccountFromOrganization UpdateOrganizationalUnit UpdatePolicy",
    ),
}
"""The same of calls: a title, the service where the benchmark names it, and the names of the calls."""


def patterns() -> dict[str, tuple[str, str]]:
    """Title and pattern of each filter, by the section of CIS AWS Foundations 3.0 and 5.0 that its title begins with.

    The benchmark's own: Security Hub's CloudWatch controls accept no other (User Guide, "CloudWatch controls").
    """
    found = dict(PATTERNS)
    for name, (title, source, calls) in CALLS.items():
        either = " || ".join(f"($.eventName={call})" for call in calls.split())
        found[name] = title, f"{{($.eventSource={source}.amazonaws.com) && ({either})}}" if source else f"{{{either}}}"
    return found


def trail_alarms(*, denials: int = 100) -> Template:
    """The fifteen metric filters and alarms of the CIS benchmark on the organization trail, and one of denials by rate.

    `denials` is the number of requests that service control policies deny within five minutes from which it is told.
    """
    template = Template("Alarms on the organization trail")
    template.add_parameter(Parameter("SecurityToolingAccountId", Type="String"))
    _reader(template)
    for name, (title, pattern) in sorted(patterns().items()):
        _alarm(template, name, title, pattern, denials if name == "GuardrailDenials" else 1)
    return template


def _reader(template: Template) -> None:
    """The role as which the function of the alarms asks what a filter has found."""
    function = f"arn:${{AWS::Partition}}:iam::${{SecurityToolingAccountId}}:role/{ALARMS}-message"
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": Sub("arn:${AWS::Partition}:iam::${SecurityToolingAccountId}:root")},
        "Action": "sts:AssumeRole",
        # By a condition: of a principal AWS keeps its id, which another role of the name does not have.
        "Condition": {"ArnEquals": {"aws:PrincipalArn": Sub(function)}},
    }
    group = f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{TRAIL}"
    asks = ["logs:DescribeMetricFilters", "logs:FilterLogEvents"]
    may = [{"Effect": "Allow", "Action": asks, "Resource": [Sub(group), Sub(f"{group}:*")]}]
    template.add_resource(
        Role(
            "TrailReader",
            RoleName=TRAIL_ALARMS,
            AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]},
            Policies=[Policy(PolicyName="read", PolicyDocument={"Version": "2012-10-17", "Statement": may})],
        )
    )


def _alarm(template: Template, name: str, title: str, pattern: str, threshold: int) -> None:
    """A filter on the log group of the trail, and the alarm of its metric."""
    metric = f"Landing{name}"
    filtered = MetricFilter(
        f"{name}Filter",
        FilterName=f"landing-{name}",
        FilterPattern=pattern,
        LogGroupName=TRAIL,
        MetricTransformations=[
            MetricTransformation(MetricName=metric, MetricNamespace=NAMESPACE, MetricValue="1", DefaultValue=0)
        ],
    )
    template.add_resource(filtered)
    where = f"CloudWatch Logs, log group {TRAIL}, filter {pattern}"
    template.add_resource(
        Alarm(
            f"{name}Alarm",
            AlarmName=f"landing-{name}",
            AlarmDescription=f"{title}. Where to look: {where}"[:1024],
            AlarmActions=[Sub(TOPIC)],
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            EvaluationPeriods=1,
            MetricName=metric,
            Namespace=NAMESPACE,
            Period=300,
            Statistic="Sum",
            Threshold=threshold,
            TreatMissingData="notBreaching",
            DependsOn=filtered.title,
        )
    )
