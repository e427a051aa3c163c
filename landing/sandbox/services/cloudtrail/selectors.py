"""Event selectors, basic or advanced, and Insights selectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from landing.core.constraints.trail import EXCLUDED_SOURCES, MOST_VALUES, can_have
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudtrail.state import DEFAULT_SELECTOR, Trail, find, find_own

_invalid = Refusal.of("InvalidEventSelectorsException")

BASIC_TYPES = ("AWS::DynamoDB::Table", "AWS::Lambda::Function", "AWS::S3::Object")
CATEGORIES = ("Management", "Data", "NetworkActivity")
OPERATORS = ("Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")
EQUALS_ONLY = ("eventCategory", "readOnly", "resources.type")
FIELDS = {
    "Management": ("eventCategory", "eventSource", "readOnly", "eventName", "eventType", "sessionCredentialFromConsole",
                   "userIdentity.arn"),
    "Data": ("eventCategory", "resources.type", "readOnly", "eventName", "eventSource", "eventType", "resources.ARN",
             "sessionCredentialFromConsole", "userIdentity.arn"),
    "NetworkActivity": ("eventCategory", "eventSource", "eventName", "errorCode", "vpcEndpointId"),
}  # fmt: skip
MOST_BASIC = 5


def put_event_selectors(call: Call) -> dict[str, Any]:
    """Basic ones or advanced ones: each replaces the other (API reference, PutEventSelectors)."""
    trail = find_own(call, call["TrailName"])
    basic, advanced = call.get("EventSelectors"), call.get("AdvancedEventSelectors")
    if (basic is None) == (advanced is None):
        raise _invalid("Specify either EventSelectors or AdvancedEventSelectors.")
    if basic is not None:
        _check_basic(basic)
        trail.selectors, trail.advanced = [{**DEFAULT_SELECTOR, **selector} for selector in basic], None
    else:
        assert advanced is not None
        _check_advanced(advanced)
        trail.selectors, trail.advanced = None, advanced
    return get_event_selectors(call)


def get_event_selectors(call: Call) -> dict[str, Any]:
    """All management events by default (API reference, GetEventSelectors)."""
    trail = find(call, call["TrailName"])
    found = {"TrailARN": trail.arn(call.partition)}
    if trail.advanced is not None:
        return {**found, "AdvancedEventSelectors": trail.advanced}
    return {**found, "EventSelectors": trail.selectors or [DEFAULT_SELECTOR]}


def _check_basic(selectors: Sequence[dict[str, Any]]) -> None:
    if not 1 <= len(selectors) <= MOST_BASIC:
        raise _invalid(f"A trail has 1 to {MOST_BASIC} event selectors.")
    for selector in selectors:
        for resource in selector.get("DataResources") or ():
            if resource.get("Type") not in BASIC_TYPES:
                raise _invalid(f"Data resources of basic event selectors cannot be of type {resource.get('Type')}.")


def _check_advanced(selectors: Sequence[dict[str, Any]]) -> None:
    values = 0
    if not selectors:
        raise _invalid("At least one advanced event selector is required.")
    for selector in selectors:
        fields = {}
        for part in selector["FieldSelectors"]:
            operators = {name: part[name] for name in OPERATORS if part.get(name)}
            if not operators or part["Field"] in fields:
                raise _invalid(f"The field {part['Field']} needs operators, once.")
            if part["Field"] in EQUALS_ONLY and set(operators) != {"Equals"}:
                raise _invalid(f"The field {part['Field']} supports Equals only.")
            fields[part["Field"]] = operators
            values += sum(map(len, operators.values()))
        _check_fields(fields)
    if values > MOST_VALUES:
        raise _invalid(f"Advanced event selectors have at most {MOST_VALUES} values.")


def _check_fields(fields: dict[str, dict[str, list[str]]]) -> None:
    """Advanced event selectors of each category have fields of their own (botocore: AdvancedFieldSelector)."""
    category = fields.get("eventCategory", {}).get("Equals", [])
    if len(category) != 1 or category[0] not in CATEGORIES:
        raise _invalid(f"eventCategory must equal one of {', '.join(CATEGORIES)}.")
    unknown = sorted(set(fields) - set(FIELDS[category[0]]))
    if unknown:
        raise _invalid(f"{unknown[0]} is not a field of {category[0]} events.")
    source = fields.get("eventSource", {})
    if category[0] == "Management" and not (set(source) <= {"NotEquals"} and _all_excluded(source)):
        raise _invalid(f"eventSource of management events supports NotEquals of {' and '.join(EXCLUDED_SOURCES)} only.")
    if category[0] == "Data" and len(fields.get("resources.type", {}).get("Equals", [])) != 1:
        raise _invalid("Data events need exactly one resources.type.")
    if category[0] == "NetworkActivity" and not fields.get("eventSource", {}).get("Equals"):
        raise _invalid("Network activity events need an eventSource.")
    if fields.get("readOnly", {}).get("Equals", ["true"]) not in (["true"], ["false"]):
        raise _invalid("readOnly must equal true or false.")


def _all_excluded(source: dict[str, list[str]]) -> bool:
    return set(source.get("NotEquals", ())) <= set(EXCLUDED_SOURCES)


def put_insight_selectors(call: Call) -> dict[str, Any]:
    """Only over events that the trail logs; none switches them off (API reference, PutInsightSelectors)."""
    if "EventDataStore" in call or "InsightsDestination" in call or "TrailName" not in call:
        raise Refusal("InvalidParameterCombinationException", "TrailName is required.")
    trail = find_own(call, call["TrailName"])
    for selector in call["InsightSelectors"]:
        if "InsightType" not in selector:
            raise Refusal("InvalidInsightSelectorsException", "InsightType is required.")
        logged = _logged(trail, (selector.get("EventCategories") or ["Management"])[0])
        if not can_have(selector["InsightType"], logged):
            raise Refusal(
                "InvalidInsightSelectorsException",
                f"The trail does not log the events that {selector['InsightType']} needs.",
            )
    trail.insights = call["InsightSelectors"]
    return {"TrailARN": trail.arn(call.partition), "InsightSelectors": trail.insights}


def _logged(trail: Trail, category: str) -> set[str]:
    """Read, Write, both or none: which events of a category a trail logs."""
    logged: set[str] = set()
    if trail.advanced is None:
        for selector in trail.selectors or [DEFAULT_SELECTOR]:
            if selector["IncludeManagementEvents"] if category == "Management" else selector["DataResources"]:
                kind = selector["ReadWriteType"]
                logged |= {"All": {"Read", "Write"}, "ReadOnly": {"Read"}, "WriteOnly": {"Write"}}[kind]
        return logged
    for selector in trail.advanced:
        fields = {part["Field"]: part.get("Equals") for part in selector["FieldSelectors"]}
        if fields["eventCategory"] == [category]:
            read_only = fields.get("readOnly")
            logged |= {"Read", "Write"} if read_only is None else {"Read"} if read_only == ["true"] else {"Write"}
    return logged


def get_insight_selectors(call: Call) -> dict[str, Any]:
    """Refused when there are none (API reference, GetInsightSelectors)."""
    if "TrailName" not in call:
        raise Refusal("InvalidParameterCombinationException", "TrailName is required.")
    trail = find(call, call["TrailName"])
    if not trail.insights:
        raise Refusal("InsightNotEnabledException", f"Insights are not enabled on the trail {trail.name}.")
    return {"TrailARN": trail.arn(call.partition), "InsightSelectors": trail.insights}
