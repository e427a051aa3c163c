"""An answer that was lost, and an object that AWS does not show at once, cost another look and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from landing.aws import cause_of
from landing.core.errors import AwsError
from landing.core.model import Address, Change, Resource, Scope
from landing.engine.retry import PAUSES, persist, settled
from landing.organization import Organization
from landing.services.base import Kind
from tests.cloud import Cloud, Story
from tests.simulated import truth
from tests.simulated.server import Simulated
from tests.simulated.weather import Weather, is_read


@pytest.fixture
def sandbox() -> Iterator[Simulated]:
    with Simulated() as sandbox:
        yield sandbox


NOT_ALWAYS = {
    ("macie2", "EnableMacie"),  # done by the appointment already, or by the first to come
    ("securityhub", "EnableSecurityHub"),
    ("sso-admin", "UpdateInstanceAccessControlAttributeConfiguration"),  # refused where there are none yet
}
"""Writes that need not succeed in a run from the beginning."""


@pytest.mark.usefixtures("no_backoff")
def test_each_write_loses_its_first_answer(creation: Story, sandbox: Simulated, full: Organization) -> None:
    """Each operation that the whole of the config takes; those in a row are the SDK's second try and ours."""
    sandbox.load(creation.end)
    written = {names for names in sandbox.calls if not is_read(names[1]) and names[0] != "iam"}  # who made our roles
    sandbox.load(creation.steps[0][1])
    # AWS makes a second of the name, which the next plan deletes.
    twice = {
        ("fms", "PutPolicy"),
        ("inspector2", "CreateCisScanConfiguration"),
        ("securityhub", "CreateAutomationRule"),
        ("securityhub", "CreateAutomationRuleV2"),
    }
    for service, operation in written - {("sts", "AssumeRole"), *twice}:
        sandbox.faults.lose(service, operation)
    cloud = Cloud(sandbox, full)
    result = cloud.apply()
    assert result.complete, result.failed
    missed = {(fault.service, fault.operation) for fault in sandbox.faults.armed}
    assert missed <= NOT_ALWAYS, "each other one was struck"
    assert cloud.plan().changes == ()
    assert truth.problems(sandbox.world, full) == []


PASSING = {
    ("accessanalyzer", "CreateAnalyzer"): "ThrottlingException",
    ("config", "PutOrganizationConformancePack"): "ResourceInUseException",
    ("detective", "EnableOrganizationAdminAccount"): "TooManyRequestsException",
    ("fms", "AssociateAdminAccount"): "InvalidOperationException",
    ("fms", "PutPolicy"): "InternalErrorException",
    ("health", "EnableHealthServiceAccessForOrganization"): "ConcurrentModificationException",
    ("iam", "EnableOrganizationsRootCredentialsManagement"): "ServiceFailure",
    ("identitystore", "GetGroupId"): "ThrottlingException",
    ("inspector2", "Enable"): "ThrottlingException",
    ("inspector2", "UpdateConfiguration"): "ConflictException",
    ("macie2", "CreateMember"): "ThrottlingException",
    ("macie2", "UpdateMacieSession"): "ConflictException",
    ("security-ir", "CreateMembership"): "ThrottlingException",
    ("security-ir", "UpdateMembership"): "InvalidTokenException",
    ("securityhub", "CreateAggregatorV2"): "ThrottlingException",
    ("securitylake", "CreateAwsLogSource"): "ConflictException",
    ("securitylake", "CreateDataLake"): "ThrottlingException",
    ("shield", "CreateSubscription"): "InternalErrorException",
    ("shield", "AssociateProactiveEngagementDetails"): "OptimisticLockException",
    ("sso-admin", "CreateAccountAssignment"): "ConflictException",
    ("sso-admin", "CreatePermissionSet"): "InternalServerException",
}
"""What each service answers when the same call is good a moment later (its API reference)."""


@pytest.mark.usefixtures("no_backoff")
def test_errors_that_pass_cost_another_try(creation: Story, sandbox: Simulated, full: Organization) -> None:
    sandbox.load(creation.steps[0][1])
    for (service, operation), code in PASSING.items():
        sandbox.faults.reject(service, operation, code=code)
    cloud = Cloud(sandbox, full)
    result = cloud.apply()
    assert result.complete, result.failed
    assert {(fault.service, fault.operation) for fault in sandbox.faults.armed} == set(), "each was struck"
    assert cloud.plan().changes == ()


EARLY = {
    ("accessanalyzer", "CreateAnalyzer"): (
        "AccessDeniedException", "Account 111122223333 is not a delegated administrator"
    ),
    ("detective", "EnableOrganizationAdminAccount"): (
        "ValidationException", "ConcurrentModificationException: AWS Organizations can't complete your request"
    ),
    ("fms", "PutPolicy"): ("AccessDeniedException", "Account: 111122223333 is not currently delegated by AWS FM"),
    ("guardduty", "UpdateOrganizationConfiguration"): (
        "BadRequestException", "The request failed because the account is not the GuardDuty delegated administrator."
    ),
    ("inspector2", "UpdateOrganizationConfiguration"): ("ValidationException", "Invoking account is not enabled"),
    ("macie2", "EnableOrganizationAdminAccount"): (
        "ValidationException", "Trusted access for Macie is not in effect yet"
    ),
    ("securityhub", "UpdateOrganizationConfiguration"): (
        "AccessDeniedException", "Must be a Security Hub delegated administrator with Central Configuration enabled"
    ),
}  # fmt: skip
"""What services answer for a while of an administrator, or of trusted access, that is new to them."""


@pytest.mark.usefixtures("no_backoff")
def test_what_is_too_early_is_asked_again(creation: Story, sandbox: Simulated, full: Organization) -> None:
    sandbox.load(creation.steps[0][1])
    for (service, operation), (code, message) in EARLY.items():
        sandbox.faults.reject(service, operation, code=code, message=message)
    cloud = Cloud(sandbox, full)
    result = cloud.apply()
    assert result.complete, result.failed
    assert {(fault.service, fault.operation) for fault in sandbox.faults.armed} == set(), "each was struck"
    assert cloud.plan().changes == ()


@pytest.mark.parametrize("service", ["organizations", "cloudformation", "securityhub"])
def test_what_was_made_is_not_shown_at_once(
    service: str, creation: Story, sandbox: Simulated, full: Organization
) -> None:
    sandbox.load(creation.steps[0][1])
    sandbox.gateway.weather = Weather(0.2, seed=1, kinds=["stale"], services=[service])
    cloud = Cloud(sandbox, full)
    result = cloud.apply()
    assert result.complete, result.failed
    sandbox.gateway.calm()
    assert cloud.plan().changes == ()
    assert truth.problems(sandbox.world, full) == []


class Failing(Kind):
    """A kind that fails a number of times."""

    name = title = "failing"

    def __init__(self, code: str, times: int, reason: str = "") -> None:
        self.code, self.left, self.reason, self.tries = code, times, reason, 0

    def desired(self, organization: Organization) -> Iterable[Resource]:
        return ()

    def read(self, organization: Organization, aws: object, scope: Scope) -> Iterable[Resource]:
        return ()

    def apply(self, organization: Organization, aws: object, change: Change) -> None:
        self.tries += 1
        if self.left:
            self.left -= 1
            raise AwsError(self.reason, aws_code=self.code, cause=cause_of("", self.code, self.reason))


def test_a_refusal_that_another_look_does_not_cure_is_told_at_once(
    creation: Story, sandbox: Simulated, full: Organization
) -> None:
    aws, change = Cloud(sandbox, full).open(read_only=False), creation.steps[0][0]
    for code in ("AccessDeniedException", "ValidationError", "LimitExceededException"):
        kind = Failing(code, 1)
        with pytest.raises(AwsError):
            persist(full, aws, kind, change)
        assert kind.tries == 1
    kind = Failing("DuplicatePolicyException", len(PAUSES))
    persist(full, aws, kind, change)
    assert kind.tries == len(PAUSES) + 1
    kind = Failing("DuplicatePolicyException", 100)
    with pytest.raises(AwsError, match="DuplicatePolicyException"):
        persist(full, aws, kind, change)
    assert kind.tries == len(PAUSES) + 1


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("AccessDeniedException", "Must be a Security Hub delegated administrator with Central Configuration enabled"),
        ("BadRequestException", "The request failed because the account is not the GuardDuty delegated administrator."),
        ("ValidationError", "Account used is not a delegated administrator"),
    ],
)
def test_an_administrator_who_is_not_known_yet_is_asked_again(
    creation: Story, sandbox: Simulated, full: Organization, code: str, reason: str
) -> None:
    aws, change = Cloud(sandbox, full).open(read_only=False), creation.steps[0][0]
    kind = Failing(code, 2, reason)
    persist(full, aws, kind, change)
    assert kind.tries == 3


def test_who_is_in_a_hurry_waits_for_no_other_look(creation: Story, sandbox: Simulated, full: Organization) -> None:
    aws, change = Cloud(sandbox, full).open(read_only=False), creation.steps[0][0]
    aws.clock.hurry.set()
    kind = Failing("DuplicatePolicyException", 1)
    with pytest.raises(AwsError):
        persist(full, aws, kind, change)
    looks: list[int] = []
    assert settled(aws, lambda: looks.append(1) or [Address("policy", "x")]) == [Address("policy", "x")]
    assert len(looks) == 1


def test_it_is_looked_again_until_nothing_differs(sandbox: Simulated, full: Organization) -> None:
    answers = [[Address("policy", "x")], [Address("policy", "x")], []]
    assert settled(Cloud(sandbox, full).open(), lambda: answers.pop(0)) == []
    assert not answers
