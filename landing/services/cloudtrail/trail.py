"""The organization trail of CloudTrail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.blueprint.resource_names import TRAIL, TRAIL_LOGS_ROLE
from landing.core import forms
from landing.core.constraints.trail import INSIGHT_NEEDS, MOST_VALUES, can_have
from landing.core.model import ORGANIZATION, Action, Address, Change, Diagnostic, Gap, Resource, Scope, Severity, Source
from landing.core.quotas import TRAILS
from landing.organization import EnabledService, Organization
from landing.services.base import LACKS, Kind, Ownership
from landing.services.cloudtrail.settings import CloudTrailSettings
from landing.services.log_archive import key as log_key
from landing.services.log_archive.former_location import left_behind
from landing.services.log_archive.key import archive_stack
from landing.services.organizations.trusted_access import TrustedAccess
from landing.services.stacks.stack import Stack
from landing.services.strength import Weaker, kept, neutral, on, present

PRINCIPAL = "cloudtrail.amazonaws.com"
S3_OBJECT = "AWS::S3::Object"
EXPECTED = {
    "IsOrganizationTrail": "is no trail of the organization",
    "IsMultiRegionTrail": "logs one region only",
    "IncludeGlobalServiceEvents": "leaves out global services",
    "LogFileValidationEnabled": "has no validation of its files",
}
"""What is asked of a trail of others, and what is said where it is not so."""
_LOGGED = {"all": ("Read", "Write"), "read": ("Read",), "write": ("Write",)}


def weaker_selectors(before: Any, after: Any) -> Iterable[str]:
    """Events that one of the selectors logged as a whole, and none does now."""
    for selector in before or ():
        if not any(_logs_all_of(other["fields"], selector["fields"]) for other in after or ()):
            yield f"no longer all of: {selector['name'] or 'a selector without name'}"


def _logs_all_of(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    """Whether a selector logs whatever another logs; each field of the former asks for no more than the latter's."""
    return all(field in narrow and _asks_no_more(wide[field], narrow[field]) for field in wide)


def _asks_no_more(wide: Any, narrow: Any) -> bool:
    """Of one field: values that it may have, or operators with the values that it must not have."""
    if isinstance(wide, Mapping) and isinstance(narrow, Mapping):
        known = set(wide) <= {"NotEquals", "NotStartsWith"}
        return wide == narrow or (known and all(set(wide[name]) <= set(narrow.get(name, ())) for name in wide))
    return not isinstance(wide, Mapping) and not isinstance(narrow, Mapping) and set(narrow) <= set(wide)


class Trail(Kind):
    """A multi-region organization trail in the home region of the management account, and it is logging.

    CreateTrail does not start a trail: StartLogging does, and GetTrailStatus tells.
    """

    name = "trail"
    title = "Organization trail"
    ownership = Ownership.PREFIX
    severity = Severity.HIGH
    controls = (
        "cis-aws-5.0:3.1",
        "cis-aws-5.0:3.2",
        "cis-aws-5.0:3.5",
        "fsbp:CloudTrail.1",
        "fsbp:CloudTrail.2",
        "fsbp:CloudTrail.4",
        "nist-800-53-r5:AU-2",
        "nist-800-53-r5:AU-12",
        "pci-dss-4.0:10.2.1",
    )
    help_uri = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        **dict.fromkeys(("multi_region", "organization", "global_events", "validation", "logging"), on),
        **dict.fromkeys(("key", "log_group"), present),
        "bucket": neutral,  # that of the log archive, always
        "insights": kept(),
        "selectors": weaker_selectors,
    }
    removal = "switch-off"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(("selectors", "insights"), forms.unordered)
    reads = (
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetInsightSelectors",
        "kms:DescribeKey",
        "sts:AssumeRole",
    )
    writes = (
        "cloudtrail:CreateTrail",
        "cloudtrail:UpdateTrail",
        "cloudtrail:StartLogging",
        "cloudtrail:DeleteTrail",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:PutInsightSelectors",
        "iam:CreateServiceLinkedRole",
        "iam:GetRole",
        "iam:PassRole",
        "organizations:EnableAWSServiceAccess",
    )
    linked = (PRINCIPAL,)
    passed: ClassVar[Mapping[str, str]] = {TRAIL_LOGS_ROLE: PRINCIPAL}

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """The organization, at home; and what else may log it in the other regions."""
        yield ORGANIZATION
        for region in organization.governed_regions:
            if region != organization.home_region:
                yield Scope(organization.management, region)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Insights look at events that the trail logs."""
        service = organization.service(CloudTrailSettings)
        if service is None:
            return
        if service.settings.existing:
            yield from _idle(service)
            return
        selectors = _selectors(service.settings, _archive_arns(organization))
        values = sum(
            len(values) for selector in selectors for part in selector["fields"].values() for values in _lists(part)
        )
        if values > MOST_VALUES:
            message = f"the selectors of the trail have {values} values; AWS allows {MOST_VALUES}"
            yield service.problem("LZ365", message, "leave out fewer resources", "data_events", key=True)
        logged = _LOGGED[service.settings.management_events]
        for index, insight in enumerate(service.settings.insights):
            if not can_have(insight, logged):
                needed = " or ".join(sorted(INSIGHT_NEEDS[insight])).lower()
                yield service.problem(
                    "LZ361",
                    f"{insight} looks at {needed} events, which the trail does not log",
                    "let `management_events` be `all`, or leave the insight out",
                    "insights",
                    index,
                )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One, when the service is in the config and names none that is there already."""
        service = organization.service(CloudTrailSettings)
        if service is None or service.settings.existing:
            return
        settings = service.settings
        attributes = {
            "bucket": organization.log_bucket("cloudtrail"),
            "key": organization.log_key,
            "multi_region": True,
            "organization": True,
            "global_events": True,
            "validation": True,
            "log_group": TRAIL if settings.cloudwatch_logs else "",
            "selectors": _selectors(settings, _archive_arns(organization)),
            "insights": sorted(settings.insights),
            "logging": True,
        }
        needs = [TrustedAccess().address(PRINCIPAL)]
        for key in ("log-archive", "cloudtrail-logs"):
            needs += Stack().sites(organization, key, Scope(organization.management))
        yield Resource(self.address(TRAIL), attributes, tuple(needs), source=service.source)

    def in_use(self, organization: Organization, aws: Aws) -> bool:
        """No organization trail is without trusted access (CreateTrail: CloudTrailAccessNotEnabledException)."""
        return organization.service(CloudTrailSettings) is not None or PRINCIPAL in aws.tree.trusted

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """Our trail, the one that the config names, and other organization trails as unmanaged: each is paid for.

        A gap where the one that the config names is not there. Other regions are asked for those that are at home
        there; of trails at home in a region that is not governed, the home region shows the shadows of those of all
        regions (API reference, DescribeTrails).
        """
        client = aws.client("cloudtrail", scope)
        if scope.region:
            for trail in client.describe_trails(includeShadowTrails=False)["trailList"]:
                if trail.get("IsOrganizationTrail"):
                    yield Resource(self.address(trail["Name"], scope), {}, owned=False)
            return
        service = organization.service(CloudTrailSettings)
        existing = service.settings.existing if service else ""
        seen = client.describe_trails(includeShadowTrails=True)["trailList"]
        trails = [trail for trail in seen if trail["HomeRegion"] == organization.home_region]
        if existing and existing not in {trail["Name"] for trail in trails}:
            reason = f"services.cloudtrail.existing names it, and there is none in {organization.home_region}"
            homes = sorted(trail["HomeRegion"] for trail in seen if trail["Name"] == existing)
            reason += f": its home is {', '.join(homes)}" if homes else ""
            yield Gap(self.name, scope, Diagnostic("", reason), existing)
        for trail in seen:
            if trail["HomeRegion"] not in organization.governed_regions and trail.get("IsOrganizationTrail"):
                elsewhere = Scope(organization.management, trail["HomeRegion"])
                yield Resource(self.address(trail["Name"], elsewhere), {}, owned=False)
        for trail in trails:
            if trail["Name"] != TRAIL:
                if trail["Name"] == existing:
                    lacks = " and ".join(filter(None, (shortfall(client, trail), _elsewhere(organization, trail))))
                    yield Resource(self.address(existing), {LACKS: lacks}, owned=False, used=True)
                elif trail.get("IsOrganizationTrail"):
                    yield Resource(self.address(trail["Name"]), {}, owned=False)
                continue
            selectors = client.get_event_selectors(TrailName=TRAIL)
            prefix = self._prefix(organization, aws)
            with unless("InsightNotEnabledException") as none:
                insights = client.get_insight_selectors(TrailName=TRAIL).get("InsightSelectors") or []
            group = trail.get("CloudWatchLogsLogGroupArn", "").removesuffix(":*")
            attributes = {
                "bucket": aws.symbolic(trail["S3BucketName"]),
                "key": log_key.shown(organization, aws, trail.get("KmsKeyId", "")),
                "multi_region": trail["IsMultiRegionTrail"],
                "organization": trail["IsOrganizationTrail"],
                "global_events": trail["IncludeGlobalServiceEvents"],
                "validation": trail["LogFileValidationEnabled"],
                "log_group": TRAIL if group == self._log_group(organization, aws) else str(aws.symbolic(group)),
                "selectors": [_seen(selector, prefix) for selector in selectors.get("AdvancedEventSelectors") or ()],
                "insights": [] if none.code else sorted(entry["InsightType"] for entry in insights),
                "logging": client.get_trail_status(Name=TRAIL)["IsLogging"],
            }
            needs = (TrustedAccess().address(PRINCIPAL), archive_stack(organization))
            yield Resource(self.address(TRAIL), attributes, needs)

    def astray(self, described: Mapping[str, str]) -> str:
        """The one that the config names does less than ours would."""
        if LACKS not in described:
            return ""
        return (
            f"it is used as it is, and {described[LACKS]}: have whoever made it mend it, or let ours take its place "
            "(services.cloudtrail.existing)"
        )

    def named_at(self, organization: Organization, address: Address) -> Source | None:
        """The setting that names it."""
        service = organization.service(CloudTrailSettings)
        return service.at("existing") if service else organization.source

    def weakened(self, organization: Organization, change: Change) -> Iterable[str]:
        """What lies in the log archive is left out of what is logged, also of a bucket that it gets now."""
        ours = set(_archive_arns(organization))
        after = change.after
        if after is not None:
            after = {**after, "selectors": [_without(ours, each) for each in after["selectors"]]}
        return super().weakened(organization, replace(change, after=after))

    def in_the_way(self, organization: Organization, aws: Aws, change: Change) -> Iterable[str]:
        """A Region has room for five trails, those of other Regions that log there among them; nobody raises that.

        Seen is the home Region. What trails of its own another Region has would take a call for each: there, AWS says
        when there is no room.
        """
        trails = aws.client("cloudtrail").describe_trails()["trailList"] if change.action is Action.CREATE else ()
        if len(trails) >= TRAILS:
            named = ", ".join(sorted(trail["Name"] for trail in trails))
            yield (
                f"{organization.home_region} has {len(trails)} trails ({named}), and AWS allows {TRAILS}: delete one, "
                "or use one that is there (services.cloudtrail.existing)"
            )

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What stays in another bucket."""
        yield from left_behind(organization, change)

    def beside(self, change: Change, others: Mapping[str, str]) -> Iterable[str]:
        """A second organization trail is paid for: only the first copy of management events is free."""
        if change.action is Action.CREATE:
            for name, owner in others.items():
                whose = f" of {owner}" if owner else ""
                yield (
                    f"{name}{whose} is an organization trail already, and a second one is charged: "
                    f"`services.cloudtrail.existing: {name}` uses that one as it is"
                )

    def _prefix(self, organization: Organization, aws: Aws) -> Callable[[str], str]:
        """Beginnings of ARNs as the config means them: the log archive's with the name of its account."""
        ours = _archive_arns(organization)

        def shown(value: str) -> str:
            named = str(aws.symbolic(value))
            return named if named in ours else value

        return shown

    def _log_group(self, organization: Organization, aws: Aws) -> str:
        """The ARN of ours, in the management account."""
        return f"arn:{organization.partition}:logs:{organization.home_region}:{aws.caller[0]}:log-group:{TRAIL}"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create or update the trail, then its selectors and insights, then see that it logs."""
        client = aws.client("cloudtrail")
        if change.action is Action.DELETE:
            with unless("TrailNotFoundException"):
                client.delete_trail(Name=TRAIL)
            return
        after, before = change.after, change.before or {}
        assert after is not None
        settings = self._settings(organization, aws, after)
        with unless("TrailAlreadyExistsException") as exists:
            if change.action is Action.CREATE:
                client.create_trail(Name=TRAIL, **settings)
        if change.action is Action.UPDATE or exists.code:
            client.update_trail(Name=TRAIL, **settings)
        if before.get("selectors") != after["selectors"]:
            client.put_event_selectors(TrailName=TRAIL, AdvancedEventSelectors=_sent(aws.resolve(after["selectors"])))
        if (before.get("insights") or []) != after["insights"]:
            client.put_insight_selectors(
                TrailName=TRAIL, InsightSelectors=[{"InsightType": name} for name in after["insights"]]
            )
        client.start_logging(Name=TRAIL)

    def _settings(self, organization: Organization, aws: Aws, after: Mapping[str, Any]) -> dict[str, Any]:
        settings = {
            "S3BucketName": aws.resolve(after["bucket"]),
            "KmsKeyId": log_key.arn_of_alias(organization, aws),
            "IsMultiRegionTrail": after["multi_region"],
            "IsOrganizationTrail": after["organization"],
            "IncludeGlobalServiceEvents": after["global_events"],
            "EnableLogFileValidation": after["validation"],
            "CloudWatchLogsLogGroupArn": "",
            "CloudWatchLogsRoleArn": "",
        }
        if after["log_group"]:
            role = f"arn:{organization.partition}:iam::{aws.caller[0]}:role/{TRAIL_LOGS_ROLE}"
            settings |= {
                "CloudWatchLogsLogGroupArn": f"{self._log_group(organization, aws)}:*",
                "CloudWatchLogsRoleArn": role,
            }
        return settings


def _idle(service: EnabledService[CloudTrailSettings]) -> Iterable[Diagnostic]:
    """Settings of a trail that is never changed."""
    for each in fields(CloudTrailSettings):
        if each.name != "existing" and (each.name,) in service.places:
            message = f"`{each.name}` is of no effect: the trail `{service.settings.existing}` is used as it is"
            yield service.problem("LZ369", message, "leave it out, or let the trail be ours", each.name, key=True)


def shortfall(client: Any, trail: Mapping[str, Any]) -> str:
    """What a trail of others does less than ours would, as DescribeTrails shows it; nothing when nothing."""
    arn = trail["TrailARN"]
    lacks = [words for part, words in EXPECTED.items() if not trail.get(part)]
    found = client.get_event_selectors(TrailName=arn)
    basic = any(
        each.get("IncludeManagementEvents") and each.get("ReadWriteType") == "All"
        for each in found.get("EventSelectors") or ()
    )
    if not basic and not any(map(_logs_management, found.get("AdvancedEventSelectors") or ())):
        lacks.append("does not log all management events")
    if not client.get_trail_status(Name=arn)["IsLogging"]:
        lacks.append("is not logging")
    return " and ".join(lacks)


def _elsewhere(organization: Organization, trail: Mapping[str, Any]) -> str:
    """Where a trail of others delivers, if the config names another bucket for it."""
    named = organization.existing_log_buckets.get("cloudtrail", trail["S3BucketName"])
    return "" if trail["S3BucketName"] == named else f"delivers to {trail['S3BucketName']}, not to {named}"


def _logs_management(selector: Mapping[str, Any]) -> bool:
    fields = {part["Field"]: part.get("Equals") for part in selector["FieldSelectors"]}
    return fields == {"eventCategory": ["Management"]}


def _archive_arns(organization: Organization) -> list[str]:
    """Beginnings of the ARNs of all that the log archive holds."""
    names = {organization.log_bucket(purpose) for purpose in organization.log_buckets}
    return sorted(f"arn:{organization.partition}:s3:::{name}/" for name in names)


def _selectors(settings: CloudTrailSettings, archive: list[str]) -> list[dict[str, Any]]:
    """Advanced event selectors: management events first, then one for each resource type.

    `fields` has, by field, the values that it equals, or operators with their values. Deliveries to the log archive
    are data events themselves: logging them would make deliveries without end, so they are left out.
    """
    management: dict[str, Any] = {"eventCategory": ["Management"]}
    if settings.management_events_except:
        management["eventSource"] = {"NotEquals": sorted(settings.management_events_except)}
    rows = [("Management events selector", management, settings.management_events)]
    for kind, wanted in sorted(settings.data_events.items()):
        given = wanted if isinstance(wanted, Mapping) else {"events": wanted}
        left_out = sorted({*given.get("except", ()), *(archive if kind == S3_OBJECT else ())})
        fields: dict[str, Any] = {"eventCategory": ["Data"], "resources.type": [kind]}
        if left_out:
            fields["resources.ARN"] = {"NotStartsWith": left_out}
        rows.append((f"Data events of {kind}", fields, given["events"]))
    read_only = {"all": {}, "write": {"readOnly": ["false"]}, "read": {"readOnly": ["true"]}}
    return [{"name": name, "fields": {**fields, **read_only[which]}} for name, fields, which in rows]


def _without(ours: Collection[str], selector: Mapping[str, Any]) -> dict[str, Any]:
    """A selector as if it logged what lies below these beginnings of ARNs, too."""
    fields = dict(selector["fields"])
    arns = fields.get("resources.ARN")
    if isinstance(arns, Mapping) and set(arns) == {"NotStartsWith"}:
        fields["resources.ARN"] = {"NotStartsWith": [each for each in arns["NotStartsWith"] if each not in ours]}
    return {**selector, "fields": fields}


def _lists(part: Any) -> Iterable[list[str]]:
    return part.values() if isinstance(part, Mapping) else [part]


def _sent(selectors: Iterable[Mapping[str, Any]]) -> list[Any]:
    return [
        {
            "Name": selector["name"],
            "FieldSelectors": [
                {"Field": field, **(values if isinstance(values, Mapping) else {"Equals": values})}
                for field, values in selector["fields"].items()
            ],
        }
        for selector in selectors
    ]


def _seen(selector: Mapping[str, Any], prefix: Callable[[str], str]) -> dict[str, Any]:
    """What `_sent` wrote; operators that we never use are shown as they are."""
    fields = {}
    for part in selector["FieldSelectors"]:
        operators = {name: values for name, values in part.items() if name != "Field" and values}
        if "NotStartsWith" in operators:
            operators["NotStartsWith"] = sorted(map(prefix, operators["NotStartsWith"]))
        if "NotEquals" in operators:
            operators["NotEquals"] = sorted(operators["NotEquals"])
        fields[part["Field"]] = operators["Equals"] if set(operators) == {"Equals"} else operators
    return {"name": selector.get("Name", ""), "fields": fields}
