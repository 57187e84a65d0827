"""What never reached the queue is found at its source, once, and nothing is taken for nothing."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.watchers import ACCOUNT, AT_ONCE, REGION, a_reconciler, lookout, one_cycle, taken_in
from tests.worlds import Scene
from triage.domain.lookout import Page, Tally
from triage.ports.case_store import Filter

INSPECTOR = lookout("inspector")


def inspector(number: int, updated: str = "-10m", **changes: Any) -> dict[str, Any]:
    return {
        "findingArn": f"arn:aws:inspector2:{REGION}:{ACCOUNT}:finding/{number:032x}",
        "updatedAt": updated,
        "severity": "HIGH",
        "resources": [{"type": "AWS_EC2_INSTANCE", "id": f"i-{number:017x}", "region": REGION}],
        **changes,
    }


def load(scene: Scene, *findings: dict[str, Any], account: str = ACCOUNT) -> None:
    sections = {"inspector_findings": list(findings)}
    scene.load({"region": REGION, "accounts": {account: sections}})


def event(scene: Scene, number: int) -> bytes:
    """What EventBridge would have sent of a finding."""
    found = scene.sandbox.client("inspector2", ACCOUNT, REGION).list_findings()["findings"]
    detail = next(one for one in found if one["findingArn"].endswith(f"{number:032x}"))
    for name in ("firstObservedAt", "lastObservedAt", "updatedAt"):
        detail[name] = detail[name].isoformat()
    return json.dumps(
        {
            "version": "0",
            "id": f"e-{number}",
            "detail-type": "Inspector2 Finding",
            "source": "aws.inspector2",
            "account": ACCOUNT,
            "region": REGION,
            "time": detail["updatedAt"],
            "resources": [],
            "detail": detail,
        }
    ).encode()


def cases(scene: Scene) -> int:
    return len(scene.store.cases.cases(Filter(limit=1000)))


def progress(scene: Scene, of: Any = INSPECTOR) -> Any:
    return next(one for one in scene.store.watermarks.all() if one.lookout == of)


def test_what_never_arrived_is_found_and_what_did_is_not_doubled(scene: Scene) -> None:
    load(scene, *(inspector(number) for number in range(6)))
    scene.submit(*(event(scene, number) for number in range(4)))
    one_cycle(scene, a_reconciler(scene, INSPECTOR))
    assert cases(scene) == 6
    assert progress(scene).last == Tally(found=6, new=2)


def test_a_second_cycle_finds_nothing_new(scene: Scene) -> None:
    load(scene, inspector(1))
    reconciler = a_reconciler(scene, INSPECTOR)
    one_cycle(scene, reconciler)
    scene.clock.advance(timedelta(hours=6, seconds=1))
    one_cycle(scene, reconciler)
    after = progress(scene)
    assert (after.cycles, after.total, cases(scene)) == (2, Tally(found=2, new=1), 1)


def test_news_of_a_known_finding_counts_as_an_update(scene: Scene) -> None:
    load(scene, inspector(1))
    scene.submit(event(scene, 1))
    load(scene, inspector(1, "-1m", severity="CRITICAL"))
    one_cycle(scene, a_reconciler(scene, INSPECTOR))
    (case,) = scene.store.cases.cases(Filter())
    assert progress(scene).last == Tally(found=1, updated=1)
    assert case.headline["severity"] == "critical"


@pytest.mark.parametrize("fault", ["throttle", "deny", "error", "truncated"])
def test_a_failed_page_moves_no_watermark(scene: Scene, fault: str) -> None:
    load(scene, inspector(1))
    scene.sandbox.faults.add(fault, service="inspector2")
    one_cycle(scene, a_reconciler(scene, INSPECTOR))
    after = progress(scene)
    assert (after.reached, after.cycles, after.failures) == (None, 0, 1)
    assert after.problem
    scene.sandbox.faults.clear()
    scene.clock.advance(timedelta(minutes=2))
    one_cycle(scene, a_reconciler(scene, INSPECTOR))
    assert (progress(scene).problem, cases(scene)) == ("", 1)


def test_a_window_goes_on_where_another_worker_left_it(scene: Scene) -> None:
    load(scene, *(inspector(number) for number in range(60)))
    a_reconciler(scene, INSPECTOR).step()
    half = progress(scene)
    assert (half.tally, bool(half.cursor), half.reached) == (Tally(found=25, new=25), True, None)
    one_cycle(scene, a_reconciler(scene, INSPECTOR, owner="another"))
    assert progress(scene).last == Tally(found=60, new=60)
    asked = scene.sandbox.requests.named("inspector2.ListFindings")
    assert (len(asked), cases(scene)) == (3, 60)


def test_a_cursor_the_service_forgot_begins_the_window_anew(scene: Scene) -> None:
    load(scene, *(inspector(number) for number in range(30)))
    a_reconciler(scene, INSPECTOR).step()
    scene.sandbox.faults.add("error", service="inspector2", times=1)
    a_reconciler(scene, INSPECTOR).step()
    assert (progress(scene).cursor, progress(scene).tally) == ("", Tally())
    scene.clock.advance(timedelta(minutes=2))
    one_cycle(scene, a_reconciler(scene, INSPECTOR))
    assert (progress(scene).last.found, cases(scene)) == (30, 30)


def test_what_was_submitted_before_a_crash_is_one_case(scene: Scene) -> None:
    load(scene, inspector(1))

    class Dies(Exception):
        pass

    class Watermarks:
        def __getattr__(self, name: str) -> Any:
            return getattr(scene.store.watermarks, name)

        def keep(self, _progress: Any, *, owner: str) -> bool:
            raise Dies

    with pytest.raises(ExceptionGroup):
        a_reconciler(scene, INSPECTOR, watermarks=Watermarks()).step()
    scene.clock.advance(timedelta(minutes=6))
    one_cycle(scene, a_reconciler(scene, INSPECTOR))
    assert (progress(scene).cycles, cases(scene)) == (1, 1)


def test_many_workers_make_one_cycle(scene: Scene) -> None:
    load(scene, inspector(1))
    first, second = (a_reconciler(scene, INSPECTOR, owner=name) for name in ("a", "b"))
    held = first.watermarks
    held.ensure([INSPECTOR], due=scene.clock.now())
    held.claim(now=scene.clock.now(), owner="a", at_most=1, lease_seconds=300, among=[INSPECTOR])
    assert second.step() == 0


def test_a_busy_account_keeps_no_other_from_its_turn(scene: Scene) -> None:
    accounts = ["111111111111", "222222222222"]
    sections = {
        accounts[0]: {"inspector_findings": [inspector(number) for number in range(60)]},
        accounts[1]: {"inspector_findings": [inspector(99)]},
    }
    scene.load({"region": REGION, "accounts": sections})
    places = [lookout("inspector", account) for account in accounts]
    reconciler = a_reconciler(scene, *places, lookouts_at_once=1)
    reconciler.step()
    reconciler.step()
    asked = [one.account for one in scene.sandbox.requests.named("inspector2.ListFindings")]
    assert asked == accounts


def test_a_window_overlaps_the_one_before(scene: Scene) -> None:
    load(scene, inspector(1, "-20m"))
    reconciler = a_reconciler(scene, INSPECTOR)
    one_cycle(scene, reconciler)
    # A finding whose listing was late: it changed before the last cycle ended.
    load(scene, inspector(1, "-20m"), inspector(2, "-20m"))
    scene.clock.advance(AT_ONCE.interval)
    one_cycle(scene, reconciler)
    assert cases(scene) == 2


def test_a_run_ends_at_the_end_of_a_cycle_or_at_the_first_failure(scene: Scene) -> None:
    load(scene, *(inspector(number) for number in range(30)))
    said: list[Any] = []
    reconciler = a_reconciler(scene, INSPECTOR, lookout("guardduty"))
    reconciler.run([INSPECTOR, lookout("guardduty")], said.append)
    taken_in(scene)
    told = {one.lookout.source: (one.cycles, bool(one.problem)) for one in said}
    assert told == {"inspector": (1, False), "guardduty": (0, True)}
    assert cases(scene) == 30


def test_what_is_no_ticket_is_kept_and_counts_as_no_case(scene: Scene) -> None:
    load(scene, inspector(1))
    scene.sandbox.load(
        {"region": REGION, "accounts": {ACCOUNT: {"inspector_findings": [inspector(2)]}}}
    )

    class Odd:
        def page(self, *_args: Any, **_more: Any) -> Any:
            return Page(records=({"something": "else"},))

    one_cycle(scene, a_reconciler(scene, INSPECTOR, source=Odd()))
    assert progress(scene).last == Tally(found=1)
    assert (cases(scene), scene.store.quarantine.count()) == (0, 1)
