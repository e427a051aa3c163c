"""The function behind the alarms: an event becomes a message that names the account and its unit.

It runs in AWS Lambda in the security tooling account, which as a delegated administrator may ask AWS Organizations.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

import boto3  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

SUBJECT = 100
"""Characters of a subject (SNS API reference, Publish)."""
LONGEST = 2_000
MOST_ACCOUNTS = 10
"""Accounts that a message names."""
FEW = 5
"""Calls and callers of which it is said how often they are there."""
RECORDS, READING = 1_000, 30
"""Records of the trail, and seconds, after which no more are read."""
SEVERITIES = ((9.0, "CRITICAL"), (7.0, "HIGH"), (4.0, "MEDIUM"), (0.0, "LOW"))
"""What GuardDuty calls a severity from a number on (GuardDuty User Guide, "Severity levels")."""


Told = dict[str, Any]
"""What happened: `what`, `accounts` (each with what is said of it), `region`, `severity`, `who`, `when`, `where`;
of a finding, and of what CloudWatch has found, its `id`; of the latter the `problem` where the trail cannot be read."""


def handler(event: Mapping[str, Any], context: object) -> int:
    """Publish a message for each thing that the event tells; the answer is their number."""
    told = [*_told(event)]
    for each in told:
        # A line of the function's log, by which a drill knows that it has come so far.
        line = {"heard": each.get("id", ""), "region": each["region"], "message": _publish(each)}
        sys.stdout.write(json.dumps({**line, "problem": each.get("problem", "")}) + "\n")
    return len(told)


def _told(event: Mapping[str, Any]) -> Iterator[Told]:
    if "Records" in event:  # of the topic to which CloudWatch publishes
        for record in event["Records"]:
            yield _trail(json.loads(record["Sns"]["Message"]))
        return
    kind, detail = event["detail-type"], event["detail"]
    if kind == "GuardDuty Finding":
        yield _guardduty(event, detail)
    elif kind.startswith("Security Hub Findings"):
        for finding in detail["findings"]:
            yield _security_hub(finding, event["region"])
    elif kind == "Config Rules Compliance Change":
        yield _config_rule(detail)
    elif kind.endswith("via CloudTrail"):
        yield _cloudtrail(event, detail)
    else:
        yield {
            "what": f"{kind}: {json.dumps(detail)}",
            "accounts": {event["account"]: ""},
            "region": event["region"],
            "when": event["time"],
        }


def _guardduty(event: Mapping[str, Any], detail: Mapping[str, Any]) -> Told:
    region = detail["region"]
    sample = (detail.get("service") or {}).get("additionalInfo", {}).get("sample")
    return {
        "id": detail["id"],
        "what": f"{'[SAMPLE] ' if sample else ''}{detail['type']}: {detail['title']}",
        "accounts": {detail["accountId"]: ""},
        "region": region,
        "severity": next(name for least, name in SEVERITIES if float(detail["severity"]) >= least),
        "when": detail.get("updatedAt", event["time"]),
        "where": f"{_console(region)}/guardduty/home?region={region}#/findings?macros=current&fId={detail['id']}",
    }


def _security_hub(finding: Mapping[str, Any], region: str) -> Told:
    resources = ", ".join(each["Id"] for each in finding.get("Resources", ()))
    return {
        "id": finding["Id"],
        "what": f"{finding['Title']} ({resources})",
        "accounts": {finding["AwsAccountId"]: ""},
        "region": finding.get("Region", region),
        "severity": finding["Severity"]["Label"],
        "when": finding["UpdatedAt"],
        "where": f"{_console(region)}/securityhub/home?region={region}#/findings?search=Id%3D{finding['Id']}",
    }


RULES = (
    (re.compile(r"OrgConfigRule-(?:landing-)?(.+)-[a-z0-9]{8}"), r"rules.\1"),
    (re.compile(r"(.+)-conformance-pack-[a-z0-9]+"), r"\1 of a conformance pack"),
    (re.compile(r"landing-(.+)"), r"remediations.\1"),
)
"""What a rule is called in an account, and what the config calls it."""


def _config_rule(detail: Mapping[str, Any]) -> Told:
    """A resource that does not comply (AWS Config Developer Guide, "Example Compliance Change Notification")."""
    name, region, result = detail["configRuleName"], detail["awsRegion"], detail["newEvaluationResult"]
    rule = next((found.expand(key) for names, key in RULES if (found := names.fullmatch(name))), name)
    why = f": {result['annotation']}" if result.get("annotation") else ""
    return {
        "what": f"{rule}: {detail['resourceType']} {detail['resourceId']} does not comply{why}",
        "accounts": {detail["awsAccountId"]: ""},
        "region": region,
        "when": result["resultRecordedTime"],
        "where": f"{_console(region)}/config/home?region={region}#/rules/details?configRuleName={quote(name, safe='')}",
    }


def _cloudtrail(event: Mapping[str, Any], detail: Mapping[str, Any]) -> Told:
    region = detail["awsRegion"]
    refused = f", refused: {detail['errorCode']}" if detail.get("errorCode") else ""
    role = (detail.get("requestParameters") or {}).get("roleArn", "")
    return {
        "what": f"{detail['eventSource']} {detail['eventName']} {role}".rstrip() + refused,
        "accounts": {event["account"]: ""},
        "region": region,
        "who": f"{_caller(detail)} from {detail.get('sourceIPAddress', 'unknown')}",
        "when": detail["eventTime"],
        "where": f"{_console(region)}/cloudtrailv2/home?region={region}#/events/{detail['eventID']}",
    }


def _trail(alarm: Mapping[str, Any]) -> Told:
    """What a filter on the log group of the trail has counted (CloudWatch User Guide, "Amazon SNS notifications")."""
    description = alarm.get("AlarmDescription") or alarm["AlarmName"]  # somebody may have taken it away
    title, _, where = description.partition(". Where to look: ")
    region, reason = alarm["AlarmArn"].split(":")[3], alarm["NewStateReason"]
    sample = "[SAMPLE] " if reason.startswith("[SAMPLE]") else ""
    told: Told = {
        "id": f"{alarm['AlarmName']} {reason}",
        "what": f"{sample}{title}",
        "accounts": {},
        "region": region,
        "when": alarm["StateChangeTime"],
        "where": f"account {alarm['AWSAccountId']}, {where or 'CloudWatch, alarm ' + alarm['AlarmName']}",
    }
    try:
        records = _records(alarm, region)
    except (BotoCoreError, ClientError, LookupError, ValueError) as error:  # it is told, whatever the log says
        return {**told, "problem": f"the log group of the trail cannot be read: {error}"}
    by_account: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        by_account.setdefault(record.get("recipientAccountId", ""), []).append(record)
    most_first = sorted(by_account.items(), key=lambda each: (-len(each[1]), each[0]))
    accounts = {account: _counted(map(_named, found)) for account, found in most_first}
    return {**told, "accounts": accounts, "who": _counted(map(_caller, records))}


def _records(alarm: Mapping[str, Any], region: str) -> list[Mapping[str, Any]]:
    """Records of the trail that the filter behind the alarm counts, of the time that it looks at and as much before."""
    given = boto3.client("sts").assume_role(RoleArn=os.environ["TRAIL_READER"], RoleSessionName="landing-alarms")
    keys, trigger = given["Credentials"], alarm["Trigger"]
    logs = boto3.client(
        "logs",
        region_name=region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    group, named = os.environ["TRAIL"], alarm["AlarmName"]  # as the filter is named
    until = int(datetime.strptime(alarm["StateChangeTime"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp() * 1000)
    since = until - 2 * trigger["Period"] * trigger["EvaluationPeriods"] * 1000
    found: list[Mapping[str, Any]] = []
    stop = time.monotonic() + READING
    filters = logs.describe_metric_filters(logGroupName=group, filterNamePrefix=named)["metricFilters"]
    patterns = {each["filterName"]: each["filterPattern"] for each in filters}
    if named not in patterns:
        raise LookupError(f"no filter {named}")
    asked = {"logGroupName": group, "filterPattern": patterns[named]}
    for page in logs.get_paginator("filter_log_events").paginate(**asked, startTime=since, endTime=until):
        found += [json.loads(each["message"]) for each in page["events"]]
        if len(found) >= RECORDS or time.monotonic() > stop:
            break
    return found


def _named(record: Mapping[str, Any]) -> str:
    refused = f" ({record['errorCode']})" if record.get("errorCode") else ""
    return f"{record.get('eventSource', '')} {record.get('eventName', '')}{refused}".strip()


def _caller(record: Mapping[str, Any]) -> str:
    who = record.get("userIdentity") or {}
    return str(who.get("arn") or who.get("principalId") or who.get("type") or "unknown")


def _counted(texts: Iterable[str]) -> str:
    """The most frequent ones, with how often they are there."""
    counts = Counter(texts)
    said = ", ".join(f"{text} x {times}" if times > 1 else text for text, times in counts.most_common(FEW))
    return f"{said} and {len(counts) - FEW} more" if len(counts) > FEW else said


CONSOLES = {"amazonaws.com.cn": "console.amazonaws.cn"}


def _console(region: str) -> str:
    """The address of the console; that of AWS GovCloud is its own."""
    if region.startswith("us-gov-"):
        return f"https://{region}.console.amazonaws-us-gov.com"
    return f"https://{region}.{CONSOLES.get(os.environ['SUFFIX'], 'console.aws.amazon.com')}"


def _publish(told: Told) -> str:
    """As text for people, and in the form of Amazon Q Developer in chat applications for what takes it over https.

    The answer is the id that SNS gives the message.
    """
    named = [(account, *_place(account), more) for account, more in list(told["accounts"].items())[:MOST_ACCOUNTS]]
    left = len(told["accounts"]) - len(named)
    first = named[0][1] if named else "an unknown account"
    others = f" and {len(told['accounts']) - 1} more" if len(told["accounts"]) > 1 else ""
    title = f"{told.get('severity', 'ALARM')} in {first}{others}: {told['what']}"
    lines = [("What", told["what"])]
    for account, name, unit, more in named:
        lines.append(("Account", f"{name} ({account}), unit {unit or 'unknown'}{f': {more}' if more else ''}"))
    if not named:
        unknown = told.get("problem", "the log group of the trail has no record of it yet")
        lines.append(("Account", f"unknown: {unknown}"))
    lines.append(("Account", f"and {left} more" if left else ""))
    lines += [
        ("Region", told["region"]),
        ("Who", told.get("who", "")),
        ("When", told["when"]),
        ("Where to look", told.get("where", "")),
    ]
    text = "\n".join(f"{label}: {_plain(value, LONGEST)}" for label, value in lines if value)
    published = boto3.client("sns").publish(
        TopicArn=os.environ["TOPIC"],
        Subject=_plain(title, SUBJECT),
        MessageStructure="json",
        Message=json.dumps({"default": text, "https": json.dumps(_chat(title, text))}),
    )
    return str(published["MessageId"])


def _chat(title: str, text: str) -> dict[str, object]:
    """A custom notification of Amazon Q Developer in chat applications, which calls nobody and links nothing."""
    content = {"title": _quoted(_plain(title, SUBJECT)), "description": _quoted(text)}
    return {"version": "1.0", "source": "custom", "content": content}


def _plain(text: str, most: int) -> str:
    """Printable ASCII in one line: SNS takes no other subject, and texts of an event are anybody's."""
    line = "".join(letter if " " <= letter <= "~" else "?" for letter in text)
    return line if len(line) <= most else f"{line[: most - 3]}..."


def _quoted(text: str) -> str:
    """Without what chat applications read as a mention or a link of another name."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "(at)")


@cache
def _place(account: str) -> tuple[str, str]:
    """The name of an account and the path of its unit; its id and nothing where AWS Organizations does not say."""
    organizations = boto3.client("organizations")
    try:
        name = organizations.describe_account(AccountId=account)["Account"]["Name"]
        units: list[str] = []
        child = account
        while True:
            parent = organizations.list_parents(ChildId=child)["Parents"][0]
            if parent["Type"] == "ROOT":
                return name, "/".join(units) or "root"
            unit = organizations.describe_organizational_unit(OrganizationalUnitId=parent["Id"])["OrganizationalUnit"]
            units.insert(0, unit["Name"])
            child = parent["Id"]
    except ClientError:
        return account, ""
