"""Take a database's public address away.

RDS does it later: the instance says so once it is done, and is not proven before. Its DNS name
stays and then leads to the private address.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
"""

from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about_infra
from triage.questions.question import Asking
from triage.questions.records.shape import records, text
from triage.remediations import rds
from triage.remediations.remediation import Change, Remediation, Seen
from triage.remediations.tags import listed

READ, WRITE = "rds:DescribeDBInstances", "rds:ModifyDBInstance"


def target_of(asking: Asking) -> Target:
    """The database a ticket is about. Raises CannotAsk."""
    return rds.named(asking, "db", about_infra.database(asking))


def inspect(cloud: Cloud, target: Target) -> Seen:
    """Whether it has a public address, and whether it belongs to a cluster."""
    call = rds.call("describe_db_instances", DBInstanceIdentifier=target.id)
    found = records(cloud.call(call), "DBInstances")
    if len(found) != 1 or text(found[0], "DBInstanceArn") != target.arn:
        raise Unknown(call, f"did not show {target.id}")
    public = member(call, found[0], "PubliclyAccessible")
    facts = {"public": bool(public), "cluster": text(found[0], "DBClusterIdentifier") or None}
    return Seen(facts=facts, tags=listed(found[0].get("TagList")))


def plan(target: Target, state: State) -> Change | Refused:
    """Take it away at once, not in the next maintenance window."""
    wanted = {"public": False}
    steps = () if state.holds(wanted) else (_set(target, public=False),)
    return Change(steps=steps, wanted=wanted)


def undo(target: Target, before: State, _now: State) -> Change | Refused:
    """Give it a public address again; it is another one."""
    was = bool(before.facts["public"])
    return Change(steps=(_set(target, public=was),), wanted={"public": was})


def _set(target: Target, *, public: bool) -> Step:
    return Step(
        call=rds.call(
            "modify_db_instance",
            DBInstanceIdentifier=target.id,
            PubliclyAccessible=public,
            ApplyImmediately=True,
        ),
        permission=Permission(actions=(WRITE,), resources=(target.arn,)),
        event=WRITE,
        logged={
            "dBInstanceIdentifier": target.id,
            "publiclyAccessible": public,
            "applyImmediately": True,
        },
        shows={"public": public},
        says=f"{'give' if public else 'take away'} the public address of the database {target.id}",
    )


def _reads(target: Target) -> tuple[Permission, ...]:
    return (Permission(actions=(READ,), resources=(target.arn,)),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Take the database's public address away.",
        scope="one database",
        risk="Whoever connects from outside its network is cut off.",
        iam_actions=(READ, WRITE),
        parameters=subject("instance"),
        calls=(
            calling("rds.describe_db_instances", DBInstanceIdentifier="{instance}"),
            calling(
                "rds.modify_db_instance",
                DBInstanceIdentifier="{instance}",
                PubliclyAccessible=False,
                ApplyImmediately=True,
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
