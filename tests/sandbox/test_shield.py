"""Shield Advanced's subscriptions, and the response team's part in them (Shield API reference)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tests.sandbox.cloud import Cloud, refused, source

DAY = 86_400


def shield(cloud: Cloud, account: str | None = None) -> Any:
    return cloud.client("shield", account)


def subscribed(cloud: Cloud) -> Any:
    client = shield(cloud)
    client.create_subscription()
    return client


@source("shield: CreateSubscription, DescribeSubscription, GetSubscriptionState (API reference)")
def test_an_account_subscribes_for_a_year(cloud: Cloud) -> None:
    client = shield(cloud)
    assert client.get_subscription_state()["SubscriptionState"] == "INACTIVE"
    refused("ResourceNotFoundException", client.describe_subscription)
    client.create_subscription()
    refused("ResourceAlreadyExistsException", client.create_subscription)
    found = client.describe_subscription()["Subscription"]
    assert found["EndTime"] - found["StartTime"] == timedelta(days=365)
    assert (found["AutoRenew"], client.get_subscription_state()["SubscriptionState"]) == ("ENABLED", "ACTIVE")
    refused("ResourceNotFoundException", shield(cloud, cloud.account("member")).describe_subscription)


@source("shield: UpdateSubscription, DeleteSubscription (API reference): LockedSubscriptionException")
def test_nobody_cancels_a_year_that_runs(cloud: Cloud) -> None:
    refused("ResourceNotFoundException", shield(cloud).update_subscription, AutoRenew="DISABLED")
    client = subscribed(cloud)
    client.update_subscription(AutoRenew="ENABLED")
    refused("LockedSubscriptionException", client.update_subscription, AutoRenew="DISABLED")
    refused("LockedSubscriptionException", client.delete_subscription)
    cloud.advance(340 * DAY)  # type: ignore[attr-defined]
    client.update_subscription(AutoRenew="DISABLED")
    refused("LockedSubscriptionException", client.delete_subscription)
    cloud.advance(30 * DAY)  # type: ignore[attr-defined]
    client.delete_subscription()
    refused("ResourceNotFoundException", client.delete_subscription)


@source("shield: AssociateProactiveEngagementDetails, Enable-, DisableProactiveEngagement (API reference)")
def test_the_response_team_calls_who_has_a_phone(cloud: Cloud) -> None:
    refused("ResourceNotFoundException", shield(cloud).describe_emergency_contact_settings)
    client = subscribed(cloud)
    mail, phone = {"EmailAddress": "a@example.com"}, {"EmailAddress": "b@example.com", "PhoneNumber": "+15550100"}
    begin, replace = client.associate_proactive_engagement_details, client.update_emergency_contact_settings
    refused("InvalidOperationException", client.enable_proactive_engagement)
    refused("InvalidOperationException", client.disable_proactive_engagement)
    refused("InvalidParameterException", begin, EmergencyContactList=[mail])
    begin(EmergencyContactList=[mail, phone])
    assert client.describe_subscription()["Subscription"]["ProactiveEngagementStatus"] == "ENABLED"
    assert client.describe_emergency_contact_settings()["EmergencyContactList"] == [mail, phone]
    refused("InvalidOperationException", begin, EmergencyContactList=[phone])
    refused("InvalidParameterException", replace, EmergencyContactList=[mail])
    client.disable_proactive_engagement()
    replace(EmergencyContactList=[mail])
    refused("InvalidParameterException", client.enable_proactive_engagement)
    replace(EmergencyContactList=[phone])
    client.enable_proactive_engagement()


@source("shield: AssociateDRTRole, AssociateDRTLogBucket, DescribeDRTAccess (API reference)")
def test_the_response_team_has_a_role_and_logs(cloud: Cloud) -> None:
    refused("ResourceNotFoundException", shield(cloud).describe_drt_access)
    client, iam = subscribed(cloud), cloud.client("iam")
    trust = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "drt.shield.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    }
    arn = iam.create_role(RoleName="drt", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    refused("NoAssociatedRoleException", client.associate_drt_log_bucket, LogBucket="logs")
    refused("InvalidParameterException", client.associate_drt_role, RoleArn=arn + "-not")
    refused(
        "InvalidParameterException", client.associate_drt_role, RoleArn=arn.replace(arn.split(":")[4], "999999999999")
    )
    refused("AccessDeniedForDependencyException", client.associate_drt_role, RoleArn=arn)
    own = "arn:aws:iam::aws:policy/service-role/AWSShieldDRTAccessPolicy"
    iam.attach_role_policy(RoleName="drt", PolicyArn=own)
    client.associate_drt_role(RoleArn=arn)
    for number in range(10):
        client.associate_drt_log_bucket(LogBucket=f"logs-{number}")
    refused("LimitsExceededException", client.associate_drt_log_bucket, LogBucket="one-more")
    refused("ResourceNotFoundException", client.disassociate_drt_log_bucket, LogBucket="one-more")
    client.disassociate_drt_log_bucket(LogBucket="logs-9")
    assert (client.describe_drt_access()["RoleArn"], len(client.describe_drt_access()["LogBucketList"])) == (arn, 9)
    client.disassociate_drt_role()
    assert "RoleArn" not in client.describe_drt_access()


@source("fms: Shield Advanced policies (Developer Guide): accounts in scope are subscribed, and stay so")
def test_firewall_manager_subscribes_who_is_in_scope(cloud: Cloud) -> None:
    inside, outside, admin = cloud.account("inside"), cloud.account("outside"), cloud.account("security")
    unit = cloud.unit("u")
    cloud.organizations.move_account(AccountId=inside, SourceParentId=cloud.root, DestinationParentId=unit)
    cloud.client("fms").associate_admin_account(AdminAccount=admin)
    while cloud.client("fms").get_admin_account()["RoleStatus"] != "READY":
        pass
    policy = {
        "PolicyName": "p",
        "SecurityServicePolicyData": {"Type": "SHIELD_ADVANCED"},
        "ResourceType": "AWS::EC2::EIP",
        "ExcludeResourceTags": False,
        "RemediationEnabled": False,
        "IncludeMap": {"ORG_UNIT": [unit]},
    }
    made = cloud.client("fms", admin).put_policy(Policy=policy)["Policy"]
    cloud.client("fms", admin).delete_policy(PolicyId=made["PolicyId"])
    found = {each: shield(cloud, each).get_subscription_state()["SubscriptionState"] for each in (inside, outside)}
    assert found == {inside: "ACTIVE", outside: "INACTIVE"}
