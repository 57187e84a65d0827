"""A close that no person made is watched: what comes back is judged anew, and counts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.closer import Closer
from tests.findings import finding, imported
from tests.repairs.mender import Mender
from triage.domain.case import CaseEvent, EventKind
from triage.domain.effect import Effect
from triage.engine.probation import RETURNED
from triage.sandbox.place import Place
from triage.sandbox.world import Shelf
from triage.wiring.licensing import counted_returns

DAY = 24 * 3600 + 60


@pytest.fixture
def closer(scene):
    return Closer(scene)


def later(closer, hours=1.0):
    return f"{closer.scene.clock.now() + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def unblock(closer):
    closer.client("s3").delete_public_access_block(Bucket="reports")


def told_again(closer, **changes):
    """Security Hub sees it fail again, an hour later."""
    closer.scene.clock.advance(timedelta(hours=1))
    found = {**closer.at_hub(), "Workflow": {"Status": "NEW"}, "UpdatedAt": later(closer, 0)}
    put(closer, found | changes)
    closer.scene.submit(imported(closer.at_hub()))


def put(closer, found):
    place = Place(account="111111111111", region="eu-west-1")
    closer.scene.sandbox.world.replace(Shelf.SECURITY_HUB_FINDINGS, place, [found])


def timers(closer, seconds):
    closer.scene.clock.advance(timedelta(seconds=seconds))
    closer.scene.run_timers()


def test_what_comes_back_within_the_day_is_opened_again_and_counts_against_its_rule(closer):
    case = closer.closed()
    closer.work()
    watch = closer.scene.case(case).watch
    assert (watch["ground"], watch["name"], watch["returned"]) == (
        "proof",
        "bucket-public-access-not-blocked: blocked now",
        None,
    )
    unblock(closer)
    told_again(closer)
    (after,) = closer.scene.decide_due()
    assert after.status == "escalated"
    assert closer.scene.replay(case).equal
    back = after.decided["returned"]
    assert (back["ground"], back["name"]) == (watch["ground"], watch["name"])
    assert "it came back 1.0 hours after it was closed on proof" in back["told"]
    closer.work()
    (notice,) = closer.scene.notifier.told
    assert back["told"] in notice.text
    (counted,) = [
        one for one in closer.scene.store.outbox.effects(case_id=case) if one.kind == "returned"
    ]
    assert (counted.status, counted.outcome) == ("done", back["told"])
    assert after.watch is None
    # The timer of the close that did not hold has nothing left to say.
    timers(closer, DAY)
    assert closer.events(case, "watched") == []


@pytest.mark.slow
def test_a_quiet_day_ends_probation_with_one_look_at_the_source(closer):
    case = closer.closed()
    closer.work()
    timers(closer, DAY)
    (said,) = closer.events(case, "watched")
    assert (said["seen"], said["final"], said["reopens"]) == ("quiet", True, False)
    assert closer.scene.case(case).status == "closed"
    assert closer.scene.case(case).watch is None
    timers(closer, DAY)
    assert len(closer.events(case, "watched")) == 1


@pytest.mark.slow
def test_a_source_that_lags_counts_against_nobody(closer):
    case = closer.closed()
    told_again(closer)
    (after,) = closer.scene.decide_due()
    assert after.status == "closed"
    assert after.decided.get("returned") is None
    assert after.watch["since"] > later(closer, -1)
    # Only the last close's timer counts.
    timers(closer, DAY)
    assert len(closer.events(case, "watched")) == 1


@pytest.mark.slow
def test_a_forged_return_counts_against_nobody(closer):
    case = closer.closed()
    closer.scene.clock.advance(timedelta(hours=1))
    forged = {**closer.at_hub(), "UpdatedAt": later(closer, 0)}
    put(closer, finding(bucket="another"))
    closer.scene.submit(imported(forged))
    (after,) = closer.scene.decide_due()
    assert after.id == case
    assert after.status == "escalated"
    assert after.decided.get("returned") is None


@pytest.mark.slow
def test_what_only_its_source_has_active_again_is_found_by_the_timer(closer):
    case = closer.closed()
    closer.work()
    unblock(closer)
    put(closer, {**closer.at_hub(), "Workflow": {"Status": "NEW"}})
    timers(closer, DAY)
    (said,) = closer.events(case, "watched")
    assert (said["seen"], said["reopens"]) == ("returned", True)
    assert closer.scene.case(case).status == "received"
    (after,) = closer.scene.decide_due()
    assert after.status == "escalated"
    assert after.decided["returned"]["returned"] is not None


@pytest.mark.slow
def test_a_source_that_does_not_answer_is_asked_again_and_stays_unknown(closer):
    case = closer.closed()
    closer.work()
    closer.scene.sandbox.faults.add("throttle", service="securityhub")
    for seconds in (DAY, 16 * 60, 61 * 60, 5 * 3600, DAY):
        timers(closer, seconds)
    looks = closer.events(case, "watched")
    assert [(one["seen"], one["final"]) for one in looks] == [
        ("unknown", False),
        ("unknown", False),
        ("unknown", False),
        ("unknown", True),
    ]
    assert "could not find out whether it holds" in looks[-1]["says"]
    after = closer.scene.case(case)
    assert (after.status, after.watch) == ("closed", None)


@pytest.mark.slow
def test_a_finding_left_open_at_its_source_is_no_return_until_its_source_sees_it_again(closer):
    closer.only()
    case = closer.closed()
    timers(closer, DAY)
    assert [one["seen"] for one in closer.events(case, "watched")] == ["quiet"]


@pytest.mark.slow
def test_no_probation_where_it_is_switched_off(closer):
    limits = replace(closer.scene.world.limits, probation_hours=0.0)
    closer.scene.world = replace(closer.scene.world, limits=limits)
    case = closer.closed()
    assert closer.scene.case(case).watch is None
    timers(closer, DAY)
    assert closer.events(case, "watched") == []


@pytest.mark.slow
def test_what_was_repaired_and_came_back_goes_to_a_person_and_stops_its_rule(closer):
    mender = Mender(closer.scene)
    policy = replace(closer.scene.world.rules.policy, misses_max=1)
    mender.under(policy)
    found = finding()
    case = mender.decide()
    mender.work()
    assert mender.case(case).status == "closed"
    assert closer.at_hub()["Workflow"] == {"Status": "RESOLVED"}
    assert closer.at_hub()["UserDefinedFields"]["triageGround"] == "repair"
    assert mender.case(case).watch["ground"] == "repair"
    unblock(closer)
    told_again(closer, Id=found["Id"])
    closer.scene.decide_due()
    mender.work()
    after = mender.case(case)
    assert after.status == "escalated"
    assert "is not repaired a second time" in mender.data(case, "unplanned")["because"]
    assert mender.block() is None
    switch = closer.scene.store.switches.stopped("block-it: block it")
    assert switch is not None
    assert "its repairs do not hold" in switch.because


@pytest.mark.slow
def test_returns_of_what_a_licence_closed_are_counted_for_it(closer):
    case = closer.closed()
    now = closer.scene.clock.now()
    data = {"ground": "licence", "name": "p: r", "rule": "meaning", "tier": "production"}
    counted = Effect(
        id="r1", case=case, kind=RETURNED, data={**data, "told": "it came back"}, due=now
    )
    other = replace(counted, id="r2", data={**counted.data, "ground": "proof"})
    event = CaseEvent(id="e1", kind=EventKind.REMINDED, at=now, data={})
    store = closer.scene.store
    version = closer.scene.case(case).version
    store.cases.append(case, event, version=version, effects=[counted, other])
    returns = counted_returns(store)
    assert returns("meaning", "production", now - timedelta(hours=1)) == 1
    assert returns("meaning", "staging", now - timedelta(hours=1)) == 0
    assert returns("meaning", "production", now + timedelta(hours=1)) == 0
