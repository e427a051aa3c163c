"""CloudWatch Logs: moto's, with the checks of retention, keys and filters (CloudWatch Logs API reference)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, ClassVar

from landing.core.constraints.trail import RETENTIONS
from landing.sandbox.authorization import delivery
from landing.sandbox.moto.probes import refuses
from landing.sandbox.protocol.constraints import Problem
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import log_patterns
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Nothing, Probe, ProbedSandbox, Service


def _logs(sandbox: ProbedSandbox) -> Any:
    logs: Any = sandbox.session().client("logs", region_name="us-east-1")
    logs.create_log_group(logGroupName="probe")
    return logs


def retention_is_checked(sandbox: ProbedSandbox) -> bool:
    """The probe: four days are no period of retention."""
    put = _logs(sandbox).put_retention_policy
    return refuses(put, "InvalidParameterException", logGroupName="probe", retentionInDays=4)


def keys_are_checked(sandbox: ProbedSandbox) -> bool:
    """The probe: a key that CloudWatch Logs may not use is refused."""
    key = sandbox.session().client("kms", region_name="us-east-1").create_key()["KeyMetadata"]["Arn"]
    logs = _logs(sandbox)
    made = refuses(logs.create_log_group, "InvalidParameterException", logGroupName="sealed", kmsKeyId=key)
    logs.disassociate_kms_key(logGroupName="probe")
    return made and refuses(logs.associate_kms_key, "InvalidParameterException", logGroupName="probe", kmsKeyId=key)


def filters_have_pages_and_groups(sandbox: ProbedSandbox) -> bool:
    """The probe: two filters are two pages, and a filter needs its group."""
    logs = _logs(sandbox)
    metric = [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]
    for name in ("a", "b"):
        logs.put_metric_filter(logGroupName="probe", filterName=name, filterPattern="", metricTransformations=metric)
    orphan = {"logGroupName": "none", "filterName": "a", "filterPattern": "", "metricTransformations": metric}
    return "nextToken" in logs.describe_metric_filters(logGroupName="probe", limit=1) and refuses(
        logs.put_metric_filter, "ResourceNotFoundException", **orphan
    )


def filters_are_tried(sandbox: ProbedSandbox) -> bool:
    """The probe: a message is held against a filter."""
    tried = _logs(sandbox).test_metric_filter
    found = tried(filterPattern="{ $.a = 1 }", logEventMessages=['{"a": 1}', '{"a": 2}'])["matches"]
    return [each["eventNumber"] for each in found] == [1]


def events_are_filtered(sandbox: ProbedSandbox) -> bool:
    """The probe: of two events, one fits."""
    logs = _logs(sandbox)
    logs.create_log_stream(logGroupName="probe", logStreamName="s")
    now = int(time.time() * 1000)  # what is older than 14 days is taken by nobody
    events = [{"timestamp": now, "message": f'{{"a": {number}}}'} for number in (1, 2)]
    logs.put_log_events(logGroupName="probe", logStreamName="s", logEvents=events)
    found = logs.filter_log_events(logGroupName="probe", filterPattern="{ $.a = 1 }")["events"]
    return [each["message"] for each in found] == ['{"a": 1}']


class Logs(Service[Nothing]):
    """Groups, streams and events are moto's."""

    name = "logs"
    token_error: ClassVar = {"code": "InvalidParameterException", "message": "The specified nextToken is invalid."}
    extends = True
    state_type = Nothing
    probes: ClassVar[Mapping[str, Probe]] = {
        "PutRetentionPolicy": retention_is_checked,
        **dict.fromkeys(("AssociateKmsKey", "CreateLogGroup", "DisassociateKmsKey"), keys_are_checked),
        "FilterLogEvents": events_are_filtered,
        "TestMetricFilter": filters_are_tried,
        **dict.fromkeys(("DescribeMetricFilters", "PutMetricFilter"), filters_have_pages_and_groups),
    }

    def create_log_group(self, call: Call) -> HttpAnswer:
        """Moto takes a key that the service may not use."""
        if "kmsKeyId" in call:
            _check_key(call, call["logGroupName"])
        return call.forward()

    def put_retention_policy(self, call: Call) -> HttpAnswer:
        """Moto takes any number of days."""
        days = call["retentionInDays"]
        if days not in RETENTIONS:
            problem = Problem("enum", "retentionInDays", days, list(RETENTIONS))
            raise Refusal("InvalidParameterException", str(problem))
        return call.forward()

    def associate_kms_key(self, call: Call) -> None:
        """Moto sets a key only when a group is made."""
        group = _group(call, _named(call))
        _check_key(call, group.name)
        group.kms_key_id = call["kmsKeyId"]

    def disassociate_kms_key(self, call: Call) -> None:
        """Moto sets a key only when a group is made."""
        _group(call, _named(call)).kms_key_id = None

    def put_metric_filter(self, call: Call) -> HttpAnswer:
        """Moto takes a filter on a group that does not exist, and keeps the filter that is replaced."""
        _group(call, call["logGroupName"])
        call.backend().filters.delete_filter(call["filterName"], call["logGroupName"])
        return call.forward()

    def filter_log_events(self, call: Call) -> dict[str, Any]:
        """Moto answers with all events where a pattern is for JSON; a page may have fewer than were asked for."""
        answer, text = call.moto(), call.get("filterPattern", "")
        if not text.strip().startswith("{"):
            return answer
        _check_pattern(text)
        return {**answer, "events": [each for each in answer["events"] if log_patterns.matches(text, each["message"])]}

    def test_metric_filter(self, call: Call) -> dict[str, Any]:
        """Moto has no trial of a filter; the sandbox has those for JSON."""
        text = call["filterPattern"]
        _check_pattern(text)
        found = [
            {"eventNumber": number, "eventMessage": message, "extractedValues": {}}
            for number, message in enumerate(call["logEventMessages"], 1)
            if log_patterns.matches(text, message)
        ]
        return {"matches": found}

    def describe_metric_filters(self, call: Call) -> dict[str, Any]:
        """Moto has no pages."""
        if "logGroupName" in call:
            _group(call, call["logGroupName"])
        return call.page("metricFilters", call.moto()["metricFilters"], most=50)


def _check_pattern(text: str) -> None:
    try:
        log_patterns.pattern(text)
    except log_patterns.Unreadable as error:
        raise Refusal("InvalidParameterException", "Invalid metric filter pattern") from error


def _named(call: Call) -> str:
    """By its name, or by its ARN as resourceIdentifier."""
    identifier: str = call.get("resourceIdentifier") or call.get("logGroupName") or ""
    if not identifier:
        raise Refusal("InvalidParameterException", "Either logGroupName or resourceIdentifier is required.")
    return identifier.partition(":log-group:")[2].removesuffix(":*") or identifier


def _group(call: Call, name: str) -> Any:
    found = call.backend().groups.get(name)
    if found is None:
        raise Refusal("ResourceNotFoundException", "The specified log group does not exist.")
    return found


def _check_key(call: Call, group: str) -> None:
    """It exists, works, and its policy lets the Region's service in (User Guide, "Encrypt log data")."""
    arn = call.arn(f"log-group:{group}")
    asked = call["kmsKeyId"]
    found = delivery.key(call.world, asked, call.account, call.region)
    who = delivery.service(call.world, f"logs.{call.region}.amazonaws.com", call.account, arn)
    context = {"kms:encryptioncontext:aws:logs:arn": arn}
    if found is None or not delivery.key_admits(found, who, "kms:Encrypt", context=context):
        raise Refusal(
            "InvalidParameterException",
            f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'",
        )
