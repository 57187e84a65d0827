"""`audit verify`: everything there is, in parts that processes share."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

from triage.adapters.storage.audit import Looked, look_at_cases
from triage.adapters.storage.audit_log import LogLooked, Vouched, look_at_log
from triage.adapters.storage.audit_tables import look_at_bodies, strays
from triage.adapters.storage.store import Store, open_store

CASE_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
HEX_DIGITS = "0123456789abcdef"
"""What ids of cases and names of bodies begin with; ranges between them miss nothing else."""
Progress = Callable[[int, int], None]
"""How many parts are done, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """How much was looked at, and one sentence for everything that does not fit.

    `matched` is the largest head from elsewhere that the record agrees with.
    """

    cases: int
    events: int
    bodies: int
    anchored: int
    problems: tuple[str, ...]
    matched: Vouched | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One piece of the work: a kind and a range of names."""

    kind: str
    after: str = ""
    until: str | None = None


def _cases(store: Store, part: Part) -> Looked:
    return look_at_cases(store, part.after, part.until)


def _bodies(store: Store, part: Part) -> Looked:
    count, broken = look_at_bodies(store.database, part.after, part.until)
    return Looked(bodies=count, problems=tuple(broken))


def _strays(store: Store, _part: Part) -> Looked:
    return Looked(problems=tuple(strays(store.database)))


KINDS: Mapping[str, Callable[[Store, Part], Looked]] = {
    "cases": _cases,
    "strays": _strays,
    "bodies": _bodies,
}
WHOLE = tuple(Part(kind=kind) for kind in KINDS)


def verify(store: Store, heads: Sequence[Vouched] = ()) -> AuditReport:
    """Check every chain, cached state, intent, body, stray and leaf in this process."""
    log = look_at_log(store.database, heads)
    return _report([KINDS[part.kind](store, part) for part in WHOLE], log)


def verify_in_processes(
    place: Path | str, heads: Sequence[Vouched], *, processes: int, progress: Progress
) -> AuditReport:
    """Do the same in several processes, each with connections of its own."""
    parts = [*_split("cases", CASE_LETTERS), Part(kind="strays"), *_split("bodies", HEX_DIGITS)]
    # A process that is forked from one with threads may never get a lock that one of them held.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        log = pool.submit(_log, place, tuple(heads))
        looked = [pool.submit(_part, place, part) for part in parts]
        for done, _ in enumerate(_completed(log, looked), start=1):
            progress(done, len(parts) + 1)
        return _report([one.result() for one in looked], log.result())


def _completed(log: Future[LogLooked], looked: Sequence[Future[Looked]]) -> Iterator[object]:
    futures: list[Future[LogLooked] | Future[Looked]] = [log, *looked]
    yield from as_completed(futures)


@cache
def _opened(place: Path | str) -> Store:
    """One store a process; its connections end with it."""
    return open_store(place)


def _part(place: Path | str, part: Part) -> Looked:
    return KINDS[part.kind](_opened(place), part)


def _log(place: Path | str, heads: Sequence[Vouched]) -> LogLooked:
    return look_at_log(_opened(place).database, heads)


def _split(kind: str, letters: str) -> list[Part]:
    """Ranges that begin with every letter but the first, and one in front of and behind them."""
    return [
        Part(kind=kind, after=after, until=until)
        for after, until in pairwise(["", *letters[1:], None])
        if after is not None
    ]


def _report(looked: Sequence[Looked], log: LogLooked) -> AuditReport:
    return AuditReport(
        cases=sum(one.cases for one in looked),
        events=sum(one.events for one in looked),
        bodies=sum(one.bodies for one in looked),
        anchored=log.anchored,
        problems=(*(problem for one in looked for problem in one.problems), *log.problems),
        matched=log.matched,
    )


def processes_at_most() -> int:
    """How many processes this machine has room for."""
    return os.cpu_count() or 1
