"""AWS Systems Manager: moto's, with the service settings of an account in a Region."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import ProbedSandbox, Service

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


@dataclass
class Settings:
    """The settings that were changed: id to value, when, by whom."""

    changed: dict[str, tuple[str, Any, str]] = field(default_factory=dict)


class Ssm(Service[Settings]):
    """Parameters and documents are moto's."""

    name = "ssm"
    extends = True
    probes = dict.fromkeys(
        ("GetServiceSetting", "ResetServiceSetting", "UpdateServiceSetting"), service_settings_are_kept
    )
    state_type = Settings

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
