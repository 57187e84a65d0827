"""An address is blocked for a time: what ends it, who hears when it does not end, what may not be.

The quick suite has the whole life of one.
"""

import json
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest

from tests.findings import ACCOUNT, REGION, finding, imported, organisation
from tests.repairs.blocks import ANOTHER, SET, WHOM, waf_ip_set, write_waf
from tests.repairs.mender import FREELY, Mender
from triage.adapters.network.evidence_source import KnownNetworks
from triage.adapters.network.ranges import Ranges, Snapshot
from triage.domain.account import Tier
from triage.domain.message import Reception
from triage.domain.network import Network, NetworkKind
from triage.engine.pipeline import take_in

THIRD = "192.31.196.11/32"
BLOCKED = f"{WHOM}/32"
PLAYBOOK = f"""\
playbook: block-it
title: Whoever reads what is open is kept out
owner: storage-security
why: A test needs a reason.
match:
  type: ["S3.8"]
evidence:
  bucket: {{ ask: s3.public_access }}
rules:
  - rule: keep them out
    when: not bucket.public_access_blocked
    resolve: [{{ fix: wafv2.block_address, address: {WHOM}, hours: 2 }}]
    because: "Somebody is at it."
"""
ENDS = timedelta(hours=2, seconds=1)
LEASE = timedelta(seconds=121)


@pytest.fixture
def mender(scene):
    return Mender(scene)


def client(mender):
    return lambda service: mender.scene.sandbox.client(service, ACCOUNT, REGION)


def blocked(mender):
    return sorted(waf_ip_set(client(mender))[0]["Addresses"])


def decide(mender, policy=FREELY, networks=()):
    """Receive a finding whose playbook blocks an address; nothing is done yet."""
    mender.under(policy, PLAYBOOK)
    rules = mender.scene.world.rules
    ours = replace(rules.organisation, networks={one.name: one for one in networks})
    mender.scene.world = replace(mender.scene.world, rules=replace(rules, organisation=ours))
    found = finding()
    scenario = organisation([found])
    scenario["accounts"][ACCOUNT]["waf_ip_sets"] = [
        {"name": SET, "addresses": [ANOTHER], "web_acl": "shop"}
    ]
    mender.scene.load(scenario)
    mender.scene.submit(imported(found))
    (case,) = mender.scene.decide_due()
    return str(case.id)


def pass_time(mender, span):
    mender.scene.clock.advance(span)
    mender.scene.run_timers()


def outlived(mender):
    seen = mender.scene.store.overviews.look(mender.scene.clock.now())
    return seen.timers["blocks past their end"]


def test_a_block_is_made_with_its_end_and_ends_by_itself(mender):
    case = decide(mender)
    mender.work()
    assert blocked(mender) == sorted([ANOTHER, BLOCKED])
    made = mender.data(case, "intended")
    ends = mender.scene.clock.now() + timedelta(hours=2)
    assert made["ends"][:15] == ends.isoformat()[:15]
    assert mender.data(case, "planned")["lasts_seconds"] == 7200
    assert mender.case(case).status == "escalated"  # it mends nothing, so a person has it
    write_waf(client(mender), ANOTHER, BLOCKED, THIRD)
    pass_time(mender, ENDS)
    assert blocked(mender) == sorted([ANOTHER, THIRD])
    back = mender.data(case, "reverted")
    assert (back["by"], back["stays"]) == ("triage", True)
    after = mender.case(case)
    assert (after.status, after.acknowledged_by) == ("escalated", None)
    pass_time(mender, LEASE)
    pass_time(mender, ENDS)
    assert outlived(mender) == 0
    assert mender.kinds(case).count("revert_asked") == 1


@pytest.mark.slow
def test_before_its_time_nobody_ends_it_and_a_person_may(mender):
    case = decide(mender)
    mender.work()
    pass_time(mender, timedelta(hours=1, minutes=59))
    assert BLOCKED in blocked(mender)
    mender.revert(case)
    mender.work()
    assert blocked(mender) == [ANOTHER]
    pass_time(mender, ENDS)
    assert mender.kinds(case).count("revert_asked") == 1
    assert mender.case(case).acknowledged_by == "alice"


@pytest.mark.slow
def test_a_block_ends_though_its_case_was_closed_meanwhile(mender):
    case = decide(mender)
    mender.work()
    mender.scene.close(case)
    pass_time(mender, ENDS)
    assert blocked(mender) == [ANOTHER]
    assert mender.case(case).status == "closed"


@pytest.mark.slow
def test_a_block_that_outlives_its_time_is_shown_told_and_tried_again(mender):
    case = decide(mender)
    mender.work()
    mender.scene.close(case)
    told = len(mender.scene.notifier.told)
    mender.scene.sandbox.faults.add("deny", service="wafv2", operation="ListIPSets")
    pass_time(mender, ENDS)
    assert BLOCKED in blocked_by_moto(mender)
    assert mender.case(case).status == "escalated"
    assert len(mender.scene.notifier.told) == told + 1
    assert "a block has outlived its time" in mender.scene.notifier.told[-1].text
    pass_time(mender, timedelta(minutes=6))
    assert outlived(mender) == 1
    assert len(mender.scene.notifier.told) == told + 1  # who was told once is not told each time
    mender.scene.sandbox.faults.clear()
    pass_time(mender, timedelta(minutes=15))
    assert blocked(mender) == [ANOTHER]
    pass_time(mender, LEASE)
    assert outlived(mender) == 0


def blocked_by_moto(mender):
    """The set, read past the fault that keeps everybody from listing it."""
    faults = mender.scene.sandbox.faults
    kept = [rule for rule, _ in faults.rules()]
    faults.clear()
    found = blocked(mender)
    for rule in kept:
        faults.add(rule.kind, service=rule.service, operation=rule.operation)
    return found


@pytest.mark.slow
def test_the_kill_switch_holds_the_end_of_a_block_and_then_it_ends(mender):
    case = decide(mender)
    mender.work()
    switches = mender.scene.store.switches
    switches.throw("all", by="alice", because="drill", at=mender.scene.clock.now())
    pass_time(mender, ENDS)
    assert BLOCKED in blocked(mender)
    switches.release("all", by="alice", at=mender.scene.clock.now())
    mender.work(10)
    assert blocked(mender) == [ANOTHER]
    assert "reverted" in mender.kinds(case)


@pytest.mark.slow
def test_a_write_that_nobody_knows_of_still_has_its_end(mender):
    """The call fails after it was intended: the block may be there, so its timer is."""
    case = decide(mender)
    mender.scene.sandbox.faults.add("deny", service="wafv2", operation="UpdateIPSet", times=1)
    mender.work()
    assert mender.kinds(case)[-1] == "frozen"
    pass_time(mender, ENDS)
    assert "reverted" in mender.kinds(case)
    assert blocked(mender) == [ANOTHER]


@pytest.mark.slow
def test_our_own_networks_are_never_blocked(mender):
    office = Network(name="office", kind=NetworkKind.OFFICE, cidrs=("192.31.196.0/28",))
    case = decide(mender, networks=[office])
    mender.work()
    assert blocked(mender) == [ANOTHER]
    assert mender.data(case, "unplanned")["because"] == f"{BLOCKED} is our own: office"


@pytest.mark.slow
def test_what_aws_publishes_as_its_own_is_never_blocked(mender):
    case = decide(mender)
    world = mender.scene.world
    aws = Ranges([(ip_network("192.31.196.0/22"), {"Service": "EC2"})])
    snapshot = Snapshot(made=world.clock.now(), ranges=aws)
    known = KnownNetworks(Ranges(()), snapshot, world.clock, world.evidence)
    mender.scene.world = replace(world, evidence=known)
    mender.work()
    assert blocked(mender) == [ANOTHER]
    assert f"{BLOCKED} is AWS's (EC2)" in mender.data(case, "unplanned")["because"]


@pytest.mark.slow
def test_a_set_that_moved_under_an_approved_plan_is_left_alone(mender):
    case = decide(mender, replace(FREELY, ask_in=(Tier.DEVELOPMENT,)))
    mender.work()
    assert mender.case(case).repairs.waiting is not None
    write_waf(client(mender), ANOTHER, THIRD)
    mender.approve(case)
    mender.work()
    assert blocked(mender) == sorted([ANOTHER, THIRD])
    assert "has changed since" in mender.data(case, "unplanned")["because"]


def told_by_cloudtrail(mender, case, number, **asked):
    """What CloudTrail says of a write of ours, spelled as it spells WAF's."""
    role = f"arn:aws:sts::{ACCOUNT}:assumed-role/TriageAct/{case}"
    return json.dumps(
        {
            "eventVersion": "1.09",
            "eventID": f"e-{number}",
            "eventTime": f"{mender.scene.clock.now():%Y-%m-%dT%H:%M:%SZ}",
            "eventName": "UpdateIPSet",
            "eventSource": "wafv2.amazonaws.com",
            "awsRegion": REGION,
            "recipientAccountId": ACCOUNT,
            "readOnly": False,
            "userIdentity": {"type": "AssumedRole", "arn": role, "accountId": ACCOUNT},
            "requestParameters": {"name": SET, "scope": "REGIONAL", **asked},
        }
    ).encode()


@pytest.mark.slow
def test_the_block_and_its_end_are_known_as_ours_when_they_come_back(mender):
    case = decide(mender)
    world = mender.scene.world
    role = f"arn:aws:iam::{ACCOUNT}:role/TriageAct"
    organised = replace(world.rules.organisation, engine_roles=frozenset({role}))
    mender.scene.world = replace(world, rules=replace(world.rules, organisation=organised))
    name, before = (waf_ip_set(client(mender))[place] for place in (0, 1))
    mender.work()
    whole = {"id": name["Id"], "addresses": sorted([ANOTHER, BLOCKED]), "lockToken": before}
    block = told_by_cloudtrail(mender, case, 1, **whole)
    _, token = waf_ip_set(client(mender))
    pass_time(mender, ENDS)
    back = {"id": name["Id"], "addresses": [ANOTHER], "lockToken": token}
    end = told_by_cloudtrail(mender, case, 2, **back)
    another = told_by_cloudtrail(mender, case, 3, **{**back, "addresses": []})
    mender.scene.world.queue.submit([block, end, another])
    receipts = take_in(mender.scene.world, at_most=3, wait_seconds=0)
    assert [one.reception for one in receipts] == [
        Reception.OWN_WRITE,
        Reception.OWN_WRITE,
        Reception.NEW,
    ]
