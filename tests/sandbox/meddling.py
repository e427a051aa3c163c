"""What somebody may do behind CloudFormation's back to each security-relevant property of the blueprints."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from landing.blueprint.resource_names import (
    ACCOUNT_ALIAS,
    ALARMS,
    ANALYSIS_ROLE,
    BACKUP_ROLE,
    DEFAULT_NETWORK_REMOVAL,
    FLOW_LOGS_DOCUMENT,
    FORENSICS,
    HOST_MANAGEMENT_ROLE,
    LAKE_REPLICATION_ROLE,
    LAKE_ROLE,
    LOG_KEY_ALIAS,
    PLANS_KEY_ALIAS,
    RECORDER,
    RECORDER_ROLE,
    RESOLVER_QUERIES_ROLE,
    SERVICE_QUOTAS,
    TRAIL,
    TRAIL_LOGS_ROLE,
    VOLUME_ENCRYPTION_ROLE,
    bucket,
    playbook_document,
    playbook_role,
    playbook_start_role,
)
from tests.sandbox.lab import REGION, Lab
from tests.sandbox.security import allow, document


def _bucket(lab: Lab, purpose: str) -> str:
    return bucket(purpose, lab.account, REGION)


def _opened(lab: Lab) -> None:
    lab.cloud.client("s3").delete_public_access_block(Bucket=_bucket(lab, "config"))


def _one_setting_opened(lab: Lab) -> None:
    block = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True}
    lab.cloud.client("s3").put_public_access_block(
        Bucket=_bucket(lab, "config"), PublicAccessBlockConfiguration={**block, "RestrictPublicBuckets": False}
    )


def _policy_widened(lab: Lab) -> None:
    owner = {"AWS": f"arn:aws:iam::{lab.account}:root"}
    policy = document(allow(owner, "s3:GetObject", f"arn:aws:s3:::{_bucket(lab, 'cloudtrail')}/*"))
    lab.cloud.client("s3").put_bucket_policy(Bucket=_bucket(lab, "cloudtrail"), Policy=policy)


def _policy_deleted(lab: Lab) -> None:
    lab.cloud.client("s3").delete_bucket_policy(Bucket=_bucket(lab, "cloudtrail"))


def _lock_shortened(lab: Lab) -> None:
    lab.cloud.client("s3").put_object_lock_configuration(
        Bucket=_bucket(lab, "cloudtrail"),
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
        },
    )


def _versioning_suspended(lab: Lab) -> None:
    lab.cloud.client("s3").put_bucket_versioning(
        Bucket=_bucket(lab, "guardduty"), VersioningConfiguration={"Status": "Suspended"}
    )


def _encryption_weakened(lab: Lab) -> None:
    lab.cloud.client("s3").delete_bucket_encryption(Bucket=_bucket(lab, "guardduty"))


def _logs_expire_early(lab: Lab) -> None:
    rule = {"ID": "Retention", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    lab.cloud.client("s3").put_bucket_lifecycle_configuration(
        Bucket=_bucket(lab, "config"), LifecycleConfiguration={"Rules": [rule]}
    )


def _acls_allowed(lab: Lab) -> None:
    lab.cloud.client("s3").put_bucket_ownership_controls(
        Bucket=_bucket(lab, "config"), OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )


def _access_logging_off(lab: Lab) -> None:
    lab.cloud.client("s3").put_bucket_logging(Bucket=_bucket(lab, "config"), BucketLoggingStatus={})


def _flow_logs_refused(lab: Lab) -> None:
    lab.cloud.client("s3").delete_bucket_policy(Bucket=_bucket(lab, "flow-logs"))


def _flow_logs_unencrypted(lab: Lab) -> None:
    lab.cloud.client("s3").delete_bucket_encryption(Bucket=_bucket(lab, "flow-logs"))


def _flow_logs_elsewhere(lab: Lab) -> None:
    ssm, name = lab.cloud.client("ssm"), FLOW_LOGS_DOCUMENT
    content = ssm.get_document(Name=name)["Content"].replace("{{ LogDestinationARN }}", "arn:aws:s3:::mine")
    ssm.update_document(Name=name, Content=content, DocumentVersion="$LATEST")
    ssm.update_document_default_version(Name=name, DocumentVersion="2")


def _key(lab: Lab) -> str:
    key: str = lab.cloud.client("kms").describe_key(KeyId=LOG_KEY_ALIAS)["KeyMetadata"]["KeyId"]
    return key


def _rotation_off(lab: Lab) -> None:
    lab.cloud.client("kms").disable_key_rotation(KeyId=_key(lab))


def _key_policy_widened(lab: Lab) -> None:
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*",'
    lab.cloud.client("kms").put_key_policy(KeyId=_key(lab), PolicyName="default", Policy=policy + '"Resource":"*"}]}')


def _key_on_its_way_out(lab: Lab) -> None:
    lab.cloud.client("kms").schedule_key_deletion(KeyId=_key(lab), PendingWindowInDays=7)


def _alias_moved(lab: Lab) -> None:
    kms = lab.cloud.client("kms")
    kms.update_alias(AliasName=LOG_KEY_ALIAS, TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])


def _recorder(lab: Lab) -> dict[str, Any]:
    (recorder,) = lab.cloud.client("config").describe_configuration_recorders()["ConfigurationRecorders"]
    return {name: recorder[name] for name in ("name", "roleARN", "recordingGroup", "recordingMode")}


def _less_is_recorded(lab: Lab) -> None:
    lab.cloud.client("config").put_configuration_recorder(
        ConfigurationRecorder={
            **_recorder(lab),
            "recordingGroup": {"allSupported": False, "resourceTypes": ["AWS::S3::Bucket"]},
        }
    )


def _recorded_once_a_day(lab: Lab) -> None:
    wanted = {**_recorder(lab), "recordingMode": {"recordingFrequency": "DAILY"}}
    lab.cloud.client("config").put_configuration_recorder(ConfigurationRecorder=wanted)


def _recorder_deleted(lab: Lab) -> None:
    lab.cloud.client("config").delete_configuration_recorder(ConfigurationRecorderName=RECORDER)


def _delivered_elsewhere(lab: Lab) -> None:
    client = lab.cloud.client("config")
    (channel,) = client.describe_delivery_channels()["DeliveryChannels"]
    client.put_delivery_channel(
        DeliveryChannel={**channel, "configSnapshotDeliveryProperties": {"deliveryFrequency": "One_Hour"}}
    )


EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


def _role_may_do_more(lab: Lab) -> None:
    lab.cloud.client("iam").put_role_policy(RoleName=RECORDER_ROLE, PolicyName="deliver", PolicyDocument=EVERYTHING)


def _policy_attached(lab: Lab) -> None:
    lab.cloud.client("iam").attach_role_policy(
        RoleName="landing-security-audit", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )


def _trust_widened(lab: Lab) -> None:
    policy = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
    )
    lab.cloud.client("iam").update_assume_role_policy(RoleName="landing-security-audit", PolicyDocument=policy)


def _aggregator_narrowed(lab: Lab) -> None:
    client = lab.cloud.client("config")
    (aggregator,) = client.describe_configuration_aggregators()["ConfigurationAggregators"]
    role = aggregator["OrganizationAggregationSource"]["RoleArn"]
    client.put_configuration_aggregator(
        ConfigurationAggregatorName=aggregator["ConfigurationAggregatorName"],
        OrganizationAggregationSource={"RoleArn": role, "AwsRegions": [REGION]},
    )


def _trail_logs_cut(lab: Lab) -> None:
    lab.cloud.client("logs").put_retention_policy(logGroupName=TRAIL, retentionInDays=1)


EVERYBODY = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
)
HOSTS = "/ssm/managed-instance/default-ec2-instance-management-role"


def _used_without_mfa(lab: Lab) -> None:
    lab.cloud.client("iam").update_assume_role_policy(RoleName="break-glass", PolicyDocument=EVERYBODY)


def _sessions_of_a_day(lab: Lab) -> None:
    lab.cloud.client("iam").update_role(RoleName="break-glass", MaxSessionDuration=43_200)


def _key_for_everybody(lab: Lab) -> None:
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*",'
    key = lab.cloud.client("kms").describe_key(KeyId="alias/landing-data")["KeyMetadata"]["KeyId"]
    lab.cloud.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy + '"Resource":"*"}]}')


def _data_key_not_rotated(lab: Lab) -> None:
    key = lab.cloud.client("kms").describe_key(KeyId="alias/landing-data")["KeyMetadata"]["KeyId"]
    lab.cloud.client("kms").disable_key_rotation(KeyId=key)


def _data_key_disabled(lab: Lab) -> None:
    key = lab.cloud.client("kms").describe_key(KeyId="alias/landing-data")["KeyMetadata"]["KeyId"]
    lab.cloud.client("kms").disable_key(KeyId=key)


def _hosts_managed_by_others(lab: Lab) -> None:
    lab.cloud.client("ssm").update_service_setting(SettingId=HOSTS, SettingValue="service-role/another")


def _hosts_not_managed(lab: Lab) -> None:
    lab.cloud.client("ssm").reset_service_setting(SettingId=HOSTS)


def _hosts_do_more(lab: Lab) -> None:
    lab.cloud.client("iam").attach_role_policy(
        RoleName=HOST_MANAGEMENT_ROLE, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )


def _hosts_of_others(lab: Lab) -> None:
    lab.cloud.client("iam").update_assume_role_policy(RoleName=HOST_MANAGEMENT_ROLE, PolicyDocument=EVERYBODY)


def _boundary(lab: Lab) -> str:
    return f"arn:aws:iam::{lab.account}:policy/landing/landing-boundary"


def _boundary_opened(lab: Lab) -> None:
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    lab.cloud.client("iam").create_policy_version(PolicyArn=_boundary(lab), PolicyDocument=policy, SetAsDefault=True)


def _boundary_gone(lab: Lab) -> None:
    lab.cloud.client("iam").delete_policy(PolicyArn=_boundary(lab))


def _sessions_not_logged(lab: Lab) -> None:
    ssm, name = lab.cloud.client("ssm"), "SSM-SessionManagerRunShell"
    content = ssm.get_document(Name=name)["Content"].replace("/landing/session-manager", "")
    made = ssm.update_document(Name=name, Content=content, DocumentVersion="$LATEST")["DocumentDescription"]
    ssm.update_document_default_version(Name=name, DocumentVersion=made["DocumentVersion"])


def _session_logs_cut(lab: Lab) -> None:
    lab.cloud.client("logs").put_retention_policy(logGroupName="/landing/session-manager", retentionInDays=1)


def _snapshots_shared(lab: Lab) -> None:
    lab.cloud.client("ec2").enable_snapshot_block_public_access(State="block-new-sharing")


def _snapshots_public(lab: Lab) -> None:
    lab.cloud.client("ec2").disable_snapshot_block_public_access()


def _documents_shared(lab: Lab) -> None:
    lab.cloud.client("ssm").reset_service_setting(SettingId="/ssm/documents/console/public-sharing-permission")


def _alarms_for_everybody(lab: Lab) -> None:
    events = lab.cloud.client("events")
    events.put_permission(EventBusName=ALARMS, StatementId="organization", Action="events:PutEvents", Principal="*")


def _alarms_by_others(lab: Lab) -> None:
    topic = lab.cloud.client("sns").create_topic(Name="mine")["TopicArn"]
    client = lab.cloud.client("lambda")
    client.update_function_configuration(FunctionName=ALARMS, Environment={"Variables": {"TOPIC": topic}})


def _alarms_unencrypted(lab: Lab) -> None:
    sns = lab.cloud.client("sns")
    topic = sns.create_topic(Name=ALARMS)["TopicArn"]
    sns.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue="")


def _arriving_off(lab: Lab) -> None:
    lab.cloud.client("events").disable_rule(Name=f"{ALARMS}-arriving", EventBusName=ALARMS)


def _forwarding_off(lab: Lab) -> None:
    lab.cloud.client("events").disable_rule(Name=f"{ALARMS}-rootuse")


def _forwarded_nowhere(lab: Lab) -> None:
    lab.cloud.client("events").remove_targets(Rule=f"{ALARMS}-switchedoff", Ids=["alarms"])


def _rules_unheard(lab: Lab) -> None:
    pattern = json.dumps({"source": ["aws.config"], "detail": {"configRuleName": ["landing-nothing"]}})
    lab.cloud.client("events").put_rule(Name=f"{ALARMS}-configrules1", EventPattern=pattern)


def _forwards_more(lab: Lab) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "events:*", "Resource": "*"}]}
    iam = lab.cloud.client("iam")
    iam.put_role_policy(RoleName=ALARMS, PolicyName="forward", PolicyDocument=json.dumps(document))


def _forwards_for_all(lab: Lab) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    lab.cloud.client("iam").update_assume_role_policy(RoleName=ALARMS, PolicyDocument=document)


def _chat_may_anything(lab: Lab) -> None:
    chat = lab.cloud.client("chatbot", region="us-east-2")
    (channel,) = chat.describe_slack_channel_configurations()["SlackChannelConfigurations"]
    chat.update_slack_channel_configuration(
        ChatConfigurationArn=channel["ChatConfigurationArn"],
        SlackChannelId=channel["SlackChannelId"],
        GuardrailPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"],
    )


def _chat_by_all(lab: Lab) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": ["chatbot.amazonaws.com", "events.amazonaws.com"]}, "Action": "sts:AssumeRole"}  # fmt: skip
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    lab.cloud.client("iam").update_assume_role_policy(RoleName=f"{ALARMS}-chat", PolicyDocument=document)


def _alarm_silent(lab: Lab) -> None:
    lab.cloud.client("cloudwatch").delete_alarms(AlarmNames=["landing-RootUse"])


def _filter_gone(lab: Lab) -> None:
    lab.cloud.client("logs").delete_metric_filter(logGroupName=TRAIL, filterName="landing-KeyDeletion")


def _remediation(lab: Lab, **other: Any) -> None:
    config = lab.cloud.client("config")
    (found,) = config.describe_remediation_configurations(ConfigRuleNames=["landing-passwords"])[
        "RemediationConfigurations"
    ]
    given = {name: value for name, value in found.items() if name != "Arn"}
    config.put_remediation_configurations(RemediationConfigurations=[{**given, **other}])


def _mended_by_hand(lab: Lab) -> None:
    _remediation(lab, Automatic=False)


def _mended_by_another_document(lab: Lab) -> None:
    _remediation(lab, TargetId="AWS-Nothing")


def _nothing_mended(lab: Lab) -> None:
    lab.cloud.client("config").delete_remediation_configuration(ConfigRuleName="landing-passwords")


def _short_passwords(lab: Lab) -> None:
    (rule,) = lab.cloud.client("config").describe_config_rules(ConfigRuleNames=["landing-passwords"])["ConfigRules"]
    wanted = {"ConfigRuleName": rule["ConfigRuleName"], "Source": rule["Source"]}
    wanted["InputParameters"] = '{"MinimumPasswordLength":"6"}'
    lab.cloud.client("config").put_config_rule(ConfigRule=wanted)


def _mends_all(lab: Lab) -> None:
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    client = lab.cloud.client("iam")
    client.put_role_policy(RoleName="landing-remediation-passwords", PolicyName="mend", PolicyDocument=policy)


def _mends_for_all(lab: Lab) -> None:
    client = lab.cloud.client("iam")
    client.update_assume_role_policy(RoleName="landing-remediation-passwords", PolicyDocument=EVERYBODY)


def _evidence_unlocked(lab: Lab) -> None:
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    lab.cloud.client("s3").put_object_lock_configuration(
        Bucket=_bucket(lab, "evidence"), ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )


def _evidence_open(lab: Lab) -> None:
    lab.cloud.client("s3").delete_public_access_block(Bucket=_bucket(lab, "evidence"))


def _evidence_taken(lab: Lab) -> None:
    lab.cloud.client("iam").put_role_policy(
        RoleName=FORENSICS,
        PolicyName="forensics",
        PolicyDocument=document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
    )


def _looks_as_another(lab: Lab) -> None:
    iam = lab.cloud.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="powerful", AssumeRolePolicyDocument=document(trust))
    iam.remove_role_from_instance_profile(InstanceProfileName=ANALYSIS_ROLE, RoleName=ANALYSIS_ROLE)
    iam.add_role_to_instance_profile(InstanceProfileName=ANALYSIS_ROLE, RoleName="powerful")


def _one(lab: Lab, kind: str, **only: str) -> dict[str, Any]:
    """What EC2 lists of a kind, by parts of its members."""
    ec2 = lab.cloud.client("ec2")
    found = getattr(ec2, f"describe_{kind}")()["".join(word.capitalize() for word in kind.split("_"))]
    return next(one for one in found if all(value in str(one.get(name)) for name, value in only.items()))


def _evidence_to_anywhere(lab: Lab) -> None:
    endpoint = _one(lab, "vpc_endpoints", ServiceName=".s3")["VpcEndpointId"]
    lab.cloud.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint, ResetPolicy=True)


def _sessions_by_public_names(lab: Lab) -> None:
    endpoint = _one(lab, "vpc_endpoints", ServiceName=".ssmmessages")["VpcEndpointId"]
    lab.cloud.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint, PrivateDnsEnabled=False)


def _analysis_reached(lab: Lab) -> None:
    group = _one(lab, "security_groups", Description="Instances that look")["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    lab.cloud.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


def _subnet_elsewhere(lab: Lab) -> None:
    ec2 = lab.cloud.client("ec2")
    tables = ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": ["landing-forensics-network"]}])
    (table,) = tables["RouteTables"]
    association = next(one["RouteTableAssociationId"] for one in table["Associations"] if one.get("SubnetId"))
    ec2.disassociate_route_table(AssociationId=association)


def _traffic_unseen(lab: Lab) -> None:
    (log,) = lab.cloud.client("ec2").describe_flow_logs()["FlowLogs"]
    lab.cloud.client("ec2").delete_flow_logs(FlowLogIds=[log["FlowLogId"]])


def _keys_of_anybody(lab: Lab) -> None:
    endpoint = _one(lab, "vpc_endpoints", ServiceName=".kms")["VpcEndpointId"]
    lab.cloud.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint, ResetPolicy=True)


def _sessions_reached_by_anybody(lab: Lab) -> None:
    group = _one(lab, "security_groups", Description="Endpoints of AWS services")["GroupId"]
    lab.cloud.client("ec2").authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )


def _rule(lab: Lab, domain: str) -> str:
    rules = lab.cloud.client("route53resolver").list_resolver_rules()["ResolverRules"]
    return str(next(one["Id"] for one in rules if one["DomainName"] == f"{domain}."))


def _domain_answered_by_others(lab: Lab) -> None:
    lab.cloud.client("route53resolver").update_resolver_rule(
        ResolverRuleId=_rule(lab, "corp.example.com"), Config={"TargetIps": [{"Ip": "198.51.100.9", "Port": 53}]}
    )


def _endpoint_asked_by_anybody(lab: Lab) -> None:
    group = _one(lab, "security_groups", Description="The inbound endpoint")["GroupId"]
    lab.cloud.client("ec2").authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )


def _endpoint_elsewhere(lab: Lab) -> None:
    resolver, endpoint = lab.cloud.client("route53resolver"), lab.context["InboundEndpointId"]
    network = lab.context["NetworkId"]
    subnets = lab.cloud.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [network]}])["Subnets"]
    other = next(one["SubnetId"] for one in subnets if one["SubnetId"] not in lab.context["SubnetIds"])
    *_, last = resolver.list_resolver_endpoint_ip_addresses(ResolverEndpointId=endpoint)["IpAddresses"]
    resolver.associate_resolver_endpoint_ip_address(ResolverEndpointId=endpoint, IpAddress={"SubnetId": other})
    gone = {name: last[name] for name in ("IpId", "SubnetId", "Ip")}
    resolver.disassociate_resolver_endpoint_ip_address(ResolverEndpointId=endpoint, IpAddress=gone)


def _domain_local_no_more(lab: Lab) -> None:
    lab.cloud.client("route53resolver").delete_resolver_rule(ResolverRuleId=_rule(lab, "aws.corp.example.com"))


def _tunnels_let_through(lab: Lab) -> None:
    group = lab.context["FirewallRuleGroupId"]
    lab.cloud.client("route53resolver").delete_firewall_rule(
        FirewallRuleGroupId=group, FirewallThreatProtectionId="DNS_TUNNELING"
    )


def _domains_let_through(lab: Lab) -> None:
    resolver, group = lab.cloud.client("route53resolver"), lab.context["FirewallRuleGroupId"]
    rules = resolver.list_firewall_rules(FirewallRuleGroupId=group)["FirewallRules"]
    domains = next(one["FirewallDomainListId"] for one in rules if "FirewallDomainListId" in one)
    resolver.update_firewall_rule(FirewallRuleGroupId=group, FirewallDomainListId=domains, Action="ALERT")


def _firewall(lab: Lab) -> str:
    stack = lab.cloud.client("cloudformation").describe_stack_resource(
        StackName="dns-attachment", LogicalResourceId="Firewall"
    )
    return str(stack["StackResourceDetail"]["PhysicalResourceId"])


def _firewall_off(lab: Lab) -> None:
    lab.cloud.client("route53resolver").disassociate_firewall_rule_group(FirewallRuleGroupAssociationId=_firewall(lab))


def _firewall_last(lab: Lab) -> None:
    lab.cloud.client("route53resolver").update_firewall_rule_group_association(
        FirewallRuleGroupAssociationId=_firewall(lab), Priority=9000
    )


def _rule_holds_no_more(lab: Lab) -> None:
    lab.cloud.client("route53resolver").disassociate_resolver_rule(
        ResolverRuleId=_rule(lab, "corp.example.com"), VPCId=lab.context["NetworkId"]
    )


def _zone_known_elsewhere(lab: Lab) -> None:
    vpc = lab.cloud.client("ec2").create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    lab.cloud.client("route53").associate_vpc_with_hosted_zone(
        HostedZoneId=lab.context["ZoneId"], VPC={"VPCId": vpc, "VPCRegion": REGION}
    )


def _addresses_given_away(lab: Lab) -> None:
    pool = lab.context["UsEast1PoolId"]
    lab.cloud.client("ec2").modify_ipam_pool(IpamPoolId=pool, AllocationMinNetmaskLength=8)


def _addresses_gone(lab: Lab) -> None:
    pool = lab.context["UsEast1PoolId"]
    lab.cloud.client("ec2").deprovision_ipam_pool_cidr(IpamPoolId=pool, Cidr="10.0.0.0/12")


def _hub(lab: Lab) -> str:
    (hub,) = lab.cloud.client("ec2").describe_transit_gateways()["TransitGateways"]
    found: str = hub["TransitGatewayId"]
    return found


def _everybody_routed(lab: Lab) -> None:
    lab.cloud.client("ec2").modify_transit_gateway(
        TransitGatewayId=_hub(lab), Options={"DefaultRouteTableAssociation": "enable"}
    )


def _share(lab: Lab) -> dict[str, Any]:
    shares = lab.cloud.client("ram").get_resource_shares(resourceOwner="SELF", name="landing-transit")
    found: dict[str, Any] = shares["resourceShares"][0]
    return found


def _shared_beyond(lab: Lab) -> None:
    arn = _share(lab)["resourceShareArn"]
    lab.cloud.client("ram").update_resource_share(resourceShareArn=arn, allowExternalPrincipals=True)


def _shared_no_more(lab: Lab) -> None:
    lab.cloud.client("ram").delete_resource_share(resourceShareArn=_share(lab)["resourceShareArn"])


def _joined(lab: Lab) -> dict[str, str]:
    ec2 = lab.cloud.client("ec2")
    (attachment,) = ec2.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    return {"TransitGatewayAttachmentId": attachment["TransitGatewayAttachmentId"]}


def _segment_left(lab: Lab) -> None:
    table = lab.context["WorkloadsRoutesId"]
    lab.cloud.client("ec2").disassociate_transit_gateway_route_table(**_joined(lab), TransitGatewayRouteTableId=table)


def _reached_no_more(lab: Lab) -> None:
    table, ec2 = lab.context["SharedRoutesId"], lab.cloud.client("ec2")
    ec2.disable_transit_gateway_route_table_propagation(**_joined(lab), TransitGatewayRouteTableId=table)


def _instances_public(lab: Lab) -> None:
    subnet = lab.context["SubnetIds"].split(",")[0]
    lab.cloud.client("ec2").modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})


def _stored_anywhere(lab: Lab) -> None:
    endpoint = _one(lab, "vpc_endpoints", ServiceName=".s3")["VpcEndpointId"]
    lab.cloud.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint, ResetPolicy=True)


def _hub_unreachable(lab: Lab) -> None:
    ec2 = lab.cloud.client("ec2")
    tables = ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": ["landing-shared-network"]}])
    table = tables["RouteTables"][0]["RouteTableId"]
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="10.0.0.0/8")


def _playbook_off(lab: Lab) -> None:
    lab.cloud.client("events").disable_rule(Name=playbook_role("keys"))


def _playbook_not_started(lab: Lab) -> None:
    events = lab.cloud.client("events")
    events.remove_targets(Rule=playbook_role("keys"), Ids=["playbook"])


def _playbook_changed(lab: Lab) -> None:
    ssm, name = lab.cloud.client("ssm"), playbook_document("keys")
    steps = [{"name": "nothing", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}]
    content = json.dumps({"schemaVersion": "0.3", "mainSteps": steps})
    ssm.update_document(Name=name, Content=content, DocumentVersion="$LATEST")
    ssm.update_document_default_version(Name=name, DocumentVersion="2")


def _playbook_does_more(lab: Lab) -> None:
    name = playbook_role("keys")
    lab.cloud.client("iam").put_role_policy(
        RoleName=name,
        PolicyName="playbook",
        PolicyDocument=document({"Effect": "Allow", "Action": "iam:*", "Resource": "*"}),
    )


def _playbook_by_others(lab: Lab) -> None:
    trust = document({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"})
    lab.cloud.client("iam").update_assume_role_policy(RoleName=playbook_role("keys"), PolicyDocument=trust)


def _starts_anything(lab: Lab) -> None:
    lab.cloud.client("iam").put_role_policy(
        RoleName=playbook_start_role("keys"),
        PolicyName="start",
        PolicyDocument=document({"Effect": "Allow", "Action": "ssm:StartAutomationExecution", "Resource": "*"}),
    )


def _backups_unlocked(lab: Lab) -> None:
    lab.cloud.client("backup").delete_backup_vault_lock_configuration(BackupVaultName="landing")


def _backups_kept_briefly(lab: Lab) -> None:
    lab.cloud.client("backup").put_backup_vault_lock_configuration(BackupVaultName="landing", MinRetentionDays=1)


def _backups_deleted_by_anybody(lab: Lab) -> None:
    lab.cloud.client("backup").delete_backup_vault_access_policy(BackupVaultName="landing")


def _backup_role_for_all(lab: Lab) -> None:
    lab.cloud.client("iam").update_assume_role_policy(RoleName=BACKUP_ROLE, PolicyDocument=EVERYBODY)


def _backup_role_does_more(lab: Lab) -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    lab.cloud.client("iam").attach_role_policy(RoleName=BACKUP_ROLE, PolicyArn=arn)


def _images_not_scanned(lab: Lab) -> None:
    lab.cloud.client("ecr").put_registry_scanning_configuration(scanType="BASIC", rules=[])


def _some_images_scanned(lab: Lab) -> None:
    some = [{"filter": "web*", "filterType": "WILDCARD"}]
    rules = [{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": some}]
    lab.cloud.client("ecr").put_registry_scanning_configuration(scanType="BASIC", rules=rules)


def _budget(lab: Lab) -> tuple[Any, dict[str, Any]]:
    client = lab.cloud.client("budgets")
    (found,) = client.describe_budgets(AccountId=lab.account)["Budgets"]
    return client, found


def _budget_raised(lab: Lab) -> None:
    client, found = _budget(lab)
    more = {**found, "BudgetLimit": {"Amount": "100000", "Unit": "USD"}}
    client.update_budget(AccountId=lab.account, NewBudget=more)


def _budget_gone(lab: Lab) -> None:
    client, found = _budget(lab)
    client.delete_budget(AccountId=lab.account, BudgetName=found["BudgetName"])


def _subscription(lab: Lab) -> tuple[Any, dict[str, Any]]:
    client = lab.cloud.client("ce")
    (found,) = client.get_anomaly_subscriptions()["AnomalySubscriptions"]
    return client, found


def _anomalies_told_to_others(lab: Lab) -> None:
    client, found = _subscription(lab)
    others = [{"Type": "EMAIL", "Address": "mallory@example.com"}]
    client.update_anomaly_subscription(SubscriptionArn=found["SubscriptionArn"], Subscribers=others)


def _anomalies_told_to_nobody(lab: Lab) -> None:
    client, found = _subscription(lab)
    client.delete_anomaly_subscription(SubscriptionArn=found["SubscriptionArn"])


DAY = 24 * 3600
"""Seconds until an account that had an aggregator may have one again."""


def _explorer(lab: Lab) -> Any:
    return lab.cloud.client("resource-explorer-2")


def _index_of_one_region(lab: Lab) -> None:
    _explorer(lab).update_index_type(Arn=_explorer(lab).get_index()["Arn"], Type="LOCAL")
    lab.cloud.advance(DAY)


def _index_gone(lab: Lab) -> None:
    _explorer(lab).delete_index(Arn=_explorer(lab).get_index()["Arn"])
    lab.cloud.advance(DAY)


def _view(lab: Lab) -> str:
    arn: str = _explorer(lab).get_default_view()["ViewArn"]
    return arn


def _some_resources_found(lab: Lab) -> None:
    _explorer(lab).update_view(ViewArn=_view(lab), Filters={"FilterString": "service:s3"})


def _searched_by_another_view(lab: Lab) -> None:
    other = _explorer(lab).create_view(ViewName="mine")["View"]["ViewArn"]
    _explorer(lab).associate_default_view(ViewArn=other)


def _searched_by_no_view(lab: Lab) -> None:
    _explorer(lab).disassociate_default_view()


def _association(lab: Lab, name: str) -> tuple[Any, dict[str, Any]]:
    client = lab.cloud.client("ssm")
    found = client.list_associations()["Associations"]
    id_ = next(each["AssociationId"] for each in found if each["AssociationName"] == name)
    about = client.describe_association(AssociationId=id_)["AssociationDescription"]
    names = ("Targets", "Parameters", "ScheduleExpression", "MaxErrors", "MaxConcurrency", "ComplianceSeverity")
    return client, {"AssociationId": id_, **{each: about[each] for each in names if each in about}}


def _vpcs_looked_for_once_a_month(lab: Lab) -> None:
    client, given = _association(lab, "landing-resolver-queries")
    client.update_association(**{**given, "ScheduleExpression": "rate(30 days)"})


def _vpcs_never_looked_for(lab: Lab) -> None:
    client, given = _association(lab, "landing-resolver-queries")
    client.delete_association(AssociationId=given["AssociationId"])


def _queries_by_all(lab: Lab) -> None:
    iam = lab.cloud.client("iam")
    iam.update_assume_role_policy(RoleName=RESOLVER_QUERIES_ROLE, PolicyDocument=EVERYBODY)


def _queries_role_does_more(lab: Lab) -> None:
    policy = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
    iam = lab.cloud.client("iam")
    iam.put_role_policy(RoleName=RESOLVER_QUERIES_ROLE, PolicyName="associate", PolicyDocument=policy)


def _inventory_of_some(lab: Lab) -> None:
    client, given = _association(lab, "landing-inventory")
    client.update_association(**{**given, "Targets": [{"Key": "tag:team", "Values": ["shop"]}]})


def _inventory_kept_here(lab: Lab) -> None:
    lab.cloud.client("ssm").delete_resource_data_sync(SyncName="landing-inventory")


def _patches_installed(lab: Lab) -> None:
    client, given = _association(lab, "landing-patch-scan")
    client.update_association(**{**given, "Parameters": {"Operation": ["Install"], "RebootOption": ["NoReboot"]}})


def _patches_not_looked_for(lab: Lab) -> None:
    client, given = _association(lab, "landing-patch-scan")
    client.delete_association(AssociationId=given["AssociationId"])


def _anybody_may(lab: Lab, role: str) -> None:
    lab.cloud.client("iam").update_assume_role_policy(RoleName=role, PolicyDocument=EVERYBODY)


def _recorded_by_all(lab: Lab) -> None:
    _anybody_may(lab, RECORDER_ROLE)


def _aggregated_by_all(lab: Lab) -> None:
    _anybody_may(lab, "landing-config-aggregator")


def _trail_written_by_all(lab: Lab) -> None:
    _anybody_may(lab, TRAIL_LOGS_ROLE)


def _read_by_all(lab: Lab) -> None:
    _anybody_may(lab, "landing-read")


def _reader_writes(lab: Lab) -> None:
    iam = lab.cloud.client("iam")
    iam.attach_role_policy(RoleName="landing-read", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")


def _lake_taken(lab: Lab) -> None:
    _anybody_may(lab, LAKE_ROLE)


def _lake_copied_elsewhere(lab: Lab) -> None:
    iam = lab.cloud.client("iam")
    iam.put_role_policy(RoleName=LAKE_REPLICATION_ROLE, PolicyName="replicate", PolicyDocument=EVERYTHING)


def _applied_by_all(lab: Lab) -> None:
    _anybody_may(lab, "landing-apply")


def _pipeline_does_more(lab: Lab) -> None:
    iam = lab.cloud.client("iam")
    arn = f"arn:aws:iam::{lab.account}:policy/landing-plan-1"
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=EVERYTHING, SetAsDefault=True)


def _plans_read_by_all(lab: Lab) -> None:
    kms = lab.cloud.client("kms")
    policy = document(allow({"AWS": f"arn:aws:iam::{lab.account}:root"}, "kms:*", "*"))
    key = kms.describe_key(KeyId=PLANS_KEY_ALIAS)["KeyMetadata"]["KeyId"]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)


def _records_public(lab: Lab) -> None:
    lab.cloud.client("s3").delete_public_access_block(Bucket="acme-landing-records")


def _records_overwritten(lab: Lab) -> None:
    lab.cloud.client("s3").delete_bucket_policy(Bucket="acme-landing-records")


def _baseline(lab: Lab) -> str:
    found: str = lab.cloud.client("ssm").get_default_patch_baseline(OperatingSystem="WINDOWS")["BaselineId"]
    return found


def _patches_approved_late(lab: Lab) -> None:
    security = {"Key": "CLASSIFICATION", "Values": ["SecurityUpdates"]}
    rule = {"PatchFilterGroup": {"PatchFilters": [security]}, "ApproveAfterDays": 360}
    lab.cloud.client("ssm").update_patch_baseline(BaselineId=_baseline(lab), ApprovalRules={"PatchRules": [rule]})


def _patches_by_another_baseline(lab: Lab) -> None:
    ssm = lab.cloud.client("ssm")
    made = ssm.create_patch_baseline(Name="theirs")["BaselineId"]
    ssm.register_default_patch_baseline(BaselineId=made)


def _another_alias(lab: Lab) -> None:
    client, given = _association(lab, ACCOUNT_ALIAS)
    client.update_association(**{**given, "Parameters": {"Alias": ["theirs"]}})


def _alias_by_all(lab: Lab) -> None:
    _anybody_may(lab, ACCOUNT_ALIAS)


def _default_networks_kept(lab: Lab) -> None:
    client, given = _association(lab, DEFAULT_NETWORK_REMOVAL)
    client.delete_association(AssociationId=given["AssociationId"])


def _every_network_removed(lab: Lab) -> None:
    ssm = lab.cloud.client("ssm")
    content = json.loads(ssm.get_document(Name=DEFAULT_NETWORK_REMOVAL)["Content"])
    del content["mainSteps"][0]["inputs"]["Filters"]
    made = ssm.update_document(
        Name=DEFAULT_NETWORK_REMOVAL, Content=json.dumps(content), DocumentVersion="$LATEST", DocumentFormat="JSON"
    )["DocumentDescription"]["DocumentVersion"]
    ssm.update_document_default_version(Name=DEFAULT_NETWORK_REMOVAL, DocumentVersion=made)


def _networks_removed_by_all(lab: Lab) -> None:
    _anybody_may(lab, DEFAULT_NETWORK_REMOVAL)


def _networks_removed_and_more(lab: Lab) -> None:
    iam = lab.cloud.client("iam")
    iam.put_role_policy(RoleName=DEFAULT_NETWORK_REMOVAL, PolicyName="remove", PolicyDocument=EVERYTHING)


def _volumes_set_once_a_month(lab: Lab) -> None:
    client, given = _association(lab, "landing-volume-encryption")
    client.update_association(**{**given, "ScheduleExpression": "rate(30 days)"})


def _volume_key_for_everybody(lab: Lab) -> None:
    kms = lab.cloud.client("kms")
    key = kms.describe_key(KeyId="alias/landing-volumes")["KeyMetadata"]["KeyId"]
    policy = document(allow({"AWS": f"arn:aws:iam::{lab.account}:root"}, "kms:*", "*"), allow("*", "kms:Decrypt", "*"))
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)


def _volumes_set_by_all(lab: Lab) -> None:
    _anybody_may(lab, VOLUME_ENCRYPTION_ROLE)


def _volumes_set_and_more(lab: Lab) -> None:
    iam = lab.cloud.client("iam")
    iam.put_role_policy(RoleName=VOLUME_ENCRYPTION_ROLE, PolicyName="encrypt", PolicyDocument=EVERYTHING)


def _quotas_looked_at_once_a_month(lab: Lab) -> None:
    client, given = _association(lab, f"{SERVICE_QUOTAS}-lambda-L-B99A9384")
    client.update_association(**{**given, "ScheduleExpression": "rate(30 days)"})


def _another_quota(lab: Lab) -> None:
    client, given = _association(lab, f"{SERVICE_QUOTAS}-lambda-L-B99A9384")
    client.update_association(**{**given, "Parameters": {**given["Parameters"], "DesiredValue": ["100000"]}})


def _quotas_not_asked_for(lab: Lab) -> None:
    client, given = _association(lab, f"{SERVICE_QUOTAS}-lambda-L-B99A9384")
    client.delete_association(AssociationId=given["AssociationId"])


def _quotas_asked_for_by_all(lab: Lab) -> None:
    _anybody_may(lab, SERVICE_QUOTAS)


def _quotas_asked_for_and_more(lab: Lab) -> None:
    lab.cloud.client("iam").put_role_policy(RoleName=SERVICE_QUOTAS, PolicyName="ask", PolicyDocument=EVERYTHING)


MEDDLING: list[tuple[str, Callable[[Lab], None], str, str]] = [
    ("log_archive", _opened, "ConfigBucket", "/PublicAccessBlockConfiguration"),
    ("log_archive", _one_setting_opened, "ConfigBucket", "/PublicAccessBlockConfiguration/RestrictPublicBuckets"),
    ("log_archive", _policy_widened, "CloudTrailBucketPolicy", "/PolicyDocument"),
    ("log_archive", _policy_deleted, "CloudTrailBucketPolicy", ""),
    ("log_archive", _lock_shortened, "CloudTrailBucket", "/ObjectLockConfiguration/Rule/DefaultRetention/Days"),
    ("log_archive", _versioning_suspended, "GuardDutyBucket", "/VersioningConfiguration/Status"),
    ("log_archive", _encryption_weakened, "GuardDutyBucket", "/BucketEncryption/ServerSideEncryptionConfiguration"),
    ("log_archive", _logs_expire_early, "ConfigBucket", "/LifecycleConfiguration/Rules/0/ExpirationInDays"),
    ("log_archive", _acls_allowed, "ConfigBucket", "/OwnershipControls/Rules/0/ObjectOwnership"),
    ("log_archive", _access_logging_off, "ConfigBucket", "/LoggingConfiguration"),
    ("log_archive", _rotation_off, "LogKey", "/EnableKeyRotation"),
    ("log_archive", _key_policy_widened, "LogKey", "/KeyPolicy"),
    ("log_archive", _key_on_its_way_out, "LogKey", ""),
    ("log_archive", _alias_moved, "LogKeyAlias", "/TargetKeyId"),
    ("log_archive", _flow_logs_refused, "FlowLogsBucketPolicy", ""),
    ("log_archive", _flow_logs_unencrypted, "FlowLogsBucket", "/BucketEncryption/ServerSideEncryptionConfiguration"),
    ("config_remediation", _flow_logs_elsewhere, "FlowLogs", "/Content"),
    ("config_recorder", _less_is_recorded, "Recorder", "/RecordingGroup/AllSupported"),
    ("config_recorder", _recorded_once_a_day, "Recorder", "/RecordingMode/RecordingFrequency"),
    ("config_recorder", _recorder_deleted, "Recorder", ""),
    ("config_recorder", _delivered_elsewhere, "Channel", "/ConfigSnapshotDeliveryProperties/DeliveryFrequency"),
    ("config_remediation", _mended_by_hand, "Remediation0", "/Automatic"),
    ("config_remediation", _mended_by_another_document, "Remediation0", "/TargetId"),
    ("config_remediation", _nothing_mended, "Remediation0", ""),
    ("config_remediation", _short_passwords, "Rule0", "/InputParameters"),
    ("config_remediation_role", _mends_all, "Role0", "/Policies/0/PolicyDocument"),
    ("config_remediation_role", _mends_for_all, "Role0", "/AssumeRolePolicyDocument"),
    ("config_recorder_role", _role_may_do_more, "RecorderRole", "/Policies/0/PolicyDocument"),
    ("config_recorder_role", _recorded_by_all, "RecorderRole", "/AssumeRolePolicyDocument"),
    ("security_audit_role", _policy_attached, "AuditRole", "/ManagedPolicyArns/1"),
    ("security_audit_role", _trust_widened, "AuditRole", "/AssumeRolePolicyDocument"),
    ("config_aggregator", _aggregator_narrowed, "Aggregator", "/OrganizationAggregationSource/AllAwsRegions"),
    ("config_aggregator", _aggregated_by_all, "AggregatorRole", "/AssumeRolePolicyDocument"),
    ("alarms", _alarms_for_everybody, "BusPolicy", "/Statement"),
    ("alarms", _alarms_by_others, "Message", "/Environment"),
    ("alarms", _alarms_unencrypted, "AlarmsTopic", "/KmsMasterKeyId"),
    ("alarms", _arriving_off, "Arriving", "/State"),
    ("alarms_events", _forwarding_off, "RootUse", "/State"),
    ("alarms_events", _forwarded_nowhere, "SwitchedOff", "/Targets"),
    ("alarms_events", _rules_unheard, "ConfigRules1", "/EventPattern"),
    ("alarms_role", _forwards_more, "AlarmsRole", "/Policies/0/PolicyDocument"),
    ("alarms_role", _forwards_for_all, "AlarmsRole", "/AssumeRolePolicyDocument"),
    ("alarms_slack", _chat_by_all, "ChatRole", "/AssumeRolePolicyDocument"),
    ("alarms_slack", _chat_may_anything, "SlackOnCall", "/GuardrailPolicies/0"),
    ("trail_alarms", _alarm_silent, "RootUseAlarm", ""),
    ("trail_alarms", _filter_gone, "KeyDeletionFilter", ""),
    ("cloudtrail_logs", _trail_logs_cut, "TrailLogs", "/RetentionInDays"),
    ("cloudtrail_logs", _trail_written_by_all, "TrailLogsRole", "/AssumeRolePolicyDocument"),
    ("read_role", _read_by_all, "ReadRole", "/AssumeRolePolicyDocument"),
    ("read_role", _reader_writes, "ReadRole", "/ManagedPolicyArns/1"),
    ("security_lake_roles", _lake_taken, "MetaStoreManager", "/AssumeRolePolicyDocument"),
    ("security_lake_roles", _lake_copied_elsewhere, "Replication", "/Policies/0/PolicyDocument"),
    ("pipeline", _applied_by_all, "ApplyRole", "/AssumeRolePolicyDocument"),
    ("pipeline", _pipeline_does_more, "PlanPolicy1", "/PolicyDocument"),
    ("pipeline", _plans_read_by_all, "PlansKey", "/KeyPolicy"),
    ("pipeline", _records_public, "RecordBucket", "/PublicAccessBlockConfiguration"),
    ("pipeline", _records_overwritten, "RecordBucketPolicy", ""),
    ("break_glass_role", _used_without_mfa, "BreakGlassRole", "/AssumeRolePolicyDocument"),
    ("break_glass_role", _sessions_of_a_day, "BreakGlassRole", "/MaxSessionDuration"),
    ("data_key", _key_for_everybody, "DataKey", "/KeyPolicy"),
    ("data_key", _data_key_not_rotated, "DataKey", "/EnableKeyRotation"),
    ("data_key", _data_key_disabled, "DataKey", "/Enabled"),
    ("backup_vault", _backups_unlocked, "Vault", "/LockConfiguration"),
    ("backup_vault", _backups_kept_briefly, "Vault", "/LockConfiguration/MinRetentionDays"),
    ("backup_vault", _backups_deleted_by_anybody, "Vault", "/AccessPolicy"),
    ("backup_role", _backup_role_for_all, "BackupRole", "/AssumeRolePolicyDocument"),
    ("backup_role", _backup_role_does_more, "BackupRole", "/ManagedPolicyArns/2"),
    ("ecr_scanning", _images_not_scanned, "Scanning", "/Rules"),
    ("ecr_scanning", _some_images_scanned, "Scanning", "/Rules/0/RepositoryFilters"),
    ("budget", _budget_raised, "Monthly", "/Budget/BudgetLimit/Amount"),
    ("budget", _budget_gone, "Monthly", ""),
    ("cost_anomalies", _anomalies_told_to_others, "Subscription", "/Subscribers"),
    ("cost_anomalies", _anomalies_told_to_nobody, "Subscription", ""),
    ("resolver_query_logs", _vpcs_looked_for_once_a_month, "EveryVpc", "/ScheduleExpression"),
    ("resolver_query_logs", _vpcs_never_looked_for, "EveryVpc", ""),
    ("resolver_query_logs_role", _queries_by_all, "QueriesRole", "/AssumeRolePolicyDocument"),
    ("resolver_query_logs_role", _queries_role_does_more, "QueriesRole", "/Policies/0/PolicyDocument"),
    ("resource_explorer", _index_of_one_region, "Index", "/Type"),
    ("resource_explorer", _index_gone, "Index", ""),
    ("resource_explorer_view", _some_resources_found, "View", "/IncludedProperties"),
    ("resource_explorer_view", _searched_by_another_view, "DefaultView", "/ViewArn"),
    ("resource_explorer_view", _searched_by_no_view, "DefaultView", ""),
    ("software_inventory", _inventory_of_some, "Inventory", "/Targets"),
    ("software_inventory", _inventory_kept_here, "Sync", ""),
    ("patch_baselines", _patches_approved_late, "Windows", "/ApprovalRules"),
    ("patch_baselines", _patches_by_another_baseline, "Windows", "/DefaultBaseline"),
    ("patching", _patches_installed, "Patches", "/Parameters"),
    ("patching", _patches_not_looked_for, "Patches", ""),
    ("host_management", _hosts_managed_by_others, "HostManagement", "/SettingValue"),
    ("host_management", _hosts_not_managed, "HostManagement", "/SettingValue"),
    ("host_management_role", _hosts_do_more, "HostManagementRole", "/ManagedPolicyArns/1"),
    ("host_management_role", _hosts_of_others, "HostManagementRole", "/AssumeRolePolicyDocument"),
    ("forensics", _evidence_unlocked, "EvidenceBucket", "/ObjectLockConfiguration/Rule/DefaultRetention/Days"),
    ("forensics", _evidence_open, "EvidenceBucket", "/PublicAccessBlockConfiguration"),
    ("forensics", _evidence_taken, "ForensicsRole", "/Policies/0/PolicyDocument"),
    ("forensics", _looks_as_another, "AnalysisProfile", "/Roles"),
    ("forensics_network", _evidence_to_anywhere, "StorageEndpoint", "/PolicyDocument"),
    ("forensics_network", _sessions_by_public_names, "MessagesEndpoint", "/PrivateDnsEnabled"),
    ("forensics_network", _analysis_reached, "AnalysisGroup", "/SecurityGroupIngress"),
    ("forensics_network", _subnet_elsewhere, "Subnet1Routes", ""),
    ("forensics_network", _traffic_unseen, "FlowLog", ""),
    ("address_pools", _addresses_given_away, "UsEast1Pool", "/AllocationMinNetmaskLength"),
    ("address_pools", _addresses_gone, "UsEast1Pool", "/ProvisionedCidrs"),
    ("transit_hub", _everybody_routed, "Hub", "/DefaultRouteTableAssociation"),
    ("transit_hub", _shared_beyond, "HubShare", "/AllowExternalPrincipals"),
    ("transit_hub", _shared_no_more, "HubShare", ""),
    ("transit_attachment", _segment_left, "Association", ""),
    ("transit_attachment", _reached_no_more, "Propagation1", ""),
    ("shared_network", _instances_public, "Subnet1", "/MapPublicIpOnLaunch"),
    ("shared_network", _stored_anywhere, "StorageEndpoint", "/PolicyDocument"),
    ("shared_network", _hub_unreachable, "Route1", ""),
    ("dns_hub", _domain_answered_by_others, "CorpExampleComRule", "/TargetIps"),
    ("dns_hub", _endpoint_asked_by_anybody, "InboundGroup", "/SecurityGroupIngress"),
    ("dns_hub", _endpoint_elsewhere, "InboundEndpoint", "/IpAddresses"),
    ("dns_hub", _domain_local_no_more, "AwsCorpExampleComRule", ""),
    ("dns_attachment", _rule_holds_no_more, "Association1", ""),
    ("dns_attachment", _zone_known_elsewhere, "Zone", "/VPCs"),
    ("dns_firewall", _tunnels_let_through, "Group", "/FirewallRules"),
    ("dns_firewall", _domains_let_through, "Group", "/FirewallRules"),
    ("dns_attachment", _firewall_off, "Firewall", ""),
    ("dns_attachment", _firewall_last, "Firewall", "/Priority"),
    ("perimeter_endpoints", _keys_of_anybody, "KmsEndpoint", "/PolicyDocument"),
    ("perimeter_endpoints", _sessions_reached_by_anybody, "EndpointGroup", "/SecurityGroupIngress"),
    ("playbook", _playbook_off, "Rule", "/State"),
    ("playbook", _playbook_not_started, "Rule", "/Targets"),
    ("playbook", _playbook_changed, "Document", "/Content"),
    ("playbook_roles", _playbook_does_more, "PlaybookRole", "/Policies/0/PolicyDocument"),
    ("playbook_roles", _playbook_by_others, "PlaybookRole", "/AssumeRolePolicyDocument"),
    ("playbook_roles", _starts_anything, "StartRole", "/Policies/0/PolicyDocument"),
    ("permission_boundary", _boundary_opened, "Boundary", "/PolicyDocument"),
    ("permission_boundary", _boundary_gone, "Boundary", ""),
    ("session_manager", _sessions_not_logged, "Preferences", "/Content"),
    ("session_manager", _session_logs_cut, "Sessions", "/RetentionInDays"),
    ("account_alias", _another_alias, "Set", "/Parameters"),
    ("account_alias", _alias_by_all, "AliasRole", "/AssumeRolePolicyDocument"),
    ("default_network_removal", _default_networks_kept, "Once", ""),
    ("default_network_removal", _every_network_removed, "Document", "/Content"),
    ("default_network_removal_role", _networks_removed_by_all, "RemovalRole", "/AssumeRolePolicyDocument"),
    ("default_network_removal_role", _networks_removed_and_more, "RemovalRole", "/Policies/0/PolicyDocument"),
    ("service_quotas", _quotas_looked_at_once_a_month, "LambdaLB99A9384", "/ScheduleExpression"),
    ("service_quotas", _another_quota, "LambdaLB99A9384", "/Parameters"),
    ("service_quotas", _quotas_not_asked_for, "LambdaLB99A9384", ""),
    ("service_quotas_role", _quotas_asked_for_by_all, "QuotasRole", "/AssumeRolePolicyDocument"),
    ("service_quotas_role", _quotas_asked_for_and_more, "QuotasRole", "/Policies/0/PolicyDocument"),
    ("volume_encryption", _volumes_set_once_a_month, "Set", "/ScheduleExpression"),
    ("volume_encryption", _volume_key_for_everybody, "VolumeKey", "/KeyPolicy"),
    ("volume_encryption_role", _volumes_set_by_all, "EncryptionRole", "/AssumeRolePolicyDocument"),
    ("volume_encryption_role", _volumes_set_and_more, "EncryptionRole", "/Policies/0/PolicyDocument"),
    ("account_baseline", _snapshots_shared, "SnapshotSharing", "/State"),
    ("account_baseline", _snapshots_public, "SnapshotSharing", ""),
    ("account_baseline", _documents_shared, "DocumentSharing", "/SettingValue"),
]
"""Blueprint, what somebody does, the resource that drifts, and the path that shows it ("" where it is gone)."""
