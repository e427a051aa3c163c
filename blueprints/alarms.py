"""Alarms: the topic that people hear from, the bus on which events of all accounts arrive, and what makes messages."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from troposphere import GetAtt, Parameter, Ref, Sub, Template
from troposphere.awslambda import Code, Environment, Function, Permission
from troposphere.events import EventBus, EventBusPolicy, Rule, Target
from troposphere.iam import Policy, Role
from troposphere.kms import Alias, Key
from troposphere.logs import LogGroup
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy

from landing.blueprint.resource_names import ALARMS, TRAIL, TRAIL_ALARMS

REGIONS = "home"
SEVERITIES = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
CODE = Path(__file__).with_name("functions") / "alarm_message.py"
BUS = f"arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:event-bus/{ALARMS}"
TOPIC = f"arn:${{AWS::Partition}}:sns:${{AWS::Region}}:${{AWS::AccountId}}:{ALARMS}"
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}
MANAGEMENT = {"StringEquals": {"aws:SourceAccount": Ref("ManagementAccountId")}}
VERSION = "2012-10-17"


def alarms(
    *,
    email: Sequence[str] = (),
    https: Sequence[str] = (),
    severity: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"] = "HIGH",
    firewall_role: str = "",
    trail_alarms: bool = False,
) -> Template:
    """Alarms: the topic that people hear from, the bus on which events of all accounts arrive, and what makes messages.

    `email` and `https` are subscriptions, which each must confirm. `severity` is that from which findings of Security
    Hub are told. GuardDuty's come over the bus: they are told in each region.
    `firewall_role` is the ARN of the role as which Firewall Manager publishes. With `trail_alarms` CloudWatch of the
    management account has a topic of its own, of which the function makes messages.
    """
    template = Template("Alarms of the organization")
    for name in ("OrganizationId", "ManagementAccountId"):
        template.add_parameter(Parameter(name, Type="String"))
    _key(template, firewall_role, trail_alarms=trail_alarms)
    _topic(template, email, https, firewall_role)
    template.add_resource(EventBus("Bus", Name=ALARMS, Description="Events of all accounts that somebody must hear of"))
    template.add_resource(
        EventBusPolicy(
            "BusPolicy",
            EventBusName=Ref("Bus"),
            StatementId="organization",
            Statement={
                "Effect": "Allow",
                "Principal": "*",
                "Action": "events:PutEvents",
                "Resource": Sub(BUS),
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": Ref("OrganizationId")}},
            },
        )
    )
    _function(template, trail_alarms=trail_alarms)
    if trail_alarms:
        _trail_topic(template)
    labels = list(SEVERITIES[SEVERITIES.index(severity) :])
    findings = {
        # GuardDuty's come from each region by themselves.
        "ProductName": [{"anything-but": "GuardDuty"}],
        "RecordState": ["ACTIVE"],
        "Severity": {"Label": labels},
        "Workflow": {"Status": ["NEW"]},
    }
    hub = {
        "source": ["aws.securityhub"],
        "detail-type": ["Security Hub Findings - Imported"],
        "detail": {"findings": findings},
    }
    _rule(template, "Arriving", "arriving", {"source": [{"prefix": ""}]}, EventBusName=Ref("Bus"))
    _rule(template, "SecurityHubFindings", "findings", hub)
    return template


def _key(template: Template, firewall_role: str, *, trail_alarms: bool) -> None:
    """The key of the topics, for who publishes to them."""
    own = {"AWS": Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")}
    key: list[dict[str, object]] = [
        {"Sid": "Account", "Effect": "Allow", "Principal": own, "Action": "kms:*", "Resource": "*"}
    ]
    uses = {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*"}
    if firewall_role:
        key.append({"Sid": "Firewalls", **uses, "Principal": {"AWS": "*"}, "Condition": _by(firewall_role)})
    if trail_alarms:
        key.append({"Sid": "Trail", **uses, "Principal": CLOUDWATCH, "Condition": MANAGEMENT})
    template.add_resource(
        Key(
            "AlarmsKey",
            Description="Messages of the alarms",
            Enabled=True,
            EnableKeyRotation=True,
            KeyPolicy={"Version": VERSION, "Statement": key},
        )
    )
    template.add_resource(Alias("AlarmsKeyAlias", AliasName=f"alias/{ALARMS}", TargetKeyId=Ref("AlarmsKey")))


def _by(role: str) -> dict[str, object]:
    """By a condition, as a principal that is not there yet would be refused."""
    return {"ArnEquals": {"aws:PrincipalArn": Sub(role)}}


def _topic(template: Template, email: Sequence[str], https: Sequence[str], firewall_role: str) -> None:
    """The encrypted topic that people hear from."""
    statements: list[dict[str, object]] = []
    if firewall_role:
        publishes = {"Principal": {"AWS": "*"}, "Action": "sns:Publish", "Condition": _by(firewall_role)}
        statements.append({"Sid": "Firewalls", "Effect": "Allow", **publishes, "Resource": Sub(TOPIC)})
    _encrypted(template, "AlarmsTopic", ALARMS, statements)
    for protocol, ends in (("email", email), ("https", https)):
        for number, end in enumerate(sorted(ends), 1):
            template.add_resource(
                SubscriptionResource(
                    f"{protocol.title()}{number}", TopicArn=Ref("AlarmsTopic"), Protocol=protocol, Endpoint=end
                )
            )


def _trail_topic(template: Template) -> None:
    """The topic to which CloudWatch of the management account publishes, and which the function hears."""
    topic = TOPIC.removesuffix(ALARMS) + TRAIL_ALARMS
    reader = {"AWS": Sub("arn:${AWS::Partition}:iam::${ManagementAccountId}:root")}
    statements: list[dict[str, object]] = [
        {
            "Sid": "Alarms",
            "Effect": "Allow",
            "Principal": CLOUDWATCH,
            "Action": "sns:Publish",
            "Resource": Sub(topic),
            "Condition": MANAGEMENT,
        },
        {
            "Sid": "Looking",  # Security Hub's CloudWatch controls ask in the account of the trail
            "Effect": "Allow",
            "Principal": reader,
            "Action": ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"],
            "Resource": Sub(topic),
        },
    ]
    _encrypted(template, "TrailTopic", TRAIL_ALARMS, statements)
    template.add_resource(
        Permission(
            "TrailTopicPermission",
            FunctionName=Ref("Message"),
            Action="lambda:InvokeFunction",
            Principal="sns.amazonaws.com",
            SourceArn=Sub(topic),  # a text, of which it can be told who it is
        )
    )
    template.add_resource(
        SubscriptionResource(
            "TrailSubscription",
            TopicArn=Ref("TrailTopic"),
            Protocol="lambda",
            Endpoint=GetAtt("Message", "Arn"),
            DependsOn="TrailTopicPermission",
        )
    )


def _encrypted(template: Template, title: str, name: str, statements: list[dict[str, object]]) -> None:
    """A topic under the key of the alarms, with a policy that these statements are in."""
    arn = Sub(TOPIC.removesuffix(ALARMS) + name)
    template.add_resource(Topic(title, TopicName=name, KmsMasterKeyId=GetAtt("AlarmsKey", "Arn")))
    plain = {
        "Sid": "Encrypted",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = {"Version": VERSION, "Statement": [*statements, plain]}
    template.add_resource(TopicPolicy(f"{title}Policy", Topics=[Ref(title)], PolicyDocument=document))


def _function(template: Template, *, trail_alarms: bool) -> None:
    """What makes a message of an event: it asks AWS Organizations for the account's name and unit, and the trail."""
    group = f"/aws/lambda/{ALARMS}"
    log = f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{group}:*"
    organizations = ["organizations:DescribeAccount", "organizations:DescribeOrganizationalUnit"]
    may = [
        {"Effect": "Allow", "Action": "sns:Publish", "Resource": Ref("AlarmsTopic")},
        {
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": GetAtt("AlarmsKey", "Arn"),
        },
        {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": Sub(log)},
        {"Effect": "Allow", "Action": [*organizations, "organizations:ListParents"], "Resource": "*"},
    ]
    variables = {"TOPIC": Ref("AlarmsTopic"), "SUFFIX": Ref("AWS::URLSuffix")}
    if trail_alarms:
        reader = Sub(f"arn:${{AWS::Partition}}:iam::${{ManagementAccountId}}:role/{TRAIL_ALARMS}")
        may.append({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": reader})
        variables |= {"TRAIL": TRAIL, "TRAIL_READER": reader}
    template.add_resource(LogGroup("MessageLogs", LogGroupName=group, RetentionInDays=365))
    template.add_resource(
        Role(
            "MessageRole",
            RoleName=f"{ALARMS}-message",
            AssumeRolePolicyDocument={
                "Version": VERSION,
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
            Policies=[Policy(PolicyName="message", PolicyDocument={"Version": VERSION, "Statement": may})],
        )
    )
    template.add_resource(
        Function(
            "Message",
            FunctionName=ALARMS,
            Description="Makes a message of an event and publishes it",
            DependsOn="MessageLogs",
            Code=Code(ZipFile=CODE.read_text("utf-8")),
            Environment=Environment(Variables=variables),
            Handler="index.handler",
            Role=GetAtt("MessageRole", "Arn"),
            Runtime="python3.13",
            Timeout=60,
        )
    )


def _rule(template: Template, title: str, name: str, pattern: dict[str, object], **more: object) -> None:
    """A rule whose events the function is given."""
    target = Target(Id="message", Arn=GetAtt("Message", "Arn"))
    template.add_resource(
        Rule(title, Name=f"{ALARMS}-{name}", EventPattern=pattern, State="ENABLED", Targets=[target], **more)
    )
    template.add_resource(
        Permission(
            f"{title}Permission",
            FunctionName=Ref("Message"),
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=GetAtt(title, "Arn"),
        )
    )
