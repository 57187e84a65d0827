"""Cancel a key's deletion. It is left disabled: whether it may be used again is for a person.

https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html
"""

from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling, subject
from triage.ports.cloud import Cloud
from triage.remediations import kms
from triage.remediations.remediation import Change, Remediation, Seen

LEAVING = "PendingDeletion"
WAITING_FOR_REPLICAS = "PendingReplicaDeletion"
KEPT = "kept"
WRITE = "kms:CancelKeyDeletion"


def inspect(cloud: Cloud, target: Target) -> Seen:
    """Whether it is going to be deleted; enabled or not, any other key is kept."""
    state = str(kms.described(cloud, target)["KeyState"])
    going = state in {LEAVING, WAITING_FOR_REPLICAS}
    return Seen(facts={"state": state if going else KEPT}, tags=kms.tags(cloud, target))


def plan(target: Target, state: State) -> Change | Refused:
    """Cancel it."""
    wanted = {"state": KEPT}
    steps = () if state.holds(wanted) else (_cancel(target),)
    return Change(steps=steps, wanted=wanted)


def undo(_target: Target, _before: State, _now: State) -> Change | Refused:
    """There is no way back to losing it."""
    return Refused(because=str(REMEDIATION.fix.one_way))


def _cancel(target: Target) -> Step:
    return Step(
        call=kms.call(target, "cancel_key_deletion"),
        permission=kms.may(target, WRITE),
        event=WRITE,
        logged={"keyId": target.id},
        shows={"state": KEPT},
        says=f"cancel the deletion of the key {target.id}",
    )


def _reads(target: Target) -> tuple[Permission, ...]:
    return (kms.may(target, kms.DESCRIBE, kms.TAGS),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Cancel the key's deletion; it is left disabled.",
        scope="one key",
        risk="None known; the key keeps costing.",
        iam_actions=(kms.DESCRIBE, kms.TAGS, WRITE),
        parameters=subject("key"),
        calls=(
            calling("kms.describe_key", KeyId="{key}"),
            calling("kms.cancel_key_deletion", KeyId="{key}"),
            calling("kms.list_resource_tags", KeyId="{key}"),
        ),
        applied=True,
        one_way="what a deleted key encrypted is lost; a deletion is scheduled again by its owner",
    ),
    target=kms.key,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
)
