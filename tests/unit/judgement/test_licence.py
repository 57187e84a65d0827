"""A certificate reads honestly; a licence is earned in steps and lost at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON
from triage.domain.decision import Level
from triage.judgement.bounds import upper
from triage.judgement.certificate import Certificate, Scope, Unearned, certify
from triage.judgement.gates import Cut
from triage.judgement.licence import Licence, LicenceRefused, to_review
from triage.judgement.promise import Promise

PROMISE = Promise(alpha=0.01, beta=0.05, delta=0.05)
HASHES = {"model": "m1", "features": "f1", "rule": "r1"}
SCOPE = Scope(
    rule="port probe",
    tier="production",
    risk_class="network",
    window_start=NOON - timedelta(days=90),
    window_end=NOON,
    cluster="rule, resource, 24 h",
    hashes=HASHES,
)
CUT = Cut(threshold=0.2, closed=512, closed_real=0, real=103, missed=0)


def a_certificate(**changes):
    return replace(certify(CUT, PROMISE, SCOPE, look=1), **changes)


def a_licence(**changes):
    return replace(Licence(rule="port probe", tier="production"), **changes)


def earned():
    return a_licence().raised(a_certificate()).raised(a_certificate())


def watched():
    return earned().under_watch(("misses",), NOON)


def test_a_certificate_says_its_numbers_and_what_it_does_not_cover():
    assert a_certificate().sentence() == (
        "Of 512 recent look-alike clusters judged by people, 0 were real; with 95% joint "
        "confidence at most 1.00% of what I close is real, and at most 5.0% of real ones of class "
        "network (0 of 103) would be closed, if the time to come resembles these 90 days. Look 1; "
        "until 2027-02-18. That is as people's verdicts go; how often they err was not measured "
        "(0 of 20 attacks judged by two). It does not cover a world that has changed, "
        "attacks unlike any before, "
        "verdicts that people got wrong together, nor any single account's own rate."
    )


def test_a_certificate_survives_being_stored():
    certificate = a_certificate()
    assert Certificate.from_record(certificate.as_record()) == certificate


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (Cut(threshold=float("-inf"), why_not="0 of 72 labelled attacks"), "0 of 72"),
        (replace(CUT, closed=400), "0 of 400 that would close"),
        (replace(CUT, closed_real=3), "3 of 512"),
        (replace(CUT, missed=2), "2 of 103 attacks"),
    ],
)
def test_nothing_is_certified_beyond_its_evidence(found, why):
    with pytest.raises(Unearned, match=why):
        certify(found, PROMISE, SCOPE, look=1)


def test_sampled_closes_are_held_to_what_was_shown_and_never_to_more_than_was_promised():
    clean = certify(replace(CUT, closed=5000), PROMISE, SCOPE, look=1)
    assert clean.watched_rate == upper(0, 5000, PROMISE.at_look(1).delta_closed)
    assert a_certificate().watched_rate < clean.alpha
    assert replace(clean, k=400).watched_rate == PROMISE.alpha


def test_a_later_look_needs_more():
    certify(CUT, PROMISE, SCOPE, look=1)
    with pytest.raises(Unearned):
        certify(CUT, PROMISE, SCOPE, look=3)


@pytest.mark.parametrize(
    ("now", "hashes"),
    [
        (NOON - timedelta(days=1), HASHES),
        (NOON + timedelta(days=90), HASHES),
        (NOON, HASHES | {"model": "m2"}),
        (NOON, {"model": "m1"}),
    ],
)
def test_a_certificate_ends_with_its_time_and_with_any_change(now, hashes):
    licence = earned()
    assert licence.effective(NOON, HASHES) is Level.AUTO
    assert licence.effective(now, hashes) is Level.SHADOW


def test_a_licence_rises_one_step_at_a_time():
    assert [a_licence().level, a_licence().raised(a_certificate()).level, earned().level] == [
        Level.SHADOW,
        Level.SUGGEST,
        Level.AUTO,
    ]


def test_without_a_certificate_even_auto_is_shadow():
    assert a_licence(level=Level.AUTO).effective(NOON, HASHES) is Level.SHADOW


def test_an_operator_lowers_and_cannot_raise():
    lowered = earned().lowered(Level.SUGGEST)
    assert lowered.effective(NOON, HASHES) is Level.SUGGEST
    assert lowered.lowered(Level.AUTO) == lowered


@pytest.mark.parametrize(
    ("licence", "certificate", "frozen", "why"),
    [
        (a_licence(), a_certificate(rule="other"), False, "is for other"),
        (a_licence(), a_certificate(), True, "wait for an answer"),
        (a_licence(needed=1024), a_certificate(), False, "512 of 1024"),
        (a_licence(fell=NOON), a_certificate(), False, "before the fall"),
        (watched(), a_certificate(), False, "it is under watch"),
    ],
)
def test_a_licence_is_not_raised_past_its_evidence(licence, certificate, frozen, why):
    with pytest.raises(LicenceRefused, match=why):
        licence.raised(certificate, frozen=frozen)


@pytest.mark.parametrize(
    ("trips", "level", "review"),
    [
        ((), Level.AUTO, False),
        (("alarm",), Level.SUGGEST, False),
        (("misses", "score shift"), Level.SUGGEST, False),
        (("misses",), Level.SUGGEST, False),
        (("changed hash",), Level.SHADOW, False),
        (("canary closed",), Level.SHADOW, False),
        (("critical miss", "misses"), Level.SHADOW, True),
    ],
)
def test_a_licence_falls_as_far_as_the_gravest_trip(trips, level, review):
    assert earned().fallen(trips, NOON).level is level
    assert to_review(trips) is review


def test_a_watch_costs_no_level_and_ends_with_the_word_that_it_did():
    assert watched().effective(NOON, HASHES) is Level.AUTO
    assert watched().because == "2 of the last 200 sampled closes were real"
    over = watched().out_of_watch("watched, and 0 of 203 more samples were real")
    assert over == replace(earned(), because="watched, and 0 of 203 more samples were real")
    assert watched().fallen(("watch",), NOON).watched is None


def test_after_a_fall_it_takes_twice_the_labels_all_of_them_new():
    fallen = earned().fallen(("alarm",), NOON)
    fresh = a_certificate(n=1024, window_start=NOON, window_end=NOON + timedelta(days=90))
    assert (fallen.needed, fallen.fell) == (1024, NOON)
    assert fallen.raised(fresh).level is Level.AUTO
