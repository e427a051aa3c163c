"""What botocore works out anew for every session and client, worked out once in a test run, which opens thousands."""

from __future__ import annotations

from copy import copy
from functools import lru_cache
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from botocore import client, hooks, session

_creator: Any = client.ClientCreator
_aliaser: Any = hooks.EventAliaser
_hooks: Any = hooks
_trie: Any = hooks._PrefixTrie
_session: Any = session.Session

_create_client_class = _creator._create_client_class
_alias_event_name = _aliaser._alias_event_name
_accepts_kwargs = hooks.accepts_kwargs
_register_builtin_handlers = _session._register_builtin_handlers
_append_item, _remove_item, _copy_all = _trie.append_item, _trie.remove_item, _trie._recursive_copy

_classes: dict[str, type] = {}
_keywords: WeakKeyDictionary[FunctionType, Any] = WeakKeyDictionary()
_builtin: list[Any] = []
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


def _copy_trie(trie: Any) -> Any:
    """The handlers of a session or client, of which its copy takes over every node until one of them changes it."""
    made = _trie()
    made._root, made._own, trie._own = trie._root, set(), set()
    return made


def _append(trie: Any, key: str, value: Any, **section: int) -> None:
    own: set[int] | None = vars(trie).get("_own")
    if own is not None:
        node = trie._root = _own(trie._root, own)
        for part in key.split("."):
            if part not in node["children"]:
                break
            node["children"][part] = node = _own(node["children"][part], own)
        # what is made below is reached from here alone, and no other trie has it
    _append_item(trie, key, value, **section)


def _own(node: dict[str, Any], own: set[int]) -> dict[str, Any]:
    if id(node) in own:
        return node
    mine = {**node, "children": {**node["children"]}, "values": copy(node["values"])}
    own.add(id(mine))
    return mine


def _remove(trie: Any, key: str, value: Any) -> None:
    if vars(trie).pop("_own", None) is not None:
        trie._root = _copy_all(trie, trie._root)
    _remove_item(trie, key, value)


def _register_builtin(opened: Any, events: Any) -> None:
    """Handlers that are a constant of botocore, for an emitter that has none yet."""
    if not _builtin:
        _register_builtin_handlers(opened, events)
        _builtin.append(copy(events._emitter))
    vars(events._emitter).update(vars(copy(_builtin[0])))


def install() -> None:
    _creator._create_client_class = _client_class
    _aliaser._alias_event_name = lambda _, name: _event_name(name)
    _hooks.accepts_kwargs = _keywords_of
    _trie.__copy__, _trie.append_item, _trie.remove_item = _copy_trie, _append, _remove
    _session._register_builtin_handlers = _register_builtin
