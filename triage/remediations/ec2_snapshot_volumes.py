"""Keep what an instance has on its disks: a snapshot of every volume, as evidence.

Several volumes are kept at one moment, by one call; a single one, or those that an earlier attempt
lacks, by one call each. They bear the case's id, so that a case keeps each volume once, however
often it is decided. They are private, as AWS makes them, and never shared from here; one that
somebody else has shared proves nothing. Being finished takes as long as the volume is large.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshots.html
https://docs.aws.amazon.com/ebs/latest/userguide/ebs-creating-snapshot.html
"""

from collections.abc import Mapping, Sequence

from triage.domain.case import case_id
from triage.domain.json import Record
from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import ANSWER, Fix, calling, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking
from triage.questions.records.shape import records, text
from triage.remediations import ec2
from triage.remediations import ec2_placement as placement
from triage.remediations.ec2_unshare_snapshot import ATTRIBUTE
from triage.remediations.remediation import Change, Remediation, Seen
from triage.remediations.tags import listed

READ = ("ec2:DescribeInstances", "ec2:DescribeSnapshots")
SHARED = "ec2:DescribeSnapshotAttribute"
ONE, ALL, TAGGING = "ec2:CreateSnapshot", "ec2:CreateSnapshots", "ec2:CreateTags"
CASE, TAKEN = "triage:case", "triage:planned"
GONE = frozenset({"shutting-down", "terminated"})
DONE, BEGUN = "completed", frozenset({"pending", "completed"})
AGAIN_SECONDS = (15.0, 60.0, 300.0, 900.0, 1800.0)
"""Three quarters of an hour and a little: beyond that a person looks whether it is getting on."""


def target_of(asking: Asking) -> Target:
    """The instance a ticket is about, and the case that its snapshots are for. Raises CannotAsk."""
    found = ec2.owned(asking, "instance", about.instance(asking))
    at = asking.now.isoformat(timespec="seconds")
    given = {"case": case_id(asking.ticket.key), "at": at}
    return Target(
        account=found.account, region=found.region, id=found.id, arn=found.arn, given=given
    )


def inspect(cloud: Cloud, target: Target) -> Seen:
    """Its volumes, and how far the case's own snapshot of each has come."""
    one = placement.instance(cloud, target)
    volumes = sorted(_volumes(one))
    own = _own(cloud, target, volumes) if volumes else []
    begun = {text(each, "VolumeId") for each in own if text(each, "State") in BEGUN}
    facts = {
        "gone": text(one, "State", "Name") in GONE,
        "volumes": volumes,
        "begun": sorted(begun),
        "kept": sorted({text(each, "VolumeId") for each in own if text(each, "State") == DONE}),
        "failed": sorted({text(each, "VolumeId") for each in own} - begun),
        "shared": sorted(name for each in own if (name := _shared(cloud, each))),
    }
    return Seen(facts=facts, tags=listed(one.get("Tags")))


def _volumes(instance: Record) -> Sequence[str]:
    found = (text(one, "Ebs", "VolumeId") for one in records(instance, "BlockDeviceMappings"))
    return [one for one in found if one]


def _own(cloud: Cloud, target: Target, volumes: Sequence[str]) -> Sequence[Record]:
    only = [
        {"Name": "volume-id", "Values": list(volumes)},
        {"Name": f"tag:{CASE}", "Values": [target.given["case"]]},
    ]
    call = ec2.call("describe_snapshots", OwnerIds=["self"], Filters=only)
    found = records({"all": member(call, cloud.call(call), "Snapshots")}, "all")
    ours = [one for one in found if text(one, "OwnerId") == target.account]
    if any(text(one, "VolumeId") not in volumes for one in ours):
        raise Unknown(call, "showed snapshots of other volumes")
    return ours


def _shared(cloud: Cloud, snapshot: Record) -> str:
    """Its id where anybody else may use it, else nothing."""
    name = text(snapshot, "SnapshotId")
    call = ec2.call("describe_snapshot_attribute", SnapshotId=name, Attribute=ATTRIBUTE)
    said = cloud.call(call)
    if member(call, said, "SnapshotId") != name:
        raise Unknown(call, f"did not show {name}")
    return name if member(call, said, "CreateVolumePermissions") else ""


def plan(target: Target, state: State) -> Change | Refused:
    """Keep every volume that the case has not kept yet."""
    if state.facts["gone"]:
        return Refused(because=f"{target.id} is terminated")
    volumes: list[str] = state.facts["volumes"]
    if not volumes:
        return Refused(because=f"{target.id} has no volume that could be kept")
    begun: list[str] = state.facts["begun"]
    wanted = {"begun": volumes, "kept": volumes, "failed": [], "shared": []}
    lacking = [one for one in volumes if one not in begun]
    if len(lacking) > 1 and not begun and not state.facts["failed"]:
        return Change(steps=(_all(target, volumes),), wanted=wanted)
    return Change(steps=tuple(_each(target, begun, lacking)), wanted=wanted)


def _each(target: Target, begun: Sequence[str], lacking: Sequence[str]) -> Sequence[Step]:
    reached = (sorted([*begun, *lacking[: place + 1]]) for place in range(len(lacking)))
    return [_one(target, one, after) for one, after in zip(lacking, reached, strict=True)]


def _one(target: Target, volume: str, after: list[str]) -> Step:
    tags, told = _tags(target), _description(target)
    spelled = [{"key": name, "value": value} for name, value in tags.items()]
    return Step(
        call=ec2.call(
            "create_snapshot", VolumeId=volume, Description=told, TagSpecifications=_tagged(tags)
        ),
        permission=_writing(target, ONE, _volume(target, volume)),
        event=ONE,
        logged={
            "volumeId": volume,
            "description": told,
            "tagSpecificationSet": {"items": [{"resourceType": "snapshot", "tags": spelled}]},
        },
        shows={"begun": after},
        says=f"take a snapshot of {volume}, of {target.id}, and keep it",
    )


def _all(target: Target, volumes: list[str]) -> Step:
    tags, told = _tags(target), _description(target)
    spelled = [
        {"Key": name, "Value": value, "tag": place}
        for place, (name, value) in enumerate(tags.items(), start=1)
    ]
    of = {"InstanceId": target.id}
    return Step(
        call=ec2.call(
            "create_snapshots",
            InstanceSpecification=of,
            Description=told,
            TagSpecifications=_tagged(tags),
        ),
        permission=_writing(target, ALL, target.arn, *(_volume(target, one) for one in volumes)),
        event=ALL,
        logged={
            "CreateSnapshotsRequest": {
                "InstanceSpecification": of,
                "Description": told,
                "TagSpecification": {"ResourceType": "snapshot", "tag": 1, "Tag": spelled},
            }
        },
        shows={"begun": volumes},
        says=f"take snapshots of {target.id} at one moment and keep them: {', '.join(volumes)}",
    )


def _tags(target: Target) -> Mapping[str, str]:
    return {CASE: target.given["case"], TAKEN: target.given["at"]}


def _tagged(tags: Mapping[str, str]) -> Sequence[Record]:
    each = [{"Key": name, "Value": value} for name, value in tags.items()]
    return [{"ResourceType": "snapshot", "Tags": each}]


def _description(target: Target) -> str:
    return f"Evidence of {target.id}, case {target.given['case']}"


def _volume(target: Target, volume: str) -> str:
    return f"{target.arn.partition(':instance/')[0]}:volume/{volume}"


def _writing(target: Target, action: str, *named: str) -> Permission:
    return Permission(actions=(action, TAGGING), resources=(*named, _snapshots(target)))


def _snapshots(target: Target) -> str:
    """Nobody knows the id of a snapshot before it is made, and their ARNs name no account."""
    head = target.arn.split(":")[:4]
    return f"{':'.join(head)}::snapshot/*"


def undo(target: Target, _before: State, _now: State) -> Change | Refused:
    """Never asked for: evidence is not deleted."""
    return Refused(because=f"the evidence of {target.id} is kept")


def _reads(target: Target) -> tuple[Permission, ...]:
    own = Permission(actions=(SHARED,), resources=(_snapshots(target),))
    return (*ec2.reading(target, READ), own)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Take a snapshot of every volume of the instance and keep it as evidence.",
        scope="one instance, all of its volumes",
        risk="None to the instance; the snapshots cost storage until somebody deletes them.",
        iam_actions=(*READ, SHARED, ONE, ALL, TAGGING),
        parameters=subject("instance"),
        calls=(
            calling("ec2.describe_instances", InstanceIds=["{instance}"]),
            calling("ec2.describe_snapshots", OwnerIds=["self"], Filters=ANSWER),
            calling("ec2.describe_snapshot_attribute", SnapshotId=ANSWER, Attribute=ATTRIBUTE),
            calling("ec2.create_snapshot", VolumeId=ANSWER, TagSpecifications=ANSWER),
            calling("ec2.create_snapshots", InstanceSpecification={"InstanceId": "{instance}"}),
            calling("ec2.create_tags", Resources=ANSWER, Tags=ANSWER),
        ),
        applied=True,
        one_way="evidence is never deleted by the engine; whoever owns the case deletes it by hand",
        leaves="evidence mends nothing: whatever is wrong still is",
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
    assigned=frozenset({"kept", "failed"}),
    again_seconds=AGAIN_SECONDS,
)
