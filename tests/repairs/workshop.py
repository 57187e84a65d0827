"""A fix at work on the sandbox: its cloud, its journal, and ways to fail on request."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.builders import NOON
from tests.repairs.catalogue import EXAMPLES
from tests.repairs.example import ACCOUNT, REGION, Example
from triage.domain.plan import Permission, Plan, Refused, State, Step
from triage.remediations import remediation as fixing
from triage.remediations.catalogue import CATALOGUE
from triage.remediations.remediation import Proven, Remediation, Unproven

CASE = "abcdefgh2345"


class Crashed(BaseException):
    """The process ended here; nothing below catches it."""


@dataclass
class Journal:
    """Keeps what was recorded; crashes when `crash_at` entries have been asked for.

    Half of the crashes come before the entry is durable and half after.
    """

    crash_at: int | None = None
    entries: list[tuple[str, int]] = field(default_factory=list)
    asked: int = 0

    def intend(self, place: int, step: Step) -> None:
        self._keep("intended", place)

    def made(self, place: int, step: Step) -> None:
        self._keep("made", place)

    def failed(self, place: int, step: Step, why: str) -> None:
        self._keep("failed", place)

    def _keep(self, what: str, place: int) -> None:
        self._crash()
        self.entries.append((what, place))
        self._crash()

    def _crash(self) -> None:
        self.asked += 1
        if self.asked == self.crash_at:
            raise Crashed


@dataclass
class Workshop:
    """One fix, its broken resource and a minute hand."""

    sandbox: Any
    clouds: Any
    name: str
    example: Example
    now: datetime = NOON

    @property
    def fix(self) -> Remediation:
        return CATALOGUE[self.name]

    @property
    def target(self) -> Any:
        return self.fix.target(self.example.asking)

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    @contextmanager
    def cloud(self, scope: Sequence[Permission]) -> Iterator[Any]:
        with self.clouds.open(ACCOUNT, REGION, case=CASE, scope=scope) as cloud:
            yield cloud

    def state(self) -> State:
        with self.cloud(self.fix.reads(self.target)) as cloud:
            return fixing.inspect(self.fix, cloud, self.target, at=self.tick())

    def plan(self) -> Plan:
        made = fixing.plan(self.name, self.fix, self.target, self.state())
        assert isinstance(made, Plan), made
        return made

    def apply(self, plan: Plan, journal: Journal | None = None) -> Journal:
        kept = journal or Journal()
        with self.cloud(plan.scope) as cloud:
            fixing.apply(self.fix, cloud, plan, kept, at=self.tick())
        return kept

    def verify(self, plan: Plan, *, since: datetime | None = None) -> Proven | Unproven:
        with self.cloud(plan.reads) as cloud:
            moment = self.now if since is None else since
            return fixing.verify(self.fix, cloud, plan, since=moment, at=self.tick())

    def way_back(self, plan: Plan) -> Plan | Refused:
        return fixing.revert(self.fix, plan, self.state())

    def as_found(self, plan: Plan) -> bool:
        return fixing.as_found(self.fix, plan.before, self.state())

    def client(self) -> Callable[[str], Any]:
        return lambda service: self.sandbox.client(service, ACCOUNT, REGION)

    def calls(self) -> list[str]:
        """Every call that was made, oldest first, but for opening sessions."""
        made = (f"{one.service}.{one.operation}" for one in self.sandbox.requests.all())
        return [one for one in made if not one.startswith("sts.")]


def workshop(sandbox: Any, clouds: Any, name: str) -> Workshop:
    """Break the resource of a fix's example and stand ready."""
    example = EXAMPLES[name]
    sandbox.reset(example.scenario)
    return Workshop(sandbox=sandbox, clouds=clouds, name=name, example=example)
