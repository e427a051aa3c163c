"""Analyzers whose zone of trust is the organization."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, cause_of, unless
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.core.model import Action, Change, Diagnostic, Resource, Scope
from landing.core.references import account_id
from landing.organization import PREFIX, Organization
from landing.services.access_analyzer.administrator import AccessAnalyzerAdministrator, analyzers
from landing.services.access_analyzer.settings import (
    EXTERNAL,
    INTERNAL,
    PRINCIPAL,
    TYPES,
    UNUSED,
    AccessAnalyzerSettings,
    Internal,
    Unused,
)
from landing.services.base import Ownership, required_account
from landing.services.shapes import AdministeredSetting, key_of, name_of, name_problems
from landing.services.strength import Weaker, kept, no_more, ranked, told

FOR_GOOD = ("type", "status", "days")
"""Attributes that AWS does not change: another value takes another analyzer."""

MOST_EXCLUDED = 2_000
"""Accounts of an analyzer of unused access (API reference, AnalysisRuleCriteria)."""


class Analyzer(AdministeredSetting):
    """An analyzer (CreateAnalyzer) called `landing-external`, `landing-unused` or `landing-internal`.

    One of another name is kept as declared where the config gives its name, and never deleted. Unused access is looked
    for at home alone, as IAM is the same in all regions. UpdateAnalyzer changes neither its days nor its type.
    """

    name = "access_analyzer"
    title = "Access Analyzer"
    ownership = Ownership.PREFIX
    service = "access_analyzer"
    client_name = "accessanalyzer"
    controls = (
        "cis-aws-7.0:2.18", "fsbp:IAM.28", "nist-800-53-r5:AC-6", "nist-csf-2.0:PR.AA-05", "pci-dss-4.0:7.2.4",
    )  # fmt: skip
    help_uri = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-external.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(
        ("excluded", "excluded_tags", "accounts", "resource_types", "resources", "more"), forms.unordered
    )
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "type": told,
        "status": ranked("ACTIVE", "DISABLED", "FAILED"),
        "days": told,
        "excluded": no_more,
        "excluded_tags": no_more,
        "accounts": kept(),
        "resource_types": kept(),
        "resources": kept(),
        "more": kept(),
    }
    reads = ("access-analyzer:ListAnalyzers", "sts:AssumeRole")
    writes = (
        "access-analyzer:CreateAnalyzer",
        "access-analyzer:UpdateAnalyzer",
        "access-analyzer:DeleteAnalyzer",
        "access-analyzer:GetAnalyzer",
        "access-analyzer:ListArchiveRules",
        "iam:CreateServiceLinkedRole",
    )
    linked = (PRINCIPAL,)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """What CreateAnalyzer refuses: names of ours or twice, the administrator left out, nothing to look at."""
        service = organization.service(AccessAnalyzerSettings)
        if service is None:
            return
        names = {key: each.name for key, each in declared(service.settings).items()}
        yield from name_problems(service, "LZ386", names, thing="an analyzer", things="analyzers", hint="leave it out")
        settings = service.settings
        if settings.unused:
            excluded = organization.members(settings.unused.exclude)
            if organization.security_tooling in excluded:
                message = f"the analyzer's own account, {organization.security_tooling}, cannot be left out"
                yield service.problem("LZ386", message, "exclude it from `exclude`", UNUSED, "exclude")
            if len(excluded) > MOST_EXCLUDED:
                message = f"{len(excluded):,} accounts are left out; AWS takes {MOST_EXCLUDED:,}"
                yield service.problem("LZ386", message, "leave out fewer", UNUSED, "exclude")
        internal = settings.internal
        if internal and not (internal.resource_types or internal.resources):
            hint = "add `resource_types: [AWS::S3::Bucket]`, or `resources`"
            yield service.problem("LZ386", "internal access of no resources", hint, INTERNAL)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Those of the config, each in its regions."""
        service = organization.service(AccessAnalyzerSettings)
        if service is None:
            return
        for name, settings in declared(service.settings).items():
            for scope in self.places(organization, name):
                needs = (
                    self.administrator(organization, scope, AccessAnalyzerAdministrator()),
                    *map(required_account, _named(organization, settings)),
                )
                attributes = {"type": TYPES[name], "status": "ACTIVE", **_wanted(organization, settings)}
                yield Resource(self.address(name, scope), attributes, needs, source=service.at(name))

    def places(self, organization: Organization, name: str) -> Iterator[Scope]:
        """Where one of these names is: unused access at home alone, as IAM is the same in all regions."""
        for scope in self.scopes(organization):
            if name != UNUSED or scope.region == organization.home_region:
                yield scope

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Those of the organization; what AWS services keep for themselves (`managedBy`) is theirs."""
        names = called(organization)
        needs = (self.administrator(organization, scope, AccessAnalyzerAdministrator()),)
        for found in analyzers(aws, scope):
            name = found["name"]
            attributes = {"type": found["type"], "status": _status(found), **_seen(aws, found)}
            owned = name.startswith(PREFIX)
            yield Resource(self.address(key_of(name, names), scope), attributes, needs, owned=owned)

    def in_the_way(self, organization: Organization, aws: Aws, change: Change) -> Iterable[str]:
        """Another analyzer of internal access: an organization has one in a region (IAM User Guide, quotas)."""
        if change.action is not Action.CREATE or change.address.name != INTERNAL:
            return
        scope = change.address.scope
        keys = aws.tree.account_keys
        before = {
            keys[admin] for principal, admin in aws.tree.administrators if principal == PRINCIPAL and admin in keys
        }
        before -= {scope.account}
        for account in sorted({scope.account, organization.management, *before}):
            for found in analyzers(aws, Scope(account, scope.region)):
                goes = account in before and found["name"].startswith(PREFIX)  # with the administrator
                if found["type"] == TYPES[INTERNAL] and not goes:
                    yield (
                        f"{found['name']} in {account} analyzes internal access already, and an organization has one "
                        f"analyzer of that in a region: {_instead(account == scope.account, found['name'])}"
                    )

    def dangers(self, change: Change) -> Iterable[str]:
        """Made anew, it loses its findings."""
        if change.action is Action.DELETE or _is_new(change):
            yield self.removal

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """What goes with an analyzer."""
        if change.action is Action.DELETE:
            yield "its findings and archive rules are deleted with it"
        elif _is_new(change):
            yield "it is made anew, as AWS does not change this: its findings are lost and looked for again"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, update, delete, or make anew with its archive rules; and wait until it works."""
        client, key = aws.client(self.client_name, change.address.scope), change.address.name
        name = name_of(key, called(organization))
        found = next((each for each in analyzers(aws, change.address.scope) if each["name"] == name), None)
        rules: list[Any] = []
        if found and (change.after is None or _differs(found, change.after)):
            rules = [
                {"ruleName": rule["ruleName"], "filter": rule["filter"]}
                for rule in aws.listed(client, "list_archive_rules", "archiveRules", analyzerName=name)
            ]
            client.delete_analyzer(analyzerName=name)
            found = None
        if change.after is None:
            return
        configuration = aws.resolve(_configuration(key, change.after))
        if found is None:
            with unless("ConflictException"):  # it was made by a request whose answer was lost
                client.create_analyzer(
                    analyzerName=name,
                    type=TYPES[key],
                    archiveRules=rules,
                    **({"configuration": configuration} if configuration else {}),
                )
        elif configuration:
            client.update_analyzer(analyzerName=name, configuration=configuration)
        _wait(aws, client, name)


def declared(settings: AccessAnalyzerSettings) -> dict[str, Any]:
    """The settings of each analyzer that the config has."""
    found = {EXTERNAL: settings.external, UNUSED: settings.unused, INTERNAL: settings.internal}
    return {name: each for name, each in found.items() if each is not None}


def called(organization: Organization) -> dict[str, str]:
    """What the analyzers of the config are called in AWS, by key."""
    service = organization.service(AccessAnalyzerSettings)
    return {key: each.name or PREFIX + key for key, each in (declared(service.settings) if service else {}).items()}


def _named(organization: Organization, settings: Any) -> tuple[str, ...]:
    """The keys of the accounts that an analyzer leaves out, or looks at."""
    if isinstance(settings, Unused):
        return organization.members(settings.exclude)
    return organization.members(settings.accounts) if isinstance(settings, Internal) else ()


def _wanted(organization: Organization, settings: Any) -> dict[str, Any]:
    """The attributes of an analyzer that are not the same for all."""

    accounts = sorted(account_id(key) for key in _named(organization, settings))
    if isinstance(settings, Unused):
        tags = [{"resourceTags": [{key: value}]} for key, value in sorted(settings.exclude_tags.items())]
        return {"days": settings.days, "excluded": accounts, "excluded_tags": tags}
    if isinstance(settings, Internal):
        return {
            "accounts": accounts,
            "resource_types": sorted(settings.resource_types),
            "resources": sorted(settings.resources),
            "more": [],
        }
    return {}


def _seen(aws: Aws, found: Mapping[str, Any]) -> dict[str, Any]:
    """The same of what ListAnalyzers shows: a rule that the config cannot say stays as AWS has it."""
    configuration = found.get("configuration") or {}
    if unused := configuration.get("unusedAccess"):
        rules = [_plain(rule) for rule in (unused.get("analysisRule") or {}).get("exclusions") or ()]
        plain = [rule for rule in rules if {*rule} == {"accountIds"}]
        return {
            "days": unused["unusedAccessAge"],
            "excluded": sorted(each for rule in aws.symbolic(plain) for each in rule["accountIds"]),
            "excluded_tags": aws.symbolic([rule for rule in rules if rule not in plain]),
        }
    if internal := configuration.get("internalAccess"):
        rules = [_plain(rule) for rule in (internal.get("analysisRule") or {}).get("inclusions") or ()]
        first = rules[0] if rules else {}
        return {
            "accounts": sorted(aws.symbolic(first.get("accountIds", []))),
            "resource_types": first.get("resourceTypes", []),
            "resources": aws.symbolic(first.get("resourceArns", [])),
            "more": aws.symbolic(rules[1:]),
        }
    return {}


def _plain(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule without what says nothing."""
    return {part: value for part, value in rule.items() if value}


def _configuration(key: str, after: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent: the days and who is left out, or what is looked at."""
    if key == UNUSED:
        accounts = [{"accountIds": after["excluded"]}] if after["excluded"] else []
        rules = {"exclusions": [*accounts, *after["excluded_tags"]]}
        return {"unusedAccess": {"unusedAccessAge": after["days"], "analysisRule": rules}}
    if key == INTERNAL:
        rule = {
            "accountIds": after["accounts"],
            "resourceTypes": after["resource_types"],
            "resourceArns": after["resources"],
        }
        return {"internalAccess": {"analysisRule": {"inclusions": [_plain(rule)]}}}
    return {}


def _status(found: Mapping[str, Any]) -> str:
    """One that is being made is there."""
    return "ACTIVE" if found["status"] == "CREATING" else str(found["status"])


def _is_new(change: Change) -> bool:
    """Whether an update means another analyzer: AWS changes neither type nor days, and repairs none."""
    before, after = change.before, change.after
    return bool(before and after) and any(before.get(part) != after.get(part) for part in FOR_GOOD)  # type: ignore[union-attr]


def _instead(usable: bool, name: str) -> str:
    """What to do about an analyzer that is in the way; one in the administrator's own account can be kept."""
    kept = f"name it (services.access_analyzer.internal: {{name: {name}}}), or " if usable else ""
    return f"{kept}delete it there"


def _differs(found: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """The same of what AWS has now."""
    unused = (found.get("configuration") or {}).get("unusedAccess") or {}
    now = {"type": found["type"], "status": _status(found), "days": unused.get("unusedAccessAge")}
    return any(now[part] != after.get(part) for part in FOR_GOOD)


def _wait(aws: Aws, client: Any, name: str) -> None:
    """Until it is ACTIVE; it may not be found at first."""
    for _ in aws.poll(f"analyzer {name}", "administrator"):
        with unless("ResourceNotFoundException") as absent:
            found = client.get_analyzer(analyzerName=name)["analyzer"]
        if absent.code or found["status"] == "CREATING":
            continue
        if found["status"] != "ACTIVE":
            code = (found.get("statusReason") or {}).get("code", found["status"])
            raise OperationFailed(
                f"analyzer {name} is {found['status']}",
                aws_code=code,
                cause=cause_of("accessanalyzer", code),
                operation=f"analyzer {name}",
            )
        return
