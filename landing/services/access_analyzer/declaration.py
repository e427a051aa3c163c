"""What IAM Access Analyzer is made of."""

from __future__ import annotations

from landing.services.access_analyzer.administrator import AccessAnalyzerAdministrator
from landing.services.access_analyzer.analyzer import Analyzer
from landing.services.access_analyzer.archive_rule import ArchiveRule
from landing.services.access_analyzer.inverse import settings_of
from landing.services.access_analyzer.settings import PRINCIPAL, AccessAnalyzerSettings
from landing.services.service import Service

SERVICE = Service(
    key="access_analyzer",
    title="IAM Access Analyzer",
    settings=AccessAnalyzerSettings,
    trusted=(PRINCIPAL,),
    endpoint="access-analyzer",
    kinds=(AccessAnalyzerAdministrator(), Analyzer(), ArchiveRule()),
    settings_of=settings_of,
    cost="External access is free; unused access by role and user a month, internal access by resource a month.",
    docs="https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html",
)
