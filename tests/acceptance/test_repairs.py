"""A repair from its decision to its proof, and everything that keeps it from being made.

The quick suite has one of each kind.
"""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.findings import finding, imported, organisation
from tests.repairs.mender import FREELY, PLAYBOOK, Mender
from triage.adapters.storage.history import SqlHistory
from triage.domain.account import Tier
from triage.domain.errors import Unverified
from triage.domain.message import Reception
from triage.domain.person import People
from triage.domain.policy import Freeze
from triage.domain.verdict import Verdict
from triage.engine.effects import give_up
from triage.engine.labelling import seen
from triage.engine.pipeline import take_in
from triage.engine.repairing.applying import freeze
from triage.engine.repairing.approving import (
    AlreadyGiven,
    Expired,
    NothingToRevert,
    NothingWaits,
    approve,
)
from triage.engine.repairing.planning import plan
from triage.engine.repairing.replaying import differing
from triage.engine.reviewing import Reviews
from triage.remediations import remediation as fixing

ALL_ON = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
ASKING = replace(FREELY, ask_in=(Tier.DEVELOPMENT,))
MADE = ["decided", "planned", "intended", "written", "made", "proven"]


@pytest.fixture
def mender(scene):
    return Mender(scene)


def test_a_posture_finding_is_repaired_proven_and_closed_without_anybody(mender):
    case = mender.decide()
    assert mender.case(case).status == "acting"
    mender.work()
    assert mender.block() == ALL_ON
    assert mender.kinds(case) == MADE
    after = mender.case(case)
    assert after.status == "closed"
    assert mender.data(case, "proven")["verdict"] == "no longer present"
    assert mender.scene.notifier.told == []
    assert_drawn(mender, case)


def assert_drawn(mender, case):
    """The close draws when it is proven, by what its rule means; its label is a sample."""
    decided, proven = mender.data(case, "decided"), mender.data(case, "proven")
    assert "sample" not in decided
    opened = mender.case(case).opened
    (entry,) = mender.scene.store.closes.since(opened)
    assert proven["sample"] == {"rate": 1.0, "chosen": True, "due": entry.due.isoformat()}
    assert (entry.rule, entry.name) == (decided["mends"]["rule"], decided["rule"])
    assert (entry.case, entry.ground, entry.tier) == (case, "proof", decided["mends"]["tier"])
    store = mender.scene.store
    reviews = Reviews(closes=store.closes, cases=store.cases)
    assert [one.case.id for one in reviews.waiting(at_most=9)] == [case]
    mender.scene.say(case, Verdict.NO_LONGER_PRESENT)
    reviews.step()
    assert not reviews.waiting(at_most=9)
    (one,) = seen(SqlHistory(store.database), opened, lambda _case, _said: True)
    assert [label.origin for label in one.labels] == ["sampled"]


RUNS_A_RUNBOOK = PLAYBOOK.replace(
    "resolve: [{ fix: s3.block_public_access }]",
    """resolve:
      - fix: ssm.run_automation
        document: AWSSupport-ContainS3Resource
        version: "7"
        parameters:
          AutomationAssumeRole: "arn:aws:iam::{account}:role/contains"
          BucketName: "{id}"
          Action: Contain
        restore: { Action: Restore }""",
)


@pytest.mark.slow
@pytest.mark.parametrize("allowed", [True, False])
def test_a_runbook_that_ran_is_proven_and_its_case_stays_with_a_person(mender, allowed):
    runbook = {"name": "AWSSupport-ContainS3Resource", "version": "7", "looks": 1}
    takes = ["AutomationAssumeRole", "BucketName", "Action"]
    found = finding("S3.8")
    world = organisation([found])
    world["accounts"]["111111111111"]["runbooks"] = [{**runbook, "parameters": takes}]
    policy = FREELY if allowed else replace(FREELY, documents=("AWS-Another",))
    mender.under(policy, RUNS_A_RUNBOOK)
    mender.scene.load(world)
    mender.scene.submit(imported(found))
    (case,) = mender.scene.decide_due()
    mender.work()
    if not allowed:
        said = mender.data(case.id, "unplanned")["because"]
        assert said.startswith("the operator does not allow the runbook")
        return
    assert mender.kinds(case.id)[-1] == "unproven"
    assert mender.data(case.id, "unproven")["because"] == 'not as wanted: run is "InProgress"'
    mender.work(5)
    proven = mender.data(case.id, "proven")
    assert (proven["final"], proven["closes"]) == (True, False)
    assert mender.case(case.id).status == "escalated"
    mender.revert(case.id)
    mender.work()
    mender.work(5)
    assert mender.kinds(case.id)[-1] == "reverted"
    (back, first) = mender.scene.sandbox.client(
        "ssm", "111111111111", "eu-west-1"
    ).describe_automation_executions()["AutomationExecutionMetadataList"]
    assert back["AutomationExecutionId"] != first["AutomationExecutionId"]


@pytest.mark.slow
def test_the_decision_to_repair_is_replayed_to_the_byte(mender):
    case = mender.decide()
    assert mender.scene.replay(case).equal
    mender.work()
    assert mender.scene.replay(case).equal


@pytest.mark.slow
def test_every_write_has_its_intent_its_plan_and_its_before_on_record(mender):
    case = mender.decide()
    mender.work()
    planned = mender.data(case, "planned")
    body = mender.scene.store.cases.body(planned["plan"])
    assert body is not None
    assert b'"before":{' in body
    assert mender.scene.store.cases.body(planned["situation"]) is not None
    assert mender.data(case, "intended")["call"] == "s3:PutBucketPublicAccessBlock"


def test_a_repair_is_taken_back_by_a_person_and_proven_to_be(mender):
    case = mender.decide()
    mender.work()
    mender.revert(case)
    mender.work()
    assert mender.block() is None
    assert mender.kinds(case)[-1] == "reverted"
    after = mender.case(case)
    assert (after.status, after.acknowledged_by) == ("escalated", "alice")
    with pytest.raises(NothingToRevert):
        mender.revert(case)


@pytest.mark.slow
def test_what_is_repaired_anew_after_it_was_taken_back_is_closed(mender):
    case = mender.decide()
    mender.work()
    mender.revert(case)
    mender.work()
    again = finding(UpdatedAt="2026-11-21T10:00:00Z")
    mender.scene.load(organisation([again]))
    mender.scene.submit(imported(again))
    mender.scene.decide_due()
    mender.work()
    assert mender.block() == ALL_ON
    assert [one.stage for one in mender.case(case).repairs.each] == ["reverted", "proven", "proven"]
    assert mender.case(case).status == "closed"


@pytest.mark.slow
def test_what_somebody_changed_since_is_not_taken_back(mender):
    case = mender.decide()
    mender.work()
    half = ALL_ON | {"RestrictPublicBuckets": False}
    client = mender.scene.sandbox.client("s3", "111111111111", "eu-west-1")
    client.put_public_access_block(Bucket="reports", PublicAccessBlockConfiguration=half)
    mender.revert(case)
    mender.work()
    assert mender.block() == half
    assert "somebody has changed it since" in mender.data(case, "unplanned")["because"]
    assert mender.case(case).status == "closed"


@pytest.mark.slow
def test_an_exposure_is_repaired_and_still_goes_to_a_person(mender):
    case = mender.decide("S3.2", policy="public-read")
    assert mender.case(case).status == "escalated"
    mender.work()
    assert mender.block() == ALL_ON
    assert mender.kinds(case)[-1] == "proven"
    after = mender.case(case)
    assert after.status == "escalated"
    assert len(mender.scene.notifier.told) == 1


@pytest.mark.slow
def test_without_the_operators_word_nothing_is_repaired(mender):
    mender.under(replace(FREELY, repairs=False))
    case = mender.decide()
    mender.work()
    assert mender.block() is None
    assert mender.case(case).decided["would"] == "resolve: s3.block_public_access"


@pytest.mark.slow
def test_a_finding_its_source_does_not_know_is_never_repaired(mender):
    mender.scene.load(organisation([finding(bucket="another")]))
    mender.scene.submit(imported(finding()))
    (case,) = mender.scene.decide_due()
    assert case.decided["decision"] == "escalate"
    assert "its source does not confirm it" in case.decided["reasons"]
    mender.work()
    assert mender.block() is None


# --- guards ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_in_production_somebody_agrees_first(mender):
    mender.under(FREELY.__class__(repairs=True), tier=Tier.PRODUCTION)
    case = mender.decide()
    mender.work()
    assert mender.case(case).status == "waiting"
    assert mender.block() is None
    (notice,) = mender.scene.notifier.told
    assert f"triage approve {case}" in notice.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "account", "bucket", "why"),
    [
        ({"protected": ("reports",)}, {}, {}, "is protected"),
        ({}, {}, {"tags": {"triage:protected": "yes"}}, "it is protected"),
        ({}, {"tier": Tier.MANAGEMENT}, {}, "management account"),
        ({}, {}, {"tags": {"aws:cloudformation:stack-name": "web"}}, "the CloudFormation stack"),
        ({}, {}, {"tags": {"ManagedBy": "terraform"}}, "Terraform owns it"),
        ({}, {}, {"website": "index.html"}, "serves a website"),
    ],
    ids=["listed", "tagged", "management", "stack", "terraform", "website"],
)
def test_what_must_not_be_changed_goes_to_a_person_with_the_reason(
    mender, changes, account, bucket, why
):
    mender.under(replace(FREELY, **changes), **account)
    case = mender.decide(**bucket)
    mender.work()
    assert mender.block() is None
    assert mender.case(case).status == "escalated"
    assert why in mender.data(case, "unplanned")["because"]
    assert why in mender.scene.notifier.told[-1].text


@pytest.mark.slow
def test_a_playbook_may_change_what_a_stack_owns(mender):
    managed = PLAYBOOK.replace(
        "block_public_access }", "block_public_access, even_if_managed: true }"
    )
    mender.under(FREELY, managed)
    mender.decide(tags={"aws:cloudformation:stack-name": "web"})
    mender.work()
    assert mender.block() == ALL_ON


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [{"per_hour": 0}, {"per_hour_fix": 0}, {"per_hour_account": 0}, {"share_from": 1}],
    ids=lambda changes: next(iter(changes)),
)
def test_beyond_a_limit_somebody_agrees_first(mender, changes):
    mender.under(replace(FREELY, **changes))
    case = mender.decide()
    mender.work()
    assert mender.case(case).status == "waiting"
    assert mender.block() is None


@pytest.mark.slow
def test_while_changes_are_frozen_somebody_agrees_first(mender):
    now = mender.scene.clock.now()
    window = Freeze(start=now, end=now + timedelta(days=1), because="year's end")
    mender.under(replace(FREELY, freezes=(window,)))
    case = mender.decide()
    mender.work()
    assert "year's end" in " ".join(mender.data(case, "planned")["because"])


@pytest.mark.slow
def test_the_kill_switch_holds_every_write_and_nothing_is_lost(mender):
    case = mender.decide()
    switches = mender.scene.store.switches
    switches.throw("all", by="alice", because="drill", at=mender.scene.clock.now())
    mender.work()
    mender.work(600)
    assert mender.block() is None
    assert mender.case(case).status == "acting"
    switches.release("all", by="alice", at=mender.scene.clock.now())
    mender.work(5)
    assert mender.block() == ALL_ON
    assert mender.case(case).status == "closed"


# --- approvals ------------------------------------------------------------------------------------


def waiting(mender, **changes):
    mender.under(replace(ASKING, **changes))
    case = mender.decide()
    mender.work()
    assert mender.case(case).status == "waiting"
    return case


@pytest.mark.slow
def test_a_plan_is_made_once_somebody_agreed_and_who_is_recorded(mender):
    case = waiting(mender)
    mender.approve(case)
    mender.work()
    assert mender.block() == ALL_ON
    assert mender.case(case).status == "closed"
    said = mender.data(case, "approved")
    assert (said["by"], said["from"], said["enough"]) == ("alice", "tests", True)
    assert said["digest"] == mender.data(case, "planned")["digest"]
    with pytest.raises(NothingWaits):
        mender.approve(case)


@pytest.mark.slow
def test_a_plan_that_somebody_refuses_is_not_made(mender):
    case = waiting(mender)
    mender.reject(case)
    mender.work()
    assert mender.block() is None
    assert mender.case(case).status == "escalated"


@pytest.mark.slow
def test_a_plan_that_nobody_agreed_to_in_time_is_void(mender):
    case = waiting(mender)
    mender.scene.clock.advance(timedelta(hours=5))
    with pytest.raises(Expired):
        mender.approve(case)
    mender.scene.run_timers()
    assert mender.case(case).status == "escalated"
    assert mender.kinds(case)[-1] == "lapsed"


def test_an_approval_counts_for_nothing_once_the_resource_has_moved(mender):
    case = waiting(mender)
    client = mender.scene.sandbox.client("s3", "111111111111", "eu-west-1")
    client.put_bucket_website(
        Bucket="reports", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}}
    )
    mender.approve(case)
    mender.work()
    assert mender.block() is None
    assert "has changed since" in mender.data(case, "unplanned")["because"]
    assert mender.case(case).status == "escalated"


@pytest.mark.slow
def test_two_different_people_agree_to_what_touches_the_fleet(mender):
    case = waiting(mender, share_from=1)
    mender.approve(case, "alice")
    assert mender.case(case).status == "waiting"
    with pytest.raises(AlreadyGiven):
        mender.approve(case, "alice")
    mender.work()
    assert mender.block() is None
    mender.approve(case, "bob")
    mender.work()
    assert mender.block() == ALL_ON


@pytest.mark.slow
def test_a_strangers_word_is_none(mender):
    case = waiting(mender)
    mender.keys["mallory"] = mender.keys.pop("bob")
    saying = mender.saying("mallory")
    stranger = replace(saying, people=People(people={}))
    with pytest.raises(Unverified):
        approve(mender.scene.world, case, stranger)
    assert mender.case(case).status == "waiting"


# --- when it does not work ------------------------------------------------------------------------


@pytest.mark.slow
def test_a_throttled_write_is_tried_again(mender):
    case = mender.decide()
    mender.scene.sandbox.faults.add(
        "throttle", service="s3", operation="PutPublicAccessBlock", times=2
    )
    for _ in range(4):
        mender.work(30)
    assert mender.block() == ALL_ON
    assert mender.case(case).status == "closed"
    outcomes = [one.data["outcome"] for one in mender.scene.events(case) if one.kind == "written"]
    assert outcomes[-1] == "made"
    assert all("throttled" in one for one in outcomes[:-1])
    assert len(outcomes) == 3


@pytest.mark.slow
def test_a_denied_write_goes_to_a_person(mender):
    case = mender.decide()
    mender.scene.sandbox.faults.add("deny", service="s3", operation="PutPublicAccessBlock")
    mender.work()
    assert mender.case(case).status == "escalated"
    assert "was denied" in mender.data(case, "frozen")["because"]


@pytest.mark.slow
def test_a_write_that_never_answers_ends_with_a_person(mender):
    case = mender.decide()
    mender.scene.sandbox.faults.add("error", service="s3", operation="PutPublicAccessBlock")
    for _ in range(12):
        mender.work(1000)
    assert mender.case(case).status == "escalated"
    assert "tried as often" in mender.data(case, "frozen")["because"]


@pytest.mark.slow
def test_an_unproven_repair_is_looked_at_again_then_frozen_and_never_taken_back(mender):
    case = mender.decide()
    mender.scene.sandbox.faults.add("stale", service="s3", operation="GetPublicAccessBlock")
    for _ in range(6):
        mender.work(200)
    assert mender.case(case).status == "escalated"
    assert mender.kinds(case).count("unproven") == 4
    mender.scene.sandbox.faults.clear()
    assert mender.block() == ALL_ON
    assert "triage revert" in mender.scene.notifier.told[-1].text
    (switch,) = mender.scene.store.switches.all().values()
    assert (switch.misses, switch.stopped) == (1, False)


@pytest.mark.slow
def test_a_rule_whose_repairs_do_not_prove_themselves_is_stopped(mender):
    now = mender.scene.clock.now()
    rule = "block-it: block it"
    switches = mender.scene.store.switches
    assert not switches.miss(rule, most=2, because="no", at=now).stopped
    assert switches.miss(rule, most=2, because="no", at=now).stopped
    case = mender.decide()
    mender.work()
    assert mender.block() is None
    assert "its rule is stopped" in mender.data(case, "unplanned")["because"]


@pytest.mark.slow
def test_news_waits_until_the_repair_has_ended(mender):
    case = mender.decide()
    worse = finding(
        Severity={"Label": "CRITICAL", "Normalized": 95}, UpdatedAt="2026-11-20T10:30:00Z"
    )
    mender.scene.submit(imported(worse))
    assert list(mender.scene.decide_due()) == []
    mender.work()
    assert mender.block() == ALL_ON
    mender.scene.clock.advance(timedelta(minutes=10))
    mender.scene.decide_due()
    assert mender.case(case).decided["decision"] == "close"


# --- crashes, races and what comes back -----------------------------------------------------------


class Crashed(BaseException):
    """The worker ended here."""


@pytest.mark.slow
def test_a_worker_that_dies_at_any_event_leaves_a_repair_that_the_next_one_finishes(
    mender, monkeypatch
):
    """However it dies, the write is made once and the case ends closed."""
    cases = mender.scene.store.cases
    append = cases.append
    for moment in range(1, 99):
        bucket = f"reports-{moment}"
        case = mender.decide(name=bucket)
        appended = []

        def dying(*words, appended=appended, moment=moment, **more):
            appended.append(words)
            if len(appended) == moment:
                raise Crashed
            return append(*words, **more)

        monkeypatch.setattr(cases, "append", dying)
        with suppress(Crashed):
            mender.work()
        died = len(appended) >= moment
        monkeypatch.setattr(cases, "append", append)
        for _ in range(3):
            mender.work(200)
        assert mender.block(bucket) == ALL_ON
        assert mender.case(case).status == "closed"
        assert len(mender.scene.sandbox.requests.named("s3.PutPublicAccessBlock")) == 1
        if not died:
            return
    pytest.fail("it never ran to its end")


def test_the_kill_switch_is_looked_at_after_the_intent_and_before_the_write(mender):
    case = mender.decide()
    switches = mender.scene.store.switches
    cases = mender.scene.store.cases
    append = cases.append

    def halting(case_id, event, **more):
        after = append(case_id, event, **more)
        if event.kind == "intended":
            switches.throw("all", by="alice", because="now", at=mender.scene.clock.now())
        return after

    cases.append = halting
    mender.work()
    assert "intended" in mender.kinds(case)
    assert mender.block() is None
    cases.append = append
    switches.release("all", by="alice", at=mender.scene.clock.now())
    mender.work(5)
    assert mender.block() == ALL_ON
    assert mender.case(case).status == "closed"


def after_each(cases, monkeypatch, kind, do):
    """Have something happen right after an event of a kind is written."""
    append = cases.append

    def appending(case_id, event, **more):
        after = append(case_id, event, **more)
        if event.kind == kind:
            do()
        return after

    monkeypatch.setattr(cases, "append", appending)


@pytest.mark.slow
def test_a_worker_that_slept_past_its_lease_writes_nothing_that_another_one_made(
    mender, monkeypatch
):
    """It sleeps between its intent and its write; another one repairs, a person takes it back."""
    case = mender.decide()
    asleep = []

    def sleep():
        if asleep:
            return
        asleep.append(True)
        mender.work(200)
        mender.revert(case)
        mender.work(1)

    after_each(mender.scene.store.cases, monkeypatch, "intended", sleep)
    mender.work()
    assert [one.stage for one in mender.case(case).repairs.each] == ["reverted", "proven"]
    assert mender.block() is None
    puts = mender.scene.sandbox.requests.named("s3.PutPublicAccessBlock")
    assert len(puts) == 1


@pytest.mark.slow
def test_a_repair_that_has_ended_is_intended_no_more(mender, monkeypatch):
    """Somebody takes the plan away after the resource was looked at, and before the intent."""
    case = mender.decide()
    world = mender.scene.world
    (repair,) = mender.case(case).repairs.each
    inspect = fixing.inspect
    seen = []

    def looking(*words, **more):
        found = inspect(*words, **more)
        seen.append(found)
        if len(seen) == 2:
            freeze(world, case, repair.id, "somebody said so")
        return found

    monkeypatch.setattr(fixing, "inspect", looking)
    mender.work()
    assert "intended" not in mender.kinds(case)
    assert mender.block() is None
    assert mender.case(case).status == "escalated"


@pytest.mark.slow
def test_the_kill_switch_counts_as_it_is_when_a_write_begins(mender, monkeypatch):
    """Its word came before it was thrown, and the worker slept over it."""
    case = mender.decide()
    switches = mender.scene.store.switches
    halted, words = switches.halted, []

    def slow():
        words.append(halted())
        if len(words) == 2:
            mender.scene.clock.advance(timedelta(seconds=30))
            switches.throw("all", by="alice", because="now", at=mender.scene.clock.now())
        return words[-1]

    monkeypatch.setattr(mender.scene.world.switches, "halted", slow)
    mender.work()
    assert "intended" in mender.kinds(case)
    assert mender.block() is None
    switches.release("all", by="alice", at=mender.scene.clock.now())
    mender.work(5)
    assert mender.block() == ALL_ON


@pytest.mark.slow
def test_what_was_cut_off_as_often_as_it_may_be_tried_goes_to_a_person(mender, monkeypatch):
    limits = replace(mender.scene.world.limits, effect_attempts=2)
    mender.scene.world = replace(mender.scene.world, limits=limits)
    case = mender.decide()

    def dying():
        raise Crashed

    after_each(mender.scene.store.cases, monkeypatch, "intended", dying)
    for _ in range(2):
        # A thread's death is not its pool's: the batch goes on, and this one's lease runs out.
        with suppress(Crashed):
            mender.work(200)
    assert mender.case(case).status == "acting"
    mender.work(200)
    assert mender.block() is None
    assert "as often as it may be" in mender.data(case, "frozen")["because"]
    assert mender.case(case).status == "escalated"


@pytest.mark.slow
def test_our_own_change_comes_back_and_wakes_nobody(mender):
    case = mender.decide()
    mender.work()
    role = "arn:aws:iam::111111111111:role/TriageAct"
    rules = mender.scene.world.rules
    ours = replace(rules.organisation, engine_roles=frozenset({role}))
    mender.scene.world = replace(mender.scene.world, rules=replace(rules, organisation=ours))
    event = {
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.s3",
        "account": "111111111111",
        "region": "eu-west-1",
        "time": mender.scene.clock.now().isoformat(),
        "detail": {
            "eventVersion": "1.09",
            "eventID": "e-1",
            "eventName": "PutBucketPublicAccessBlock",
            "eventSource": "s3.amazonaws.com",
            "eventTime": f"{mender.scene.clock.now():%Y-%m-%dT%H:%M:%SZ}",
            "awsRegion": "eu-west-1",
            "recipientAccountId": "111111111111",
            "userIdentity": {
                "type": "AssumedRole",
                "arn": f"arn:aws:sts::111111111111:assumed-role/TriageAct/{case}",
                "accountId": "111111111111",
            },
            "requestParameters": {
                "bucketName": "reports",
                "publicAccessBlock": "",
                "Host": "reports.s3.eu-west-1.amazonaws.com",
                "PublicAccessBlockConfiguration": {
                    "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/",
                    **ALL_ON,
                },
            },
        },
    }
    mender.scene.world.queue.submit([json.dumps(event).encode()])
    (receipt,) = take_in(mender.scene.world, at_most=1, wait_seconds=0)
    assert receipt.reception is Reception.OWN_WRITE


@pytest.mark.slow
def test_what_the_guards_said_is_replayed_from_the_store(mender):
    case = waiting(mender)
    assert list(differing(mender.scene.store.cases, case)) == []


@pytest.mark.slow
def test_two_fixes_are_made_one_after_the_other_and_the_last_one_closes(mender):
    both = PLAYBOOK.replace(
        "[{ fix: s3.block_public_access }]",
        "[{ fix: s3.block_public_access }, { fix: s3.require_tls }]",
    )
    mender.under(FREELY, both)
    case = mender.decide()
    mender.work()
    assert mender.kinds(case) == [*MADE, *MADE[1:]]
    first, last = (one.data for one in mender.scene.events(case) if one.kind == "proven")
    assert (first["closes"], last["closes"]) == (False, True)
    assert mender.case(case).status == "closed"


@pytest.mark.slow
def test_what_iam_shows_counts_once_it_shows_it_a_minute_later_too(mender):
    key = "AKIAEXAMPLEBOB000001"
    named = PLAYBOOK.replace(
        "fix: s3.block_public_access", f"fix: iam.deactivate_access_key, key: {key}"
    )
    mender.under(FREELY, named)
    case = mender.decide()
    users = [{"name": "bob", "keys": [{"id": key}]}]
    mender.scene.sandbox.load(
        {"region": "eu-west-1", "accounts": {"111111111111": {"users": users}}}
    )
    mender.work()
    assert mender.data(case, "proven")["final"] is False
    assert mender.case(case).status == "acting"
    mender.work(30)
    assert mender.case(case).status == "acting"
    mender.work(31)
    assert mender.data(case, "proven")["final"] is True
    assert mender.case(case).status == "closed"


@pytest.mark.slow
def test_a_repair_that_somebody_gives_up_goes_to_a_person(mender):
    case = mender.decide()
    (effect,) = mender.scene.store.outbox.effects(case_id=case)
    assert give_up(mender.scene.world, effect, "given up by alice")
    mender.work()
    assert mender.block() is None
    assert mender.case(case).status == "escalated"
    assert "given up by alice" in mender.data(case, "unplanned")["because"]


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before the plan", "before the write"])
def test_a_case_that_somebody_closes_meanwhile_is_not_repaired(mender, when):
    case = mender.decide() if when == "before the plan" else waiting(mender)
    if when == "before the write":
        mender.approve(case)
    mender.scene.close(case)
    mender.work()
    assert mender.block() is None
    assert "closed meanwhile" in mender.data(case, "unplanned")["because"]
    assert mender.case(case).status == "closed"


@pytest.mark.slow
def test_where_nothing_can_change_aws_a_repair_goes_to_a_person(mender):
    mender.scene.world = replace(mender.scene.world, clouds=None)
    case = mender.decide()
    mender.work()
    assert "nothing is configured" in mender.data(case, "unplanned")["because"]


@pytest.mark.slow
def test_a_limit_that_was_reached_since_the_plan_has_it_ask_before_it_writes(mender):
    case = mender.decide()
    store = mender.scene.store
    plan(mender.scene.world, store.outbox.effects(case_id=case)[0])
    mender.under(replace(FREELY, per_hour=0))
    mender.work()
    assert mender.case(case).status == "waiting"
    assert mender.block() is None
    mender.approve(case)
    mender.work()
    assert mender.block() == ALL_ON
    assert mender.case(case).status == "closed"
