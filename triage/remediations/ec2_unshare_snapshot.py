"""Take back a snapshot's sharing with everyone.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html
"""

from triage.domain.plan import Target
from triage.playbook.fixes import ANSWER, Fix, calling, subject
from triage.questions import about_infra
from triage.questions.question import Asking
from triage.remediations import ec2
from triage.remediations.ec2_unshare import TAGS, Shared
from triage.remediations.remediation import Remediation

ATTRIBUTE = "createVolumePermission"
SNAPSHOT = Shared(
    noun="snapshot",
    id="SnapshotId",
    attribute=ATTRIBUTE,
    permissions="CreateVolumePermissions",
    groups="GroupNames",
    reads="ec2:DescribeSnapshotAttribute",
    writes="ec2:ModifySnapshotAttribute",
    verb="make volumes of",
)


def target_of(asking: Asking) -> Target:
    """The snapshot a ticket is about. Raises CannotAsk."""
    read = "ec2.describe_snapshots"
    _, name = about_infra.resource(asking, "snapshot", "an EBS snapshot", read)
    return ec2.shared(asking, "snapshot", name)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Take back the snapshot's sharing with everyone.",
        scope="one snapshot",
        risk="Accounts that rely on it and are not named lose it.",
        iam_actions=(TAGS, SNAPSHOT.reads, SNAPSHOT.writes),
        parameters=subject("snapshot"),
        calls=(
            calling("ec2.describe_tags", Filters=ANSWER),
            calling(
                "ec2.describe_snapshot_attribute", SnapshotId="{snapshot}", Attribute=ATTRIBUTE
            ),
            calling(
                "ec2.modify_snapshot_attribute",
                SnapshotId="{snapshot}",
                Attribute=ATTRIBUTE,
                OperationType="remove",
                GroupNames=["all"],
            ),
        ),
        applied=True,
    ),
    target=target_of,
    reads=SNAPSHOT.permissions_to_look,
    inspect=SNAPSHOT.inspect,
    plan=SNAPSHOT.plan,
    undo=SNAPSHOT.undo,
)
