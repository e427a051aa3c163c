"""Tests of policies: cases beside each policy, claims to prove, coverage of statements and mutation."""

from landing.policy.testing.engine import run
from landing.policy.testing.estate import Estate
from landing.policy.testing.report import Report, Result, SuiteReport, Survivor
from landing.policy.testing.suite import Attached, Suite

__all__ = ["Attached", "Estate", "Report", "Result", "Suite", "SuiteReport", "Survivor", "run"]
