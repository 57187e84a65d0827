"""Every close draws; what is drawn waits for a person, blind; a miss is a miss.

On real parts: bytes in, SQLite, the AWS adapter against the sandbox, decision, draw, verdict.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.findings import finding, imported, organisation
from tests.worlds import Scene
from triage.domain.closed import Closed, Pace
from triage.domain.verdict import Verdict
from triage.engine.review_calls import ReviewCalls
from triage.engine.reviewing import Reviews
from triage.judgement.sampling import draw
from triage.ports.notifier import Notice


def closed(scene: Scene) -> str:
    """A bucket that is blocked now closes by proof; return its case."""
    scene.load(organisation([finding()], public_access_block="all"))
    decided = scene.decide(imported(finding()))
    assert decided["decision"] == "close"
    return str(decided["case"])


def entries(scene: Scene, case: str) -> list[Closed]:
    opened = scene.case(case).opened
    assert opened is not None
    return [one for one in scene.store.closes.since(opened) if one.case == case]


def reviews(scene: Scene) -> Reviews:
    return Reviews(closes=scene.store.closes, cases=scene.store.cases)


def test_a_close_by_proof_draws_and_its_draw_can_be_repeated(scene):
    case = closed(scene)
    (entry,) = entries(scene, case)
    event = next(one for one in scene.events(case) if one.id == entry.event)
    sample = {"rate": 1.0, "chosen": True, "due": entry.due.isoformat()}
    assert event.data["sample"] == sample
    assert draw(b"k" * 32, case, event.id, sample["rate"]).chosen is sample["chosen"]
    assert entry.rule != entry.name == event.data["rule"]


def test_a_draw_is_beside_the_decision_which_replays_to_the_same_bytes(scene):
    case = closed(scene)
    again = scene.replay(case)
    assert again.equal
    assert b"sample" not in again.then


def test_what_people_get_anyway_draws_nothing(scene):
    scene.load(organisation([finding()], policy="public-read"))
    decided = scene.decide(imported(finding()))
    assert decided["decision"] == "escalate"
    assert "sample" not in decided
    assert not entries(scene, str(decided["case"]))


def test_after_three_hundred_closes_not_every_one_is_drawn(scene):
    class Many:
        def pace(self, rule, tier, *, ground, since, week):
            return Pace(before=300, last_week=2000)

    assert scene.world.sampling is not None
    busy = replace(scene.world.sampling, closes=Many())
    scene.world = replace(scene.world, sampling=busy)
    (entry,) = entries(scene, closed(scene))
    assert entry.rate == 0.1


def test_a_drawn_close_waits_until_somebody_says_what_it_was(scene):
    case = closed(scene)
    (waiting,) = reviews(scene).waiting(at_most=9)
    assert waiting.case.id == case
    scene.say(case, Verdict.BENIGN)
    assert not reviews(scene).waiting(at_most=9)
    assert reviews(scene).step() == 1
    (entry,) = entries(scene, case)
    assert (entry.real, entry.by, entry.missed(entry.due)) == (False, "alice", False)


def test_a_real_one_is_a_miss_and_so_is_one_that_nobody_answered(scene):
    case = closed(scene)
    (entry,) = entries(scene, case)
    assert not entry.missed(scene.clock.now())
    assert entry.missed(entry.due)
    scene.say(case, Verdict.TRUE_POSITIVE)
    reviews(scene).step()
    (entry,) = entries(scene, case)
    assert entry.missed(scene.clock.now())


def test_a_correction_is_looked_at_like_any_verdict(scene):
    case = closed(scene)
    scene.say(case, Verdict.TRUE_POSITIVE)
    reviews(scene).step()
    scene.say(case, Verdict.BENIGN)
    assert reviews(scene).step() == 1
    (entry,) = entries(scene, case)
    assert entry.real is False
    assert reviews(scene).step() == 0


@pytest.mark.parametrize("first", [Verdict.BENIGN, Verdict.TRUE_POSITIVE])
def test_two_who_disagree_have_a_third_asked_who_has_not_spoken(scene, first):
    case = closed(scene)
    other = {Verdict.BENIGN: Verdict.TRUE_POSITIVE, Verdict.TRUE_POSITIVE: Verdict.BENIGN}[first]
    scene.say(case, first, by="first")
    scene.say(case, other, by="bob")
    reviews(scene).step()
    (entry,) = entries(scene, case)
    assert entry.real is True
    before = len(scene.notifier.sent)
    scene.run_effects()
    ((address, notice),) = scene.notifier.sent[before:]
    assert address == "second@example.com"
    assert "disagree" in notice.text
    assert "benign" not in notice.text
    given = [one.data for one in scene.events(case) if one.kind == "verdict_given"]
    assert [one["disputed"] for one in given] == [False, True]


def all_twice(scene):
    sampling = replace(scene.world.sampling, twice=1.0)
    scene.world = replace(scene.world, sampling=sampling)


def test_what_is_drawn_for_two_is_judged_by_each_for_himself(scene):
    all_twice(scene)
    case = closed(scene)
    assert scene.case(case).decided["twice"] == {"rate": 1.0, "chosen": True}
    scene.say(case, Verdict.INSUFFICIENT_DATA, by="bob")
    scene.run_effects()
    before = len(scene.notifier.sent)
    scene.say(case, Verdict.BENIGN, by="first", blind=True)
    scene.run_effects()
    ((address, notice),) = scene.notifier.sent[before:]
    assert (address, notice.priority) == ("second@example.com", "low")
    assert "each for himself" in notice.text
    assert "benign" not in notice.text
    scene.say(case, Verdict.BENIGN, by="second", blind=True)
    scene.run_effects()
    assert len(scene.notifier.sent) == before + 1
    assert scene.replay(case).equal


def test_where_nobody_else_is_there_a_drawn_ticket_asks_nobody(scene):
    all_twice(scene)
    case = closed(scene)
    scene.world = replace(scene.world, contacts=scene.world.contacts[:1])
    before = len(scene.notifier.sent)
    scene.say(case, Verdict.BENIGN, by="first")
    scene.run_effects()
    assert len(scene.notifier.sent) == before


def calls(scene: Scene) -> ReviewCalls:
    return ReviewCalls(reviews=reviews(scene), outbox=scene.store.outbox, clock=scene.clock)


def asked(scene: Scene) -> list[Notice]:
    """What people were told since the last time somebody asked here."""
    before = len(scene.notifier.sent)
    calls(scene).step()
    scene.run_effects()
    return [notice for _, notice in scene.notifier.sent[before:]]


def test_people_are_told_once_a_day_what_waits_and_that_silence_counts_as_a_miss(scene):
    assert asked(scene) == []
    case = closed(scene)
    (notice,) = asked(scene)
    assert "1 closes drawn at random" in notice.text
    assert case in notice.text
    assert "triage review next" in notice.text
    assert not any(word in notice.text for word in ("proof", "no longer present", "late"))
    assert asked(scene) == []
    scene.clock.advance(timedelta(hours=80))
    (late,) = asked(scene)
    assert (late.priority, "1 were not answered in time" in late.text) == ("high", True)
    kinds = [event.kind for event in scene.events(case)]
    assert kinds.count("review_asked") == 2
    assert scene.case(case).status == "closed"
    scene.clock.advance(timedelta(hours=25))
    scene.say(case, Verdict.NO_LONGER_PRESENT)
    assert asked(scene) == []


def test_a_summary_goes_to_whoever_can_be_reached_and_is_tried_again_where_nobody_can(scene):
    case = closed(scene)
    scene.notifier.refuse = 1
    (notice,) = asked(scene)
    assert scene.notifier.sent[-1] == ("second@example.com", notice)
    scene.clock.advance(timedelta(hours=25))
    scene.notifier.refuse = 2
    assert asked(scene) == []
    (effect,) = [
        one for one in scene.store.outbox.effects(case_id=case) if one.status == "intended"
    ]
    assert "first: not now; second: not now" in effect.outcome
    scene.clock.advance(timedelta(hours=1))
    scene.run_effects()
    assert scene.notifier.told[-1].id == effect.id


def test_what_was_answered_before_the_summary_went_out_is_not_asked_for(scene):
    case = closed(scene)
    calls(scene).step()
    scene.say(case, Verdict.NO_LONGER_PRESENT)
    scene.run_effects()
    assert scene.notifier.told == []
