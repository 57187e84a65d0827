"""Which verdicts count, and whether a licence hangs on one person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON
from triage.domain.ticket import Source
from triage.domain.verdict import Verdict
from triage.judgement.influence import leans_on
from triage.judgement.labels import Label, Origin, refused, split, usable
from triage.judgement.promise import Promise

SOUND = Label(
    case="c1",
    cluster="k1",
    verdict=Verdict.BENIGN,
    analyst="alice",
    origin=Origin.BLIND,
    signed=True,
    given=NOON,
    source=Source.GUARDDUTY,
)
PROMISE = Promise(alpha=0.01, beta=0.05, delta=0.05)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, ""),
        ({"origin": Origin.SAMPLED}, ""),
        ({"signed": False}, "unsigned"),
        ({"origin": Origin.ENGINE}, "own"),
        ({"origin": Origin.PROMPTED}, "prompted"),
        ({"verdict": Verdict.INSUFFICIENT_DATA}, "undecided"),
        ({"verdict": Verdict.DUPLICATE}, "undecided"),
        ({"source": Source.REPORT}, "report alone"),
        ({"source": Source.REPORT, "corroborated": True}, ""),
        ({"source": Source.REPORT, "verdict": Verdict.TRUE_POSITIVE}, ""),
    ],
)
def test_a_label_counts_only_where_no_rule_refuses_it(changes, rule):
    assert refused(replace(SOUND, **changes)) == rule


def test_one_incident_is_one_label_and_real_if_any_of_it_was():
    real = replace(SOUND, case="c2", verdict=Verdict.TRUE_POSITIVE, given=NOON - timedelta(1))
    other = replace(SOUND, case="c3", cluster="k2")
    assert set(usable([SOUND, real, other, replace(other, signed=False)])) == {real, other}


def test_no_incident_stands_on_both_sides_of_the_embargo():
    starts = NOON
    before = replace(SOUND, given=NOON - timedelta(days=2))
    between = replace(SOUND, cluster="k2", given=NOON - timedelta(hours=5))
    again = replace(SOUND, case="c4", given=NOON)
    fresh = replace(SOUND, cluster="k3", given=NOON)
    assert split([before, between, again, fresh], starts) == ((before,), (fresh,))


def labels(analyst, harmless, real):
    made = [
        replace(SOUND, case=f"{analyst}{n}", analyst=analyst, score=0.1) for n in range(harmless)
    ]
    return made + [replace(SOUND, analyst=analyst, verdict=Verdict.TRUE_POSITIVE, score=0.9)] * real


def test_a_licence_that_hangs_on_one_person_names_them():
    spread = labels("alice", 400, 80) + labels("bob", 400, 80)
    assert leans_on(spread, 0.5, PROMISE) == ()
    lopsided = labels("alice", 400, 80) + labels("bob", 100, 10)
    assert leans_on(lopsided, 0.5, PROMISE) == ("alice",)
