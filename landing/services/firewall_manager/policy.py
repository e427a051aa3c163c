"""Policies of Firewall Manager, region by region."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core import forms
from landing.core.model import MARK, Action, Address, Change, Diagnostic, Resource, Scope
from landing.core.partitions import GLOBAL_REGION
from landing.core.text import few
from landing.organization import PREFIX, TAG, EnabledService, Organization
from landing.services.base import Ownership, required_account
from landing.services.config.settings import ConfigSettings
from landing.services.firewall_manager.administrator import POLICY, default_administrator
from landing.services.firewall_manager.checks import problems
from landing.services.firewall_manager.content import content_of, option_of, projected, resource_types_of, type_of
from landing.services.firewall_manager.scope import scope_of
from landing.services.firewall_manager.settings import DISTRIBUTION, FirewallManagerSettings, FirewallPolicySettings
from landing.services.organizations.unit import OrganizationalUnit
from landing.services.shapes import BY_NAME, AdministeredSetting
from landing.services.strength import Weaker, kept, neutral, no_more, on, told

CLEANED_TAG = "landing:delete-resources"
"""The tag of a policy that is deleted with all that it has made: the config that said so is gone by then."""
ABSENT = ("ResourceNotFoundException", SERVICE_DENIES)
"""What is answered about a policy that is not there, and to an account that is no administrator."""
MANY = "ResourceTypeList"
"""ResourceType of a policy that has several (API reference, Policy)."""
SHIELD, USAGE = "SHIELD_ADVANCED", "SECURITY_GROUPS_USAGE_AUDIT"
COMMITMENT = (
    "Shield Advanced: every account of its scope is subscribed, for a year that nobody can cancel, and stays so when "
    "it leaves the scope or the organization; AWS charges the payer $3,000 a month for all of them together"
)


def _scope_weaker(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Accounts and units that a policy reaches no more."""
    if {*before} != {*after}:
        yield from told(before, after)
        return
    ((way, was),), (is_,) = before.items(), after.values()
    order: Weaker = kept() if way == "include" else no_more
    for name in ("units", "accounts"):
        yield from (f"{name} {words}" for words in order(was[name], is_[name]))


class FirewallPolicy(AdministeredSetting):
    """A policy of the administrator in a region (PutPolicy), with the tag `landing:id`; AWS gives a name to several.

    What it finds is Firewall Manager's affair and no drift. ManagedServiceData is compared by the keys that are sent:
    AWS shows it with others, which it adds.
    """

    name = POLICY
    title = "Firewall Manager policy"
    ownership = Ownership.TAG_ALONE
    ending = "deleted"
    service = "firewall_manager"
    client_name = "fms"
    removal = "delete"
    controls = ("nist-800-53-r5:SC-7", "nist-csf-2.0:PR.IR-01")
    help_uri = "https://docs.aws.amazon.com/waf/latest/developerguide/working-with-policies.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(("resource_types", "scope"), forms.unordered)
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "type": told,
        "content": told,
        "option": told,
        "resource_types": kept(),
        "scope": _scope_weaker,
        **dict.fromkeys(("resource_tags", "resource_tags_any", "exclude_resource_tags"), told),
        "remediate": on,
        **dict.fromkeys(("clean_up", "delete_resources"), neutral),
    }
    reads = ("fms:ListPolicies", "fms:ListTagsForResource", "fms:GetPolicy", "sts:AssumeRole")
    writes = ("fms:PutPolicy", "fms:DeletePolicy", "fms:TagResource", "fms:UntagResource")

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """The governed regions that have it, and the one in which policies for CloudFront are."""
        for region in dict.fromkeys((*self._offered(organization), _global_region(organization))):
            yield Scope(self.account(organization), region)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """What AWS would refuse, or take and never find anything by."""
        service = organization.service(FirewallManagerSettings)
        for key, policy in (service.settings.policies if service else {}).items():
            assert service is not None
            for message, hint, *at in problems(organization, policy, self._places(organization, policy)):
                yield service.problem("LZ466", f"policy `{key}`: {message}", hint, "policies", key, *at)
        if service is not None and service.settings.policies:
            yield from self._recorders(organization, service)

    def _recorders(
        self, organization: Organization, service: EnabledService[FirewallManagerSettings]
    ) -> Iterator[Diagnostic]:
        """AWS Config must record, continuously, where there are policies (Developer Guide, "prerequisites")."""
        config, policies = organization.service(ConfigSettings), service.settings.policies
        if config is None or config.settings.recording_frequency != "CONTINUOUS":
            what = "record all the time" if config else "be among the services"
            message = f"Firewall Manager finds nothing in an account unless AWS Config records there: it must {what}"
            hint = "say `recording_frequency: CONTINUOUS`" if config else "add `config: {}` under services"
            yield service.problem("LZ467", message, hint, "policies", key=True)
        elif not config.settings.recorders:
            message = "Firewall Manager finds nothing in accounts without a recorder, which the config leaves to others"
            hint = "see that every account of a target has one, which records all the time"
            yield service.problem("LZ467", message, hint, "policies", key=True, severity="warning")
        for key, policy in policies.items():
            governed = organization.governed_regions
            ungoverned = [each for each in self._places(organization, policy) if each not in governed]
            if ungoverned:
                message = f"policy `{key}`: {few(ungoverned)} is not governed, so that no recorder is there"
                yield service.problem("LZ467", message, "govern it", "policies", key, key=True)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each policy, in each of its regions."""
        service = organization.service(FirewallManagerSettings)
        for key, policy in (service.settings.policies if service else {}).items():
            assert service is not None
            attributes = wanted(organization, key, policy)
            for region in self._places(organization, policy):
                scope = Scope(self.account(organization), region)
                needs = _needs(organization, attributes["scope"])
                yield Resource(self.address(key, scope), attributes, needs, source=service.at("policies", key))

    def _places(self, organization: Organization, policy: FirewallPolicySettings) -> list[str]:
        if DISTRIBUTION in policy.resource_types:
            return [_global_region(organization)]
        return [each for each in self._offered(organization) if not policy.regions or each in policy.regions]

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All of the administrator; of those that are not ours, what they are called and of which type they are."""
        service = organization.service(FirewallManagerSettings)
        declared = service.settings.policies if service else {}
        client = aws.client("fms", scope)
        for key, owned, found in self._policies(aws, client):
            if not owned:
                attributes = {"name": found["PolicyName"], "type": found["SecurityServiceType"]}
                yield Resource(self.address(key, scope), attributes, owned=False)
                continue
            with unless("ResourceNotFoundException") as gone:
                policy = client.get_policy(PolicyId=found["PolicyId"])["Policy"]
            if not gone.code:
                attributes = _seen(aws, policy, declared.get(key)) | {"delete_resources": found["cleaned"], MARK: True}
                needs = _needs(organization, attributes["scope"])
                yield Resource(self.address(key, scope), attributes, needs)

    def _policies(self, aws: Aws, client: Any) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
        """By key, whether it is ours, and what is listed of it; of one key, the others with their ids."""
        known = set[str]()
        with unless(*ABSENT):
            listed = aws.listed(client, "list_policies", "PolicyList")
            for each in sorted(listed, key=lambda each: str(each["PolicyId"])):
                with unless("ResourceNotFoundException") as gone:
                    marks = client.list_tags_for_resource(ResourceArn=each["PolicyArn"])["TagList"]
                if gone.code:
                    continue
                tags = {tag["Key"]: tag["Value"] for tag in marks}
                key = tags.get(TAG) or each["PolicyName"] + BY_NAME
                key = f"{key} ({each['PolicyId']})" if key in known else key
                known.add(key)
                yield key, TAG in tags, {**each, "cleaned": CLEANED_TAG in tags}

    def dangers(self, change: Change) -> Iterable[str]:
        """What it deletes, and whom it subscribes."""
        before, after = change.before or {}, change.after or {}
        if change.action is Action.DELETE:
            yield self.removal
            if before.get("delete_resources"):
                yield "delete-resources"
        elif change.action in (Action.CREATE, Action.UPDATE):
            if after.get("type") == SHIELD and (before.get("type"), before.get("scope")) != (SHIELD, after["scope"]):
                yield "subscription"
            if _deletes_groups(after) and not _deletes_groups(before):
                yield "delete"

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What it costs, what it changes by itself, what stays of it."""
        before, after = change.before or {}, change.after or {}
        if change.action is Action.CREATE:
            yield "AWS charges about $100 a month for each policy and region, and AWS Config for what it records"
        if "subscription" in self.dangers(change):
            yield COMMITMENT
        if after.get("remediate") and not before.get("remediate"):
            yield "remediation: Firewall Manager changes what does not comply, in every account of its scope"
        if _deletes_groups(after) and not _deletes_groups(before):
            yield "security groups that nothing uses are deleted, for good"
        if before.get("scope") and after.get("scope", before["scope"]) != before["scope"]:
            gone = "is taken away" if after.get("clean_up") else "stays"
            yield f"what it has made in accounts that leave its scope {gone}"
        if change.action is Action.DELETE:
            cleaned = before.get("delete_resources")
            yield (
                "what it has made goes with it" if cleaned else "what it has made in accounts stays there (what stays)"
            )
            if before.get("type") == SHIELD:
                yield "accounts stay subscribed to Shield Advanced, and the subscription is charged until its year ends"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create or replace; what AWS shows of it now tells its update token."""
        client, after = aws.client("fms", change.address.scope), change.after
        found = {key: each for key, _, each in self._policies(aws, client)}.get(change.address.name)
        if change.action is Action.DELETE:
            assert change.before is not None
            if found is not None:
                with unless("ResourceNotFoundException"):
                    client.delete_policy(
                        PolicyId=found["PolicyId"], DeleteAllPolicyResources=bool(change.before["delete_resources"])
                    )
            return
        if change.action is Action.FORGET:
            if found is not None:
                client.untag_resource(ResourceArn=found["PolicyArn"], TagKeys=[TAG, CLEANED_TAG])
            return
        assert after is not None
        sent = _sent(aws, after)
        if found is None:
            marks = {TAG: change.address.name, **({CLEANED_TAG: "true"} if after["delete_resources"] else {})}
            tags = [{"Key": key, "Value": value} for key, value in marks.items()]
            client.put_policy(Policy=sent, TagList=tags)
            return
        present = client.get_policy(PolicyId=found["PolicyId"])["Policy"]
        client.put_policy(
            Policy={**sent, "PolicyId": present["PolicyId"], "PolicyUpdateToken": present["PolicyUpdateToken"]}
        )
        if after["delete_resources"] and not found["cleaned"]:
            client.tag_resource(ResourceArn=found["PolicyArn"], TagList=[{"Key": CLEANED_TAG, "Value": "true"}])
        elif found["cleaned"] and not after["delete_resources"]:
            client.untag_resource(ResourceArn=found["PolicyArn"], TagKeys=[CLEANED_TAG])


def wanted(organization: Organization, key: str, policy: FirewallPolicySettings) -> dict[str, Any]:
    """The attributes of a policy of the config."""
    return {
        "name": PREFIX + key,
        **({"description": policy.description} if policy.description else {}),
        "type": type_of(policy),
        "content": content_of(policy),
        "option": option_of(policy),
        "resource_types": resource_types_of(policy),
        "scope": scope_of(organization, policy.target),
        "resource_tags": dict(policy.resource_tags),
        "resource_tags_any": policy.resource_tags_any,
        "exclude_resource_tags": policy.exclude_resource_tags,
        "remediate": policy.remediate,
        "clean_up": policy.clean_up,
        "delete_resources": policy.delete_resources,
        MARK: True,
    }


def _needs(organization: Organization, scope: Mapping[str, Any]) -> tuple[Address, ...]:
    """The administrator, and whatever the scope names."""
    (named,) = scope.values()
    units = [OrganizationalUnit().parent(each) for each in named["units"] if each in organization.units]
    accounts = [required_account(each) for each in named["accounts"] if each in organization.accounts]
    return (default_administrator(organization), *units, *accounts)


def _sent(aws: Aws, after: Mapping[str, Any]) -> dict[str, Any]:
    """A policy as PutPolicy takes it."""
    types, ((way, named),) = list(after["resource_types"]), after["scope"].items()
    ids = {
        "ORG_UNIT": [aws.tree.node_id(each) for each in named["units"]],
        "ACCOUNT": [aws.tree.account_ids[each] for each in named["accounts"]],
    }
    chosen = {kind: given for kind, given in ids.items() if given}
    data = {"Type": after["type"], "PolicyOption": after["option"]}
    data["ManagedServiceData"] = json.dumps(after["content"]) if after["content"] else {}
    return {
        "PolicyName": after["name"],
        "PolicyDescription": after.get("description", ""),
        "SecurityServicePolicyData": {name: value for name, value in data.items() if value},
        "ResourceType": MANY if len(types) > 1 else types[0],
        **({"ResourceTypeList": types} if len(types) > 1 else {}),
        "ResourceTags": [{"Key": key, "Value": value} for key, value in after["resource_tags"].items()],
        "ResourceTagLogicalOperator": "OR" if after["resource_tags_any"] else "AND",
        "ExcludeResourceTags": after["exclude_resource_tags"],
        "RemediationEnabled": after["remediate"],
        "DeleteUnusedFMManagedResources": after["clean_up"],
        **({f"{way.title()}Map": chosen} if chosen else {}),
    }


def _seen(aws: Aws, policy: Mapping[str, Any], asked: FirewallPolicySettings | None) -> dict[str, Any]:
    """The attributes of a policy that AWS has; of its content and option, what is asked for."""
    data, keys = policy["SecurityServicePolicyData"], aws.tree.account_keys
    way = "include" if policy.get("IncludeMap") else "exclude"
    named = policy.get(f"{way.title()}Map") or {}
    found = _content(data.get("ManagedServiceData", ""))
    option, listed = data.get("PolicyOption") or {}, policy.get("ResourceTypeList") or []
    return {
        "name": policy["PolicyName"],
        "description": policy.get("PolicyDescription", ""),
        "type": data["Type"],
        "content": projected(found, content_of(asked)) if asked else found,
        "option": projected(option, option_of(asked)) if asked and option_of(asked) else option,
        "resource_types": sorted(listed if policy["ResourceType"] == MANY else [policy["ResourceType"]]),
        "scope": {
            way: {
                "units": sorted(aws.tree.node_key(each) for each in named.get("ORG_UNIT") or ()),
                "accounts": sorted(keys.get(each, each) for each in named.get("ACCOUNT") or ()),
            }
        },
        "resource_tags": {tag["Key"]: tag.get("Value", "") for tag in policy.get("ResourceTags") or ()},
        "resource_tags_any": policy.get("ResourceTagLogicalOperator", "AND") == "OR",
        "exclude_resource_tags": policy["ExcludeResourceTags"],
        "remediate": policy["RemediationEnabled"],
        "clean_up": bool(policy.get("DeleteUnusedFMManagedResources")),
    }


def _content(text: str) -> dict[str, Any]:
    """ManagedServiceData; what is no JSON object is shown as it is."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return {"text": text}
    return found if isinstance(found, dict) else {"text": text}


def _deletes_groups(attributes: Mapping[str, Any]) -> bool:
    content = attributes.get("content") or {}
    named = attributes.get("type") == USAGE and bool(content.get("deleteUnusedSecurityGroups"))
    return named and bool(attributes.get("remediate"))


def _global_region(organization: Organization) -> str:
    return GLOBAL_REGION[organization.partition]
