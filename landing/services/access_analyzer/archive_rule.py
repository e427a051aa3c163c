"""Archive rules of Access Analyzer: findings that are expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.model import Action, Change, Diagnostic, Resource, Scope, Severity
from landing.organization import PREFIX, Organization
from landing.services.access_analyzer.administrator import analyzers
from landing.services.access_analyzer.analyzer import Analyzer, called, declared
from landing.services.access_analyzer.settings import TYPES, AccessAnalyzerSettings
from landing.services.base import Ownership
from landing.services.shapes import AdministeredSetting, keyed, name_of
from landing.services.strength import Weaker, told

MOST = 100
"""Rules of an analyzer (IAM User Guide, "IAM Access Analyzer quotas")."""
ABSENT = "ResourceNotFoundException"


class ArchiveRule(AdministeredSetting):
    """A rule of an analyzer (CreateArchiveRule) called `landing-<key>`, named `analyzer/key`; others are unmanaged.

    AWS archives new findings by it, and those that are there already when it is asked to (ApplyArchiveRule).
    """

    name = "access_analyzer_archive_rule"
    title = "Access Analyzer archive rule"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    service = "access_analyzer"
    client_name = "accessanalyzer"
    removal = "delete"
    help_uri = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-archive-rules.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"where": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {"where": told}
    reads = ("access-analyzer:ListAnalyzers", "access-analyzer:ListArchiveRules", "sts:AssumeRole")
    writes = (
        "access-analyzer:CreateArchiveRule",
        "access-analyzer:UpdateArchiveRule",
        "access-analyzer:DeleteArchiveRule",
        "access-analyzer:ApplyArchiveRule",
    )

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Rules of an analyzer that there is not, and too many."""
        service = organization.service(AccessAnalyzerSettings)
        for key, rule in (service.settings.archive if service else {}).items():
            assert service is not None
            at = ("archive", key)
            if rule.analyzer not in declared(service.settings):
                hint = f"add `{rule.analyzer}` under access_analyzer"
                message = f"archive rule `{key}`: there is no analyzer `{rule.analyzer}`"
                yield service.problem("LZ387", message, hint, *at, "analyzer")
            for criterion, tests in rule.where.items():
                if not tests:
                    yield service.problem("LZ387", f"`{criterion}` says nothing", "", *at, "where", criterion)
        for analyzer in TYPES if service else ():
            assert service is not None
            rules = [key for key, rule in service.settings.archive.items() if rule.analyzer == analyzer]
            if len(rules) > MOST:
                message = f"{len(rules)} archive rules of `{analyzer}`; AWS takes {MOST}"
                yield service.problem("LZ387", message, "put values together", "archive", rules[MOST])

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each rule, in every region of its analyzer."""
        service = organization.service(AccessAnalyzerSettings)
        for key, rule in (service.settings.archive if service else {}).items():
            assert service is not None
            for scope in Analyzer().places(organization, rule.analyzer):
                needs = (Analyzer().address(rule.analyzer, scope),)
                address = self.address(f"{rule.analyzer}/{key}", scope)
                yield Resource(address, {"where": _form(rule.where)}, needs, source=service.at("archive", key))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """The rules of the analyzers that are ours, or that the config names."""
        client, keys = aws.client(self.client_name, scope), _keys(organization)
        for analyzer in analyzers(aws, scope):
            key = keys.get(analyzer["name"])
            if key is None:
                continue
            for rule in aws.listed(client, "list_archive_rules", "archiveRules", analyzerName=analyzer["name"]):
                name, owned = keyed(rule["ruleName"])
                address = self.address(f"{key}/{name}", scope)
                needs = (Analyzer().address(key, scope),)
                yield Resource(address, {"where": _form(rule["filter"])}, needs, owned=owned)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create or replace, and let it archive what was found already; what it has archived stays so without it."""
        client = aws.client(self.client_name, change.address.scope)
        analyzer, _, key = change.address.name.partition("/")
        found = {each["name"]: each["arn"] for each in analyzers(aws, change.address.scope)}
        name = name_of(analyzer, called(organization))
        rule = {"analyzerName": name, "ruleName": PREFIX + key}
        if change.action is Action.DELETE:
            with unless(ABSENT):
                client.delete_archive_rule(**rule)
            return
        assert change.after is not None
        with unless(ABSENT) as absent:
            client.update_archive_rule(**rule, filter=change.after["where"])
        if absent.code:
            client.create_archive_rule(**rule, filter=change.after["where"])
        client.apply_archive_rule(analyzerArn=found[name], ruleName=PREFIX + key)


def _keys(organization: Organization) -> dict[str, str]:
    """The keys of the analyzers whose rules are ours to say, by their names."""
    return {PREFIX + key: key for key in TYPES} | {name: key for key, name in called(organization).items()}


def _form(where: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What a rule says, without what AWS shows of what it does not say."""
    return {
        criterion: {
            test: sorted(value) if isinstance(value, list | tuple) else value
            for test, value in tests.items()
            if value is not None and value != []
        }
        for criterion, tests in where.items()
    }
