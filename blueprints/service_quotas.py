"""Service quotas of one region are asked for where they are too low, and followed until AWS has raised them."""

import re
from collections.abc import Iterator
from typing import Any

from troposphere import Template

from landing.blueprint.automation import add_document, add_schedule, role_arn
from landing.blueprint.resource_names import SERVICE_QUOTAS

SERVICE, CODE = r"[a-zA-Z][a-zA-Z0-9-]{1,62}", r"L-[0-9A-F]{8}"
"""Service Quotas API reference, RequestServiceQuotaIncrease; codes as AWS gives them."""
OPEN, CLOSED = ("PENDING", "CASE_OPENED"), ("DENIED", "NOT_APPROVED", "CASE_CLOSED")
"""What became of a request (API reference, RequestedServiceQuotaChange); CASE_CLOSED says neither yes nor no."""
WHICH = {"ServiceCode": "{{ ServiceCode }}", "QuotaCode": "{{ QuotaCode }}"}
WANTED = "{{ DesiredValue }}"


def service_quotas(*, quotas: dict[str, int], every_hours: int = 24) -> Template:
    """Each of `quotas`, as `lambda/L-B99A9384: 2000`, has at least this value, or AWS is asked for it.

    CloudFormation has no type for it: when the stack is made and every `every_hours` a document, as the role of
    `service_quotas_role`, which must be there, looks at each. What is as high is left alone, as is a request that is
    open. One that AWS has not granted, of the 90 days that AWS shows, is not made again: the execution fails, and with
    it its association, until somebody asks AWS by hand. What AWS has granted stays when the stack goes.
    """
    if not quotas or not all(re.fullmatch(f"{SERVICE}/{CODE}", each) for each in quotas):
        raise ValueError("`quotas` are values by service and quota, as `lambda/L-B99A9384: 2000`")
    if any(value < 1 for value in quotas.values()) or not 1 <= every_hours <= 720:
        raise ValueError("values of `quotas` are 1 and more; `every_hours` is from 1 to 720")
    template = Template("Requests for service quotas")
    document = add_document(
        template,
        SERVICE_QUOTAS,
        "Asks for a service quota where it is too low",
        role_arn(SERVICE_QUOTAS),
        list(_steps()),
        ServiceCode=f"^{SERVICE}$",
        QuotaCode=f"^{CODE}$",
        DesiredValue=int,
    )
    for quota, value in sorted(quotas.items()):
        service, code = quota.split("/")
        add_schedule(
            template,
            re.sub("[^A-Za-z0-9]", "", f"{service.title()}{code}"),
            document,
            every_hours,
            name=f"{SERVICE_QUOTAS}-{service}-{code}",
            ServiceCode=service,
            QuotaCode=code,
            DesiredValue=str(value),
        )
    return template


def _steps() -> Iterator[dict[str, Any]]:
    value = [{"Name": "Value", "Selector": "$.Quota.Value", "Type": "Integer"}]
    optional = {"isCritical": False, "onFailure": "step:default"}  # of some, only the default is known
    yield {**_call("applied", "GetServiceQuota"), "outputs": value, **optional}
    yield _choice("enough", "applied.Value", "adjustable", "done", NumericGreaterOrEquals=WANTED)
    yield {**_call("default", "GetAWSDefaultServiceQuota"), "outputs": value}
    yield _choice("enoughByDefault", "default.Value", "adjustable", "done", NumericGreaterOrEquals=WANTED)
    fixed = "Fails where AWS raises this quota for nobody: leave it out of the config."
    yield {
        **_assertion("adjustable", "GetAWSDefaultServiceQuota", "$.Quota.Adjustable", "true"),
        "description": fixed,
    }
    looks = [(status, "done") for status in OPEN] + [(status, "refused") for status in CLOSED]
    names = [status.title().replace("_", "") for status, _ in looks]
    for (status, then), name, following in zip(looks, names, [*names[1:], ""], strict=True):
        otherwise = f"look{following}" if following else "request"
        yield {
            **_call(f"look{name}", "ListRequestedServiceQuotaChangeHistoryByQuota", Status=status),
            "outputs": [{"Name": "Status", "Selector": "$.RequestedQuotas[0].Status", "Type": "String"}],
            "isCritical": False,  # as where there is none
            "onFailure": f"step:{otherwise}",
        }
        yield _choice(f"is{name}", f"look{name}.Status", otherwise, then, StringEquals=status)
    yield {**_call("request", "RequestServiceQuotaIncrease", DesiredValue=WANTED), "isEnd": True}
    # No request is open when this step is reached, so it fails always, and shows what became of them.
    statuses = "$.RequestedQuotas[*].Status"
    told = "Fails, as AWS has not granted this quota in 90 days: read the case in AWS Support, and ask again by hand."
    yield {
        **_assertion("refused", "ListRequestedServiceQuotaChangeHistoryByQuota", statuses, OPEN[0]),
        "description": told,
        "isEnd": True,
    }
    yield {"name": "done", "action": "aws:sleep", "isEnd": True, "inputs": {"Duration": "PT1S"}}


def _call(name: str, api: str, **inputs: str) -> dict[str, Any]:
    return {
        "name": name,
        "action": "aws:executeAwsApi",
        "inputs": {"Service": "service-quotas", "Api": api, **WHICH, **inputs},
    }


def _assertion(name: str, api: str, selector: str, value: str) -> dict[str, Any]:
    asked = _call(name, api)
    inputs = {**asked["inputs"], "PropertySelector": selector, "DesiredValues": [value]}
    return {**asked, "action": "aws:assertAwsResourceProperty", "inputs": inputs}


def _choice(name: str, output: str, otherwise: str, then: str, **compared: str) -> dict[str, Any]:
    """To the step `then` where an output compares so, and `otherwise` to another."""
    choice = {"NextStep": then, "Variable": f"{{{{ {output} }}}}", **compared}
    return {"name": name, "action": "aws:branch", "inputs": {"Choices": [choice], "Default": otherwise}}
