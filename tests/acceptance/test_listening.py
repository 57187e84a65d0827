"""Silence pages: a source that stops against its own past, and a canary that does not come back."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.findings import finding, imported
from tests.watchers import REGION, a_listener, lookout
from tests.worlds import Scene
from triage.domain.lookout import Lookout
from triage.engine.listening import PLACES_MAX, canary_in
from triage.ports.case_store import Filter
from triage.stages import alarm
from triage.stages.silence import Patience

HUB = Lookout(source="securityhub", account="", region=REGION)


def arrives(scene: Scene, listener: Any, *, every: timedelta, times: int) -> None:
    for number in range(times):
        scene.submit(imported(finding(bucket=f"bucket-{number}")))
        listener.step()
        scene.clock.advance(every)


def alarms(scene: Scene, listener: Any) -> list[tuple[str, str]]:
    listener.step()
    scene.submit()
    found = scene.store.cases.cases(Filter(limit=1000))
    own = [one for one in found if one.headline["source"] == "triage"]
    return [(one.headline["type"], one.headline["severity"]) for one in own]


SILENCE = ("triage:silence", "high")


def test_a_source_silent_for_three_times_its_longest_gap_pages(scene: Scene) -> None:
    listener = a_listener(scene, patience=Patience(floor=timedelta(hours=1)))
    arrives(scene, listener, every=timedelta(hours=10), times=10)
    scene.clock.advance(timedelta(hours=19))
    assert alarms(scene, listener) == []
    scene.clock.advance(timedelta(hours=2))
    assert alarms(scene, listener) == [SILENCE]
    scene.decide_due()
    scene.run_effects()
    assert scene.notifier.told


def test_a_silence_is_told_once_and_again_after_a_sign_of_life(scene: Scene) -> None:
    listener = a_listener(scene, patience=Patience(floor=timedelta(hours=1)))
    arrives(scene, listener, every=timedelta(hours=10), times=10)
    scene.clock.advance(timedelta(hours=40))
    for _ in range(3):
        assert alarms(scene, listener) == [SILENCE]
    arrives(scene, listener, every=timedelta(hours=10), times=1)
    scene.clock.advance(timedelta(days=30))
    assert alarms(scene, listener) == [SILENCE, SILENCE]


def test_a_busy_source_has_the_floor(scene: Scene) -> None:
    listener = a_listener(scene)
    arrives(scene, listener, every=timedelta(hours=1), times=80)
    scene.clock.advance(timedelta(hours=22))
    assert alarms(scene, listener) == []
    scene.clock.advance(timedelta(hours=2))
    assert alarms(scene, listener) == [SILENCE]


def test_what_was_heard_of_for_a_day_only_is_never_silent(scene: Scene) -> None:
    listener = a_listener(scene)
    arrives(scene, listener, every=timedelta(hours=1), times=24)
    scene.clock.advance(timedelta(days=60))
    assert alarms(scene, listener) == []


def test_what_a_reconciler_found_is_no_sign_of_life(scene: Scene) -> None:
    listener = a_listener(scene)
    scene.submit(json.dumps(finding()).encode())
    listener.step()
    assert scene.store.hearings.all() == []


def test_a_region_nobody_has_is_not_listened_for(scene: Scene) -> None:
    listener = a_listener(scene)
    scene.submit(imported(finding(Region="nowhere")).replace(b"eu-west-1", b"no where"))
    scene.submit(imported(finding()))
    listener.step()
    assert [one.lookout for one in scene.store.hearings.all()] == [HUB]


def test_what_is_noted_is_bounded(scene: Scene) -> None:
    listener = a_listener(scene)
    for number in range(PLACES_MAX):
        listener.notes[lookout(f"source-{number}")] = None  # type: ignore[assignment]  # a stand-in
    scene.submit(imported(finding()))
    assert HUB not in listener.notes


def test_a_silence_is_remembered_over_a_restart(scene: Scene) -> None:
    patience = Patience(floor=timedelta(hours=1))
    arrives(scene, a_listener(scene, patience=patience), every=timedelta(hours=10), times=10)
    scene.clock.advance(timedelta(hours=30))
    assert alarms(scene, a_listener(scene, patience=patience)) == [SILENCE]


def test_notes_that_could_not_be_written_are_kept(scene: Scene) -> None:
    listener = a_listener(scene)
    scene.submit(imported(finding()))

    class Full:
        def heard(self, *_args: Any) -> None:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        replace(listener, hearings=Full()).step()
    listener.step()
    assert [one.lookout for one in scene.store.hearings.all()] == [HUB]


# --- canaries -------------------------------------------------------------------------------------


def test_a_canary_that_arrives_is_no_ticket_and_no_alarm(scene: Scene) -> None:
    listener = a_listener(scene)
    listener.send()
    scene.submit()
    scene.clock.advance(timedelta(hours=1))
    assert (alarms(scene, listener), scene.store.quarantine.count()) == ([], 0)
    newest = scene.store.canaries.newest()
    assert newest is not None
    assert newest.arrived is not None


def test_a_canary_that_does_not_arrive_pages_once(scene: Scene) -> None:
    listener = a_listener(scene)
    listener.send()
    held = scene.world.queue.receive(at_most=1, wait_seconds=0)
    scene.world.queue.acknowledge(held)
    scene.clock.advance(timedelta(minutes=14))
    assert alarms(scene, listener) == []
    scene.clock.advance(timedelta(minutes=2))
    for _ in range(2):
        assert alarms(scene, listener) == [("triage:lost-canary", "high")]


def test_a_canary_nobody_sent_is_kept_and_excuses_none(scene: Scene) -> None:
    listener = a_listener(scene)
    scene.submit(alarm.canary("made-up"))
    (entry,) = scene.store.quarantine.list()
    assert (entry.reason, listener.canaries.newest()) == ("a canary that nobody here sent", None)


def test_a_worker_sends_one_a_day_when_told_to(scene: Scene) -> None:
    listener = a_listener(scene, canary_every=timedelta(hours=24))
    sent = []
    for _ in range(5):
        listener.step()
        scene.submit()
        newest = scene.store.canaries.newest()
        sent.append(newest and newest.id)
        scene.clock.advance(timedelta(hours=12, seconds=1))
    assert [len(set(sent[: place + 1])) for place in range(5)] == [1, 1, 2, 2, 3]


def test_without_being_told_to_it_sends_none(scene: Scene) -> None:
    listener = a_listener(scene)
    listener.step()
    assert scene.world.queue.depth() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"triage":{"canary":',
        b'{"triage":{"canary":3}}',
        b'{"triage":{"canary":"a","more":1}}',
        b'{"triage":{"canary":"a"},"triage":[]}',
        b'[{"triage":{"canary":"a"}}]',
    ],
)
def test_only_a_canary_is_one(body: bytes) -> None:
    assert canary_in(body) == ""


def test_a_canary_reads_as_written() -> None:
    assert canary_in(alarm.canary("abc")) == "abc"
