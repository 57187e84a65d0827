"""Inspector counts as on where every running instance is covered, and nowhere else."""

from dataclasses import replace

import pytest

from tests.repairs.catalogue import EXAMPLES
from tests.repairs.example import ACCOUNT, REGION
from tests.repairs.inspector import ANOTHER, INSTANCE
from tests.repairs.workshop import Workshop
from triage.adapters.aws.clients import Role
from triage.adapters.aws.cloud import AwsClouds
from triage.adapters.aws.limits import AwsLimits
from triage.domain.plan import Refused
from triage.domain.ticket import Subject
from triage.ports.cloud import Unknown
from triage.questions.question import CannotAsk
from triage.remediations import remediation as fixing
from triage.remediations.remediation import Proven, Unproven

NAME = "inspector.enable"
COVERED = {"resourceId": INSTANCE}


@pytest.fixture
def at_work(sandbox, monkeypatch):
    """Stand before an account with these scans and this coverage."""
    for name, value in sandbox.environment(ACCOUNT, REGION).items():
        monkeypatch.setenv(name, value)

    def at(coverage, ec2="DISABLED", subject=None, **parameters):
        known = EXAMPLES[NAME]
        inside = {
            **known.inside,
            "inspector_scans": [{"ec2": ec2}],
            "inspector_coverage": coverage,
        }
        example = replace(
            known, inside=inside, subject=subject or known.subject, parameters=parameters
        )
        sandbox.reset(example.scenario)
        clouds = AwsClouds(Role(name="triage-act"), AwsLimits(), REGION)
        return Workshop(sandbox=sandbox, clouds=clouds, name=NAME, example=example)

    return at


INACTIVE = {"statusCode": "INACTIVE", "reason": "UNMANAGED_EC2_INSTANCE"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("another", "reason"),
    [
        ([], "Inspector does not list it"),
        ([{"scanStatus": INACTIVE}], "UNMANAGED_EC2_INSTANCE"),
        ([{"scanType": "NETWORK"}], "Inspector does not list it"),
    ],
)
def test_what_is_not_covered_is_unproven_and_named_with_its_reason(at_work, another, reason):
    work = at_work([COVERED, *({"resourceId": ANOTHER, **one} for one in another)])
    plan = work.plan()
    work.apply(plan)
    shown = work.verify(plan)
    assert isinstance(shown, Unproven)
    assert shown.because == f'not as wanted: uncovered is {{"{ANOTHER}":"{reason}"}}'
    again = fixing.plan(NAME, work.fix, work.target, work.state())
    because = f"the EC2 scan is on, and does not cover {ANOTHER} ({reason})"
    assert again == Refused(because=because)


@pytest.mark.slow
def test_a_stopped_instance_need_not_be_covered_and_one_that_runs_is_asked_for_alone(at_work):
    stopped = {"statusCode": "INACTIVE", "reason": "EC2_INSTANCE_STOPPED"}
    work = at_work([COVERED, {"resourceId": ANOTHER, "scanStatus": stopped}])
    plan = work.plan()
    work.apply(plan)
    assert isinstance(work.verify(plan), Unproven)
    work.client()("ec2").stop_instances(InstanceIds=[ANOTHER])
    assert isinstance(work.verify(plan), Proven)
    one = at_work([COVERED], subject=Subject(id=INSTANCE, name=INSTANCE, kind="AwsEc2Instance"))
    plan = one.plan()
    one.apply(plan)
    assert isinstance(one.verify(plan), Proven)


@pytest.mark.slow
def test_a_list_that_came_empty_or_in_part_proves_no_coverage(at_work):
    work = at_work([COVERED, {"resourceId": ANOTHER}])
    plan = work.plan()
    work.apply(plan)
    for service, operation in (("ec2", "DescribeInstances"), ("inspector2", "ListCoverage")):
        work.sandbox.faults.add("empty", service=service, operation=operation)
        assert isinstance(work.verify(plan), Unproven)
        work.sandbox.faults.clear()
    strange = at_work([{"resourceId": "i-0123456789abcdeff"}], ec2="ENABLED")
    with pytest.raises(Unknown, match="did not show i-0123456789abcdeff"):
        strange.state()


@pytest.mark.slow
def test_other_scans_are_proven_by_the_status_of_the_account(at_work):
    work = at_work([], scan="LAMBDA_CODE")
    plan = work.plan()
    assert plan.steps[0].call.parameters["resourceTypes"] == ["LAMBDA", "LAMBDA_CODE"]
    work.apply(plan)
    assert isinstance(work.verify(plan), Proven)
    with pytest.raises(CannotAsk, match="Inspector has no scan TOASTER"):
        work.fix.target(replace(work.example, parameters={"scan": "TOASTER"}).asking)
