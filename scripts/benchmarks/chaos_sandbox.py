"""AWS inside this process for scripts/benchmarks/chaos.py: the sandbox's front without its sockets.

boto3, its serialisers and parsers, our front and moto are all at work; only HTTP over loopback is
left out, which takes longer than the rest. Every request that changes something is written down
where it is answered, on the sandbox's side, whoever made it.
"""

import io
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import moto.backends
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from werkzeug.serving import make_server

from triage.adapters.aws import sessions
from triage.adapters.aws.cloud import AwsCloud
from triage.adapters.aws.limits import AwsLimits
from triage.domain.json import Record
from triage.domain.plan import Call
from triage.ports.clock import Clock
from triage.ports.cloud import NotFound
from triage.sandbox import scenario as scenarios
from triage.sandbox.faults import Faults
from triage.sandbox.front import Front
from triage.sandbox.handler import Handler
from triage.sandbox.limits import Limits
from triage.sandbox.loader import load
from triage.sandbox.log import RequestLog
from triage.sandbox.memory import Memory
from triage.sandbox.upstream import Moto, key_for
from triage.sandbox.world import World

READS = ("get_", "list_", "describe_", "batch_get_", "head_", "lookup_")
NOWHERE = "http://127.0.0.1:9"
S3_CONTROL = "http://s3-control.{region}.amazonaws.com"
REFUSED_FROM = 300
"""HTTP statuses from here on changed nothing."""
SOMEBODY = "somebody else"


LISTED = tuple(moto.backends.list_of_moto_modules())
"""moto reads its own folder at every request otherwise."""


def is_write(call: Call) -> bool:
    """Whether a call changes anything, going by its name."""
    return not call.operation.startswith(READS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A request that changed something, as the sandbox answered it.

    `session` is the case whose credentials it came with, SOMEBODY for anyone else; `about` is the
    resource of the story, `version` the case's number of events at that moment.
    """

    place: int
    at: datetime
    session: str
    about: str
    call: str
    parameters: str
    version: int
    halted: bool = False
    changed: bool = True


@dataclass(slots=True, kw_only=True)
class Hand:
    """Whose request is being served."""

    session: str
    about: str
    call: Call | None = None
    version: int = 0
    halted: bool = False


class Body:
    """A body as urllib3 gives it to botocore."""

    def __init__(self, body: bytes) -> None:
        self._body = io.BytesIO(body)

    def stream(self, *_size: Any, **_more: Any) -> Iterator[bytes]:
        if body := self._body.read():
            yield body

    def read(self, *size: int) -> bytes:
        return self._body.read(*size)


@dataclass(kw_only=True)
class Remembering:
    """The cloud port: an answer holds until anybody changes anything, for then nothing differs."""

    inner: AwsCloud
    answers: dict[str, Record | NotFound]

    def call(self, call: Call) -> Record:
        if is_write(call):
            return self.inner.call(call)
        key = repr(call)
        if key not in self.answers:
            self.answers[key] = self._asked(call)
        answer = self.answers[key]
        if isinstance(answer, NotFound):
            raise answer
        return answer

    def _asked(self, call: Call) -> Record | NotFound:
        try:
            return self.inner.call(call)
        except NotFound as error:
            return error


@dataclass(kw_only=True)
class Local:
    """One AWS a process: moto's state is global. `writes` is its log, `requests` how many came.

    Over HTTP (`http`) every request goes through a socket, as the sandbox itself has it.
    """

    clock: Clock
    http: bool = False
    writes: list[Write] = field(default_factory=list)
    requests: int = 0
    hand: Hand | None = None
    clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    answers: dict[str, Record | NotFound] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world, memory = World(), Memory()
        self.memory = memory
        self.front = Front(
            clock=self.clock,
            world=self.world,
            moto=Moto(),
            faults=Faults(memory, Event()),
            limits=Limits({}, time.monotonic),
            memory=memory,
            requests=RequestLog(),
            admin=lambda _environ, _start: (),
            default_account=lambda: "",
        )
        self._session = sessions.session("eu-west-1")
        self._address = self._serve() if self.http else NOWHERE
        moto.backends.list_of_moto_modules = lambda: iter(LISTED)  # type: ignore[assignment] # see there

    def load(self, scenario: Mapping[str, Any], clock: Clock) -> None:
        """Forget everything and build what a scenario says."""
        self.clock = self.front.clock = clock
        self.world.clear()
        self.memory.clear()
        self.front.requests.clear()
        Moto.reset()
        self.hand, self.requests, self.writes = None, 0, []
        self.answers.clear()
        now = clock.now()
        load(scenarios.read(scenario, now=now), world=self.world, clients=self.client, now=now)
        self.writes = []

    def client(self, service: str, account: str, region: str) -> Any:
        """Return a client that speaks for an account; kept, for making one takes longest."""
        place = (service, account, region)
        if place not in self.clients:
            self.clients[place] = self._client(*place)
        return self.clients[place]

    def _client(self, service: str, account: str, region: str) -> Any:
        prefixed = service == "s3control"
        # S3 Control puts the account before its host's name, which nobody resolves here.
        proxies = {"http": self._address} if prefixed and self.http else {}
        made = self._session.client(
            service,
            region_name=region,
            endpoint_url=S3_CONTROL.format(region=region) if prefixed else self._address,
            config=sessions.config(AwsLimits(), retries=sessions.attempts(1), proxies=proxies),
            **key_for(account),
        )
        if not self.http:
            made.meta.events.register("before-send", self._answer)
        return made

    def _serve(self) -> str:
        """Serve over HTTP from a thread of its own; return the address."""
        server = make_server("127.0.0.1", 0, self._served, request_handler=Handler)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    def _served(self, environ: Any, start: Any) -> Iterable[bytes]:
        def noting(status: str, headers: Any, error: Any = None) -> Any:
            self.requests += 1
            self._note(int(status.split(maxsplit=1)[0]))
            return start(status, headers, error)

        return self.front(environ, noting)

    def cloud(self, account: str, region: str) -> Remembering:
        """The cloud port on it, with nothing going wrong."""
        made = AwsCloud(dict, lambda service, _credentials: self.client(service, account, region))
        return Remembering(inner=made, answers=self.answers)

    def _answer(self, request: Any, **_context: Any) -> AWSResponse:
        self.requests += 1
        told: dict[str, Any] = {}

        def start(status: str, headers: Any, _error: Any = None) -> None:
            told.update(status=int(status.split(maxsplit=1)[0]), headers=headers)

        body = b"".join(self.front(_environ(request), start))
        self._note(told["status"])
        headers = HTTPHeaders()
        for name, value in told["headers"]:
            headers[name] = value
        return AWSResponse(request.url, told["status"], headers, Body(body))

    def _note(self, status: int) -> None:
        hand, asked = self.hand, self.front.requests.all()[-1]
        if not _changes(asked.operation):
            return
        self.answers.clear()
        if hand is None or status >= REFUSED_FROM:
            return
        made = Write(
            place=len(self.writes),
            at=self.clock.now(),
            session=hand.session,
            about=hand.about,
            call=hand.call.name if hand.call else asked.name,
            parameters=repr(sorted(hand.call.parameters.items())) if hand.call else "",
            version=hand.version,
            halted=hand.halted,
        )
        self.writes.append(made)


def _changes(operation: str) -> bool:
    return not operation.startswith(("Get", "List", "Describe", "Head", "BatchGet"))


def _environ(request: Any) -> dict[str, Any]:
    """A prepared request as WSGI has it."""
    url = urlsplit(request.url)
    path, query = url.path or "/", url.query
    body = request.body or b""
    body = body.read() if hasattr(body, "read") else body
    body = body.encode() if isinstance(body, str) else bytes(body)
    raw = f"{path}?{query}" if query else path
    return {
        **dict(_header(name, value) for name, value in request.headers.items()),
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path, encoding="latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": raw,
        "REQUEST_URI": raw,
        "SERVER_NAME": str(url.hostname),
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _header(name: str, value: Any) -> tuple[str, str]:
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    plain = name.upper().replace("-", "_")
    return ("CONTENT_TYPE" if plain == "CONTENT_TYPE" else f"HTTP_{plain}"), text
