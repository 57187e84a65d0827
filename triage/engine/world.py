"""Everything the engine asks, in one value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from triage.closing.shape import AtSource
from triage.domain.case import CaseId
from triage.domain.message import Message, Receipt
from triage.engine.limits import Limits
from triage.engine.rulebook import Rulebook
from triage.engine.rules import Rules
from triage.engine.sampling import Sampling
from triage.judgement.history import Remembered
from triage.ports.case_store import CaseStore
from triage.ports.clock import Clock
from triage.ports.cloud import Clouds
from triage.ports.evidence_source import EvidenceSource
from triage.ports.incident_store import IncidentStore
from triage.ports.metrics import Metrics
from triage.ports.notifier import Notifier
from triage.ports.outbox import Outbox
from triage.ports.quarantine import Quarantine
from triage.ports.queue import Queue
from triage.ports.switches import Switches
from triage.ports.tracing import Tracing, Untraced
from triage.stages.conclude import Conclusion


def _no_canary(_message: Message) -> bool:
    return False


def _nobody_beside(_case: CaseId, _conclusion: Conclusion) -> None:
    return None


def _nobody_listens(_messages: Sequence[Message], _receipts: Sequence[Receipt]) -> None:
    return None


def _nothing_before() -> Remembered:
    return Remembered()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to tell: an address in its channel's own form."""

    name: str
    channel: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Ports and rules. `contacts` are in the order in which an unanswered case goes up.

    `rules` are those of this batch; `rulebook`, where there is one, holds the latest. `upkeep` is
    what adapters want done in the background: bounded steps by name, each saying how much it did.
    `clouds` is how AWS is changed, None where it never is, `switches` what stops that; `at_source`
    closes findings where they came from, None where that is left to people.
    `sampling` draws which closes a person sees all the same; None only where nothing is kept.
    `came_back` knows our own canaries, which are no tickets, and `heard` listens to what arrives.
    `earlier` gives what people said of tickets before; it is asked once a batch.
    `beside` hears of every decision and changes none: playbooks that wait for their release.
    """

    queue: Queue
    cases: CaseStore
    incidents: IncidentStore
    outbox: Outbox
    quarantine: Quarantine
    evidence: EvidenceSource
    notifiers: Mapping[str, Notifier]
    contacts: tuple[Contact, ...]
    clock: Clock
    metrics: Metrics
    rules: Rules
    limits: Limits
    upkeep: Mapping[str, Callable[[], int]] = field(default_factory=dict)
    came_back: Callable[[Message], bool] = _no_canary
    heard: Callable[[Sequence[Message], Sequence[Receipt]], None] = _nobody_listens
    earlier: Callable[[], Remembered] = _nothing_before
    beside: Callable[[CaseId, Conclusion], None] = _nobody_beside
    rulebook: Rulebook | None = None
    clouds: Clouds | None = None
    switches: Switches | None = None
    at_source: AtSource | None = None
    tracing: Tracing = field(default_factory=Untraced)
    sampling: Sampling | None = None

    def latest(self) -> "World":
        """Return the same world under the latest rules, all of them or none."""
        return replace(self, rules=self.rulebook.current()) if self.rulebook else self

    def recalling(self) -> "World":
        """Return the same world, remembering what people said before now."""
        return replace(self, rules=self.rules.recalling(self.earlier()))

    def leaving_out(self, case: CaseId) -> "World":
        """Return the same world, without what people said of this case."""
        rules = self.rules.recalling(self.rules.remembered.without(case))
        return self if rules is self.rules else replace(self, rules=rules)
