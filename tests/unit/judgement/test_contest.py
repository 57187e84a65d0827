"""Two models on the same frozen labels: only who certifies more is put in place."""

from dataclasses import replace

import pytest

from tests.builders import NOON
from triage.judgement.contest import Frozen, NotPromoted, contest, shows
from triage.judgement.promise import Promise
from triage.judgement.score import Model

PROMISE = Promise(alpha=0.01, beta=0.05, delta=0.05)
GOOD = Model(name="good", intercept=-3.0, weights={"severity": 6.0}, veto_at=1.0)
BLIND = Model(name="blind", intercept=-3.0, weights={}, veto_at=1.0)


def frozen(harmless: int = 800, real: int = 100) -> Frozen:
    """Harmless ones are rated low, real ones high."""
    rows = [(number / 2 / harmless,) for number in range(harmless)] + [(0.9,)] * real
    return Frozen(
        since=NOON,
        names=("severity",),
        rows=tuple(rows),
        real=(False,) * harmless + (True,) * real,
        training=tuple((number / 1000,) for number in range(1000)),
    )


def test_the_one_that_certifies_more_wins_and_says_by_how_much():
    before, after = contest(BLIND, GOOD, frozen(), PROMISE)
    assert (before.model, before.coverage) == ("blind", 0.0)
    assert 0.8 < after.coverage < 0.9
    assert after.sentence() == f"good would close {after.coverage:.1%} (both bounds hold)"


@pytest.mark.parametrize("challenger", [GOOD, BLIND])
def test_as_good_is_not_better(challenger):
    with pytest.raises(NotPromoted, match="on the same 900 labels"):
        contest(GOOD, replace(challenger, name="other"), frozen(), PROMISE)


def test_below_the_least_evidence_nobody_wins():
    assert shows(GOOD, frozen(real=71), PROMISE).why_not == "71 of 72 labelled attacks"
    with pytest.raises(NotPromoted, match="71 of 72 labelled attacks"):
        contest(BLIND, GOOD, frozen(real=71), PROMISE)


def test_a_set_is_read_back_equal_and_named_by_what_is_in_it():
    known = frozen(5, 2)
    assert Frozen.from_record(known.as_record()) == known
    assert replace(known, real=(True,) * 7).digest != known.digest


@pytest.mark.parametrize("record", [{}, {"since": "yesterday"}, {"since": NOON.isoformat()}])
def test_what_is_no_set_is_refused(record):
    with pytest.raises(NotPromoted, match="no calibration set"):
        Frozen.from_record(record)
