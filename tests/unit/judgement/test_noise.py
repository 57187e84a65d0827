"""How often people are wrong is measured on drawn pairs, and taken off what is promised."""

import random  # noqa: TID251 - seeded
from dataclasses import replace
from functools import cache

import pytest

from tests.unit.judgement.test_labels import SOUND
from tests.unit.judgement.test_licence import CUT, PROMISE, SCOPE
from triage.domain.verdict import Verdict
from triage.judgement.bounds import upper
from triage.judgement.certificate import Certificate, certify
from triage.judgement.labels import Origin
from triage.judgement.noise import DELTA, Flips, flips, noise_allows

FIRST = replace(SOUND, verdict=Verdict.TRUE_POSITIVE, origin=Origin.SAMPLED, blind=True)
SECOND = replace(FIRST, analyst="bob")
MISSED = replace(FIRST, verdict=Verdict.BENIGN)
HARMLESS = replace(SECOND, verdict=Verdict.BENIGN)
THIRD = replace(SECOND, analyst="carol")
WORDS = [(one, replace(one, verdict=Verdict.BENIGN)) for one in (FIRST, SECOND, THIRD)]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([FIRST, SECOND], (1, 0)),
        ([MISSED, SECOND], (1, 1)),
        ([MISSED, SECOND, THIRD], (1, 1)),
        ([FIRST, replace(SECOND, verdict=Verdict.SECURITY_RISK)], (1, 0)),
        # A word that is taken back later was given all the same.
        ([MISSED, SECOND, FIRST], (1, 1)),
        ([], (0, 0)),
        ([FIRST], (0, 0)),
        ([FIRST, FIRST], (0, 0)),
        ([FIRST, HARMLESS], (0, 0)),
        ([MISSED, HARMLESS], (0, 0)),
        ([MISSED, SECOND, replace(THIRD, verdict=Verdict.BENIGN)], (0, 0)),
        ([MISSED, replace(SECOND, blind=False)], (0, 0)),
        ([MISSED, replace(SECOND, signed=False)], (0, 0)),
        ([MISSED, replace(SECOND, verdict=Verdict.INSUFFICIENT_DATA)], (0, 0)),
        ([replace(MISSED, origin=Origin.PROMPTED), SECOND], (0, 0)),
    ],
)
def test_only_a_second_blind_word_that_it_was_real_measures_the_first(said, found):
    assert flips([said]) == Flips(reviewed=found[0], flipped=found[1])


def test_tickets_of_one_incident_are_one_and_flipped_if_any_was():
    other = [replace(one, cluster="k2") for one in (FIRST, SECOND)]
    assert flips([[MISSED, SECOND], [FIRST, SECOND], other]) == Flips(reviewed=2, flipped=1)


@pytest.mark.parametrize(
    ("known", "percent"),
    [
        (Flips(), 100.0),
        (Flips(reviewed=20), 16.2),
        (Flips(reviewed=20, flipped=3), 52.4),
        (Flips(reviewed=200, flipped=20), 16.5),
        (Flips(reviewed=20, flipped=12), 100.0),
        (Flips(reviewed=20, flipped=20), 100.0),
    ],
)
def test_the_bound_of_what_people_miss_is_exact(known, percent):
    assert round(100 * known.at_most, 1) == percent


def test_below_twenty_pairs_nothing_is_claimed_and_nothing_is_refused():
    few = Flips(reviewed=19, flipped=19)
    assert few.asks(PROMISE) == PROMISE
    assert few.doubt(0.01, 0.01) == ""
    assert few.sentence == (
        "as people's verdicts go; how often they err was not measured "
        "(19 of 20 attacks judged by two)"
    )


def test_what_people_miss_is_taken_off_the_promise():
    known = Flips(reviewed=200, flipped=20)
    asked = known.asks(PROMISE)
    assert asked == replace(PROMISE, alpha=0.01 * (1 - known.at_most))
    assert noise_allows(0.01, asked.alpha * 0.9999, known.at_most)
    assert not noise_allows(0.01, asked.alpha * 1.0001, known.at_most)
    assert Flips(reviewed=20, flipped=12).asks(PROMISE) is None


def test_a_bound_that_verdicts_do_not_carry_is_doubted_in_numbers():
    known = Flips(reviewed=200, flipped=20)
    assert known.doubt(0.01, 0.008) == ""
    assert known.doubt(0.01, 0.009) == (
        "at most 0.90% on record is no 1.00% in truth: of 200 attacks judged by two people, each "
        "for himself, 20 were first called harmless, so people miss at most 16.5% (95%)"
    )
    assert not noise_allows(0.01, 0.0, 1.0)


def test_a_certificate_says_what_its_verdicts_are_worth():
    known = Flips(reviewed=200, flipped=20)
    made = certify(
        replace(CUT, closed=900), known.asks(PROMISE), replace(SCOPE, flips=known), look=1
    )
    assert Certificate.from_record(made.as_record()) == made
    said = made.sentence()
    assert "at most 0.83% of what I close is real" in said
    assert (
        "That is by verdicts; of 200 attacks judged by two people, each for himself, 20 were first "
        "called harmless, so people miss at most 16.5% (95%): in truth at most 1.00% of it is "
        "real, all of this with 90% confidence."
    ) in said


def test_a_certificate_from_before_says_that_errors_were_not_measured():
    record = certify(CUT, PROMISE, SCOPE, look=1).as_record()
    old = {name: one for name, one in record.items() if name not in {"reviewed", "flipped"}}
    assert "(0 of 20 attacks judged by two)" in Certificate.from_record(old).sentence()


def a_pair(chance, eta):
    """One attack, drawn for two: a third decides where they disagree, and errs as often."""
    said = [(one, wrong)[chance.random() < eta] for one, wrong in WORDS]
    return said[:2] if said[0].real == said[1].real else said


def a_year(chance, eta):
    """Sixty attacks, each an incident of its own."""
    counted = [flips([a_pair(chance, eta)]) for _ in range(60)]
    return sum(one.reviewed for one in counted), sum(one.flipped for one in counted)


@cache
def bounds(reviewed, flipped):
    """With the correction, and without."""
    return Flips(reviewed=reviewed, flipped=flipped).at_most, upper(flipped, reviewed, DELTA)


def held(eta, which):
    """Among 400 years, those in which the bound is one."""
    chance = random.Random(7)  # noqa: S311 - repeatable, not secret
    return sum(bounds(*a_year(chance, eta))[which] >= eta for _ in range(400))


@pytest.mark.parametrize("eta", [0.05, 0.15, 0.3])
def test_the_bound_holds_though_those_who_decide_err_too(eta):
    assert held(eta, 0) >= 0.95 * 400


def test_without_its_correction_the_bound_would_not_hold():
    assert held(0.3, 1) < 0.9 * 400
