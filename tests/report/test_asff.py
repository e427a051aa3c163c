"""ASFF as Security Hub takes it: by botocore's model and the limits of the format."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from landing.config.accepted import Acceptance
from landing.core.model import Action, Address, Change, Source
from landing.engine.drift import Report, accept, report
from landing.engine.plan import Plan
from landing.report import drift_asff
from tests.report.samples import ORIGIN, at, drift, hostile, organization

MODEL = ServiceModel(Loader().load_service_model("securityhub", "service-2"))
LIMITS = {"Id": 512, "Title": 256, "Description": 1024, "GeneratorId": 512, "ProductName": 128}


def check(found: list[dict[str, Any]]) -> None:
    for one in found:
        problems = ParamValidator().validate(one, MODEL.shape_for("AwsSecurityFinding"))
        assert not problems.has_errors(), problems.generate_report()
        for name, most in LIMITS.items():
            assert 0 < len(one[name]) <= most, name
        assert len(one["ProductFields"]) <= 50
        assert all(0 < len(text) <= 2048 and len(key) <= 128 for key, text in one["ProductFields"].items())
        assert len(one["Compliance"].get("RelatedRequirements", [])) <= 32
        assert len(one["Remediation"]["Recommendation"]["Text"]) <= 512
        assert all(len(resource["Id"]) <= 512 for resource in one["Resources"])
        assert len(json.dumps(one).encode()) <= 240 * 1024
        json.dumps(one, ensure_ascii=False).encode()
    assert len({one["Id"] for one in found}) == len({one["Resources"][0]["Id"] for one in found})


def _long() -> Report:
    name = "n" * 5000
    text = Change(Action.UPDATE, Address("account", name), {"a": name}, {"a": name * 9}, source=at(1, file=name))
    return report(organization(), Plan((text,), made_from=ORIGIN))


@pytest.mark.parametrize(
    "found", [drift(), report(organization(), hostile()), _long()], ids=["some", "hostile", "long"]
)
def test_each_is_a_finding_of_security_hub(found: Report) -> None:
    check(drift_asff.findings(found, organization()))


def test_a_finding_says_where_what_and_by_which_controls() -> None:
    found = {each["Resources"][0]["Id"]: each for each in drift_asff.findings(drift(), organization())}
    one = found["attachments.unit/sandbox"]
    assert one["ProductArn"] == "arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default"
    assert one["AwsAccountId"] == "111122223333"
    assert one["GeneratorId"] == "landing/drift/attachments.changed"
    assert one["Id"].startswith("landing/drift/o-a1b2c3d4e5/")
    assert one["Severity"]["Label"] == "HIGH"
    assert one["Compliance"]["Status"] == "FAILED"
    assert "nist-csf-2.0:PR.AA-05" in one["Compliance"]["RelatedRequirements"]
    assert one["ProductFields"]["landing/declared_at"] == "config/organization.yaml:73:3"
    assert '+ policies = [… "protect-logs"]' in one["Description"]
    unread = found["guardduty.*@security-tooling/eu-west-1"]
    assert (unread["Compliance"]["Status"], unread["Severity"]["Label"]) == ("NOT_AVAILABLE", "INFORMATIONAL")
    assert "policy.test-1" not in found, "what is unmanaged is no finding"


def test_what_is_accepted_is_suppressed() -> None:
    entry = Acceptance("attachments.unit/sandbox", "ann", "moves", "2027-01-31", Source("a.yaml", 1, 1))
    found = drift_asff.findings(accept(drift(), [entry], "2026-11-23"), organization())
    (one,) = (each for each in found if each["Workflow"]["Status"] == "SUPPRESSED")
    assert one["ProductFields"]["landing/address"] == "attachments.unit/sandbox"
    assert one["ProductFields"]["landing/accepted_by"] == "ann"
    assert one["ProductFields"]["landing/accepted_until"] == "2027-01-31"
    assert one["ProductFields"]["landing/accepted_reason"] == "moves"
