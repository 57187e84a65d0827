"""Where a lookout looks next: no moment is left out, and a failure moves nothing forward."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON
from triage.domain.evidence import Failed, Failure
from triage.domain.lookout import Lookout, Page, Progress, Tally, Window
from triage.stages.reconcile import Pace, begun, failed, went_on

HERE = Lookout(source="guardduty", account="111122223333", region="eu-west-1")
PACE = Pace(
    interval=timedelta(hours=6),
    overlap=timedelta(hours=1),
    lag=timedelta(minutes=15),
    lookback=timedelta(days=7),
    retry=timedelta(minutes=1),
)
END = NOON - timedelta(minutes=15)
FRESH = Progress(lookout=HERE, due=NOON - timedelta(minutes=3))
WINDOW = Window(start=END - timedelta(days=7), end=END)
UNDER_WAY = replace(FRESH, window=WINDOW, cursor="p2", tally=Tally(found=5, new=2, updated=1))
SOME = Tally(found=3, new=1, updated=1)


def test_the_first_window_reaches_as_far_back_as_it_is_told():
    assert begun(replace(FRESH, cursor="old"), NOON, PACE) == replace(
        FRESH, window=WINDOW, cursor=""
    )


def test_the_next_window_begins_before_the_last_one_ended():
    reached = NOON - timedelta(hours=6)
    opened = begun(replace(FRESH, reached=reached), NOON, PACE)
    assert opened.window == Window(start=reached - timedelta(hours=1), end=END)


def test_a_clock_that_went_back_opens_a_window_of_no_length_rather_than_a_negative_one():
    opened = begun(replace(FRESH, reached=NOON + timedelta(days=1)), NOON, PACE)
    assert opened.window == Window(start=END, end=END)


def test_a_window_under_way_is_not_opened_again():
    assert begun(UNDER_WAY, NOON, PACE) == UNDER_WAY


def test_a_page_leads_to_the_next_one_at_once_and_forgets_the_last_failure():
    troubled = replace(UNDER_WAY, problem="throttled: .", failures=2)
    assert went_on(troubled, Page(records=(), cursor="p3"), SOME, NOON, PACE) == replace(
        UNDER_WAY, cursor="p3", due=NOON, tally=Tally(found=8, new=3, updated=2)
    )


def test_the_last_page_moves_the_watermark_and_rests():
    before = replace(UNDER_WAY, total=Tally(found=100), cycles=4)
    counted = Tally(found=8, new=3, updated=2)
    assert went_on(before, Page(records=()), SOME, NOON, PACE) == replace(
        before,
        reached=END,
        window=None,
        cursor="",
        tally=Tally(),
        last=counted,
        total=Tally(found=108, new=3, updated=2),
        cycles=5,
        due=NOON + timedelta(hours=6),
    )


def test_an_end_without_a_window_moves_no_watermark():
    reached = NOON - timedelta(days=1)
    ended = went_on(replace(FRESH, reached=reached), Page(records=()), SOME, NOON, PACE)
    assert ended.reached == reached


def test_a_failure_keeps_the_place_and_is_told():
    assert failed(
        UNDER_WAY, Failed(failure=Failure.THROTTLED, detail="slow"), NOON, PACE
    ) == replace(UNDER_WAY, due=NOON + timedelta(minutes=1), problem="throttled: slow", failures=1)


def test_a_page_that_broke_over_its_cursor_begins_its_window_anew():
    broken = failed(UNDER_WAY, Failed(failure=Failure.BROKEN, detail="?"), NOON, PACE)
    assert (broken.cursor, broken.tally, broken.window) == ("", Tally(), WINDOW)


def test_a_first_page_that_broke_loses_no_count():
    first = replace(UNDER_WAY, cursor="")
    assert (
        failed(first, Failed(failure=Failure.BROKEN, detail="?"), NOON, PACE).tally == first.tally
    )


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 1), (1, 2), (2, 4), (5, 32), (6, 64), (7, 64), (40, 64)]
)
def test_each_failure_in_a_row_doubles_the_wait_up_to_a_bound(failures, minutes):
    again = failed(
        replace(UNDER_WAY, failures=failures),
        Failed(failure=Failure.DENIED, detail="."),
        NOON,
        PACE,
    )
    assert again.due == NOON + timedelta(minutes=minutes)
    assert again.failures == failures + 1


def test_a_wait_is_no_longer_than_a_cycle_and_no_shorter_than_a_retry():
    hasty = replace(PACE, interval=timedelta(minutes=5))
    failure = Failed(failure=Failure.DENIED, detail="." * 900)
    again = failed(replace(UNDER_WAY, failures=6), failure, NOON, hasty)
    assert again.due == NOON + timedelta(minutes=5)
    assert len(again.problem) == 200
    restless = replace(PACE, interval=timedelta(seconds=5))
    assert failed(UNDER_WAY, failure, NOON, restless).due == NOON + timedelta(minutes=1)


def test_by_default_a_lookout_looks_every_six_hours_a_week_back():
    assert Pace() == PACE
