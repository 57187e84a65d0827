"""History judged again, under two sets of playbooks: who would have come out differently?

Each recorded decision is made twice from its own inputs (ticket, evidence, organisation,
signatures, licences, clock), once under the playbooks of each side. What a new playbook asks and
nobody read at the time is unknown. A ticket that the change cannot touch is counted and not judged,
one about which both sides say the same in the same words is judged once, and one that was judged
under both before, by the same code, is not judged again (memory.py).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Final

from triage import __version__
from triage.domain.errors import TriageError
from triage.domain.json import Record
from triage.engine.memory import Both, Memories, resting_on
from triage.engine.past import Made, by_engine, made
from triage.engine.recall import Recall, Recalled
from triage.engine.rules import InputGone
from triage.judgement.score import Model
from triage.playbook.loader import Loaded
from triage.playbook.vocabulary import Vocabulary
from triage.ports.history import History, Past
from triage.stages.compare import Closing, Flip, Outcome, outcome
from triage.stages.conclude import Conclusion, conclude
from triage.stages.context import Context
from triage.stages.difference import Difference, alike
from triage.stages.match import speaking

FLIPS_MAX: Final = 500
"""Flips of a kind that are kept to be shown; all are counted, and every dangerous one is kept."""
GAVE_UP: Final = "the engine gave up on it"
OURS: Final = by_engine(__version__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One set of playbooks, and the classifier where it is not the one that was recorded."""

    playbooks: Loaded
    model: Model | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A ticket that comes out differently, with what people said of it then.

    `wrong` when a person called it real and it would now close, which it did not before.
    """

    case: str
    at: datetime
    headline: Record
    said: tuple[str, ...]
    flip: Flip
    wrong: bool


@dataclass(kw_only=True)
class Tally:
    """What a backtest found. Tallies of parts of a history add up to that of the whole.

    `tickets` are decisions that were made again or known to come out the same, `judged` those that
    had to be made again, `real` those that a person called real, `still_closing` the real ones that
    close (or are held back) under both sides, `lost` why some could not be made again; of the
    latter `real_lost` were called real.
    """

    tickets: int = 0
    judged: int = 0
    real: int = 0
    still_closing: int = 0
    real_lost: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    turned: list[Turned] = field(default_factory=list)

    @property
    def wrong(self) -> tuple[Turned, ...]:
        """What must keep the change from being merged."""
        return tuple(one for one in self.turned if one.wrong)

    def add(self, other: "Tally") -> None:
        """Take in another part of the history."""
        for name in ("tickets", "judged", "real", "still_closing", "real_lost"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.lost.update(other.lost)
        for one in other.turned:
            self._keep(one, self.kinds[one.flip.kind])
        self.kinds.update(other.kinds)

    def turn(self, one: Turned) -> None:
        """Note a flip."""
        self._keep(one, self.kinds[one.flip.kind])
        self.kinds[one.flip.kind] += 1

    def _keep(self, one: Turned, seen: int) -> None:
        if one.wrong or seen < FLIPS_MAX:
            self.turned.append(one)


@dataclass(kw_only=True)
class Bench:
    """Judges a history under two sides. `whole` judges also what no change can touch.

    `difference` is None when the classifiers differ: that can touch every ticket.
    """

    history: History
    vocabulary: Vocabulary
    base: Side
    head: Side
    whole: bool = False
    difference: Difference | None = None
    _recall: Recall = field(init=False)
    _alike: frozenset[str] = field(init=False)
    _bodies: dict[str, bytes] = field(default_factory=dict)
    _parts: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._recall = Recall(stored=self._stored, vocabulary=self.vocabulary)
        same = self.base.model == self.head.model
        self._alike = alike(self.base.playbooks, self.head.playbooks) if same else frozenset()
        if not self.whole and same:
            self.difference = Difference.of(self.base.playbooks, self.head.playbooks)

    def run(
        self,
        since: datetime,
        start: str = "",
        memories: Callable[[], Memories | None] = lambda: None,
    ) -> Tally:
        """Judge what was decided since then, of cases whose id begins so.

        What `memories` hold is believed, and they learn the rest; nobody asks for them where
        nothing has to be judged.
        """
        tally = Tally()
        for page in self.history.pages(since, start):
            wanted = self._wanted(page, since, tally)
            if wanted:
                self._page(wanted, tally, memories())
        return tally

    def _wanted(self, page: Sequence[Past], since: datetime, tally: Tally) -> Sequence[Made]:
        """Count what the change cannot touch; give all others."""
        wanted = []
        for one in chain.from_iterable(map(made, page)):
            if one.is_since(since):
                tally.real += one.real
                if self._touched(one):
                    wanted.append(one)
                else:
                    tally.tickets += 1
        return wanted

    def _page(self, wanted: Sequence[Made], tally: Tally, memories: Memories | None) -> None:
        left = _unremembered(wanted, tally, memories) if memories else wanted
        self._bodies = dict(self.history.bodies(set(chain.from_iterable(map(_names, left)))))
        for one in left:
            self._judge(one, tally, memories)

    def _touched(self, one: Made) -> bool:
        # Another version may have read another headline out of the same bytes.
        if self.difference is None or not one.is_by(OURS):
            return True
        if all(map(self.difference.rules_out, one.told)):
            return False
        return self.difference.touches(one.headlines.values())

    def _judge(self, one: Made, tally: Tally, memories: Memories | None) -> None:
        # One recorded ticket that cannot be judged again must not hide what all the others say.
        try:
            both = Both.of(*self._outcomes(one))
        except InputGone as gone:
            self._lose(one, f"the {gone.what} is no longer stored", tally)
        except TriageError as error:
            self._lose(one, str(error), tally)
        except Exception as error:  # noqa: BLE001
            self._lose(one, f"it cannot be judged: {type(error).__name__}", tally)
        else:
            if memories is not None:
                memories.keep(one.name, both, resting_on(one.inputs or {}))
            _count(one, both, tally)

    @staticmethod
    def _lose(one: Made, why: str, tally: Tally) -> None:
        tally.lost[why] += 1
        tally.real_lost += one.real

    def _outcomes(self, one: Made) -> tuple[Outcome, Outcome]:
        inputs = one.inputs
        if inputs is None:
            raise TriageError(GAVE_UP)
        found = self._recall.ticket(inputs, self.base.playbooks)
        base = self._recall.context(inputs, self.base.playbooks, self.base.model)
        head = self._recall.context(inputs, self.head.playbooks, self.head.model)
        concluded = _concluded(found, base)
        before = outcome(concluded)
        same = self._alike and self._says_the_same(concluded, head)
        return before, before if same else outcome(_concluded(found, head))

    def _says_the_same(self, concluded: Conclusion, head: Context) -> bool:
        """Whether the other side holds the ticket against the very same playbooks."""
        ticket = concluded.ticket
        before = [ruling.playbook.name for ruling in concluded.rulings]
        after = [one.name for one in speaking(ticket, head.account(ticket.account), head)]
        return before == after and self._alike.issuperset(after)

    def _stored(self, name: str) -> bytes | None:
        if name in self._bodies:
            return self._bodies[name]
        if name not in self._parts:
            self._parts.update(self.history.bodies([name]))
        return self._parts.pop(name, None)


def _names(one: Made) -> Iterator[str]:
    if one.inputs is not None:
        yield one.inputs["evidence"]
        yield from (name for name, _ in one.inputs["tellings"])


def _concluded(found: Recalled, context: Context) -> Conclusion:
    rest = (found.implicated, found.rivals, found.lapsed)
    return conclude(found.ticket, found.reads, context, *rest)


def _unremembered(wanted: Sequence[Made], tally: Tally, memories: Memories) -> Sequence[Made]:
    """Count what is remembered; give all others, and flips, which are shown in their own words."""
    left = []
    for one in wanted:
        both = memories.of(one.name)
        if both is None or _shown(one, both, tally):
            left.append(one)
        else:
            _count(one, both, tally)
    return left


def _count(one: Made, both: Both, tally: Tally) -> None:
    tally.tickets += 1
    tally.judged += 1
    wrong = one.real and _wrong(both)
    tally.still_closing += one.real and both.after.closing is not Closing.NO and not wrong
    if both.flip is not None:
        tally.turn(
            Turned(
                case=one.case,
                at=one.at,
                headline=one.headline,
                said=one.said,
                flip=both.flip,
                wrong=wrong,
            )
        )


def _wrong(both: Both) -> bool:
    """Whether it would close what was real, which it did not before."""
    after = both.after.closing
    return after is not Closing.NO and after.rank > both.before.closing.rank


def _shown(one: Made, both: Both, tally: Tally) -> bool:
    """Whether it is a flip that is kept to be shown, and not one of too many."""
    if both.flip is None:
        return False
    return tally.kinds[both.flip.kind] < FLIPS_MAX or (one.real and _wrong(both))


def merged(tallies: Iterable[Tally]) -> Tally:
    """Add up."""
    whole = Tally()
    for one in tallies:
        whole.add(one)
    return whole


def counts(tally: Tally) -> Mapping[str, int]:
    """How often which flip, the most dangerous first."""
    return dict(sorted(tally.kinds.items(), key=lambda pair: (-_danger(pair[0]), pair[0])))


def _danger(kind: str) -> int:
    return max(one.rank for one in Closing if one is Closing.NO or kind.endswith(f"→ {one}"))
