"""Take back the sharing of a database cluster's snapshot with everyone.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBClusterSnapshotAttribute.html
"""

from triage.domain.plan import Target
from triage.playbook.fixes import Fix, calling, subject
from triage.questions import about_infra
from triage.questions.question import Asking
from triage.remediations import rds
from triage.remediations.rds_unshare import EVERYONE, RESTORE, Shared
from triage.remediations.remediation import Remediation

CLUSTER_SNAPSHOT = Shared(word="DBClusterSnapshot", called="db_cluster_snapshot")


def target_of(asking: Asking) -> Target:
    """The snapshot a ticket is about. Raises CannotAsk."""
    read = "rds.describe_db_cluster_snapshots"
    _, name = about_infra.resource(asking, "snapshot", "a database cluster's snapshot", read)
    return rds.named(asking, "cluster-snapshot", name)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Take back the sharing of a database cluster's snapshot with everyone.",
        scope="one snapshot",
        risk="Accounts that rely on it and are not named lose it.",
        iam_actions=(CLUSTER_SNAPSHOT.reads, rds.TAGS, CLUSTER_SNAPSHOT.writes),
        parameters=subject("snapshot"),
        calls=(
            calling("rds.list_tags_for_resource", ResourceName="{snapshot}"),
            calling(
                "rds.describe_db_cluster_snapshot_attributes",
                DBClusterSnapshotIdentifier="{snapshot}",
            ),
            calling(
                "rds.modify_db_cluster_snapshot_attribute",
                DBClusterSnapshotIdentifier="{snapshot}",
                AttributeName=RESTORE,
                ValuesToRemove=[EVERYONE],
            ),
        ),
        applied=True,
    ),
    target=target_of,
    reads=CLUSTER_SNAPSHOT.permissions_to_look,
    inspect=CLUSTER_SNAPSHOT.inspect,
    plan=CLUSTER_SNAPSHOT.plan,
    undo=CLUSTER_SNAPSHOT.undo,
)
