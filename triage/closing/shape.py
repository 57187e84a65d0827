"""What closing a finding at its source takes: what is said, and how each source is told."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from triage.domain.json import Record
from triage.domain.plan import Call, Permission, Step
from triage.domain.ticket import Ticket
from triage.domain.verdict import Verdict
from triage.ports.cloud import Cloud, Clouds
from triage.questions.source.shape import Desk as ReadingDesk

US = "Triage"
"""Who a source is told that we are."""
TEXT_MAX = 512
"""Of a note and of a comment: Security Hub API reference, Note and BatchUpdateFindingsV2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What is to be said of a case: our own words alone, and nothing that a ticket says.

    `id` names this one close, so that telling it twice is telling it once. `ground` is proof,
    signature, licence or repair; "" when a person said so, whose name is `by`.
    """

    id: str
    case: str
    verdict: Verdict
    ground: str
    rule: str = ""
    by: str = ""

    @property
    def text(self) -> str:
        """One sentence for whoever looks at the finding."""
        said = f"on {self.ground}" if self.ground else f"said by {self.by}"
        rule = f" ({self.rule})" if self.rule else ""
        return f"{US} case {self.case}: closed as {self.verdict}, {said}{rule}"[:TEXT_MAX]

    def as_record(self) -> Record:
        return {
            "id": self.id,
            "case": self.case,
            "verdict": self.verdict,
            "ground": self.ground,
            "rule": self.rule,
            "by": self.by,
        }


def word_from(row: Mapping[str, Any]) -> Word:
    """Read a word back, equal."""
    return replace(Word(**row), verdict=Verdict(row["verdict"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Nothing is to be written, and nobody need try again; `because` is a sentence for people.

    `closed` is whether it is closed there already: by us, if we ever intended it.
    """

    because: str
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """The calls that close one finding, and where they are made."""

    account: str
    region: str
    finding: str
    steps: tuple[Step, ...]

    @property
    def scope(self) -> tuple[Permission, ...]:
        return tuple(step.permission for step in self.steps)


Open = Callable[[str, str, Sequence[Permission]], AbstractContextManager[Cloud]]
"""Opens an account and Region under credentials that may do what is named and no more."""
Prepare = Callable[[Open, Ticket, Record, Word], Writing | Left]
"""From what the source says of the finding to what is to be written. Raises CloudError."""


def _all(_call: Call, _answer: Record) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """How one source is told that a finding is closed.

    `reading` confirms the finding there first. `check` reads the answer to a call: what the
    service accepted and did not process raises Unknown.
    """

    reading: ReadingDesk
    prepare: Prepare
    iam_actions: tuple[str, ...]
    check: Callable[[Call, Record], None] = _all


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSource:
    """Who closes findings at their source, and at which desks an operator lets us."""

    clouds: Clouds
    desks: frozenset[str]


def call(service: str, operation: str, **parameters: Any) -> Call:
    """One request of a service."""
    return Call(service=service, operation=operation, parameters=parameters)
