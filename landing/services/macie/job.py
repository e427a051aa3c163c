"""Sensitive data discovery jobs of Macie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import SERVICE_DENIES, Aws, unless
from landing.core import forms
from landing.core.model import Address, Attributes, Change, Diagnostic, Resource, Scope, Severity
from landing.core.references import account_id
from landing.organization import PREFIX, Organization
from landing.services.base import Ownership, required_account
from landing.services.macie.discovery import ids_of_identifiers, ids_of_lists, named_problems, used_by
from landing.services.macie.identifier import reference
from landing.services.macie.settings import ONCE, Buckets, Job, MacieSettings, Objects
from landing.services.shapes import AdministeredSetting, keyed_apart
from landing.services.strength import Weaker, neutral, told

DONE = ("COMPLETE", "CANCELLED")
USER_PAUSED = "USER_PAUSED"
SELECTORS = {"RECOMMENDED": "RECOMMENDED", "ALL": "ALL", "NONE": "NONE", "ONLY": "INCLUDE", "EXCEPT": "EXCLUDE"}
_BUCKETS = {
    "accounts": "ACCOUNT_ID",
    "names": "S3_BUCKET_NAME",
    "permission": "S3_BUCKET_EFFECTIVE_PERMISSION",
    "shared": "S3_BUCKET_SHARED_ACCESS",
}
_OBJECTS = {"extensions": ("OBJECT_EXTENSION", "EQ"), "prefixes": ("OBJECT_KEY", "STARTS_WITH")}
CHANGED = "AWS changes no job: it is cancelled and another made, whose first run begins anew"


class MacieJob(AdministeredSetting):
    """A job (CreateClassificationJob) called `landing-<key>`; those of others that are not done are unmanaged.

    AWS changes nothing of a job but whether it is paused, cancels it for good, and deletes none. Of several with one
    name the youngest counts; older ones that are done are history.
    """

    name = "macie_job"
    ending = "cancelled"
    title = "Macie discovery job"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    service = "macie"
    client_name = "macie2"
    removal = "delete"
    help_uri = "https://docs.aws.amazon.com/macie/latest/user/discovery-jobs.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(
        (
            "include", "exclude", "objects", "except_objects", "managed_identifiers", "identifiers", "allow_lists",
        ),
        forms.unordered,
    )  # fmt: skip
    weaker: ClassVar[Mapping[str, Weaker]] = {
        **dict.fromkeys(
            (
                "every", "on", "sample", "include", "exclude", "objects", "except_objects", "selector",
                "managed_identifiers", "identifiers", "allow_lists",
            ),
            told,
        ),
        **dict.fromkeys(("existing", "paused", "description"), neutral),
    }  # fmt: skip
    reads = (
        "macie2:ListClassificationJobs",
        "macie2:DescribeClassificationJob",
        "macie2:ListAllowLists",
        "macie2:ListCustomDataIdentifiers",
        "sts:AssumeRole",
    )
    writes = ("macie2:CreateClassificationJob", "macie2:UpdateClassificationJob")

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """What AWS refuses of a job."""
        service = organization.service(MacieSettings)
        for key, job in (service.settings.jobs if service else {}).items():
            assert service is not None
            at = ("jobs", key)
            yield from named_problems(organization, job, *at)
            if bool(job.managed_identifiers) != (job.managed in ("ONLY", "EXCEPT")):
                message = f"job `{key}`: `managed_identifiers` go with `managed: ONLY` and EXCEPT, and these with them"
                yield service.problem("LZ485", message, "name some, or say otherwise which", *at, "managed")
            if job.managed == "NONE" and not job.identifiers:
                message = f"job `{key}` looks for nothing"
                yield service.problem("LZ485", message, "name some of `identifiers`", *at, "managed")
            for name, buckets in (("include", job.include), ("exclude", job.exclude)):
                if buckets is not None and not _buckets(organization, buckets):
                    message = f"job `{key}`: `{name}` says of no bucket that it is meant"
                    yield service.problem("LZ485", message, "name accounts, buckets or tags", *at, name)
                elif buckets is not None and buckets.target and not organization.members(buckets.target):
                    message = f"job `{key}`: `{name}` is of no account"
                    yield service.problem("LZ485", message, "name units or accounts", *at, name, "target")
            for number, region in enumerate(job.regions):
                if region not in self._offered(organization):
                    message = f"job `{key}`: no Macie in `{region}`, or it is not governed"
                    yield service.problem("LZ485", message, "name a governed region", *at, "regions", number)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each job, in its regions."""
        service = organization.service(MacieSettings)
        for key, job in (service.settings.jobs if service else {}).items():
            assert service is not None
            attributes, known = _wanted(organization, job), service.settings.identifiers
            attributes["identifiers"] = sorted(
                reference(name, known[name]) for name in job.identifiers if name in known
            )
            for scope in self.scopes(organization):
                if job.regions and scope.region not in job.regions:
                    continue
                needs: tuple[Address, ...] = (
                    *used_by(scope, attributes),
                    *map(required_account, _accounts(organization, job)),
                )
                yield Resource(self.address(key, scope), attributes, needs, source=service.at("jobs", key))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All that are not done, and ours of one time that the config has, which stay when they are."""
        client = aws.client(self.client_name, scope)
        service = organization.service(MacieSettings)
        wanted = service.settings.jobs if service else {}
        for key, owned, listed in _jobs(aws, client):
            if listed["jobStatus"] in DONE and not (owned and key in wanted):
                continue
            attributes = _seen(aws, client, listed["jobId"]) if owned else {}
            yield Resource(self.address(key, scope), attributes, used_by(scope, attributes), owned=owned)

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What it costs, and what a change is."""
        before, after = change.before, change.after
        if after is None:
            yield "it is cancelled for good; what it has found stays for 90 days, or in the log archive"
        elif before is None or _content(before) != _content(after):
            if before is not None:
                yield CHANGED
            runs = "once" if after["every"] == ONCE else f"every {after['every']}"
            yield f"cost: by GB that it looks at ({runs}; {after['sample']} % of the objects)"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Resume one that is as declared; else cancel it, and make another."""
        client, after = aws.client(self.client_name, change.address.scope), change.after
        for key, _, found in _jobs(aws, client):
            if key != change.address.name:
                continue
            same = after is not None and _content(_seen(aws, client, found["jobId"])) == _content(after)
            if same:
                if found["jobStatus"] == USER_PAUSED:
                    client.update_classification_job(jobId=found["jobId"], jobStatus="RUNNING")
                return
            if found["jobStatus"] not in DONE:
                client.update_classification_job(jobId=found["jobId"], jobStatus="CANCELLED")
        if after is not None:
            name = PREFIX + change.address.name
            client.create_classification_job(name=name, **_sent(aws, client, after))


def _jobs(aws: Aws, client: Any) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
    """By key, the youngest first: those that are not cancelled, without older ones of a name that are done."""
    found: list[dict[str, Any]] = []
    cancelled = {"comparator": "EQ", "key": "jobStatus", "values": ["CANCELLED"]}
    with unless(SERVICE_DENIES):
        listed = aws.listed(client, "list_classification_jobs", "items", filterCriteria={"excludes": [cancelled]})
        found = sorted(listed, key=lambda each: (each["createdAt"], each["jobId"]), reverse=True)
    youngest = {each["name"]: each["jobId"] for each in reversed(found)}
    counted = [
        {**each, "arn": f"/{each['jobId']}"}
        for each in found
        if each["jobStatus"] not in DONE or youngest[each["name"]] == each["jobId"]
    ]
    yield from keyed_apart(counted, name="name", arn="arn")


def _content(attributes: Attributes) -> dict[str, Any]:
    """All that AWS never changes."""
    return {name: forms.unordered(value) for name, value in attributes.items() if name != "paused"}


def _wanted(organization: Organization, job: Job) -> dict[str, Any]:
    on = {"week": job.weekday, "month": str(job.day)}.get(job.every, "")
    return {
        "description": job.description,
        "every": job.every,
        "on": on,
        "existing": job.existing and job.every != ONCE,
        "sample": job.sample,
        "include": _buckets(organization, job.include),
        "exclude": _buckets(organization, job.exclude),
        "objects": _objects(job.objects),
        "except_objects": _objects(job.except_objects),
        "selector": job.managed,
        "managed_identifiers": sorted(job.managed_identifiers),
        "allow_lists": sorted(job.allow_lists),
        "paused": False,
    }


def _accounts(organization: Organization, job: Job) -> list[str]:
    targets = [each.target for each in (job.include, job.exclude) if each and each.target]
    return sorted({account for target in targets for account in organization.members(target)})


def _buckets(organization: Organization, buckets: Buckets | None) -> dict[str, Any]:
    """What is asked of buckets, with the ids of accounts as tokens."""
    if buckets is None:
        return {}
    accounts = organization.members(buckets.target) if buckets.target else ()
    asked: dict[str, Any] = {
        "accounts": sorted(map(account_id, accounts)),
        **{name: sorted(getattr(buckets, name)) for name in _BUCKETS if name != "accounts"},
        "tags": {key: sorted(values) for key, values in buckets.tags.items()},
    }
    return {name: value for name, value in asked.items() if value}


def _objects(objects: Objects | None) -> dict[str, Any]:
    if objects is None:
        return {}
    asked: dict[str, Any] = {
        **{name: sorted(getattr(objects, name)) for name in _OBJECTS},
        "tags": {key: sorted(values) for key, values in objects.tags.items()},
    }
    return {name: value for name, value in asked.items() if value}


def _seen(aws: Aws, client: Any, job: str) -> dict[str, Any]:
    """A job as the config has it (DescribeClassificationJob); what no config can say stands as AWS has it."""
    found = client.describe_classification_job(jobId=job)
    definition, frequency = found["s3JobDefinition"], found.get("scheduleFrequency") or {}
    every, on = _frequency(frequency)
    criteria, scoping = definition.get("bucketCriteria") or {}, definition.get("scoping") or {}
    named = {each: name for name, each in ids_of_identifiers(aws, client).items()}
    lists = {each: name for name, each in ids_of_lists(aws, client).items()}
    words = {theirs: ours for ours, theirs in SELECTORS.items()}
    selector = found.get("managedDataIdentifierSelector") or "RECOMMENDED"
    return {
        "description": found.get("description") or "",
        "every": every,
        "on": on,
        "existing": bool(found.get("initialRun")),
        "sample": found.get("samplingPercentage") or 100,
        "include": aws.symbolic(_asked(criteria.get("includes"), definition.get("bucketDefinitions"))),
        "exclude": aws.symbolic(_asked(criteria.get("excludes"))),
        "objects": _asked(scoping.get("includes")),
        "except_objects": _asked(scoping.get("excludes")),
        "selector": words[selector],
        "managed_identifiers": sorted(found.get("managedDataIdentifierIds") or ()),
        "identifiers": sorted(named.get(each, each) for each in found.get("customDataIdentifierIds") or ()),
        "allow_lists": sorted(lists.get(each, each) for each in found.get("allowListIds") or ()),
        "paused": found["jobStatus"] == USER_PAUSED,
    }


def _frequency(found: Mapping[str, Any]) -> tuple[str, str]:
    if "weeklySchedule" in found:
        return "week", found["weeklySchedule"]["dayOfWeek"]
    if "monthlySchedule" in found:
        return "month", str(found["monthlySchedule"]["dayOfMonth"])
    return ("day", "") if "dailySchedule" in found else (ONCE, "")


def _asked(block: Mapping[str, Any] | None, definitions: Any = None) -> dict[str, Any]:
    """Conditions of AWS as the config has them; others as they are, under a name that no config has."""
    words: dict[Any, str] = {(theirs, "EQ"): ours for ours, theirs in _BUCKETS.items()}
    words |= {theirs: ours for ours, theirs in _OBJECTS.items()}
    asked: dict[str, Any] = {"bucketDefinitions": definitions} if definitions else {}
    for term in (block or {}).get("and") or ():
        simple = term.get("simpleCriterion") or term.get("simpleScopeTerm")
        tagged = term.get("tagCriterion") or term.get("tagScopeTerm")
        word = simple and words.get((simple["key"], simple["comparator"]))
        keys = {pair["key"] for pair in tagged["tagValues"]} if tagged and tagged["comparator"] == "EQ" else ()
        if word and word not in asked:
            asked[word] = sorted(simple["values"])
        elif tagged and len(keys) == 1 and not keys & {*asked.get("tags", {})}:
            tags = asked.setdefault("tags", {})
            tags[next(iter(keys))] = sorted(pair.get("value") or "" for pair in tagged["tagValues"])
        else:
            asked.setdefault("and", []).append(term)
    return asked


def _sent(aws: Aws, client: Any, after: Attributes) -> dict[str, Any]:
    """As CreateClassificationJob takes it."""
    buckets = {
        f"{name}s": {"and": _criteria(aws.resolve(after[name]))} for name in ("include", "exclude") if after[name]
    }
    scoping = {
        theirs: {"and": _terms(after[name])}
        for name, theirs in (("objects", "includes"), ("except_objects", "excludes"))
        if after[name]
    }
    when = _when(after)
    named, lists = ids_of_identifiers(aws, client), ids_of_lists(aws, client)
    given = {
        "description": after["description"],
        "managedDataIdentifierIds": after["managed_identifiers"],
        "customDataIdentifierIds": [named[each] for each in after["identifiers"]],
        "allowListIds": [lists[each] for each in after["allow_lists"]],
    }
    recurring = {"scheduleFrequency": when, "initialRun": after["existing"]} if when else {}
    return {
        "jobType": "SCHEDULED" if when else "ONE_TIME",
        **recurring,
        "samplingPercentage": after["sample"],
        "managedDataIdentifierSelector": SELECTORS[after["selector"]],
        "s3JobDefinition": {"bucketCriteria": buckets, **({"scoping": scoping} if scoping else {})},
        **{name: value for name, value in given.items() if value},
    }


def _when(after: Attributes) -> dict[str, Any]:
    if after["every"] == "week":
        return {"weeklySchedule": {"dayOfWeek": after["on"]}}
    if after["every"] == "month":
        return {"monthlySchedule": {"dayOfMonth": int(after["on"])}}
    return {"dailySchedule": {}} if after["every"] == "day" else {}


def _criteria(asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    simple = [
        {"simpleCriterion": {"comparator": "EQ", "key": theirs, "values": asked[name]}}
        for name, theirs in _BUCKETS.items()
        if name in asked
    ]
    return [*simple, *({"tagCriterion": each} for each in _tagged(asked))]


def _terms(asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    simple = [
        {"simpleScopeTerm": {"comparator": comparator, "key": theirs, "values": asked[name]}}
        for name, (theirs, comparator) in _OBJECTS.items()
        if name in asked
    ]
    target = {"key": "TAG", "target": "S3_OBJECT"}
    return [*simple, *({"tagScopeTerm": {**each, **target}} for each in _tagged(asked))]


def _tagged(asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One condition a key, so that all keys must be there."""
    for key, values in asked.get("tags", {}).items():
        yield {"comparator": "EQ", "tagValues": [{"key": key, "value": value} for value in values]}
