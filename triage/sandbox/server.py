"""The running sandbox: start it, point a process at it, stop it.

`with Sandbox.start(scenario=path) as sandbox:` and then run a process with
`sandbox.environment()` in its environment, or speak through `sandbox.client("s3")`.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

from triage.domain.errors import TriageError
from triage.ports.clock import Clock
from triage.sandbox import scenario as scenarios
from triage.sandbox.admin import Admin
from triage.sandbox.faults import Faults
from triage.sandbox.front import Front
from triage.sandbox.limits import Limits
from triage.sandbox.loader import load
from triage.sandbox.log import RequestLog
from triage.sandbox.memory import Memory
from triage.sandbox.scenario import Scenario
from triage.sandbox.upstream import Moto, key_for
from triage.sandbox.world import World

HOST = "127.0.0.1"
S3_CONTROL = "http://s3-control.{region}.amazonaws.com"
DEFAULT_ACCOUNT = "111111111111"
STOP_SECONDS = 5.0
Source = Path | Mapping[str, Any] | None
_running = Lock()


class SandboxBusy(TriageError):
    """Two sandboxes in one process would share moto's state."""

    def __init__(self) -> None:
        super().__init__(
            "a sandbox already runs in this process; reset() that one, or use another process"
        )


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 (the edge: nobody handed us a clock)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


class Sandbox:
    """A local AWS on one port of 127.0.0.1. One per process: moto's state is global."""

    def __init__(self, *, clock: Clock, per_second: Mapping[str, int], source: Source) -> None:
        self.world = World()
        self.requests = RequestLog()
        self.scenario = Scenario()
        self.endpoint = ""
        self._clock = clock
        self._source = source
        self._stopping = Event()
        self._memory = Memory()
        self._clients: dict[tuple[str, str, str], Any] = {}
        self.faults = Faults(self._memory, self._stopping)
        self.limits = Limits(per_second, time.monotonic)
        self._server: Any = None
        self._thread: Thread | None = None
        self._application: Front | None = None

    @classmethod
    def start(
        cls,
        *,
        scenario: Source = None,
        clock: Clock | None = None,
        port: int = 0,
        limits: Mapping[str, int] | None = None,
    ) -> Self:
        """Serve on `port` (0: a free one) with the scenario loaded.

        `limits` are requests a second by `service.Operation`, per account and Region; pass
        limits.PUBLISHED for AWS's own. Raises SandboxBusy, ScenarioInvalid.
        """
        if not _running.acquire(blocking=False):
            raise SandboxBusy
        sandbox = cls(clock=clock or SystemClock(), per_second=limits or {}, source=scenario)
        try:
            sandbox._serve(port)
            sandbox.reset(scenario)
        except BaseException:
            sandbox.stop()
            raise
        return sandbox

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop serving and forget everything. Calling it again does nothing."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._close_clients()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        Moto.reset()
        _running.release()

    def reset(self, scenario: Source = None) -> None:
        """Forget all state, faults and requests, and load this scenario (None: nothing)."""
        self.faults.clear()
        self.world.clear()
        Moto.reset()
        self._source = scenario
        self.load(scenario)
        self._memory.clear()
        self.limits.clear()
        self.requests.clear()

    def load(self, scenario: Source) -> Scenario:
        """Add a scenario to what is there. Raises ScenarioInvalid."""
        now = self._clock.now()
        read = scenarios.read(scenario, now=now)
        published, self.limits.per_second = self.limits.per_second, {}
        try:
            load(read, world=self.world, clients=self.client, now=now)
        finally:
            self.limits.per_second = published
        self.scenario = read
        return read

    def keep_time(self, clock: Clock) -> Clock:
        """Go by this clock from now on; return the one before."""
        before, self._clock = self._clock, clock
        if self._application is not None:
            self._application.clock = clock
        return before

    def now(self) -> datetime:
        """Return the sandbox's time, from which relative times and windows are seen."""
        return self._clock.now()

    def environment(self, account: str = "", region: str = "") -> Mapping[str, str]:
        """Return what a process needs in its environment to take this for AWS.

        S3 Control puts the account before its host name, which no resolver would find on this
        machine, so the sandbox is also the proxy for plain HTTP to anywhere but here.
        """
        key = key_for(account or self.default_account)
        place = region or self.scenario.region
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_S3_CONTROL": S3_CONTROL.format(region=place),
            **dict.fromkeys(("http_proxy", "HTTP_PROXY"), self.endpoint),
            **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost"),
            "AWS_ACCESS_KEY_ID": key["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": key["aws_secret_access_key"],
            "AWS_SESSION_TOKEN": "",
            "AWS_REGION": place,
            "AWS_DEFAULT_REGION": place,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    @property
    def default_account(self) -> str:
        """The scenario's first account: whose an unknown key is."""
        accounts = self.scenario.accounts
        return accounts[0].id if accounts else DEFAULT_ACCOUNT

    def client(self, service: str, account: str = "", region: str = "") -> Any:
        """Return a boto3 client that speaks for an account; kept, and closed by stop()."""
        place = (service, account or self.default_account, region or self.scenario.region)
        if place not in self._clients:
            self._clients[place] = self._make_client(*place)
        return self._clients[place]

    def _make_client(self, service: str, account: str, region: str) -> Any:
        from botocore.config import Config  # noqa: PLC0415 (not needed to serve)

        prefixed = service == "s3control"
        return self._session.client(
            service,
            region_name=region,
            endpoint_url=S3_CONTROL.format(region=region) if prefixed else self.endpoint,
            config=Config(
                retries={"total_max_attempts": 1},
                parameter_validation=False,
                proxies={"http": self.endpoint} if prefixed else {},
            ),
            **key_for(account),
        )

    @cached_property
    def _session(self) -> Any:
        """Keep one session: it reads each service model once."""
        from boto3.session import Session  # noqa: PLC0415 (not needed to serve)

        return Session()

    def _close_clients(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _serve(self, port: int) -> None:
        from werkzeug.serving import make_server  # noqa: PLC0415 (starts fast without)

        from triage.sandbox.handler import Handler  # noqa: PLC0415 (the same)

        self._application = self._front()
        self._server = make_server(
            HOST, port, self._application, threaded=True, request_handler=Handler
        )
        self.endpoint = f"http://{HOST}:{self._server.server_port}"
        serve = {"poll_interval": 0.05}
        self._thread = Thread(
            target=self._server.serve_forever, kwargs=serve, name="sandbox", daemon=True
        )
        self._thread.start()

    def _front(self) -> Front:
        return Front(
            clock=self._clock,
            world=self.world,
            moto=Moto(),
            faults=self.faults,
            limits=self.limits,
            memory=self._memory,
            requests=self.requests,
            admin=Admin(
                faults=self.faults,
                requests=self.requests,
                reset=lambda: self.reset(self._source),
            ),
            default_account=lambda: self.default_account,
        )
