"""What the rules of AWS Config have found in every account and Region, as the organization's aggregator has it.

Four paged questions, whatever the number of accounts: DescribeAggregateComplianceByConfigRules (1,000 results a page,
those of rules that have none are left out), DescribeAggregateComplianceByConformancePacks, which recorders record
(SelectAggregateResourceConfig), and which sources AWS could not aggregate
(DescribeConfigurationAggregatorSourcesStatus). Which resources do not comply with some rules is one more
(SelectAggregateResourceConfig).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from landing.aws import Aws, translated, unless
from landing.core.errors import Refused
from landing.organization import Organization
from landing.services.config.recorder_status import RECORDERS, ConfigRecording, aggregator_of
from landing.services.config.settings import ConfigSettings
from landing.services.declared_rules import DeclaredRule, Site, declared_rules, told_name, told_pack
from landing.services.stacks import existing_recorders

ACTIONS = (
    "config:DescribeAggregateComplianceByConfigRules",
    "config:DescribeAggregateComplianceByConformancePacks",
    "config:DescribeConfigurationAggregatorSourcesStatus",
    "config:SelectAggregateResourceConfig",
)
"""What is called, in the security tooling account."""
UNSOUND = ("FAILED", "OUTDATED")
"""Statuses of sources whose results are none, or old."""
ACTIVE = "ACTIVE"
FAILING = (
    "SELECT accountId, awsRegion, configuration.targetResourceType, configuration.targetResourceId, "
    "configuration.configRuleList WHERE resourceType = 'AWS::Config::ResourceCompliance' "
    "AND configuration.complianceType = 'NON_COMPLIANT' AND configuration.configRuleList.configRuleName IN ({})"
)
"""Resources that do not comply with some of all rules; of rules of these names, among them."""
MOST_EXPRESSION = 4_096
"""Characters of a query (SelectAggregateResourceConfig, Expression)."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule has come to in an account (by key) and Region.

    `failing` are the resources that do not comply, of which AWS counts 25 at most; then there are `more`.
    """

    rule: str
    account: str
    region: str
    complies: bool
    failing: int = 0
    more: bool = False

    @property
    def site(self) -> Site:
        """Where."""
        return self.account, self.region

    @property
    def resources(self) -> str:
        """`3 resources`, `25 resources or more`."""
        things = "resource" if self.failing == 1 else "resources"
        return f"{self.failing} {things}{' or more' if self.more else ''}"


@dataclass(frozen=True, slots=True)
class PackResult:
    """What a conformance pack has come to in an account (by key) and Region: how many of its rules fail."""

    pack: str
    account: str
    region: str
    failing: int
    rules: int


@dataclass(frozen=True, slots=True)
class FailingResource:
    """A resource that does not comply with a rule, in an account (by key) and Region."""

    rule: str
    account: str
    region: str
    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Place:
    """An account: its name in AWS, its id and its unit (by key, or `root`)."""

    name: str
    id: str
    unit: str


@dataclass(frozen=True, slots=True)
class Compliance:
    """What is known, and what is not.

    `unknown`: why nothing is known of an account and Region; nothing there counts as compliant. `silent`: where a rule
    of the config is meant and has no result, since nothing there is of its kind, or it has not been evaluated yet.
    """

    organization: str
    at: str
    results: tuple[Result, ...]
    asked: Mapping[str, DeclaredRule]
    places: Mapping[str, Place]
    unknown: Mapping[Site, str]
    silent: tuple[tuple[str, str, str], ...] = ()
    """Rule, account, Region."""
    packs: tuple[PackResult, ...] = ()
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What AWS calls a rule in accounts, by its name here."""
    resources: tuple[FailingResource, ...] = ()
    """Those of the rules that were asked for."""

    @property
    def failing(self) -> tuple[Result, ...]:
        """Those that do not comply."""
        return tuple(each for each in self.results if not each.complies)

    @property
    def share(self) -> tuple[int, int]:
        """Results that comply, and all."""
        return len(self.results) - len(self.failing), len(self.results)

    def controls_of(self, rule: str) -> tuple[str, ...]:
        """What a rule is evidence for, as far as the config knows it."""
        return self.asked[rule].controls if rule in self.asked else ()

    def by(self, key: Callable[[Result], str]) -> dict[str, tuple[int, int]]:
        """Results that comply, and all, by what `key` has of a result."""
        every = Counter(key(each) for each in self.results)
        good = Counter(key(each) for each in self.results if each.complies)
        return {name: (good[name], every[name]) for name in sorted(every)}

    def unit_of(self, account: str) -> str:
        """The unit of an account."""
        return self.places[account].unit

    def only(
        self,
        accounts: Collection[str],
        rules: Collection[str] | None = None,
    ) -> Compliance:
        """The same of these accounts and rules alone; of all rules without."""
        results = [each for each in self.results if each.account in accounts and (rules is None or each.rule in rules)]
        return replace(
            self,
            results=tuple(results),
            places={key: each for key, each in self.places.items() if key in accounts},
            unknown={site: reason for site, reason in self.unknown.items() if site[0] in accounts},
            silent=tuple(
                each for each in self.silent if each[1] in accounts and (rules is None or each[0] in rules)
            ),
            packs=tuple(
                each for each in self.packs if each.account in accounts and (rules is None or self._whole(each, rules))
            ),
            resources=tuple(
                each for each in self.resources if each.account in accounts and (rules is None or each.rule in rules)
            ),
        )  # fmt: skip

    def _whole(self, pack: PackResult, rules: Collection[str]) -> bool:
        """Whether a pack of the config has no rule besides these."""
        its = {rule for rule, each in self.asked.items() if pack.pack in each.settings}
        return bool(its) and its <= {*rules}

    def by_pack(self) -> dict[str, tuple[int, int]]:
        """Accounts and Regions that comply with the whole of a pack, and all that have a result of it."""
        every = Counter(each.pack for each in self.packs)
        good = Counter(each.pack for each in self.packs if not each.failing)
        return {name: (good[name], every[name]) for name in sorted(every)}


def compliance(organization: Organization, aws: Aws, at: str) -> Compliance:
    """All of it; `at`: now, as ISO 8601. Raises Refused where there is no aggregator, AwsError."""
    if organization.service(ConfigSettings) is None:
        raise Refused("AWS Config is not in the config: put `config: {}` under services, and apply")
    scope = next(iter(ConfigRecording().scopes(organization)))
    client, name = aws.client("config", scope), aggregator_of(organization)
    places = {
        key: Place(each.name, each.id, each.unit) for key, each in aws.tree.accounts.items() if each.state == ACTIVE
    }
    about = {"ConfigurationAggregatorName": name}
    rows: list[Any] = []
    of_packs: list[Any] = []
    with translated(scope, "DescribeAggregateComplianceByConfigRules"):
        with unless("NoSuchConfigurationAggregatorException") as absent:
            operation = "describe_aggregate_compliance_by_config_rules"
            rows = list(aws.listed(client, operation, "AggregateComplianceByConfigRules", **about))
            operation = "describe_aggregate_compliance_by_conformance_packs"
            of_packs = list(aws.listed(client, operation, "AggregateComplianceByConformancePacks", **about))
        if absent.code:
            raise Refused(f"there is no aggregator {name} in {scope}: `landing plan` tells what is to be made")
        recording = _recording(aws, client, about)
        unsound = _unsound(aws, client, about)
    keys = {each.id: key for key, each in places.items()}
    results = _results(rows, keys)
    seen = {each.site for each in results}
    unknown = {
        (key, region): reason
        for key, place in places.items()
        for region in organization.governed_regions
        if (reason := _reason(place.id, region, recording, unsound, seen=(key, region) in seen))
    }
    known = tuple(each for each in results if not each.complies or each.site not in unknown)
    asked = declared_rules(organization)
    names: dict[str, set[str]] = {}
    for row in rows:
        names.setdefault(told_name(row["ConfigRuleName"]), set()).add(row["ConfigRuleName"])
    return Compliance(
        str((aws.tree.description or {}).get("Id", "")), at, known, asked, places, unknown,
        tuple(_silent(asked, places, unknown, known)),
        tuple(_packs(organization, of_packs, keys, unknown)),
        {rule: frozenset(each) for rule, each in names.items()},
    )  # fmt: skip


def with_resources(organization: Organization, aws: Aws, found: Compliance, rules: Collection[str]) -> Compliance:
    """The same with the resources that do not comply with these rules, by their names in `found`.

    A condition holds for an item where any rule of the resource meets it ("Limitations" of advanced queries): which of
    them fails is looked up in what comes. Raises AwsError.
    """
    names = {name: rule for rule in rules for name in found.names.get(rule, ())}
    scope = next(iter(ConfigRecording().scopes(organization)))
    keys = {each.id: key for key, each in found.places.items()}
    client, failing = aws.client("config", scope), []
    about = {"ConfigurationAggregatorName": aggregator_of(organization)}
    for some in queries_for(sorted(names)):
        with translated(scope, "SelectAggregateResourceConfig"):
            rows = aws.listed(client, "select_aggregate_resource_config", "Results", Expression=some, **about)
            for row in map(json.loads, rows):
                judged = row["configuration"]
                failing += [
                    FailingResource(
                        names[each["configRuleName"]], keys[row["accountId"]], row["awsRegion"],
                        judged["targetResourceType"], judged["targetResourceId"],
                    )
                    for each in judged["configRuleList"]
                    if each["complianceType"] == "NON_COMPLIANT" and each["configRuleName"] in names
                    and row["accountId"] in keys
                ]  # fmt: skip
    order = sorted({*failing}, key=lambda each: (each.rule, each.account, each.region, each.type, each.id))
    return replace(found, resources=tuple(order))


def queries_for(names: Iterable[str]) -> Iterator[str]:
    """Queries for the resources that do not comply with rules of these names, each of a length that AWS takes."""
    some: list[str] = []
    for name in names:
        if some and len(FAILING.format(", ".join([*some, _quoted(name)]))) > MOST_EXPRESSION:
            yield FAILING.format(", ".join(some))
            some = []
        some.append(_quoted(name))
    if some:
        yield FAILING.format(", ".join(some))


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _packs(
    organization: Organization, rows: Iterable[Mapping[str, Any]], keys: Mapping[str, str], unknown: Collection[Site]
) -> Iterator[PackResult]:
    """Where nothing is known, a pack that is complied with is none."""
    for row in rows:
        judged = row.get("Compliance") or {}
        if row["AccountId"] not in keys or judged.get("ComplianceType") not in ("COMPLIANT", "NON_COMPLIANT"):
            continue
        failing = int(judged.get("NonCompliantRuleCount", 0))
        site = keys[row["AccountId"]], row["AwsRegion"]
        if failing or site not in unknown:
            total = int(judged.get("TotalRuleCount", 0))
            yield PackResult(told_pack(organization, row["ConformancePackName"]), *site, failing, total)


def _recording(aws: Aws, client: Any, about: Mapping[str, str]) -> dict[Site, bool]:
    """Whether there is a recorder that records, by account id and Region."""
    found: dict[Site, bool] = {}
    rows = aws.listed(client, "select_aggregate_resource_config", "Results", Expression=RECORDERS, **about)
    for row in map(json.loads, rows):
        if not existing_recorders.is_service_linked(row["resourceName"]):
            site = row["accountId"], row["awsRegion"]
            found[site] = found.get(site, False) or bool((row.get("configuration") or {}).get("Recording", False))
    return found


def _unsound(aws: Aws, client: Any, about: Mapping[str, str]) -> dict[Site, str]:
    """Sources that AWS could not look at, by account id (none: all of the organization) and Region (none: all)."""
    operation, key = "describe_configuration_aggregator_sources_status", "AggregatedSourceStatusList"
    found = {}
    for row in aws.listed(client, operation, key, UpdateStatus=list(UNSOUND), **about):
        of_all = row.get("SourceType") == "ORGANIZATION"
        code = row.get("LastErrorCode") or row["LastUpdateStatus"]
        found["" if of_all else row["SourceId"], "" if of_all else row.get("AwsRegion", "")] = str(code)
    return found


def _results(rows: Iterable[Mapping[str, Any]], keys: Mapping[str, str]) -> list[Result]:
    """One for each rule, account and Region; where packs bring the same rule twice, the worse counts."""
    found: dict[tuple[str, Site], Result] = {}
    for row in rows:
        judged = row.get("Compliance") or {}
        verdict = judged.get("ComplianceType")
        if row["AccountId"] not in keys or verdict not in ("COMPLIANT", "NON_COMPLIANT"):
            continue
        count = judged.get("ComplianceContributorCount") or {}
        each = Result(
            told_name(row["ConfigRuleName"]), keys[row["AccountId"]], row["AwsRegion"], verdict == "COMPLIANT",
            *((count.get("CappedCount", 0), bool(count.get("CapExceeded"))) if verdict == "NON_COMPLIANT" else ()),
        )  # fmt: skip
        before = found.get((each.rule, each.site))
        if before is None or (before.complies, -before.failing) > (each.complies, -each.failing):
            found[each.rule, each.site] = each
    return sorted(found.values(), key=lambda each: (each.rule, each.account, each.region))


def _reason(
    account_id: str, region: str, recording: Mapping[Site, bool], unsound: Mapping[Site, str], *, seen: bool
) -> str:
    """Why nothing is known of an account and Region; empty where it is. `seen`: there are results of it."""
    for site in (("", ""), (account_id, ""), (account_id, region)):
        if site in unsound:
            return f"the aggregator could not look at it: {unsound[site]}"
    if (account_id, region) not in recording:
        return "" if seen else "the aggregator sees no recorder there"
    return "" if recording[account_id, region] else "its recorder is stopped: what is known is old"


def _silent(
    asked: Mapping[str, DeclaredRule],
    places: Mapping[str, Place],
    unknown: Collection[Site],
    results: Iterable[Result],
) -> Iterator[tuple[str, str, str]]:
    told = {(each.rule, each.site) for each in results}
    for name, rule in sorted(asked.items()):
        for site in sorted(rule.sites):
            if site[0] in places and site not in unknown and (name, site) not in told:
                yield name, *site
