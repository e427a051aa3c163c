"""A whole world as bytes and back: our state and moto's, in one piece."""

from __future__ import annotations

import io
import pickle
import sys
import threading
import weakref
from collections import defaultdict
from typing import Any

import cloudpickle
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from moto.core.base_backend import BackendDict, backend_lock
from moto.moto_api._internal import mock_random

from landing.sandbox.world import World

BACKEND_DICT_FIELDS = ("backend", "service_name", "_use_boto3_regions", "_additional_regions", "_id")
LOCKS = (type(threading.Lock()), type(threading.RLock()))


def dump(world: World) -> bytes:
    """Everything that `load` needs to bring this world back."""
    return pickle.dumps((pickle.dumps(vars(world), protocol=5), _dump_moto()), protocol=5)


def load(world: World, blob: bytes) -> None:
    """Make `world` and moto what they were when `blob` was made. A blob can run code: only load your own."""
    ours, motos = pickle.loads(blob)
    vars(world).update(pickle.loads(ours))
    _load_moto(motos)


def clear_moto() -> None:
    """Forget all of moto's state, without the work of moto's own reset."""
    with backend_lock:
        for backend_dict in BackendDict._instances:
            backend_dict.clear()
            for value in _extras(backend_dict).values():
                value.clear()
        BackendDict._instances.clear()


def _dump_moto() -> bytes:
    found = {}
    for backend_dict in BackendDict._instances:
        accounts = dict(backend_dict.items())
        if accounts:
            found[_place(backend_dict)] = accounts, _extras(backend_dict)
    buffer = io.BytesIO()
    Pickler(buffer, protocol=5).dump((found, mock_random.getstate()))
    return buffer.getvalue()


def _load_moto(blob: bytes) -> None:
    found, dice = pickle.loads(blob)
    clear_moto()
    with backend_lock:
        for (module, name), (accounts, extras) in found.items():
            backend_dict = getattr(sys.modules[module], name)
            dict.update(backend_dict, accounts)
            for key, value in extras.items():
                getattr(backend_dict, key).update(value)
            BackendDict._instances.append(backend_dict)
    mock_random.setstate(dice)


def _place(backend_dict: Any) -> tuple[str, str]:
    """Where moto keeps a backend dict: module and name."""
    module = backend_dict.backend.__module__
    for name, value in vars(sys.modules[module]).items():
        if value is backend_dict:
            return module, name
    raise LookupError(f"moto keeps the state of {backend_dict.service_name} in an unknown place")


def _extras(backend_dict: Any) -> dict[str, Any]:
    """What a backend dict knows beside its accounts, such as who owns which bucket name."""
    return {key: value for key, value in vars(backend_dict).items() if key not in BACKEND_DICT_FIELDS}


class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """cloudpickle, plus the few unpicklable things that moto keeps."""

    def reducer_override(self, thing: Any) -> Any:
        """How to rebuild a lock, a condition, a weak dictionary or a private key."""
        if isinstance(thing, LOCKS):
            return type(thing), ()
        if isinstance(thing, threading.Condition):
            return threading.Condition, ()
        if isinstance(thing, weakref.WeakValueDictionary):
            return _weak, (dict(thing),)
        if isinstance(thing, PRIVATE_KEYS):
            return _private_key, (_pem(thing),)
        if isinstance(thing, defaultdict) and type(thing) is not defaultdict:
            return _default_dict, (type(thing), thing.default_factory, vars(thing), list(thing.items()))
        return super().reducer_override(thing)


def _default_dict(kind: type[Any], factory: Any, state: dict[str, Any], items: list[Any]) -> Any:
    """A subclass whose __init__ takes arguments of its own, as that of SSM's parameters does."""
    made: Any = defaultdict.__new__(kind)
    defaultdict.__init__(made, factory)
    vars(made).update(state)
    dict.update(made, items)
    return made


def _private_key_types() -> tuple[type, ...]:
    return PrivateKeyTypes.__args__  # type: ignore[no-any-return, attr-defined]


PRIVATE_KEYS = _private_key_types()


def _weak(values: dict[Any, Any]) -> weakref.WeakValueDictionary[Any, Any]:
    return weakref.WeakValueDictionary(values)


def _pem(key: Any) -> bytes:
    pem: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem


def _private_key(pem: bytes) -> Any:
    return serialization.load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)  # our own
