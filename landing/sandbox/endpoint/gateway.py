"""The way of every request: who calls, what is asked, does it go wrong on purpose, who answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from moto.core.exceptions import ServiceException

from landing.core.operation_names import READING
from landing.sandbox.authorization import actions, evaluation
from landing.sandbox.endpoint import admission
from landing.sandbox.moto import upstream
from landing.sandbox.protocol import constraints, wire
from landing.sandbox.protocol.http import HttpAnswer, HttpRequest
from landing.sandbox.protocol.model import Operation, candidates, resolve, service_model
from landing.sandbox.protocol.pages import UnknownToken
from landing.sandbox.protocol.refusal import Refusal, unsupported
from landing.sandbox.services import registry
from landing.sandbox.services.call import Call
from landing.sandbox.services.clients import ACTING
from landing.sandbox.services.iam import access_report
from landing.sandbox.services.service import Service
from landing.sandbox.world import Identity, World, snapshot
from landing.sandbox.world.faults import Fault, Faults

THROTTLED: dict[str, tuple[str, int]] = {
    "organizations": ("TooManyRequestsException", 400),
    "ec2": ("RequestLimitExceeded", 503),
    "s3": ("SlowDown", 503),
    "iam": ("Throttling", 400),
    "sts": ("Throttling", 400),
    "cloudformation": ("Throttling", 400),
}


class AnswerLost(Exception):
    """The call may have taken effect, but its answer never arrives."""


class Gateway:
    """Answers requests in one world. One call at a time: services need no locks of their own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = Faults()
        self.lock = threading.RLock()
        self.journal: Callable[[HttpRequest, float], None] | None = None
        """Told of every call from outside that was carried out, with the virtual time at which it was."""
        self._before: bytes | None = None

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer to a request; raises `AnswerLost` if a fault says so."""
        with self.lock:
            answer = self._answer(upstream.path_style(request), signed=request)
        return answer if request.method != "HEAD" else HttpAnswer(answer.status, answer.headers)

    def replay(self, request: HttpRequest, seconds: float) -> None:
        """Make a call again that was made before, at the same virtual time and without faults."""
        with self.lock:
            self.world.clock.advance(self.world, seconds - self.world.clock.seconds)
            faults, journal = self.faults, self.journal
            self.faults, self.journal = Faults(), None
            try:
                self._answer(request)
            finally:
                self.faults, self.journal = faults, journal

    def _answer(self, request: HttpRequest, signed: HttpRequest | None = None) -> HttpAnswer:
        """`signed`: the request as it arrived; without it, it is one that was let in before."""
        signature = request.signature
        signing_name = _unsigned_for(request) if signature is None else signature.signing_name
        operation = resolve(signing_name, request)
        protocol = _protocol(signing_name, operation, request)
        service = candidates(signing_name, request)[0] if operation is None else operation.service
        region = "us-east-1" if signature is None else signature.region
        acting = ACTING.get()
        anonymous = admission.anonymous(self.world, operation) if signature is None else None
        try:
            caller = acting or anonymous or admission.identify(self.world, signature, protocol, service)
            if acting is None and anonymous is None and signed is not None:
                admission.authenticate(self.world, signed, caller, protocol, service)
            known = _known(operation, service, request)
            if acting is not None:
                for fault in self.faults.strike(known.service, known.name, "fail"):
                    raise _refused(fault, known.service)
                return self._execute(request, known, caller, region)
            admission.admit(self.world, caller, region, protocol)
            return self._call(request, known, caller, region)
        except Refusal as refusal:
            return wire.refuse(protocol, service, refusal)

    def _call(self, request: HttpRequest, operation: Operation, caller: Identity, region: str) -> HttpAnswer:
        """A call from outside: counted, perhaps faulty, and a little time passes."""
        names = operation.service, operation.name
        self.world.calls[names] += 1
        for fault in self.faults.strike(*names, "delay"):
            self.world.clock.advance(self.world, fault.seconds)
        for fault in self.faults.strike(*names, "reject", "throttle"):
            raise _refused(fault, operation.service)
        access_report.note(self.world, caller, actions.prefix(operation.service), region)
        evaluation.authorize(
            evaluation.Asked(self.world, caller, region, operation, lambda: wire.read(operation, request))
        )
        answer = self._perhaps_stale(request, operation, caller, region)
        for fault in self.faults.strike(*names, "lose"):
            if fault.by == "error":
                raise Refusal("InternalFailure", fault.message, 500)
            raise AnswerLost(f"{operation.service}:{operation.name}")
        return answer

    def _perhaps_stale(self, request: HttpRequest, operation: Operation, caller: Identity, region: str) -> HttpAnswer:
        if not operation.name.startswith(READING):
            if self.faults.awaits_change():
                self._before = snapshot.dump(self.world)
            return self._carry_out(request, operation, caller, region)
        if self._before is None or not any(self.faults.strike(operation.service, operation.name, "stale")):
            return self._carry_out(request, operation, caller, region)
        now = snapshot.dump(self.world)
        snapshot.load(self.world, self._before)
        try:
            return self._execute(request, operation, caller, region)
        finally:
            snapshot.load(self.world, now)

    def _carry_out(self, request: HttpRequest, operation: Operation, caller: Identity, region: str) -> HttpAnswer:
        """A little time passes, the call takes effect, and the journal has it before its answer goes out."""
        seconds = self.world.clock.seconds
        self.world.clock.tick(self.world)
        try:
            return self._execute(request, operation, caller, region)
        finally:
            if self.journal is not None:
                self.journal(request, seconds)

    def _execute(self, request: HttpRequest, operation: Operation, caller: Identity, region: str) -> HttpAnswer:
        service = registry.service(operation.service)
        if service is None:
            return upstream.forward(request, operation, caller.account)
        function = None
        if not registry.is_set_aside(operation.service, operation.name):
            function = service.operation(operation.method)
        if function is None:
            if not service.extends or operation.name in service.missing:
                raise unsupported(operation.service, operation.name)
            return upstream.forward(request, operation, caller.account)
        if operation.protocol not in ("json", "rest-json", "rest-xml", "query", "ec2"):
            raise unsupported(operation.service, operation.name, f"by the protocol {operation.protocol}")
        call = Call(self.world, caller, region, operation, wire.read(operation, request), request)
        return _answered(service, function, call)


def _answered(service: Service[Any], function: Any, call: Call) -> HttpAnswer:
    problem = constraints.first_problem(call.operation.model.input_shape, call.parameters)
    if problem is not None:
        raise service.refuse_problem(call.operation, problem)
    try:
        service.admit(call)
        result = function(call)
    except UnknownToken:
        raise service.refuse_token(call.operation) from None
    except ServiceException as refused:  # moto's, of what a function has asked its backend
        raise Refusal(refused.code, refused.message) from refused
    except Refusal as refusal:
        if not service.extends and not wire.is_modelled(service.name, refusal.code):
            raise TypeError(f"the model of {service.name} has no error {refusal.code}") from refusal
        raise
    return result if isinstance(result, HttpAnswer) else wire.write(call.operation, result)


def _unsigned_for(request: HttpRequest) -> str:
    """The service of a request without a signature: S3's, unless it names a call that needs none."""
    action = request.form.get("Action") if request.method == "POST" else request.query.get("Action")
    return next((service for service, name in admission.UNSIGNED if name == action), "s3")


def _protocol(signing_name: str, operation: Operation | None, request: HttpRequest) -> str:
    """The protocol in which to answer, also when the operation is unknown."""
    if operation is not None:
        return operation.protocol
    if request.header("x-amz-target"):
        return "json"
    model = service_model(candidates(signing_name, request)[0])
    if request.content_type == "application/x-www-form-urlencoded":
        return "ec2" if model is not None and model.protocol == "ec2" else "query"
    return "rest-json" if model is None else str(model.protocol)


def _known(operation: Operation | None, service: str, request: HttpRequest) -> Operation:
    if operation is None:
        raise unsupported(service, _described(request))
    return operation


def _described(request: HttpRequest) -> str:
    target = request.header("x-amz-target").rpartition(".")[2]
    return target or request.form.get("Action") or f"{request.method} {request.path}"


def _refused(fault: Fault, service: str) -> Refusal:
    if fault.kind in ("reject", "fail"):
        return Refusal(fault.code, fault.message, fault.status)
    code, status = THROTTLED.get(service, ("ThrottlingException", 400))
    return Refusal(code, "Rate exceeded", status)
