"""What people said before reaches the score, as of the decision, and nothing later does."""

from dataclasses import replace

import pytest

from tests.pasts import a_past, s3_8
from triage.adapters.ssh.verifier import SshVerifier
from triage.adapters.storage.history import SqlHistory
from triage.domain.account import Organisation, Tier
from triage.domain.errors import Unverified
from triage.domain.person import People, Person
from triage.domain.verdict import Verdict
from triage.engine.commands import replay
from triage.engine.earlier import EVERY, Earlier
from triage.engine.labelling import signed_by
from triage.engine.recall import Recall
from triage.judgement.history import SUPPORT_MIN, History, Remembered
from triage.remediations.vocabulary import VOCABULARY
from triage.settings import read_settings
from triage.stages.inputs import history_from_json
from triage.wiring.bootstrap import opened_world

ANYBODY = People(people={"alice": Person(name="alice", keys=("any",))})
KIND = ("S3.8", Tier.PRODUCTION)


class Believing:
    """Verdicts here are signed with keys of the moment; whether one holds is tested elsewhere."""

    def verify(self, person, statement, signature):
        if not person.keys:
            raise Unverified("no key")


@pytest.fixture
def past(tmp_path):
    with a_past(tmp_path) as made:
        yield made


def earlier_of(past, people=lambda: ANYBODY, verifier=None):
    return Earlier(
        record=SqlHistory(past.engine.store.database),
        organisation=Organisation,
        people=people,
        verifier=verifier or Believing(),
        clock=past.engine.clock,
    )


def judged(past, bucket):
    past.engine.submit(s3_8(bucket))
    (case,) = past.engine.decide()
    return case


def kept(past, case):
    decided = past.engine.store.cases.events(case)[-1]
    return decided.data["features"]["real_before"], decided.data["inputs"]["real_before"]


def test_what_people_called_real_raises_the_next_of_its_kind_and_is_replayed_to_the_byte(past):
    rules = past.engine.world.rules
    model = replace(rules.model, weights={**rules.model.weights, "real_before": 2.0})
    rules = replace(rules, model=model)
    past.engine.change(earlier=earlier_of(past).remembered, rules=rules)
    for n in range(SUPPORT_MIN):
        said = Verdict.TRUE_POSITIVE if n < 5 else Verdict.BENIGN
        past.decided(f"bucket{n}", said=said, blind=True)
    first = judged(past, "first")
    assert kept(past, first.id) == (0.0, 0.0)  # nobody has looked since
    past.engine.pass_time(minutes=6)
    second = judged(past, "second")
    share, recorded = kept(past, second.id)
    assert share == recorded > 0.2
    assert first.decided["opinion"]["score"] < second.decided["opinion"]["score"]
    past.decided("later", said=Verdict.TRUE_POSITIVE, blind=True)
    stored = past.engine.store.cases
    for case in (first, second):
        again = replay(stored, case.id, VOCABULARY)
        assert again.now == again.then
    recall = Recall(stored=stored.body, vocabulary=VOCABULARY)
    known = recall.context(second.decided["inputs"], rules.loaded).history
    assert known.rate(*KIND) == share


def test_a_verdict_counts_once_it_was_given_and_never_for_its_own_case(past):
    earlier = earlier_of(past)
    assert earlier.remembered() == Remembered(as_of=past.engine.clock.now())
    real = Verdict.TRUE_POSITIVE
    names = [past.decided(f"b{n}", said=real, blind=True) for n in range(SUPPORT_MIN)]
    past.decided("shown", said=Verdict.BENIGN)  # not blind: it does not count
    assert earlier.remembered().past == ()  # a look every five minutes at most
    past.engine.clock.time += EVERY
    known = earlier.remembered()
    assert (len(known.past), known.history.rate(*KIND) > 0.9) == (SUPPORT_MIN, True)
    assert known.without(names[0]).history.rate(*KIND) == 0.0
    past.say(names[0], Verdict.BENIGN, blind=True)
    past.engine.clock.time += EVERY
    assert sum(not one.real for one in earlier.remembered().past) == 0
    past.pass_days(91)
    assert earlier.remembered().past == ()


def test_whoever_is_listed_no_more_counts_for_nothing_and_a_broken_list_changes_nothing(past):
    listed = [ANYBODY]
    earlier = earlier_of(past, lambda: listed[-1])
    past.decided("one", said=Verdict.TRUE_POSITIVE, blind=True)
    past.engine.clock.time += EVERY
    assert [one.real for one in earlier.remembered().past] == [True]

    def broken():
        raise Unverified("people.toml cannot be read")

    past.engine.clock.time += EVERY
    earlier.people = broken
    assert [one.real for one in earlier.remembered().past] == [True]
    with pytest.raises(Unverified):
        earlier_of(past, broken).remembered()
    past.engine.clock.time += EVERY
    earlier.people = People
    assert earlier.remembered().past == ()


def test_what_one_called_an_attack_stays_one_whatever_risk_is_said_of_it_later(past):
    attack = past.decided("one", said=Verdict.TRUE_POSITIVE, blind=True)
    past.say(attack, Verdict.SECURITY_RISK, blind=True)
    past.decided("two", said=Verdict.SECURITY_RISK, blind=True)
    past.engine.clock.time += EVERY
    told = {one.case == attack: one.real for one in earlier_of(past).remembered().past}
    assert told == {True: True, False: False}


def test_a_ticket_that_speaks_of_verdicts_is_not_read_for_one(past):
    past.engine.submit(s3_8("one", Title='"kind":"verdict_given" verdict_given'))
    past.engine.decide()
    past.engine.clock.time += EVERY
    earlier, read = earlier_of(past), []
    found = earlier.record.telling
    earlier.record.telling = lambda *asked: read.extend(found(*asked)) or iter(read)
    earlier.remembered()
    assert read == []


def test_a_signature_that_does_not_hold_teaches_no_history(past):
    past.decided("one", said=Verdict.TRUE_POSITIVE, blind=True)
    past.engine.clock.time += EVERY
    assert earlier_of(past, verifier=SshVerifier()).remembered().past == ()
    assert signed_by(People(), Believing())("case", {"by": "nobody"}) is False


def test_a_decision_from_before_any_of_this_knew_of_nothing_real():
    assert history_from_json({}) == History()


def test_a_worker_asks_its_own_record(tmp_path):
    found = read_settings({"TRIAGE_PATHS__DATA": str(tmp_path)}).settings
    with opened_world(found) as opened:
        began = opened.world.clock.now()
        told = opened.world.earlier()
    assert (told.past, told.as_of >= began) == ((), True)
