"""What a case keeps of its repairs."""

from datetime import timedelta

import pytest

from tests.builders import NOON
from triage.domain.effect import EXPIRE, Timer
from triage.domain.repair import Repair, Repairs, Stage, repair_as_json, repair_from_json
from triage.engine.repairing.expiring import ATTEMPTS_MAX, next_attempt

ASKED = {"repair": "back", "fix": "wafv2.block_address", "undoes": "first", "by": "alice"}


@pytest.mark.parametrize(
    ("stage", "contains", "busy"),
    [
        (Stage.READY, True, True),
        (Stage.MADE, True, False),
        (Stage.MADE, False, True),
        (Stage.PROVEN, False, False),
    ],
)
def test_news_waits_for_no_proof_of_what_only_contains(stage, contains, busy):
    repair = Repair(id="first", fix="ec2.snapshot_volumes", stage=stage, contains=contains)
    assert (repair.busy, Repairs((repair,)).busy) == (busy, busy)


@pytest.mark.parametrize("expired", [True, False])
def test_a_way_back_knows_whether_anybody_asked_for_it(expired):
    first = Repair(id="first", fix="wafv2.block_address", stage=Stage.PROVEN, written=True)
    data = ASKED | ({"expired": True} if expired else {})
    back = Repairs((first,)).after("revert_asked", data).named("back")
    assert back == Repair(
        id="back",
        fix="wafv2.block_address",
        undoes="first",
        contains=True,
        expired=expired,
    )
    assert repair_from_json(repair_as_json(back)) == back


def test_a_repair_of_before_there_were_blocks_is_read_still():
    row = repair_as_json(Repair(id="first", fix="s3.require_tls"))
    older = {name: value for name, value in row.items() if name != "expired"}
    assert repair_from_json(older) == Repair(id="first", fix="s3.require_tls")


def test_an_end_that_fails_is_tried_less_and_less_often_and_not_for_ever():
    timer = Timer(id="t", case="c", kind=EXPIRE, due=NOON, data={"repair": "first"})
    waits = [next_attempt(timer, attempts) - NOON for attempts in range(6)]
    assert waits == [
        timedelta(),
        timedelta(minutes=2),
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=2),
        timedelta(hours=3),
    ]
    assert next_attempt(timer, ATTEMPTS_MAX).year == 9999
