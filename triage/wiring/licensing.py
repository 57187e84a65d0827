"""Wiring of who looks at closes, and what they earn: bootstrap's part."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from triage.adapters.files.audit_key import NAME, audit_key
from triage.adapters.files.people import read_people
from triage.adapters.files.playbooks import read_model
from triage.adapters.ssh.verifier import SshVerifier
from triage.adapters.storage import Store
from triage.adapters.storage.history import SqlHistory
from triage.domain.decision import Ground
from triage.domain.person import People
from triage.engine import demoting, licensed, review_calls, reviewing
from triage.engine.decoys import Decoys, attacks
from triage.engine.demoting import Demoter
from triage.engine.earlier import Earlier
from triage.engine.labelling import Seen, rescored, seen, signed_by
from triage.engine.licence_desk import LicenceDesk
from triage.engine.licensed import Licensing
from triage.engine.probation import RETURNED
from triage.engine.review_calls import ReviewCalls
from triage.engine.reviewing import Reviews
from triage.engine.rulebook import Rulebook
from triage.engine.rules import Rules
from triage.engine.sampling import Sampling
from triage.judgement.history import Remembered
from triage.ports.clock import Clock
from triage.ports.queue import Queue
from triage.settings import Settings

RECENT = timedelta(days=7)
RETURNS_MAX = 1000
"""More than this that came back since a licence's last step are beyond every bound anyway."""
READ_AGAIN = timedelta(hours=6)
"""How often the last days are read for a shift: it takes a walk through them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Licensed:
    """Who draws, what was said before, what goes on in the background, what to say at the start."""

    sampling: Sampling
    earlier: Callable[[], Remembered]
    steps: dict[str, Callable[[], int]]
    said: list[str]


def licensing(
    found: Settings,
    store: Store,
    rulebook: Rulebook,
    channels: tuple[Queue, Clock],
    data: Path | None,
    recorded: Path,
) -> Licensed:
    """Put it together; `recorded` are attacks, a message a line.

    Raises OpenKey, EmptyKey and InvalidFile.
    """
    queue, clock = channels
    drawing, said = sampling(found, store, data)
    reviews = Reviews(closes=store.closes, cases=store.cases)
    keeper = Licensing(
        grants=store.grants,
        rulebook=rulebook,
        clock=clock,
        people=lambda: listed(found),
        verifier=SshVerifier(),
    )
    earlier = Earlier(
        record=SqlHistory(store.database),
        organisation=lambda: rulebook.current().organisation,
        people=lambda: listed(found),
        verifier=SshVerifier(),
        clock=clock,
    ).remembered
    demoter = Demoter(
        grants=store.grants,
        closes=store.closes,
        cases=store.cases,
        queue=queue,
        clock=clock,
        rules=rulebook.current,
        recent=_recent(found, store, rulebook, clock),
        returns=counted_returns(store),
        decoyed=Decoys(
            attacks=attacks(recorded.read_bytes().splitlines(), clock.now()),
            rules=lambda: rulebook.current().recalling(earlier()),
            clock=clock,
        ).decoyed,
    )
    calls = ReviewCalls(
        reviews=reviews,
        outbox=store.outbox,
        clock=clock,
        every=timedelta(hours=found.sampling.summary_hours),
    )
    keeper.step()  # before the first decision
    steps = {
        reviewing.PART: reviews.step,
        review_calls.PART: calls.step,
        licensed.PART: keeper.step,
        demoting.PART: demoter.step,
    }
    return Licensed(sampling=drawing, earlier=earlier, steps=steps, said=said)


def listed(found: Settings) -> People:
    """Everyone listed; nobody where nobody keeps a list. Raises InvalidFile."""
    return read_people(found.paths.people) if found.paths.people else People()


def _recent(
    found: Settings, store: Store, rulebook: Rulebook, clock: Clock
) -> Callable[[], Sequence[Seen]]:
    kept: dict[str, Sequence[Seen]] = {}

    def recent() -> Sequence[Seen]:
        now = clock.now()
        name = str(now.timestamp() // READ_AGAIN.total_seconds())
        if name not in kept:
            kept.clear()
            signed = signed_by(listed(found), SshVerifier())
            read = seen(SqlHistory(store.database), now - RECENT, signed)
            kept[name] = list(rescored(read, rulebook.current().model))
        return kept[name]

    return recent


def counted_returns(store: Store) -> Callable[[str, str, datetime], int]:
    """How many closes by a licence came back, for a rule by its meaning, a tier, since when."""

    def returns(rule: str, tier: str, since: datetime) -> int:
        counted = store.outbox.recent(RETURNED, since=since, at_most=RETURNS_MAX)
        return sum(
            (one.data["ground"], one.data["rule"], one.data["tier"]) == (Ground.LICENCE, rule, tier)
            for one in counted
        )

    return returns


def sampling(found: Settings, store: Store, data: Path | None = None) -> tuple[Sampling, list[str]]:
    """Who draws, with a sentence when its key was made just now. Raises OpenKey and EmptyKey."""
    folder, given = data or found.paths.data, found.sampling.key.get_secret_value()
    key, made = (given.encode(), False) if given else audit_key(folder)
    drawing = Sampling(
        key=key,
        closes=store.closes,
        floor=found.sampling.floor,
        answer=timedelta(hours=found.sampling.answer_hours),
        twice=found.sampling.twice,
    )
    return drawing, [_said(folder / NAME)] if made else []


def _said(path: Path) -> str:
    return (
        f"{path}:  warning: made; it decides which closes people see. Keep a copy where nobody "
        "reads it, and set sampling.key to it where several workers share a store"
    )


def desk(found: Settings, store: Store, rules: Rules, clock: Clock, recorded: Path) -> LicenceDesk:
    """Licences as an operator sees them; `recorded` are attacks, a message a line."""
    people, verifier = listed(found), SshVerifier()
    rulebook = Rulebook(rules)
    Licensing(
        grants=store.grants,
        rulebook=rulebook,
        clock=clock,
        people=lambda: people,
        verifier=verifier,
    ).step()
    signed = signed_by(people, verifier)
    return LicenceDesk(
        grants=store.grants,
        closes=store.closes,
        rules=rulebook.current(),
        people=people,
        verifier=verifier,
        clock=clock,
        seen=lambda since: list(
            rescored(seen(SqlHistory(store.database), since, signed), rules.model)
        ),
        taught=taught(found),
        attacks=attacks(recorded.read_bytes().splitlines(), clock.now()),
    )


def taught(found: Settings) -> datetime | None:
    """Until when labels taught the model that decides, where people's verdicts did."""
    path = found.paths.model
    said = read_model(path).get("taught_until") if path else None
    return None if said is None else datetime.fromisoformat(str(said))
