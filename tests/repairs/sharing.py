"""Snapshots, machine images and databases that everyone may use."""

from tests.repairs.example import ACCOUNT, REGION, Example
from triage.domain.ticket import Subject

SNAPSHOT, IMAGE = "snap-0123456789abcdef0", "ami-0123456789abcdef0"
PARTNER = "444455556666"
AT_RDS = f"arn:aws:rds:{REGION}:{ACCOUNT}"


def _share_snapshot(client):
    client("ec2").modify_snapshot_attribute(
        SnapshotId=SNAPSHOT,
        Attribute="createVolumePermission",
        OperationType="add",
        GroupNames=["all"],
    )


def _share_image(client):
    client("ec2").modify_image_attribute(
        ImageId=IMAGE, LaunchPermission={"Add": [{"Group": "all"}]}
    )


def _share_database_snapshot(client):
    client("rds").modify_db_snapshot_attribute(
        DBSnapshotIdentifier="orders-may", AttributeName="restore", ValuesToAdd=["all"]
    )


def _share_cluster_snapshot(client):
    client("rds").modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier="sales-may", AttributeName="restore", ValuesToAdd=["all"]
    )


def _publish(client):
    client("rds").modify_db_instance(DBInstanceIdentifier="orders", PubliclyAccessible=True)


EXAMPLES = {
    "ec2.unshare_snapshot": Example(
        inside={"snapshots": [{"id": SNAPSHOT, "public": True, "shared_with": [PARTNER]}]},
        subject=Subject(id=SNAPSHOT, name=SNAPSHOT, kind="AwsEc2Snapshot"),
        meddle=_share_snapshot,
    ),
    "ec2.unshare_image": Example(
        inside={"images": [{"id": IMAGE, "permissions": [{"Group": "all"}, {"UserId": PARTNER}]}]},
        subject=Subject(id=IMAGE, name=IMAGE, kind="AwsEc2Image"),
        meddle=_share_image,
    ),
    "rds.unshare_snapshot": Example(
        inside={
            "databases": [{"name": "orders"}],
            "database_snapshots": [
                {
                    "name": "orders-may",
                    "database": "orders",
                    "public": True,
                    "shared_with": [PARTNER],
                }
            ],
        },
        subject=Subject(
            id=f"{AT_RDS}:snapshot:orders-may", name="orders-may", kind="AwsRdsDbSnapshot"
        ),
        meddle=_share_database_snapshot,
    ),
    "rds.unshare_cluster_snapshot": Example(
        inside={"database_snapshots": [{"name": "sales-may", "cluster": "sales", "public": True}]},
        subject=Subject(
            id=f"{AT_RDS}:cluster-snapshot:sales-may",
            name="sales-may",
            kind="AwsRdsDbClusterSnapshot",
        ),
        meddle=_share_cluster_snapshot,
    ),
    "rds.make_private": Example(
        inside={"databases": [{"name": "orders", "public": True}]},
        subject=Subject(id=f"{AT_RDS}:db:orders", name="orders", kind="AwsRdsDbInstance"),
        meddle=_publish,
    ),
}
