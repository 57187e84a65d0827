"""Take back the sharing of a database's snapshot with everyone.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSnapshotAttribute.html
"""

from triage.domain.plan import Target
from triage.playbook.fixes import Fix, calling, subject
from triage.questions import about_infra
from triage.questions.question import Asking
from triage.remediations import rds
from triage.remediations.rds_unshare import EVERYONE, RESTORE, Shared
from triage.remediations.remediation import Remediation

SNAPSHOT = Shared(word="DBSnapshot", called="db_snapshot")


def target_of(asking: Asking) -> Target:
    """The snapshot a ticket is about. Raises CannotAsk."""
    read = "rds.describe_db_snapshots"
    _, name = about_infra.resource(asking, "snapshot", "a database's snapshot", read)
    return rds.named(asking, "snapshot", name)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Take back the sharing of a database's snapshot with everyone.",
        scope="one snapshot",
        risk="Accounts that rely on it and are not named lose it.",
        iam_actions=(SNAPSHOT.reads, rds.TAGS, SNAPSHOT.writes),
        parameters=subject("snapshot"),
        calls=(
            calling("rds.list_tags_for_resource", ResourceName="{snapshot}"),
            calling("rds.describe_db_snapshot_attributes", DBSnapshotIdentifier="{snapshot}"),
            calling(
                "rds.modify_db_snapshot_attribute",
                DBSnapshotIdentifier="{snapshot}",
                AttributeName=RESTORE,
                ValuesToRemove=[EVERYONE],
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
