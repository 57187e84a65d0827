"""The front: one WSGI application that stands where AWS would.

A request is placed (account, Region, service, operation), passes the limits and the faults, and
is answered by an operation of ours or by moto. What nobody answers is HTTP 501.
"""

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from triage.ports.clock import Clock
from triage.sandbox import errors, wire
from triage.sandbox.call import Call, NotBuilt, Operation, Refused, Reply
from triage.sandbox.faults import Faults
from triage.sandbox.limits import Limits
from triage.sandbox.log import Logged, RequestLog
from triage.sandbox.memory import Memory
from triage.sandbox.operations import GUARDS, OPERATIONS
from triage.sandbox.upstream import Moto, account_of
from triage.sandbox.world import World

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
ADMIN = "/sandbox-api/"
log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Front:
    """Routes, answers and records. Served by several threads at once."""

    clock: Clock
    world: World
    moto: Moto
    faults: Faults
    limits: Limits
    memory: Memory
    requests: RequestLog
    admin: Application
    default_account: Callable[[], str]

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        signed = "HTTP_AUTHORIZATION" in environ
        if not signed and environ.get("PATH_INFO", "").startswith(ADMIN):
            return self.admin(environ, start_response)
        reply = self._served(environ)
        start_response(f"{reply.status} {reply.status}", _headers(reply))
        return [reply.body] if environ["REQUEST_METHOD"] != "HEAD" else []

    def _served(self, environ: dict[str, Any]) -> Reply:
        body = _body(environ)
        call = self._placed({**environ, "wsgi.input": wire.stream(body)}, body)
        if call is None:
            return errors.unsigned()
        reply = self._supervised(call)
        self._record(call, reply)
        return reply

    def _placed(self, environ: Mapping[str, Any], body: bytes) -> Call | None:
        request = wire.request_of(environ)
        scope = wire.scope_of(request)
        if scope is None:
            return None
        service = wire.service_of(scope, request.path)
        model, path = wire.route(request, service)
        region, key = scope["region"], scope["key"]
        return Call(
            at=self.clock.now(),
            account=account_of(key, region=region, default=self.default_account()),
            region=region,
            service=service,
            operation=model.name if model is not None else "",
            access_key=key,
            environ={**environ, "wsgi.input": None},
            body=body,
            model=model,
            path=path,
            clock=self.clock,
        )

    def _supervised(self, call: Call) -> Reply:
        """Turn every way of failing into an answer that cannot be mistaken for success."""
        try:
            return self._answered(call)
        except Refused as refused:
            return errors.refusal(call, refused)
        except NotBuilt as missing:
            return errors.not_built(call, str(missing))
        except Exception as error:
            log.exception("sandbox failed on %s", call.name)
            return errors.not_built(call, f"the sandbox failed on {call.name}: {error!r}")

    def _answered(self, call: Call) -> Reply:
        if call.model is None:
            return self.moto.answer(call)
        if call.name in OPERATIONS:
            call = replace(call, parameters=wire.decode(call))
        if not self.limits.allows(call):
            return errors.refusal(call, errors.throttled(call))
        return self.faults.around(call, self._true)

    def _true(self, call: Call) -> Reply:
        for guard in GUARDS:
            guard(self.world, call)
        operation = OPERATIONS.get(call.name)
        reply = self.moto.answer(call) if operation is None else self._ours(operation, call)
        self.memory.keep(call, reply)
        return reply

    def _ours(self, operation: Operation, call: Call) -> Reply:
        return wire.encode(call, wire.checked(call, operation(self.world, call)))

    def _record(self, call: Call, reply: Reply) -> None:
        self.requests.add(
            Logged(
                at=call.at,
                account=call.account,
                region=call.region,
                service=call.service,
                operation=call.operation,
                status=reply.status,
                faults=reply.faults,
            )
        )


def _body(environ: Mapping[str, Any]) -> bytes:
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        whole: bytes = stream.read()
        return whole
    part: bytes = stream.read(int(environ.get("CONTENT_LENGTH") or 0))
    return part


def _headers(reply: Reply) -> list[tuple[str, str]]:
    """Add what every answer has; the server itself closes the connection after each."""
    held = {name.lower() for name, _ in reply.headers}
    made = {"Content-Length": str(len(reply.body)), "x-amzn-RequestId": str(uuid.uuid4())}
    missing = [(name, value) for name, value in made.items() if name.lower() not in held]
    return [*reply.headers, *missing]
