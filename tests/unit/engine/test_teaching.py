"""What the record teaches: counted labels alone, one an incident, older ones before newer ones."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON
from triage.domain.case import CaseId
from triage.domain.ticket import Source
from triage.domain.verdict import Verdict
from triage.engine.labelling import Seen
from triage.engine.teaching import NAMES, lesson, ranked
from triage.judgement.labels import EMBARGO, Label, Origin
from triage.ports.trainer import Untrainable


def a_seen(day: int, *, real: bool = False, **changes: object) -> Seen:
    case, at = CaseId(f"case{day}"), NOON + timedelta(days=day)
    fields = {
        "case": case,
        "cluster": case,
        "verdict": Verdict.TRUE_POSITIVE if real else Verdict.BENIGN,
        "analyst": "alice",
        "origin": Origin.BLIND,
        "signed": True,
        "given": at,
        "source": Source.GUARDDUTY,
    }
    return Seen(
        case=case,
        at=at,
        rule="",
        tier="",
        risk_class="threat",
        likeness=(),
        score=0.1,
        features={"severity": day / 10},
        labels=(Label(**(fields | changes)),),
    )


def test_older_labels_teach_newer_ones_measure_and_a_gap_lies_between():
    found = [a_seen(day, real=day % 2 == 0) for day in range(10)]
    learnt = lesson(reversed(found))
    assert [row.label.case for row in learnt.taught] == [f"case{day}" for day in range(6)]
    assert [row.label.case for row in learnt.measured] == ["case7", "case8", "case9"]
    gap = learnt.measured[0].label.given - learnt.taught[-1].label.given
    assert gap > EMBARGO
    samples = learnt.samples
    assert (samples.names, list(samples.real)) == (NAMES, [True, False] * 3)
    assert [row[NAMES.index("severity")] for row in samples.rows] == [n / 10 for n in range(6)]


@pytest.mark.parametrize(
    "changes",
    [
        {"signed": False},
        {"origin": Origin.PROMPTED},
        {"origin": Origin.ENGINE},
        {"verdict": Verdict.TEST},
    ],
)
def test_what_does_not_count_teaches_nothing(changes):
    with pytest.raises(Untrainable, match="no label that counts"):
        lesson([a_seen(1, **changes)])


def test_two_tickets_of_one_incident_are_one_row():
    one, other = a_seen(1), a_seen(2, real=True)
    joined = tuple(replace(label, cluster="same") for label in (*one.labels, *other.labels))
    found = [replace(one, labels=joined[:1]), replace(other, labels=joined[1:])]
    learnt = lesson(found, NOON)
    assert [row.label.real for row in learnt.measured] == [True]
    with pytest.raises(Untrainable, match="both kinds"):
        _ = learnt.samples


def test_a_ranking_needs_both_kinds():
    assert ranked([0.1, 0.9], [False, True]) == 1.0
    assert ranked([0.5, 0.5], [False, True]) == 0.5
    assert ranked([0.5], [True]) is None
