"""/healthz, /readyz, /metrics and /version, read-only, on a thread of their own."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from typing_extensions import override

from triage import __version__

Check = Callable[[], str]
"""Empty when all is well, else one sentence."""
REQUEST_SECONDS = 5
STOP_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer."""

    status: str
    body: bytes
    type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The WSGI application. `checks` are asked anew for every /readyz.

    `notes` are worth knowing there and keep nothing from being ready.
    """

    checks: Mapping[str, Check]
    registry: CollectorRegistry
    refresh: Callable[[], None]
    notes: Mapping[str, Check] = field(default_factory=dict)

    def __call__(
        self, environ: Mapping[str, Any], start: Callable[[str, list[tuple[str, str]]], Any]
    ) -> Iterable[bytes]:
        answer = self._answer(str(environ["REQUEST_METHOD"]), str(environ["PATH_INFO"]))
        headers = [("Content-Type", answer.type), ("Content-Length", str(len(answer.body)))]
        start(answer.status, [*headers, ("Cache-Control", "no-store")])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def _answer(self, method: str, path: str) -> Answer:
        pages: Mapping[str, Callable[[], Answer]] = {
            "/healthz": lambda: _json("200 OK", {"alive": True}),
            "/readyz": self._ready,
            "/metrics": self._metrics,
            "/version": lambda: _json("200 OK", {"version": __version__}),
        }
        if method not in {"GET", "HEAD"}:
            return _json("405 Method Not Allowed", {"problem": "these pages are only read"})
        if path not in pages:
            return _json("404 Not Found", {"pages": list(pages)})
        return pages[path]()

    def _ready(self) -> Answer:
        found = {name: check() for name, check in self.checks.items()}
        problems = {name: problem for name, problem in found.items() if problem}
        status = "503 Service Unavailable" if problems else "200 OK"
        said = {name: sentence for name, note in self.notes.items() if (sentence := note())}
        notes = {"notes": said} if said else {}
        return _json(status, {"ready": not problems, "problems": problems, **notes})

    def _metrics(self) -> Answer:
        self.refresh()
        return Answer(
            status="200 OK", body=generate_latest(self.registry), type=CONTENT_TYPE_LATEST
        )


def _json(status: str, content: Mapping[str, Any]) -> Answer:
    return Answer(status=status, body=json.dumps(content).encode() + b"\n")


class _Quiet(WSGIRequestHandler):
    timeout = REQUEST_SECONDS

    @override
    def log_message(self, *_arguments: Any) -> None:
        """Probes every few seconds are no news."""


class _Server(ThreadingMixIn, WSGIServer):
    """A client that sends nothing holds up no other; it is dropped after REQUEST_SECONDS."""

    daemon_threads = True

    @override
    def handle_error(self, *_arguments: Any) -> None:
        """A probe that hangs up or dawdles is no news either."""


class HealthServer:
    """Serves the pages until closed; port 0 takes a free one."""

    def __init__(self, health: Health, host: str, port: int) -> None:
        self._server: WSGIServer = make_server(
            host, port, health, server_class=_Server, handler_class=_Quiet
        )
        self.address = f"http://{host}:{self._server.server_port}"
        self._thread = Thread(
            target=self._server.serve_forever, args=(STOP_SECONDS,), name="health", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
