"""Configuration policies of Security Hub CSPM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.constraints.security_hub import (
    CONTROLS,
    MOST_POLICIES,
    POLICY_NAME,
    arn,
    conflicts,
    is_known,
    named,
    parameter_types,
    path_of,
)
from landing.core.model import Action, Change, Diagnostic, Resource, Scope
from landing.core.spelling import nearest
from landing.organization import PREFIX, EnabledService, Organization
from landing.services.base import Ownership
from landing.services.security_hub.hub import NOT_ENABLED, SecurityHub
from landing.services.security_hub.settings import PolicySettings, SecurityHubSettings
from landing.services.shapes import NAME, AdministeredSetting, key_of, name_problems
from landing.services.strength import Weaker, kept, no_more, on, told_each


class SecurityHubPolicy(AdministeredSetting):
    """What Security Hub checks (CreateConfigurationPolicy); ours have names that begin with `landing-`.

    One of another name is written where the config gives its name, and never deleted.
    """

    name = "security_hub_policy"
    title = "Security Hub configuration policy"
    ownership = Ownership.PREFIX
    service = "security_hub"
    client_name = "securityhub"
    home_only = True
    controls = ("cis-aws-5.0:4.16", "nist-800-53-r5:CA-7")
    help_uri = "https://docs.aws.amazon.com/securityhub/latest/userguide/configuration-policies-overview.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "enabled": on,
        "standards": kept(),
        "disabled_controls": no_more,
        "parameters": told_each,
    }
    parallel = 1
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(
        ("standards", "disabled_controls", "parameters"), forms.unordered
    )
    reads = ("securityhub:ListConfigurationPolicies", "securityhub:GetConfigurationPolicy", "sts:AssumeRole")
    writes = (
        "securityhub:CreateConfigurationPolicy",
        "securityhub:UpdateConfigurationPolicy",
        "securityhub:DeleteConfigurationPolicy",
    )

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """What AWS refuses of a policy: its name, its controls, their parameters, and settings that exclude others."""
        service = organization.service(SecurityHubSettings)
        policies = service.settings.policies if service else {}
        assert service is not None or not policies
        if service is not None:
            names = {key: policy.name for key, policy in policies.items()}
            things = "Security Hub policies"
            yield from name_problems(service, "LZ357", names, "policies", thing="a policy", things=things)
        for number, (key, policy) in enumerate(policies.items(), 1):
            assert service is not None
            yield from _problems(service, key, policy)
            if number == MOST_POLICIES + 1:
                message = f"{len(policies)} Security Hub policies; AWS allows {MOST_POLICIES}"
                yield service.problem("LZ357", message, "use one policy for several targets", "policies", key, key=True)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """The policies of the config."""
        service = organization.service(SecurityHubSettings)
        policies = service.settings.policies if service else {}
        for key, policy in policies.items():
            for scope in self.scopes(organization):
                needs = (SecurityHub().address(NAME, scope),)
                source = service.at("policies") if service else None
                yield Resource(self.address(key, scope), attributes_of(policy), needs, source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Every policy; other names are unmanaged."""
        client = aws.client("securityhub", scope)
        summaries: list[Any] = []
        with unless(*NOT_ENABLED):
            summaries = list(aws.listed(client, "list_configuration_policies", "ConfigurationPolicySummaries"))
        needs = (SecurityHub().address(NAME, scope),)
        for summary in summaries:
            found = client.get_configuration_policy(Identifier=summary["Id"])["ConfigurationPolicy"]["SecurityHub"]
            name, ours = summary["Name"], summary["Name"].startswith(PREFIX)
            address = self.address(key_of(name, _names(organization)), scope)
            yield Resource(address, _seen(found), needs, owned=ours)

    def keys(self, organization: Organization, aws: Aws, client: Any) -> dict[str, tuple[str, bool]]:
        """By id the key of every policy, and whether its places are ours to say: it has our name, or the config's."""
        declared = _names(organization)
        return {
            summary["Id"]: (
                key_of(summary["Name"], declared),
                summary["Name"].startswith(PREFIX) or summary["Name"] in declared.values(),
            )
            for summary in aws.listed(client, "list_configuration_policies", "ConfigurationPolicySummaries")
        }

    def ids(self, organization: Organization, aws: Aws, client: Any) -> dict[str, str]:
        """Id by key, of every policy."""
        return {key: policy_id for policy_id, (key, _) in self.keys(organization, aws, client).items()}

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, replace or delete; AWS compares nothing, so the whole policy is sent."""
        client = aws.client("securityhub", change.address.scope)
        key = change.address.name
        present = self.ids(organization, aws, client).get(key)
        if change.action is Action.DELETE:
            if present:
                client.delete_configuration_policy(Identifier=present)
            return
        assert change.after is not None
        document = {"SecurityHub": _sent(change.after, organization.partition, organization.home_region)}
        if present:
            client.update_configuration_policy(Identifier=present, ConfigurationPolicy=document)
        else:
            client.create_configuration_policy(Name=_names(organization)[key], ConfigurationPolicy=document)


def _names(organization: Organization) -> dict[str, str]:
    """What the policies of the config are called in AWS, by key."""
    service = organization.service(SecurityHubSettings)
    return {key: each.name or PREFIX + key for key, each in (service.settings.policies if service else {}).items()}


def attributes_of(policy: PolicySettings) -> dict[str, Any]:
    """What the config says of a policy."""
    return {
        "enabled": policy.enabled,
        "standards": sorted(policy.standards),
        "disabled_controls": sorted(policy.disabled_controls),
        "parameters": {
            control: {name: typed(control, name, value) for name, value in parameters.items()}
            for control, parameters in policy.parameters.items()
        },
    }


def _problems(service: EnabledService[SecurityHubSettings], key: str, policy: PolicySettings) -> Iterator[Diagnostic]:
    at = ("policies", key)
    if not policy.name and not POLICY_NAME.fullmatch(PREFIX + key):
        hint = "letters, digits and hyphens only"
        yield service.problem("LZ357", f"`{key}` cannot name a Security Hub policy", hint, *at, key=True)
    for setting, entry, why in conflicts(asdict(policy)):
        yield service.problem(
            "LZ358",
            f"Security Hub policy `{key}`: {why}",
            "remove one of the two",
            *at,
            *((setting, entry) if entry else (setting,)),
            key=True,
        )
    for index, control in enumerate(policy.disabled_controls):
        if not is_known(control):
            yield _no_control(service, control, *at, "disabled_controls", index)
    for control, parameters in policy.parameters.items():
        if not is_known(control):
            yield _no_control(service, control, *at, "parameters", control)
            continue
        for name, value in parameters.items():
            yield from _parameter_problems(service, control, name, value, (*at, "parameters", control, name))


def _no_control(service: EnabledService[SecurityHubSettings], control: str, *path: str | int) -> Diagnostic:
    hint = nearest(control, CONTROLS, "controls are named as `IAM.1` is")
    return service.problem("LZ359", f"Security Hub has no control `{control}`", hint, *path, key=True)


def _parameter_problems(
    service: EnabledService[SecurityHubSettings], control: str, name: str, value: Any, path: tuple[str, ...]
) -> Iterator[Diagnostic]:
    known = parameter_types(control)
    if known is not None and name not in known:
        hint = nearest(name, known, "its parameters: " + (", ".join(known) or "none"))
        yield service.problem("LZ360", f"{control} has no parameter `{name}`", hint, *path, key=True)
        return
    if isinstance(value, dict):
        kind, inner = next(iter(value.items()))
        if not _is_of(kind, inner):
            yield service.problem("LZ360", f"{control} {name}: the value is no {kind}", "", *path)
        elif known is not None and known[name] != kind:
            message = f"{control} {name}: AWS wants {known[name]}, as far as is known here"
            yield service.problem("LZ360", message, f"leave {kind} out", *path, severity="warning")
        return
    if known is not None and not _is_of(known[name], value):
        hint = f"{known[name]}: {_WORDS[known[name]]}"
        yield service.problem("LZ360", f"{control} {name}: AWS does not take this value", hint, *path)
    elif known is None and _inferred(value) is None:
        hint = "write it with its type, as `{Enum: ERROR}` or `{StringList: [a]}`"
        yield service.problem("LZ360", f"{control} {name}: the type of the parameter is not known here", hint, *path)


_WORDS = {
    "Boolean": "true or false",
    "Integer": "a whole number",
    "Double": "a number",
    "String": "a text",
    "Enum": "a text",
    "IntegerList": "a list of whole numbers",
    "StringList": "a list of texts",
    "EnumList": "a list of texts",
}


def _is_of(kind: str, value: Any) -> bool:
    if kind.endswith("List"):
        return isinstance(value, list) and all(_is_of(kind.removesuffix("List"), item) for item in value)
    if kind in ("Integer", "Double"):
        return isinstance(value, int if kind == "Integer" else int | float) and not isinstance(value, bool)
    return isinstance(value, bool if kind == "Boolean" else str)


def _inferred(value: Any) -> str | None:
    """The type that a value shows; None for a text, which may be a String or an Enum, and for an empty list."""
    if isinstance(value, list):
        return "IntegerList" if value and _is_of("IntegerList", value) else None
    return next((kind for kind in ("Boolean", "Integer", "Double") if _is_of(kind, value)), None)


def typed(control: str, name: str, value: Any) -> dict[str, Any]:
    """A value of the config as the member of the API's union that AWS wants for this parameter.

    By what is known of the control; else as the config says (`{Enum: ERROR}`), or as the value shows.
    """
    if isinstance(value, dict):
        kind, value = next(iter(value.items()))
    else:
        kind = (parameter_types(control) or {}).get(name) or _inferred(value) or "String"
    if kind == "Double":
        value = float(value)
    return {kind: sorted(value) if isinstance(value, list) else value}


def _sent(after: Mapping[str, Any], partition: str, region: str) -> dict[str, Any]:
    if not after["enabled"]:
        return {"ServiceEnabled": False}
    custom = [
        {
            "SecurityControlId": control,
            "Parameters": {name: {"ValueType": "CUSTOM", "Value": value} for name, value in parameters.items()},
        }
        for control, parameters in sorted(after["parameters"].items())
    ]
    return {
        "ServiceEnabled": True,
        "EnabledStandardIdentifiers": [arn(named(path) or path, partition, region) for path in after["standards"]],
        "SecurityControlsConfiguration": {
            "DisabledSecurityControlIdentifiers": after["disabled_controls"],
            **({"SecurityControlCustomParameters": custom} if custom else {}),
        },
    }


def _seen(found: Mapping[str, Any]) -> dict[str, Any]:
    """What a policy sets; one that switches on only the controls it names, and not future ones, shows by that."""
    controls = found.get("SecurityControlsConfiguration") or {}
    only = sorted(controls.get("EnabledSecurityControlIdentifiers") or ())
    off = controls.get("DisabledSecurityControlIdentifiers") or ()
    parameters = {
        entry["SecurityControlId"]: {
            name: {
                kind: sorted(value) if isinstance(value, list) else value for kind, value in parameter["Value"].items()
            }
            for name, parameter in entry["Parameters"].items()
            if parameter["ValueType"] == "CUSTOM"
        }
        for entry in controls.get("SecurityControlCustomParameters") or ()
    }
    return {
        "enabled": found.get("ServiceEnabled", False),
        "standards": sorted(map(path_of, found.get("EnabledStandardIdentifiers") or ())),
        "disabled_controls": f"all but {' '.join(only)}" if only else sorted(off),
        "parameters": parameters,
    }
