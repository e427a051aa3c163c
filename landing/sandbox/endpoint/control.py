"""What a sandbox server answers about itself, under `/_sandbox/`, to whoever has its secret key."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any

from landing.sandbox.endpoint.keeper import Keeper
from landing.sandbox.protocol.http import HttpAnswer, HttpRequest
from landing.sandbox.services.organizations.seed import Shape, seed
from landing.sandbox.world.faults import Fault
from landing.sandbox.world.home import SandboxError

PREFIX = "/_sandbox/"
STOP = f"{PREFIX}stop"
"""After its answer is sent, the server ends."""
KEY_HEADER = "x-sandbox-key"


def answer(keeper: Keeper, request: HttpRequest) -> HttpAnswer:
    """The answer to a control request: JSON, or bytes for a world."""
    if not is_ours(keeper, request):
        return _json({"error": f"the header {KEY_HEADER} must carry the sandbox's secret key"}, 403)
    action = ACTIONS.get((request.method, request.path.removeprefix(PREFIX)))
    if action is None:
        return _json({"error": f"there is no {request.method} {request.path}"}, 404)
    with keeper.gateway.lock:
        try:
            result = action(keeper, request)
        except SandboxError as error:
            return _json({"error": str(error)}, 400)
        except (KeyError, TypeError, ValueError) as error:
            return _json({"error": f"{type(error).__name__}: {error}"}, 400)
    return result if isinstance(result, HttpAnswer) else _json(result)


def is_ours(keeper: Keeper, request: HttpRequest) -> bool:
    """Whether a request carries the sandbox's secret key."""
    return hmac.compare_digest(request.header(KEY_HEADER).encode(), keeper.secret_key.encode())


def _json(body: Any, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, {"Content-Type": "application/json"}, json.dumps(body).encode())


def health(keeper: Keeper, _: HttpRequest) -> dict[str, Any]:
    """Who is there, and how much of a world."""
    world = keeper.gateway.world
    return {
        "management_account": world.management_account_id,
        "accounts": len(world.accounts),
        "calls": world.calls.total(),
        "time": world.now.isoformat(),
        "latency": world.clock.latency,
    }


def calls(keeper: Keeper, _: HttpRequest) -> dict[str, int]:
    """How often each operation was called."""
    return {f"{service}:{operation}": n for (service, operation), n in keeper.gateway.world.calls.items()}


def forget_calls(keeper: Keeper, _: HttpRequest) -> None:
    """Count anew."""
    keeper.gateway.world.calls.clear()


def faults(keeper: Keeper, _: HttpRequest) -> list[dict[str, Any]]:
    """What is armed."""
    return keeper.gateway.faults.listed()


def arm(keeper: Keeper, request: HttpRequest) -> None:
    """Arm a fault; the fields are those of `Fault`."""
    keeper.gateway.faults.add(Fault(**json.loads(request.body)))


def disarm(keeper: Keeper, _: HttpRequest) -> None:
    """Disarm everything."""
    keeper.gateway.faults.clear()


def seed_faults(keeper: Keeper, request: HttpRequest) -> None:
    """Start the dice of faults anew."""
    keeper.gateway.faults.seed(int(json.loads(request.body)["seed"]))


def reset(keeper: Keeper, request: HttpRequest) -> None:
    """A world in which nothing has happened; `latency` and the world's options may be given."""
    settings = json.loads(request.body or b"{}")
    keeper.start_over(latency=settings.pop("latency", 1), **settings)


def options(keeper: Keeper, request: HttpRequest) -> dict[str, Any]:
    """Set options of the world, such as `account_quota`."""
    keeper.gateway.world.options.update(json.loads(request.body))
    keeper.save()
    return keeper.gateway.world.options


def advance(keeper: Keeper, request: HttpRequest) -> None:
    """Let virtual seconds pass."""
    world = keeper.gateway.world
    world.clock.advance(world, float(json.loads(request.body)["seconds"]))
    keeper.save()


def grow(keeper: Keeper, request: HttpRequest) -> dict[str, Any]:
    """An organization of a shape."""
    seed(keeper.gateway.world, Shape(**json.loads(request.body)))
    keeper.save()
    return health(keeper, request)


def session(keeper: Keeper, request: HttpRequest) -> dict[str, str | None]:
    """Keys of the administrator of an account."""
    identity = keeper.gateway.world.administrator(json.loads(request.body)["account"])
    keeper.save()
    return {
        "access_key": identity.access_key,
        "secret_key": identity.secret_key,
        "session_token": identity.session_token,
    }


def dump(keeper: Keeper, _: HttpRequest) -> HttpAnswer:
    """The whole world, as `load` takes it."""
    return HttpAnswer(200, {"Content-Type": "application/octet-stream"}, keeper.dump())


def load(keeper: Keeper, request: HttpRequest) -> None:
    """Another world in this one's place."""
    keeper.replace(request.body)


ACTIONS: dict[tuple[str, str], Callable[[Keeper, HttpRequest], Any]] = {
    ("GET", "health"): health,
    ("GET", "calls"): calls,
    ("DELETE", "calls"): forget_calls,
    ("GET", "faults"): faults,
    ("POST", "faults"): arm,
    ("DELETE", "faults"): disarm,
    ("POST", "faults/seed"): seed_faults,
    ("POST", "reset"): reset,
    ("POST", "stop"): health,
    ("POST", "options"): options,
    ("POST", "advance"): advance,
    ("POST", "seed"): grow,
    ("POST", "session"): session,
    ("GET", "world"): dump,
    ("PUT", "world"): load,
}
