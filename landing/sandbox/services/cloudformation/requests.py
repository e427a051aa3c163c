"""The stack, template or body that a call names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation import document, lookup, parameters, sections, support
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.state import Stack, Wanted, state_of
from landing.sandbox.world import World

S3_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?")
MOST_TAGS = 50
STACK_ID = re.compile(r"arn:[a-z-]+:cloudformation:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):stack/.+")


def absent(name: str) -> Refusal:
    """What is answered to a name that no stack has."""
    return wrong(f"Stack with id {name} does not exist")


def any_stack(call: Call, name: str) -> Stack:
    """A stack by its name, or by its id even after it was deleted."""
    state = state_of(call.world, call.account, call.region)
    stack = state.stacks.get(state.names.get(name, name))
    if stack is None or (not stack.is_live and name != stack.id):
        raise absent(name)
    return stack


def live(call: Call, name: str) -> Stack:
    """A stack that is not deleted."""
    stack = any_stack(call, name)
    if not stack.is_live:
        raise absent(name)
    return stack


def body(call: Call) -> str | None:
    """The template in the call, or behind its URL; None if there is neither."""
    if "TemplateBody" in call and "TemplateURL" in call:
        raise wrong("You cannot specify both Template URL and Template Body.")
    if "TemplateURL" in call:
        found = fetched(call, call["TemplateURL"])
        document.check_size(found, document.LARGEST_IN_S3)
        return found
    if "TemplateBody" in call:
        given: str = call["TemplateBody"]
        document.check_size(given)
        return given
    return None


def fetched(call: Call, url: str) -> str:
    """The text of an object in S3, by its `https://` or `s3://` URL."""
    parts = urlsplit(url)
    found = S3_HOST.fullmatch(parts.hostname or "")
    path = unquote(parts.path.lstrip("/"))
    if parts.scheme == "s3":
        bucket, key = parts.netloc, path
    elif parts.scheme == "https" and found is not None:
        bucket, key = (found["bucket"], path) if found["bucket"] else path.split("/", 1)
    else:
        raise wrong("TemplateURL must be a supported URL.")
    try:
        text: str = call.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    except ClientError as error:
        raise wrong(f"S3 error: {error.response['Error']['Message']}") from error
    return text


def wanted(call: Call, text: str, previous: Wanted | None = None) -> Wanted:
    """What a call that creates or updates a stack asks for; `previous` is what the stack is until then."""
    found = sections.read(text)
    support.check(found)
    given = parameters.values(found, call.get("Parameters", []), previous.parameters if previous else {})
    keeps_tags = previous is not None and "Tags" not in call
    return Wanted(
        body=text,
        parameters=given,
        resolved=lookup.resolved_parameters(call.world, call.account, call.region, found, given),
        tags=previous.tags if previous and keeps_tags else tags(call.get("Tags", [])),
        capabilities=tuple(call.get("Capabilities", ())),
        role=call.get("RoleARN", previous.role if previous else None),
        notifications=tuple(call.get("NotificationARNs", previous.notifications if previous else ())),
    )


def tags(given: list[Mapping[str, str]]) -> dict[str, str]:
    """Tags as a mapping; refused when there are too many or one is AWS's own."""
    found = {tag["Key"]: tag["Value"] for tag in given}
    if len(found) > MOST_TAGS or len(found) < len(given):
        raise wrong(f"Tags must be at most {MOST_TAGS}, and have different keys")
    if any(key.lower().startswith("aws:") for key in found):
        raise wrong("aws: prefixed tag key names are not allowed for external use.")
    return found


def tag_list(found: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as the API shows them."""
    return [{"Key": key, "Value": value} for key, value in found.items()]


def previous_body(call: Call, stack: Stack) -> str:
    """The template of a call that may also ask for the stack's own."""
    given = body(call)
    if given is not None and call.get("UsePreviousTemplate"):
        raise wrong("You cannot specify both usePreviousTemplate and Template Body/Template URL.")
    if given is None and not call.get("UsePreviousTemplate"):
        raise wrong("Either Template URL or Template Body must be specified.")
    return stack.wanted.body if given is None else given


def anywhere(world: World, stack_id: str) -> Stack:
    """A live stack of any account and Region, by its id."""
    found = STACK_ID.fullmatch(stack_id)
    stack = state_of(world, found["account"], found["region"]).stacks.get(stack_id) if found else None
    if stack is None or not stack.is_live:
        raise Refusal("StackNotFoundException", f"Stack {stack_id} does not exist")
    return stack
