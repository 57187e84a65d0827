"""A silence is measured against the source's own past."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON
from triage.domain.hearing import Heard, Hearing
from triage.domain.lookout import Lookout
from triage.stages.silence import DAYS_KEPT, TIMES, Patience, listened

HERE = Lookout(source="macie", account="", region="eu-west-1")
NEVER = Patience(floor=timedelta(), history=timedelta())


def at(when: datetime, until: datetime | None = None) -> Heard:
    return Heard(lookout=HERE, first=when, last=until or when)


def after(*gaps: timedelta, patience: Patience = NEVER) -> Hearing:
    known, now = listened(None, at(NOON), patience), NOON
    for gap in gaps:
        now += gap
        known = listened(known, at(now), patience)
    return known


spans = st.lists(
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=2)), min_size=1, max_size=20
)


@given(spans)
def test_nobody_is_silent_before_three_times_the_longest_gap_kept(gaps: list[timedelta]) -> None:
    known = after(*gaps)
    assert known.deadline is not None
    assert known.deadline - known.last == TIMES * timedelta(seconds=max(known.gaps.values()))


@given(spans)
def test_nobody_is_silent_before_the_floor(gaps: list[timedelta]) -> None:
    floor = timedelta(hours=24)
    known = after(*gaps, patience=Patience(floor=floor, history=timedelta()))
    assert known.deadline is not None
    assert known.deadline - known.last >= floor


def test_a_gap_of_three_weeks_ago_does_not_count_any_more() -> None:
    week = [timedelta(hours=1)] * 24 * 7
    known = after(timedelta(days=2), *week, *week, *week)
    assert max(known.gaps.values()) == timedelta(hours=1).total_seconds()
    assert len(known.gaps) <= DAYS_KEPT + 1


def test_notes_out_of_order_make_no_gap_and_move_nothing_back() -> None:
    late = listened(after(timedelta(hours=1)), at(NOON - timedelta(days=9)), NEVER)
    assert late.last == NOON + timedelta(hours=1)
    assert max(late.gaps.values()) == timedelta(hours=1).total_seconds()


def test_what_was_told_holds_until_something_arrives() -> None:
    told = Hearing(lookout=HERE, first=NOON, last=NOON, told=NOON + timedelta(days=1))
    assert listened(told, at(NOON), NEVER).told == told.told
    assert listened(told, at(NOON + timedelta(days=2)), NEVER).told is None
