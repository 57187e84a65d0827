"""What people together say: the last word of each, the worse one while they are even."""

import pytest

from triage.domain.verdict import Verdict
from triage.judgement.agreement import Agreement, Word, agreed

REAL, BENIGN = Verdict.TRUE_POSITIVE, Verdict.BENIGN


def said(*words):
    return agreed(Word(by=by, verdict=verdict) for by, verdict in words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), Agreement()),
        ((("a", Verdict.INSUFFICIENT_DATA),), Agreement()),
        ((("a", BENIGN),), Agreement(real=False, spoke=("a",))),
        ((("a", REAL),), Agreement(real=True, spoke=("a",))),
        ((("a", REAL), ("a", BENIGN)), Agreement(real=False, spoke=("a",))),
        ((("a", BENIGN), ("a", Verdict.TEST)), Agreement()),
        ((("a", BENIGN), ("b", REAL)), Agreement(real=True, disputed=True, spoke=("a", "b"))),
        ((("a", BENIGN), ("b", REAL), ("c", BENIGN)), Agreement(real=False, spoke=("a", "b", "c"))),
        ((("a", BENIGN), ("b", REAL), ("c", REAL)), Agreement(real=True, spoke=("a", "b", "c"))),
        ((("a", REAL), ("b", BENIGN), ("a", BENIGN)), Agreement(real=False, spoke=("b", "a"))),
    ],
)
def test_people_agree_or_one_more_has_to_look(words, expected):
    assert said(*words) == expected
