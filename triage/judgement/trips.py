"""What takes a licence away at once, before any statistics has had its say."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from triage.judgement.monitor import Monitor
from triage.judgement.shift import MOVED
from triage.judgement.watch import Watch

RECENT = 200
RECENT_MISSES = 2
RETURNS = 2
SURGE = 3.0
NOVEL_FLOOR = 0.01


class Fall(StrEnum):
    """How far a licence falls. Watch costs no level: every close is seen by a person again.

    Review means shadow, and its last 30 days looked at again.
    """

    WATCH = "watched"
    STEP = "one step"
    SHADOW = "shadow"
    REVIEW = "shadow and review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What a licence's trips look at.

    `certified` is the exact bound of the pool that earned it (1 condemns no watch); `recent` are
    the last sampled verdicts, newest last, true where the close was real and began no watch yet;
    `watch` is what the one under way has shown, if any; `shift` the stability index of scores;
    `novel` and `novel_before` shares of tickets the novelty gate stopped, now and at calibration
    (0-1); `returns` how many of its closes came back on probation.
    """

    monitor: Monitor
    certified: float = 1.0
    recent: tuple[bool, ...] = ()
    watch: Watch | None = None
    critical_miss: bool = False
    canary_closed: bool = False
    shift: float = 0.0
    novel: float = 0.0
    novel_before: float = 0.0
    hashes_changed: bool = False
    returns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One row of the table: what it looks for, in words, and how far it makes a licence fall."""

    words: str
    fall: Fall
    fires: Callable[[Signs], bool]


TRIPS: Mapping[str, Trip] = MappingProxyType(
    {
        "critical miss": Trip(
            words="a real ticket of critical severity had been closed",
            fall=Fall.REVIEW,
            fires=lambda signs: signs.critical_miss,
        ),
        "changed hash": Trip(
            words="the model, its features, the rule or the detector changed",
            fall=Fall.SHADOW,
            fires=lambda signs: signs.hashes_changed,
        ),
        "canary closed": Trip(
            words="an injected attack was closed",
            fall=Fall.SHADOW,
            fires=lambda signs: signs.canary_closed,
        ),
        "returns": Trip(
            words=f"{RETURNS} of its closes came back while they were watched",
            fall=Fall.STEP,
            fires=lambda signs: signs.returns >= RETURNS,
        ),
        "alarm": Trip(
            words="sampled closes are dirtier than promised",
            fall=Fall.STEP,
            fires=lambda signs: signs.monitor.alarmed,
        ),
        "watch": Trip(
            words="too many closes were real while every one was to be seen",
            fall=Fall.STEP,
            fires=lambda signs: signs.watch is not None and signs.watch.condemns(signs.certified),
        ),
        "novelty surge": Trip(
            words="three times as many tickets as before resemble nothing seen",
            fall=Fall.STEP,
            # A floor, so that one odd ticket after a perfectly even window is no surge.
            fires=lambda signs: signs.novel > SURGE * max(signs.novel_before, NOVEL_FLOOR),
        ),
        "score shift": Trip(
            words="scores are distributed otherwise than when it was earned",
            fall=Fall.STEP,
            fires=lambda signs: signs.shift > MOVED,
        ),
        "misses": Trip(
            words=f"{RECENT_MISSES} of the last {RECENT} sampled closes were real",
            fall=Fall.WATCH,
            fires=lambda signs: (
                signs.watch is None and sum(signs.recent[-RECENT:]) >= RECENT_MISSES
            ),
        ),
        "unclean watch": Trip(
            words="a close was real again while it was watched",
            fall=Fall.WATCH,
            fires=lambda signs: (
                signs.watch is not None and signs.watch.over and not signs.watch.clean
            ),
        ),
    }
)


def tripped(signs: Signs) -> tuple[str, ...]:
    """The names of all trips that fire, in the table's order: the gravest first."""
    return tuple(name for name, trip in TRIPS.items() if trip.fires(signs))


def only_watched(trips: Iterable[str]) -> bool:
    """Do these trips leave a licence its level?"""
    return all(TRIPS[name].fall is Fall.WATCH for name in trips)
