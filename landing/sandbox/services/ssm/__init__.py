"""AWS Systems Manager: moto's, with Automation and the service settings of an account in a Region."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Probe, ProbedSandbox, Service
from landing.sandbox.services.ssm.state import Here

DEFAULTS = {
    "/ssm/appmanager/appmanager-enabled": "False",
    "/ssm/automation/customer-script-log-destination": "None",
    "/ssm/automation/customer-script-log-group-name": "None",
    "/ssm/automation/enable-adaptive-concurrency": "False",
    "/ssm/documents/console/public-sharing-permission": "Enable",
    "/ssm/managed-instance/activation-tier": "standard",
    "/ssm/managed-instance/default-ec2-instance-management-role": "$None",
    "/ssm/opsinsights/opscenter": "Disabled",
    "/ssm/parameter-store/default-parameter-tier": "Standard",
    "/ssm/parameter-store/high-throughput-enabled": "false",
}
"""The settings there are (API reference, GetServiceSetting), and what AWS sets them to."""


def service_settings_are_kept(sandbox: ProbedSandbox) -> bool:
    """The probe: a service setting is changed, read back and reset."""
    ssm: Any = sandbox.session().client("ssm", region_name="us-east-1")
    setting = "/ssm/documents/console/public-sharing-permission"
    ssm.update_service_setting(SettingId=setting, SettingValue="Disable")
    changed = ssm.get_service_setting(SettingId=setting)["ServiceSetting"]["SettingValue"]
    reset = ssm.reset_service_setting(SettingId=setting)["ServiceSetting"]["SettingValue"]
    return (changed, reset) == ("Disable", "Enable")


def automations_run(sandbox: ProbedSandbox) -> bool:
    """The probe: an execution waits for an approval and goes on, another one is stopped."""
    session: Any = sandbox.session()
    ssm, iam = (session.client(name, region_name="us-east-1") for name in ("ssm", "iam"))
    statement = {"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = iam.create_role(RoleName="probe", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    me = session.client("sts", region_name="us-east-1").get_caller_identity()["Arn"]
    asks = {"name": "ask", "action": "aws:approve", "inputs": {"Approvers": [me]}}
    content = json.dumps({"schemaVersion": "0.3", "assumeRole": role, "mainSteps": [asks]})
    ssm.create_document(Name="probe", DocumentType="Automation", DocumentFormat="JSON", Content=content)
    first, second = (ssm.start_automation_execution(DocumentName="probe")["AutomationExecutionId"] for _ in range(2))
    ssm.send_automation_signal(AutomationExecutionId=first, SignalType="Approve")
    ssm.stop_automation_execution(AutomationExecutionId=second)
    (step,) = ssm.describe_automation_step_executions(AutomationExecutionId=first)["StepExecutions"]
    found = ssm.describe_automation_executions()["AutomationExecutionMetadataList"]
    ended = ssm.get_automation_execution(AutomationExecutionId=second)["AutomationExecution"]
    return (step["StepStatus"], len(found), ended["AutomationExecutionStatus"]) == ("Success", 2, "Cancelled")


def associations_are_kept(sandbox: ProbedSandbox) -> bool:
    """The probe: an association is made, changed, run, and gone."""
    ssm: Any = sandbox.session().client("ssm", region_name="us-east-1")
    every = [{"Key": "InstanceIds", "Values": ["*"]}]
    made = ssm.create_association(Name="AWS-GatherSoftwareInventory", Targets=every)["AssociationDescription"]
    id_ = made["AssociationId"]
    ssm.update_association(AssociationId=id_, Targets=every, ScheduleExpression="rate(1 hour)")
    read = ssm.describe_association(AssociationId=id_)["AssociationDescription"]
    ssm.start_associations_once(AssociationIds=[id_])
    listed = ssm.list_associations()["Associations"]
    ssm.delete_association(AssociationId=id_)
    return (read["ScheduleExpression"], len(listed)) == ("rate(1 hour)", 1)


def inventory_is_synced(sandbox: ProbedSandbox) -> bool:
    """The probe: a sync is made, fails where the bucket lets nobody in, and is gone."""
    ssm: Any = sandbox.session().client("ssm", region_name="us-east-1")
    to = {"BucketName": "nowhere-at-all", "SyncFormat": "JsonSerDe", "Region": "us-east-1"}
    ssm.create_resource_data_sync(SyncName="probe", S3Destination=to)
    (found,) = ssm.list_resource_data_sync()["ResourceDataSyncItems"]
    ssm.delete_resource_data_sync(SyncName="probe")
    return bool(found["LastStatus"] == "Failed")


def patches_have_baselines(sandbox: ProbedSandbox) -> bool:
    """The probe: a baseline is made, changed and the default one, which is not deleted; another is."""
    ssm: Any = sandbox.session().client("ssm", region_name="us-east-1")
    first, second = (ssm.create_patch_baseline(Name="probe", OperatingSystem="SUSE")["BaselineId"] for _ in range(2))
    ssm.update_patch_baseline(BaselineId=first, Description="changed")
    ssm.register_default_patch_baseline(BaselineId=first)
    ssm.delete_patch_baseline(BaselineId=second)
    default = ssm.get_default_patch_baseline(OperatingSystem="SUSE")["BaselineId"]
    try:
        ssm.delete_patch_baseline(BaselineId=first)
    except ssm.exceptions.ResourceInUseException:
        return (default, ssm.get_patch_baseline(BaselineId=first)["Description"]) == (first, "changed")
    return False


class Ssm(Service[Here]):
    """Parameters and documents are moto's."""

    name = "ssm"
    extends = True
    probes: ClassVar[Mapping[str, Probe]] = {
        **dict.fromkeys(
            ("GetServiceSetting", "ResetServiceSetting", "UpdateServiceSetting"), service_settings_are_kept
        ),
        **dict.fromkeys(
            (
                "DescribeAutomationExecutions",
                "DescribeAutomationStepExecutions",
                "GetAutomationExecution",
                "SendAutomationSignal",
                "StartAutomationExecution",
                "StopAutomationExecution",
            ),
            automations_run,
        ),
        **dict.fromkeys(
            (
                "CreateAssociation",
                "DeleteAssociation",
                "DescribeAssociation",
                "ListAssociations",
                "StartAssociationsOnce",
                "UpdateAssociation",
            ),
            associations_are_kept,
        ),
        **dict.fromkeys(
            ("CreateResourceDataSync", "DeleteResourceDataSync", "ListResourceDataSync"), inventory_is_synced
        ),
        **dict.fromkeys(
            (
                "CreatePatchBaseline",
                "DeletePatchBaseline",
                "GetDefaultPatchBaseline",
                "GetPatchBaseline",
                "RegisterDefaultPatchBaseline",
                "UpdatePatchBaseline",
            ),
            patches_have_baselines,
        ),
    }
    state_type = Here

    def get_service_setting(self, call: Call) -> dict[str, Any]:
        """Moto has no service settings."""
        return {"ServiceSetting": self._shown(call, _id(call))}

    def update_service_setting(self, call: Call) -> None:
        """Moto has no service settings."""
        who = call.caller.principal
        self.state(call).changed[_id(call)] = (call["SettingValue"], call.world.now, who)

    def reset_service_setting(self, call: Call) -> dict[str, Any]:
        """Moto has no service settings."""
        setting = _id(call)
        self.state(call).changed.pop(setting, None)
        return {"ServiceSetting": self._shown(call, setting)}

    def _shown(self, call: Call, setting: str) -> dict[str, Any]:
        value, when, who = self.state(call).changed.get(setting, (DEFAULTS[setting], None, "System"))
        return {
            "SettingId": setting,
            "SettingValue": value,
            "LastModifiedDate": when,
            "LastModifiedUser": who,
            "ARN": call.arn(f"servicesetting{setting}"),
            "Status": "Default" if when is None else "Customized",
        }


def _id(call: Call) -> str:
    """The setting that is meant, which may be named by its ARN in the caller's account and Region."""
    given: str = call["SettingId"]
    setting = given.removeprefix(call.arn("servicesetting"))
    if setting not in DEFAULTS:
        raise Refusal("ServiceSettingNotFound", f"Setting {given} not found.")
    return setting
