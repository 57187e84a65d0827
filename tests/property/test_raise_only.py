"""Nothing that others may influence lowers a score below what trusted facts alone give."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_ticket, an_account
from triage.judgement.features import FEATURES, RAISING, features
from triage.judgement.score import Model, score

WEIGHTS = st.dictionaries(st.sampled_from([*FEATURES]), st.floats(-20, 20))
VALUES = st.fixed_dictionaries(dict.fromkeys(FEATURES, st.floats(0, 1)))
UNTRUSTED = st.dictionaries(st.sampled_from(sorted(RAISING)), st.floats(-5, 5))


def a_model(weights):
    return Model(name="m", intercept=-1.0, weights=weights, veto_at=0.9)


@given(WEIGHTS, VALUES, UNTRUSTED)
def test_no_mutation_lowers_a_score_below_what_trusted_facts_give(weights, values, mutation):
    model = a_model(weights)
    trusted = {name: value for name, value in values.items() if name not in RAISING}
    assert score(model, values | mutation).score >= score(model, trusted).score


@given(WEIGHTS, VALUES, st.sampled_from(sorted(RAISING)), st.floats(0, 1))
def test_more_of_what_others_influence_never_lowers_a_score(weights, values, name, more):
    model = a_model(weights)
    raised = values | {name: min(1.0, values[name] + more)}
    assert score(model, raised).score >= score(model, values).score


@given(WEIGHTS, st.text(max_size=80), st.integers(-10, 10**9), st.text(max_size=20))
def test_rewriting_a_ticket_never_lowers_its_score_below_the_trusted_one(
    weights, title, count, principal
):
    model, ticket = a_model(weights), a_ticket()
    before = features(ticket, an_account())
    trusted = {name: value for name, value in before.items() if name not in RAISING}
    written = replace(ticket, title=title, count=count, principal=principal, record={"x": title})
    assert score(model, features(written, an_account())).score >= score(model, trusted).score
