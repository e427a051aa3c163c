"""A request as a caller gives it, checked and read: what an evaluation starts from."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from landing.policy.principals import Principal, parse_principal

Request = Mapping[str, Any]


class Asked(NamedTuple):
    """A request, read. The keys of `context` are in lower case, those that follow from the request included."""

    action: str
    principal: Principal
    resource: str
    context: dict[str, object]


def read_request(request: Request) -> Asked:
    """Read a request. Raises ValueError when it is none, and says what of it is wrong."""
    try:
        action, resource = request["action"], request.get("resource") or "*"
        principal = parse_principal(request.get("principal") or "")
        context: dict[str, object] = dict(principal.keys)
        account = request.get("resourceAccount")
        if account:
            context["aws:resourceaccount"] = account
        given = request.get("context")
        if given:
            lowered = {key.lower(): value for key, value in given.items()}
            if len(lowered) != len(given):
                raise ValueError("the context has a key twice, in different case")
            context.update(lowered)
    except (TypeError, AttributeError, KeyError):
        raise ValueError(_fault(request)) from None
    if not isinstance(action, str) or not isinstance(resource, str) or not isinstance(account, str | None):
        raise ValueError(_fault(request))  # noqa: TRY004 - a request is read from a file
    return Asked(action, principal, resource, context)


def checked_action(action: str) -> str:
    """The action, if its text is that of one: a pattern is not. Raises ValueError."""
    service, _, name = action.partition(":")
    if not service or not name or set(action) & set("*?"):
        raise ValueError(f"{action!r} is no action: service:Name is the form")
    return action


def _fault(request: object) -> str:
    """What keeps an object from being a request; looked for only once it is known not to be one."""
    if not isinstance(request, Mapping):
        return f"{request!r} is no request: a mapping with principal, action, resource and context is expected"
    if "action" not in request:
        return f"the request has no action: it has {', '.join(map(str, request)) or 'nothing'}"
    if not isinstance(request["action"], str):
        return f"{request['action']!r} is no action: service:Name is the form"
    for name in ("principal", "resource", "resourceAccount"):
        if not isinstance(request.get(name), str | None):
            return f"the request's {name} is no text: {request[name]!r}"
    context = request.get("context")
    if not isinstance(context, Mapping):
        return f"the request's context is no mapping of condition keys to values: {context!r}"
    keys = ", ".join(repr(key) for key in context if not isinstance(key, str))
    return f"the request's context has a condition key that is no text: {keys}"
