"""Features say where they come from; a score explains itself exactly."""

import math

import pytest

from tests.builders import NOON, a_ticket, an_account, minutes
from triage.domain.account import Tier
from triage.judgement.explain import explain
from triage.judgement.features import FEATURES, RAISING, Provenance, features, features_hash
from triage.judgement.history import WINDOW, History, Past, Remembered, history
from triage.judgement.novelty import Support
from triage.judgement.score import Model, raised, score


def past(count, real, analyst="alice", **changes):
    fields = {"type": "S3.8", "tier": Tier.PRODUCTION, "given": NOON}
    return [
        Past(
            **(fields | {"case": f"{analyst} {n}", "analyst": analyst, "real": n < real} | changes)
        )
        for n in range(count)
    ]


def test_every_feature_says_what_keeps_it_from_looking_ahead():
    assert all(feature.leakage and feature.words for feature in FEATURES.values())
    assert {feature.provenance for feature in FEATURES.values()} == set(Provenance)
    assert {"recurrence", "alarming_words"} == RAISING
    assert features_hash() == features_hash()


def test_trusted_features_read_no_text_that_others_may_have_written():
    other = a_ticket(title="Ransom!", record={"tags": {"a": "b"}}, principal="x", count=900)
    one, two = features(other, an_account()), features(a_ticket(), an_account())
    assert {name for name in one if one[name] != two[name]} == RAISING


@pytest.mark.parametrize("count", [-5, 0, 1, 10**12])
def test_every_feature_lies_between_0_and_1(count):
    values = features(a_ticket(count=count), an_account())
    assert all(0 <= value <= 1 for value in values.values())


def test_contributions_add_up_to_the_score_and_read_as_words():
    model = Model(
        name="m",
        intercept=-2.0,
        weights={"severity": 2.0, "production": -0.5, "recurrence": -9.0},
        veto_at=0.9,
    )
    opinion = score(model, features(a_ticket(count=50), an_account()))
    logit = model.intercept + sum(share for _, share in opinion.shares)
    assert opinion.score == pytest.approx(1 / (1 + math.exp(-logit)))
    assert explain(opinion) == (
        "how severe the source rates it (+1.50)",
        "the account is production or unlisted (-0.50)",
    )


def test_two_scores_join_at_the_higher():
    assert [raised(0.2, 0.6), raised(0.6, 0.2)] == [0.6, 0.6]


def test_history_knows_nothing_of_the_future_nor_of_the_case_itself():
    known = past(40, 20, "alice") + past(40, 20, "bob")
    soon = NOON + minutes(1)
    now = history(known, soon)
    assert history([*known, *past(500, 500, "eve", given=soon)], soon) == now
    assert history(known, NOON) == History()
    remembered = Remembered(past=tuple(known), as_of=soon)
    without = remembered.without("alice 0").history
    assert without.rate("S3.8", Tier.PRODUCTION) < now.rate("S3.8", Tier.PRODUCTION)
    assert remembered.without("eve 0") is remembered
    assert history(known, NOON + WINDOW + minutes(1)) == History()


def test_too_few_verdicts_speak_for_everything_only_and_fewer_for_nothing():
    few = history(past(19, 19) + past(1, 1, type="S3.2"), NOON + minutes(1))
    assert few.rates == {}
    assert few.rate("S3.8", Tier.PRODUCTION) == few.overall == 20 / 21
    assert history(past(19, 19), NOON + minutes(1)) == History()


def test_one_person_cannot_make_a_kind_look_clean():
    alone = history(past(100, 0, "eve") + past(20, 20, "bob"), NOON + minutes(1))
    uncapped = (20 + 5 * alone.overall) / (120 + 5)
    assert alone.rate("S3.8", Tier.PRODUCTION) > 1.4 * uncapped


def test_what_was_hardly_seen_is_novel():
    support = Support.of([("probe", "role")] * 20 + [("probe", "user")] * 19)
    assert not support.novel(("probe", "role"))
    assert support.novel(("probe", "user"))
    assert support.novel(("never", "seen"))
    assert Support(counts=support.counts) == support
