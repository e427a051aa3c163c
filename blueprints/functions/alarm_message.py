"""The function behind the alarms: an event becomes a message that names the account and its unit.

It runs in AWS Lambda in the security tooling account, which as a delegated administrator may ask AWS Organizations.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

import boto3  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

SUBJECT = 100
"""Characters of a subject (SNS API reference, Publish)."""
LONGEST = 2_000
SEVERITIES = ((9.0, "CRITICAL"), (7.0, "HIGH"), (4.0, "MEDIUM"), (0.0, "LOW"))
"""What GuardDuty calls a severity from a number on (GuardDuty User Guide, "Severity levels")."""


def handler(event: Mapping[str, Any], context: object) -> int:
    """Publish a message for each thing that the event tells; the answer is their number."""
    told = [*_told(event)]
    for each in told:
        # A line of the function's log, by which a drill knows that a finding has come so far.
        line = {"heard": each.get("id", ""), "region": each["region"], "message": _publish(each)}
        sys.stdout.write(json.dumps(line) + "\n")
    return len(told)


def _told(event: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """What happened: `what`, `account`, `region`, `severity`, `who`, `when`, `where` to look; of a finding its `id`."""
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
            "account": event["account"],
            "region": event["region"],
            "when": event["time"],
        }


def _guardduty(event: Mapping[str, Any], detail: Mapping[str, Any]) -> dict[str, str]:
    region = detail["region"]
    sample = (detail.get("service") or {}).get("additionalInfo", {}).get("sample")
    return {
        "id": detail["id"],
        "what": f"{'[SAMPLE] ' if sample else ''}{detail['type']}: {detail['title']}",
        "account": detail["accountId"],
        "region": region,
        "severity": next(name for least, name in SEVERITIES if float(detail["severity"]) >= least),
        "when": detail.get("updatedAt", event["time"]),
        "where": f"{_console(region)}/guardduty/home?region={region}#/findings?macros=current&fId={detail['id']}",
    }


def _security_hub(finding: Mapping[str, Any], region: str) -> dict[str, str]:
    resources = ", ".join(each["Id"] for each in finding.get("Resources", ()))
    return {
        "id": finding["Id"],
        "what": f"{finding['Title']} ({resources})",
        "account": finding["AwsAccountId"],
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


def _config_rule(detail: Mapping[str, Any]) -> dict[str, str]:
    """A resource that does not comply (AWS Config Developer Guide, "Example Compliance Change Notification")."""
    name, region, result = detail["configRuleName"], detail["awsRegion"], detail["newEvaluationResult"]
    rule = next((found.expand(key) for names, key in RULES if (found := names.fullmatch(name))), name)
    why = f": {result['annotation']}" if result.get("annotation") else ""
    return {
        "what": f"{rule}: {detail['resourceType']} {detail['resourceId']} does not comply{why}",
        "account": detail["awsAccountId"],
        "region": region,
        "when": result["resultRecordedTime"],
        "where": f"{_console(region)}/config/home?region={region}#/rules/details?configRuleName={quote(name, safe='')}",
    }


def _cloudtrail(event: Mapping[str, Any], detail: Mapping[str, Any]) -> dict[str, str]:
    region, who = detail["awsRegion"], detail.get("userIdentity", {})
    name = who.get("arn") or who.get("principalId") or who.get("type", "unknown")
    refused = f", refused: {detail['errorCode']}" if detail.get("errorCode") else ""
    role = (detail.get("requestParameters") or {}).get("roleArn", "")
    return {
        "what": f"{detail['eventSource']} {detail['eventName']} {role}".rstrip() + refused,
        "account": event["account"],
        "region": region,
        "who": f"{name} from {detail.get('sourceIPAddress', 'unknown')}",
        "when": detail["eventTime"],
        "where": f"{_console(region)}/cloudtrailv2/home?region={region}#/events/{detail['eventID']}",
    }


CONSOLES = {"amazonaws.com.cn": "console.amazonaws.cn"}


def _console(region: str) -> str:
    """The address of the console; that of AWS GovCloud is its own."""
    if region.startswith("us-gov-"):
        return f"https://{region}.console.amazonaws-us-gov.com"
    return f"https://{region}.{CONSOLES.get(os.environ['SUFFIX'], 'console.aws.amazon.com')}"


def _publish(told: Mapping[str, str]) -> str:
    """As text for people, and in the form of Amazon Q Developer in chat applications for what takes it over https.

    The answer is the id that SNS gives the message.
    """
    name, unit = _place(told["account"])
    title = f"{told.get('severity', 'ALARM')} in {name}: {told['what']}"
    lines = {
        "What": told["what"],
        "Account": f"{name} ({told['account']}), unit {unit or 'unknown'}",
        "Region": told["region"],
        "Who": told.get("who", ""),
        "When": told["when"],
        "Where to look": told.get("where", ""),
    }
    text = "\n".join(f"{label}: {_plain(value, LONGEST)}" for label, value in lines.items() if value)
    chat = {
        "version": "1.0",
        "source": "custom",
        "content": {"title": _plain(title, SUBJECT), "description": _quoted(text)},
    }
    published = boto3.client("sns").publish(
        TopicArn=os.environ["TOPIC"],
        Subject=_plain(title, SUBJECT),
        MessageStructure="json",
        Message=json.dumps({"default": text, "https": json.dumps(chat)}),
    )
    return str(published["MessageId"])


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
