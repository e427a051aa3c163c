"""Amazon CloudWatch Logs: moto's, with the keys of log groups and metric filters that replace each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from landing.sandbox.call import Call
from landing.sandbox.http import HttpAnswer
from landing.sandbox.refusal import Refusal
from landing.sandbox.service import Service

if TYPE_CHECKING:
    from landing.sandbox import Sandbox

GROUP, KEY = "probe", "arn:aws:kms:us-east-1:123456789012:key/probe"


def _client(sandbox: Sandbox) -> Any:
    client: Any = sandbox.session().client("logs", region_name="us-east-1")
    client.create_log_group(logGroupName=GROUP)
    return client


def keys_change(sandbox: Sandbox) -> bool:
    """The probe: a log group gets a key, and loses it."""
    client = _client(sandbox)
    client.associate_kms_key(logGroupName=GROUP, kmsKeyId=KEY)
    (group,) = client.describe_log_groups()["logGroups"]
    client.disassociate_kms_key(logGroupName=GROUP)
    (after,) = client.describe_log_groups()["logGroups"]
    return group.get("kmsKeyId") == KEY and "kmsKeyId" not in after


def filters_replace_each_other(sandbox: Sandbox) -> bool:
    """The probe: a filter of the same name takes the place of the first; one without a log group is refused."""
    client = _client(sandbox)
    metric = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    wanted = {"filterName": "f", "metricTransformations": [metric]}
    for pattern in ("a", "b"):
        client.put_metric_filter(logGroupName=GROUP, filterPattern=pattern, **wanted)
    found = [one["filterPattern"] for one in client.describe_metric_filters()["metricFilters"]]
    try:
        client.put_metric_filter(logGroupName="nowhere", filterPattern="a", **wanted)
    except ClientError as error:
        return found == ["b"] and error.response["Error"]["Code"] == "ResourceNotFoundException"
    return False


@dataclass
class Nothing:
    """What CloudWatch Logs keeps is in moto's backend."""


class Logs(Service[Nothing]):
    """Groups, streams and events are moto's."""

    name = "logs"
    extends = True
    state_type = Nothing
    probes = {
        "AssociateKmsKey": keys_change,
        "DisassociateKmsKey": keys_change,
        "PutMetricFilter": filters_replace_each_other,
    }

    def associate_kms_key(self, call: Call) -> None:
        """Moto cannot change the key of a log group."""
        _group(call).kms_key_id = call["kmsKeyId"]

    def disassociate_kms_key(self, call: Call) -> None:
        """Moto cannot change the key of a log group."""
        _group(call).kms_key_id = None

    def put_metric_filter(self, call: Call) -> HttpAnswer:
        """Moto keeps the filter that is replaced, and takes one for a log group that does not exist."""
        _group(call)
        filters = call.backend().filters
        filters.delete_filter(call["filterName"], call["logGroupName"])
        return call.forward()


def _group(call: Call) -> Any:
    name = call.get("logGroupName") or str(call.get("resourceIdentifier", "")).rpartition(":log-group:")[2]
    group = call.backend().groups.get(name)
    if group is None:
        raise Refusal("ResourceNotFoundException", "The specified log group does not exist.")
    return group
