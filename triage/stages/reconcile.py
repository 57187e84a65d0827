"""Which stretch of time to look at next, and where a lookout stands afterwards. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from triage.domain.evidence import Failed, Failure
from triage.domain.lookout import Page, Progress, Tally, Window

DOUBLINGS_MAX = 6
SENTENCE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a source is gone through, and how much of the past each time.

    A cycle looks from `overlap` before where the last one ended to `lag` before now: a finding
    shows up in a listing some time after it changed, and its event some time after that. The first
    one starts `lookback` ago.
    """

    interval: timedelta = timedelta(hours=6)
    overlap: timedelta = timedelta(hours=1)
    lag: timedelta = timedelta(minutes=15)
    lookback: timedelta = timedelta(days=7)
    retry: timedelta = timedelta(minutes=1)


def begun(progress: Progress, now: datetime, pace: Pace) -> Progress:
    """Open a window, unless one is under way."""
    if progress.window is not None:
        return progress
    end = now - pace.lag
    start = end - pace.lookback if progress.reached is None else progress.reached - pace.overlap
    return replace(progress, window=Window(start=min(start, end), end=end), cursor="")


def went_on(progress: Progress, page: Page, tally: Tally, now: datetime, pace: Pace) -> Progress:
    """A page was submitted: the next one, or the end of the window and a rest.

    Due again now rather than at once: whoever was due before goes first.
    """
    counted = progress.tally.plus(tally)
    onward = replace(progress, tally=counted, problem="", failures=0, due=now, cursor=page.cursor)
    return onward if page.cursor else _ended(onward, now, pace)


def _ended(progress: Progress, now: datetime, pace: Pace) -> Progress:
    window = progress.window
    return replace(
        progress,
        reached=window.end if window else progress.reached,
        window=None,
        tally=Tally(),
        last=progress.tally,
        total=progress.total.plus(progress.tally),
        cycles=progress.cycles + 1,
        due=now + pace.interval,
    )


def failed(progress: Progress, failure: Failed, now: datetime, pace: Pace) -> Progress:
    """Nothing was learnt: the watermark stays, and the page is asked for again later.

    A page that broke may have done so over its cursor, so its window begins anew; what is
    submitted twice is one case.
    """
    wait = pace.retry * 2 ** min(progress.failures, DOUBLINGS_MAX)
    anew = failure.failure is Failure.BROKEN and bool(progress.cursor)
    return replace(
        progress,
        due=now + min(wait, max(pace.interval, pace.retry)),
        cursor="" if anew else progress.cursor,
        tally=Tally() if anew else progress.tally,
        problem=f"{failure.failure}: {failure.detail}"[:SENTENCE_LENGTH_MAX],
        failures=progress.failures + 1,
    )
