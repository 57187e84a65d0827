"""The sandbox's own interface, for tests and demos in other processes. Unsigned, local, JSON.

GET|POST|DELETE /sandbox-api/faults      list, add one (a Rule as JSON), drop all
GET|DELETE      /sandbox-api/requests    what was asked, forget it
POST            /sandbox-api/reset       forget everything and load the scenario again
GET             /sandbox-api/health      answers when ready
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from werkzeug.wrappers import Request, Response

from triage.sandbox.faults import Faults
from triage.sandbox.log import RequestLog

BODY_MAX = 65_536


@dataclass(slots=True, kw_only=True)
class Admin:
    """A small WSGI application over the sandbox's faults, its log and its reset."""

    faults: Faults
    requests: RequestLog
    reset: Callable[[], None]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = BODY_MAX
        handler = ROUTES.get((request.method, request.path))
        if handler is None:
            return _answer({"error": f"no {request.method} {request.path}"}, 404)(
                environ, start_response
            )
        try:
            response = _answer(handler(self, request), 200)
        except (ValueError, TypeError) as error:
            response = _answer({"error": str(error)}, 400)
        return response(environ, start_response)

    def list_faults(self, _request: Request) -> Any:
        return [{**asdict(rule), "struck": struck} for rule, struck in self.faults.rules()]

    def add_fault(self, request: Request) -> Any:
        document = json.loads(request.get_data())
        return asdict(self.faults.add(**document))

    def clear_faults(self, _request: Request) -> Any:
        self.faults.clear()
        return {}

    def list_requests(self, _request: Request) -> Any:
        return [asdict(logged) for logged in self.requests]

    def clear_requests(self, _request: Request) -> Any:
        self.requests.clear()
        return {}

    def reset_all(self, _request: Request) -> Any:
        self.reset()
        return {}

    def health(self, _request: Request) -> Any:
        return {"status": "ready"}


ROUTES: Mapping[tuple[str, str], Callable[[Admin, Request], Any]] = {
    ("GET", "/sandbox-api/faults"): Admin.list_faults,
    ("POST", "/sandbox-api/faults"): Admin.add_fault,
    ("DELETE", "/sandbox-api/faults"): Admin.clear_faults,
    ("GET", "/sandbox-api/requests"): Admin.list_requests,
    ("DELETE", "/sandbox-api/requests"): Admin.clear_requests,
    ("POST", "/sandbox-api/reset"): Admin.reset_all,
    ("GET", "/sandbox-api/health"): Admin.health,
}


def _answer(document: Any, status: int) -> Response:
    text = json.dumps(document, default=str)
    return Response(text, status=status, content_type="application/json")
