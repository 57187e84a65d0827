"""Everything a decision rests on comes back from JSON as it was, and decides the same."""

from datetime import UTC, datetime, timedelta

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOON, a_ticket, an_account
from tests.examples import examples
from tests.playbooks import SHIPPED, a_signature
from triage.domain.account import Account, Organisation, Tier
from triage.domain.evidence import Failed, Failure, Got, Missing, Read
from triage.domain.json import canonical
from triage.domain.person import Signature
from triage.judgement.features import FEATURES
from triage.judgement.score import Model, score
from triage.playbook.loader import load
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.conclude import conclude, questions_of
from triage.stages.context import Context
from triage.stages.inputs import (
    model_as_json,
    model_from_json,
    reads_as_json,
    reads_from_json,
    signatures_as_json,
    signatures_from_json,
)
from triage.stages.inputs_organisation import organisation_as_json, organisation_from_json
from triage.stages.record import conclusion_as_json

QUICK = settings(deadline=None, max_examples=examples(100))
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
WORD = st.text(st.characters(codec="utf-8"), max_size=12)
MOMENT = st.timedeltas(timedelta(), timedelta(days=36_500)).map(lambda span: EPOCH + span)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), WORD),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORD, inner, max_size=3)),
    max_leaves=6,
)
ARGUMENTS = st.dictionaries(
    st.one_of(WORD, st.sampled_from(("kind", "account", "region", "cls"))),
    st.one_of(WORD, st.booleans(), st.integers(0, 9)),
    max_size=4,
).map(lambda pairs: tuple(sorted(pairs.items())))
READS = st.builds(Read, kind=WORD, account=WORD, region=WORD, arguments=ARGUMENTS)
RAW = st.one_of(
    st.builds(Got, payload=st.dictionaries(WORD, JSON, max_size=3), as_of=MOMENT, source=WORD),
    st.builds(Missing, code=WORD, as_of=MOMENT, source=WORD),
    st.builds(Failed, failure=st.sampled_from(list(Failure)), detail=WORD),
)
ACCOUNTS = st.builds(
    Account, id=WORD, name=WORD, tier=st.sampled_from(list(Tier)), owner=WORD, listed=st.booleans()
)
ORGANISATIONS = st.builds(
    Organisation,
    accounts=st.dictionaries(WORD, ACCOUNTS, max_size=3),
    engine_roles=st.frozensets(WORD, max_size=2),
    break_glass=st.frozensets(WORD, max_size=2),
)
SIGNATURES = st.builds(
    Signature,
    id=WORD,
    kind=WORD,
    subject=WORD,
    account=WORD,
    types=st.lists(WORD, max_size=2).map(tuple),
    because=WORD,
    signed=MOMENT,
    expires=MOMENT,
    people=st.lists(WORD, max_size=2).map(tuple),
    actions=st.lists(WORD, max_size=2).map(tuple),
)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
MODELS = st.builds(
    Model,
    name=WORD,
    intercept=FINITE,
    weights=st.dictionaries(st.sampled_from([*FEATURES]), FINITE, max_size=4),
    veto_at=st.floats(0, 1),
)


def written(value):
    """What the store keeps, and reads again later."""
    return orjson.loads(canonical(value))


@QUICK
@given(st.dictionaries(READS, RAW, max_size=4))
def test_raw_reads_come_back_equal(reads):
    assert reads_from_json(written(reads_as_json(reads))) == reads


@QUICK
@given(ORGANISATIONS)
def test_the_organisation_comes_back_equal(organisation):
    assert organisation_from_json(written(organisation_as_json(organisation))) == organisation


@QUICK
@given(st.lists(SIGNATURES, max_size=3))
def test_signatures_come_back_equal(signatures):
    again = signatures_from_json(written(signatures_as_json(signatures)))
    assert sorted(again, key=repr) == sorted(signatures, key=repr)


@QUICK
@given(MODELS)
def test_the_model_comes_back_equal(model):
    assert model_from_json(written(model_as_json(model))) == model


@QUICK
@given(MODELS, st.dictionaries(st.sampled_from([*FEATURES]), st.floats(0, 1)))
def test_a_score_is_a_share_of_one_whatever_the_model(model, values):
    opinion = score(model, values)
    assert 0 <= opinion.score <= 1
    assert opinion.veto is (opinion.score >= model.veto_at)


LOADED = load(SHIPPED, VOCABULARY)


def a_world(*signatures: Signature) -> Context:
    return Context(
        now=NOON + timedelta(hours=1),
        playbooks=LOADED,
        vocabulary=VOCABULARY,
        organisation=Organisation(accounts={"111122223333": an_account()}),
        signatures=signatures,
        model=Model(name="m", intercept=-3.0, weights={"severity": 1.0}, veto_at=0.9),
    )


@QUICK
@given(st.data())
def test_the_same_inputs_read_again_give_the_same_bytes(data):
    ticket = a_ticket()
    signatures = [
        a_signature(ticket, id=name, expires=NOON + timedelta(days=days))
        for name, days in (("b", 3), ("a", 3), ("c", 2))
    ]
    world = a_world(*data.draw(st.permutations(signatures)))
    asked = [read for inquiry in questions_of(ticket, world) for read in inquiry.reads]
    block = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}}
    raws = st.one_of(
        RAW, st.builds(Got, payload=st.just(block), as_of=st.just(world.now), source=WORD)
    )
    reads = {read: data.draw(raws) for read in asked}
    first = canonical(conclusion_as_json(conclude(ticket, reads, world)))
    again = a_world(*signatures_from_json(written(signatures_as_json(world.signatures))))
    read_again = reads_from_json(written(reads_as_json(reads)))
    assert canonical(conclusion_as_json(conclude(ticket, read_again, again))) == first
