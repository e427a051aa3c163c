"""What botocore works out anew for every session and client, worked out once in a test run, which opens thousands."""

from __future__ import annotations

from functools import lru_cache
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from botocore import client, hooks

_creator: Any = client.ClientCreator
_aliaser: Any = hooks.EventAliaser
_hooks: Any = hooks

_create_client_class = _creator._create_client_class
_alias_event_name = _aliaser._alias_event_name
_accepts_kwargs = hooks.accepts_kwargs

_classes: dict[str, type] = {}
_keywords: WeakKeyDictionary[FunctionType, Any] = WeakKeyDictionary()
_any_aliaser = _aliaser(None)


def _client_class(creator: Any, service: str, model: Any) -> type:
    """A method for each operation of the service, with its documentation: a hundredth of a second."""
    if service not in _classes:
        _classes[service] = _create_client_class(creator, service, model)
    return _classes[service]


@lru_cache(None)
def _event_name(name: str) -> str:
    """By aliases that are a constant of botocore."""
    return str(_alias_event_name(_any_aliaser, name))


def _keywords_of(function: Any) -> Any:
    plain = getattr(function, "__func__", function)
    if not isinstance(plain, FunctionType):
        return _accepts_kwargs(function)
    if plain not in _keywords:
        _keywords[plain] = _accepts_kwargs(plain)
    return _keywords[plain]


def install() -> None:
    _creator._create_client_class = _client_class
    _aliaser._alias_event_name = lambda _, name: _event_name(name)
    _hooks.accepts_kwargs = _keywords_of
