"""Require a session token of whoever asks an instance for its metadata.

How often IMDSv1 is still used, only the instance's metric MetadataNoToken knows.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataOptions.html
"""

from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking
from triage.questions.records.shape import records, text
from triage.remediations import ec2
from triage.remediations.remediation import Change, Remediation, Seen
from triage.remediations.tags import listed

REQUIRED = "required"
APPLIED = "applied"
READ, WRITE = "ec2:DescribeInstances", "ec2:ModifyInstanceMetadataOptions"
GONE = frozenset({"shutting-down", "terminated"})


def target_of(asking: Asking) -> Target:
    """The instance a ticket is about. Raises CannotAsk."""
    return ec2.owned(asking, "instance", about.instance(asking))


def inspect(cloud: Cloud, target: Target) -> Seen:
    """Whether tokens are required, once that is applied; and whether it lives."""
    call = ec2.call("describe_instances", InstanceIds=[target.id])
    groups = records(cloud.call(call), "Reservations")
    found = [one for group in groups for one in records(group, "Instances")]
    if len(found) != 1 or text(found[0], "InstanceId") != target.id:
        raise Unknown(call, f"did not show {target.id}")
    options = member(call, found[0], "MetadataOptions")
    state = text(found[0], "State", "Name")
    facts = {
        "tokens": member(call, options, "HttpTokens"),
        "applied": member(call, options, "State") == APPLIED,
        "gone": state in GONE,
    }
    return Seen(facts=facts, tags=listed(found[0].get("Tags")))


def plan(target: Target, state: State) -> Change | Refused:
    """Require them."""
    if state.facts["gone"]:
        return Refused(because=f"{target.id} is terminated")
    if not state.facts["applied"]:
        return Refused(because=f"the metadata options of {target.id} are just being changed")
    wanted = {"tokens": REQUIRED, "applied": True}
    steps = () if state.holds(wanted) else (_set(target, REQUIRED),)
    return Change(steps=steps, wanted=wanted)


def undo(target: Target, before: State, _now: State) -> Change | Refused:
    """Ask for them as before."""
    was = str(before.facts["tokens"])
    return Change(steps=(_set(target, was),), wanted={"tokens": was, "applied": True})


def _set(target: Target, tokens: str) -> Step:
    return Step(
        call=ec2.call("modify_instance_metadata_options", InstanceId=target.id, HttpTokens=tokens),
        permission=Permission(actions=(WRITE,), resources=(target.arn,)),
        event=WRITE,
        logged={
            "ModifyInstanceMetadataOptionsRequest": {"HttpTokens": tokens, "InstanceId": target.id}
        },
        shows={"tokens": tokens},
        says=f"make session tokens {tokens} for the metadata of {target.id}",
    )


def _reads(target: Target) -> tuple[Permission, ...]:
    return ec2.reading(target, (READ,))


REMEDIATION = Remediation(
    fix=Fix(
        summary="Require a session token for the instance's metadata.",
        scope="one instance",
        risk="Software on it that still speaks IMDSv1 loses its credentials.",
        iam_actions=(READ, WRITE),
        parameters=subject("instance"),
        calls=(
            calling("ec2.describe_instances", InstanceIds=["{instance}"]),
            calling(
                "ec2.modify_instance_metadata_options",
                InstanceId="{instance}",
                HttpTokens=REQUIRED,
            ),
        ),
        applied=True,
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
)
