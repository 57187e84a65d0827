"""The laws of every repair, over the whole catalogue and against the sandbox."""

import time
from collections.abc import Iterator
from time import sleep

import pytest

from tests.repairs.catalogue import EXAMPLES
from tests.repairs.example import ACCOUNT, REGION
from tests.repairs.spellings import spelling
from tests.repairs.workshop import Crashed, Journal, Workshop, workshop
from triage.adapters.aws.clients import Role
from triage.adapters.aws.cloud import AwsClouds
from triage.adapters.aws.limits import AwsLimits
from triage.domain.plan import Refused, plan_as_json, plan_from_json
from triage.playbook.permissions.resources import EVERYTHING, resources_of
from triage.ports.cloud import AccessDenied, CloudError, Throttled, Unknown
from triage.remediations.catalogue import CATALOGUE
from triage.remediations.remediation import Moved, Proven, Unproven
from triage.remediations.suggested import SUGGESTED
from triage.remediations.vocabulary import VOCABULARY

PATIENT = AwsLimits()
IMPATIENT = AwsLimits(connect_seconds=5, read_seconds=1)
ANSWERS_LATE = 1.5
TWO_WAYS = sorted(name for name, one in CATALOGUE.items() if one.fix.one_way is None)
ONE_WAY = sorted(set(CATALOGUE) - set(TWO_WAYS))
SAMPLE = {"s3.block_public_access", "guardduty.enable_detector"}
"""Every law is tried on these in the quick suite, on the whole catalogue in the slow one."""


def each(names):
    """Every fix; those out of the sample are slow."""
    return [
        name if name in SAMPLE else pytest.param(name, marks=pytest.mark.slow) for name in names
    ]


def each_call(names):
    """The same where every call of a fix is tried: only `scripts/test --all` does that for all."""
    return [
        name if name in SAMPLE else pytest.param(name, marks=pytest.mark.exhaustive)
        for name in names
    ]


FAULTS = {
    "throttle": ({}, Throttled),
    "deny": ({}, AccessDenied),
    "error": ({"status": 503}, Unknown),
    "slow": ({"seconds": ANSWERS_LATE}, Unknown),
}


@pytest.fixture
def at_work(sandbox, monkeypatch) -> Iterator:
    """Stand before the broken resource of any fix."""
    for name, value in sandbox.environment(ACCOUNT, REGION).items():
        monkeypatch.setenv(name, value)
    role = Role(name="triage-act", external_id="triage-tests")

    def at(name: str, limits: AwsLimits = PATIENT) -> Workshop:
        return workshop(sandbox, AwsClouds(role, limits, REGION), name)

    return at


def test_every_fix_has_its_example_and_nothing_is_both_applied_and_only_suggested():
    assert set(EXAMPLES) == set(CATALOGUE)
    assert not set(SUGGESTED) & set(CATALOGUE)


@pytest.mark.parametrize("name", each(sorted(CATALOGUE)))
def test_a_repair_is_proven_and_applying_it_twice_equals_once(at_work, name):
    work: Workshop = at_work(name)
    plan = work.plan()
    assert plan.steps
    assert isinstance(work.verify(plan), Unproven)  # nothing has been done yet
    journal = work.apply(plan)
    once = work.state()
    assert journal.entries == [
        (what, place) for place in range(len(plan.steps)) for what in ("intended", "made")
    ]
    assert isinstance(work.verify(plan), Proven)
    again = work.apply(plan)
    assert again.entries == [("made", place) for place in range(len(plan.steps))]
    assert work.state().facts == once.facts
    assert work.plan().steps == ()  # there is nothing left to do


@pytest.mark.parametrize("name", each(sorted(CATALOGUE)))
def test_a_plan_is_a_value_and_asks_for_nothing_that_is_not_declared(at_work, name):
    plan = at_work(name).plan()
    assert plan_from_json(plan_as_json(plan)) == plan
    assert plan_from_json(plan_as_json(plan)).digest == plan.digest
    asked = {action for one in plan.scope for action in one.actions}
    assert asked <= set(CATALOGUE[name].fix.iam_actions)
    assert all(_as_exact_as_can_be(one.permission) for one in plan.steps)
    assert [one.event for one in plan.steps] == _as_logged(plan)


@pytest.mark.parametrize("name", each(sorted(CATALOGUE)))
def test_every_call_that_is_made_is_declared_and_every_one_declared_is_made(at_work, name):
    work: Workshop = at_work(name)
    work.sandbox.requests.clear()
    plan = work.plan()
    work.apply(plan)
    back = work.way_back(plan)
    if not isinstance(back, Refused):
        work.apply(back)
    declared = {_plain(one.call) for one in VOCABULARY.fixes[name].calls}
    assert {_plain(one) for one in work.calls()} == declared - NEVER_BY_THE_EXAMPLE.get(name, set())


NEVER_BY_THE_EXAMPLE = {
    # What goes with another call, and the way back of a resource that was without.
    "ec2.revoke_ingress": {"ec2.createtags"},
    # One volume at a time, where not all of several are lacking; tags go with either.
    "ec2.snapshot_volumes": {"ec2.createsnapshot", "ec2.createtags"},
    "lambda.stop": {"lambda.deletefunctionconcurrency"},
    "s3.require_tls": {"s3.deletebucketpolicy"},
}


def _as_logged(plan):
    return [spelling(one.call.service, one.call.operation) for one in plan.steps]


def _plain(call):
    """One spelling for boto3's and the wire's: `rds.describedbinstances`."""
    return call.replace("_", "").lower()


def _as_exact_as_can_be(permission):
    """Whether it names resources, but for settings of an account, which are none."""
    nothing_less = all(resources_of(one, "aws") == EVERYTHING for one in permission.actions)
    return "*" not in permission.resources or nothing_less


@pytest.mark.parametrize("name", each(TWO_WAYS))
def test_taking_it_back_leaves_the_resource_as_found(at_work, name):
    work: Workshop = at_work(name)
    plan = work.plan()
    work.apply(plan)
    assert not work.as_found(plan)
    back = work.way_back(plan)
    assert not isinstance(back, Refused)
    assert back.steps
    assert back.undoes == plan.digest
    assert [one.event for one in back.steps] == _as_logged(back)
    work.apply(back)
    assert isinstance(work.verify(back), Proven)
    assert work.as_found(plan)
    again = work.way_back(plan)
    assert not isinstance(again, Refused)
    assert again.steps == ()


@pytest.mark.parametrize("name", each(TWO_WAYS))
def test_what_somebody_changed_since_is_not_taken_back(at_work, name):
    work: Workshop = at_work(name)
    plan = work.plan()
    work.apply(plan)
    work.example.meddle(work.client())
    theirs = work.state()
    back = work.way_back(plan)
    assert isinstance(back, Refused) or not back.steps
    assert work.state().facts == theirs.facts


@pytest.mark.parametrize("name", each(ONE_WAY))
def test_what_has_no_way_back_says_why(at_work, name):
    work: Workshop = at_work(name)
    plan = work.plan()
    work.apply(plan)
    back = work.way_back(plan)
    assert isinstance(back, Refused)
    assert str(CATALOGUE[name].fix.one_way) in back.because


@pytest.mark.parametrize("name", each(sorted(CATALOGUE)))
def test_a_resource_that_moved_since_the_plan_is_left_alone(at_work, name):
    work: Workshop = at_work(name)
    plan = work.plan()
    stale = plan_from_json(plan_as_json(plan) | {"before": _another_before(plan)})
    journal = Journal()
    work.sandbox.requests.clear()
    with pytest.raises(Moved):
        work.apply(stale, journal)
    assert journal.entries == []
    assert not set(work.calls()) & _writes(plan)


def _another_before(plan):
    facts = {name: [str(fact), "as it once was"] for name, fact in plan.before.facts.items()}
    return {**plan_as_json(plan)["before"], "facts": facts}


def _writes(plan):
    """The calls of a plan as the sandbox logs them."""
    return {
        f"{step.call.service}.{step.call.operation.title().replace('_', '')}" for step in plan.steps
    }


@pytest.mark.parametrize("name", each(sorted(CATALOGUE)))
def test_no_read_that_failed_proves_anything(at_work, name):
    work: Workshop = at_work(name)
    plan = work.plan()
    work.apply(plan)
    assert isinstance(work.verify(plan, since=work.now.replace(year=2999)), Unproven)
    for kind, (how, _) in FAULTS.items():
        if kind != "slow":
            work.sandbox.faults.clear()
            work.sandbox.faults.add(kind, times=1, **how)
            assert isinstance(work.verify(plan), Unproven), kind


@pytest.mark.slow
@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize("name", each_call(sorted(CATALOGUE)))
def test_a_fault_at_any_call_leaves_nothing_unrecorded(at_work, name, fault):
    how, error = FAULTS[fault]
    work: Workshop = at_work(name)
    plan = work.plan()
    work.sandbox.requests.clear()
    work.apply(plan)
    limits = IMPATIENT if fault == "slow" else PATIENT
    for operation in sorted(set(work.calls())):
        service, _, called = operation.partition(".")
        work = at_work(name, limits)
        plan = work.plan()
        work.sandbox.faults.add(fault, service=service, operation=called, times=1, **how)
        journal = Journal()
        with pytest.raises(error):
            work.apply(plan, journal)
        if fault == "slow":
            sleep(ANSWERS_LATE)  # what was asked late is done late, and here in this world still
        work.sandbox.faults.clear()
        assert work.as_found(plan) or ("intended", 0) in journal.entries
        work.apply(plan, journal)
        assert isinstance(work.verify(plan), Proven)
        if fault == "slow":
            # The late call is still made, and must not meet the next test's resource.
            time.sleep(ANSWERS_LATE)


@pytest.mark.slow
@pytest.mark.parametrize("name", each_call(sorted(CATALOGUE)))
def test_a_stale_read_never_proves_a_repair(at_work, name):
    """The earliest answer to every read is the one from before."""
    work: Workshop = at_work(name)
    plan = work.plan()
    work.apply(plan)
    for service in {step.call.service for step in plan.steps}:
        work.sandbox.faults.add("stale", service=service)
    assert isinstance(work.verify(plan), Unproven)


@pytest.mark.slow
@pytest.mark.parametrize("name", each_call(sorted(CATALOGUE)))
def test_an_empty_answer_never_proves_a_repair_that_was_not_made(at_work, name):
    work: Workshop = at_work(name)
    plan = work.plan()
    work.sandbox.requests.clear()
    work.state()
    for operation in sorted(set(work.calls())):
        service, _, called = operation.partition(".")
        work.sandbox.faults.clear()
        work.sandbox.faults.add("empty", service=service, operation=called)
        assert isinstance(work.verify(plan), Unproven), operation


@pytest.mark.slow
@pytest.mark.parametrize("name", each_call(sorted(CATALOGUE)))
def test_a_crash_between_any_two_calls_ends_applied_and_proven_or_as_found(at_work, name):
    for moment in range(1, 99):
        work: Workshop = at_work(name)
        plan = work.plan()
        journal = Journal(crash_at=moment)
        try:
            work.apply(plan, journal)
        except Crashed:
            intended = any(what == "intended" for what, _ in journal.entries)
            assert work.as_found(plan) or intended
            work.apply(plan, Journal())
            assert isinstance(work.verify(plan), Proven)
        else:
            return
    pytest.fail("it never ran to its end")


@pytest.mark.slow
@pytest.mark.parametrize("name", each_call(TWO_WAYS))
def test_a_crash_on_the_way_back_ends_as_found(at_work, name):
    for moment in range(1, 99):
        work: Workshop = at_work(name)
        plan = work.plan()
        work.apply(plan)
        back = work.way_back(plan)
        assert not isinstance(back, Refused)
        try:
            work.apply(back, Journal(crash_at=moment))
        except Crashed:
            work.apply(back, Journal())
            assert work.as_found(plan)
        else:
            return
    pytest.fail("it never ran to its end")


def test_without_a_role_to_assume_nothing_is_called(sandbox, monkeypatch):
    for name, value in sandbox.environment(ACCOUNT, REGION).items():
        monkeypatch.setenv(name, value)
    work = workshop(sandbox, AwsClouds(Role(), PATIENT, REGION), "s3.block_public_access")
    sandbox.requests.clear()
    with pytest.raises(CloudError, match="denied"):
        work.state()
    assert work.calls() == []
