"""Evidence: which snapshots count, what is still lacking, and by which call it is taken."""

from typing import Any

import pytest

from tests.builders import NOON, a_ticket, an_account
from tests.unit.test_blocking import Scripted
from triage.domain.case import case_id
from triage.domain.plan import Refused, State
from triage.domain.ticket import Subject
from triage.ports.cloud import Unknown
from triage.questions.question import Asking
from triage.remediations import remediation as fixing
from triage.remediations.catalogue import CATALOGUE
from triage.remediations.remediation import Proven, Unproven

FIX = CATALOGUE["ec2.snapshot_volumes"]
NAME, ACCOUNT = "i-0123456789abcdef0", "111122223333"
ASKING = Asking(
    ticket=a_ticket(subject=Subject(id=NAME, name=NAME, kind="AwsEc2Instance")),
    account=an_account(),
    now=NOON,
)
TARGET = FIX.target(ASKING)


def cloud(volumes: Any, snapshots: Any = (), *, state: str = "running", shared: Any = ()) -> Any:
    """An instance with volumes, and snapshots as (volume, state)."""
    mappings = [{"Ebs": {"VolumeId": one}} for one in volumes]
    instance = {"InstanceId": NAME, "State": {"Name": state}, "BlockDeviceMappings": mappings}
    found = [
        {"SnapshotId": f"snap-{volume}", "VolumeId": volume, "State": state, "OwnerId": ACCOUNT}
        for volume, state in snapshots
    ]
    attributes = [
        {"SnapshotId": one["SnapshotId"], "CreateVolumePermissions": list(shared)} for one in found
    ]
    return Scripted(
        {
            "describe_instances": [{"Reservations": [{"Instances": [instance]}]}],
            "describe_snapshots": [{"Snapshots": found}],
            "describe_snapshot_attribute": attributes or [{}],
        }
    )


def planned(*given: Any, **more: Any) -> Any:
    seen = fixing.inspect(FIX, cloud(*given, **more), TARGET, at=NOON)
    return fixing.plan("ec2.snapshot_volumes", FIX, TARGET, seen)


def operations(plan: Any) -> list[str]:
    return [one.call.operation for one in plan.steps]


def test_a_snapshot_bears_its_case_and_its_time():
    (step,) = planned(["vol-1"]).steps
    assert step.call.operation == "create_snapshot"
    tags = step.call.parameters["TagSpecifications"][0]["Tags"]
    assert tags == [
        {"Key": "triage:case", "Value": case_id(ASKING.ticket.key)},
        {"Key": "triage:planned", "Value": "2026-11-20T12:00:00+00:00"},
    ]


@pytest.mark.parametrize(
    ("snapshots", "calls"),
    [
        ([], ["create_snapshots"]),
        ([("vol-1", "pending")], ["create_snapshot"]),
        ([("vol-1", "error")], ["create_snapshot", "create_snapshot"]),
        ([("vol-1", "completed"), ("vol-2", "pending")], []),
    ],
)
def test_what_the_case_has_kept_already_is_not_taken_again(snapshots, calls):
    assert operations(planned(["vol-1", "vol-2"], snapshots)) == calls


@pytest.mark.parametrize(
    ("snapshots", "shared", "missing"),
    [
        ([("vol-1", "completed")], [], []),
        ([("vol-1", "pending")], [], ["kept"]),
        ([("vol-1", "error")], [], ["begun", "failed", "kept"]),
        ([], [], ["begun", "kept"]),
        ([("vol-1", "completed")], [{"Group": "all"}], ["shared"]),
        ([("vol-1", "completed")], [{"UserId": "444455556666"}], ["shared"]),
    ],
)
def test_only_a_finished_snapshot_that_nobody_else_has_proves_anything(snapshots, shared, missing):
    plan = planned(["vol-1"])
    seen = cloud(["vol-1"], snapshots, shared=shared)
    proof = fixing.verify(FIX, seen, plan, since=NOON, at=NOON)
    told = proof.because if isinstance(proof, Unproven) else ""
    assert [
        fact for fact in ("begun", "failed", "kept", "shared") if f"{fact} is " in told
    ] == missing
    assert isinstance(proof, Unproven if missing else Proven)


@pytest.mark.parametrize(
    ("volumes", "state", "why"),
    [
        (["vol-1"], "terminated", f"{NAME} is terminated"),
        ([], "running", f"{NAME} has no volume that could be kept"),
    ],
)
def test_where_nothing_is_left_to_keep_a_person_hears_of_it(volumes, state, why):
    assert planned(volumes, state=state) == Refused(because=why)


def test_snapshots_of_other_volumes_are_no_answer():
    with pytest.raises(Unknown, match="other volumes"):
        fixing.inspect(FIX, cloud(["vol-1"], [("vol-9", "completed")]), TARGET, at=NOON)


def test_nobody_takes_evidence_back():
    before = State(facts={}, as_of=NOON)
    assert isinstance(FIX.undo(TARGET, before, before), Refused)
    assert FIX.fix.one_way is not None
    assert FIX.fix.leaves


def test_no_call_of_it_shares_or_deletes_anything():
    verbs = {one.call.partition(".")[2].partition("_")[0] for one in FIX.fix.calls}
    assert verbs == {"describe", "create"}
