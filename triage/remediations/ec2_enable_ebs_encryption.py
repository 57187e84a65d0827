"""Turn on encryption by default for what a Region's new volumes hold.

Volumes and snapshots that exist stay as they are.
https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
"""

from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling
from triage.ports.cloud import Cloud, member
from triage.questions.question import Asking
from triage.remediations import ec2
from triage.remediations.remediation import Change, Remediation, Seen

READ = "ec2:GetEbsEncryptionByDefault"
ENABLE, DISABLE = "ec2:EnableEbsEncryptionByDefault", "ec2:DisableEbsEncryptionByDefault"
OPERATIONS = {True: "enable_ebs_encryption_by_default", False: "disable_ebs_encryption_by_default"}
EVENTS = {True: ENABLE, False: DISABLE}


def target_of(asking: Asking) -> Target:
    """The volumes of the ticket's account and Region. Raises CannotAsk."""
    return ec2.owned(asking, "volume", "*")


def inspect(cloud: Cloud, _target: Target) -> Seen:
    """Whether it is on."""
    call = ec2.call("get_ebs_encryption_by_default")
    return Seen(facts={"on": bool(member(call, cloud.call(call), "EbsEncryptionByDefault"))})


def plan(target: Target, state: State) -> Change | Refused:
    """Turn it on."""
    wanted = {"on": True}
    steps = () if state.holds(wanted) else (_set(target, on=True),)
    return Change(steps=steps, wanted=wanted)


def undo(target: Target, before: State, _now: State) -> Change | Refused:
    """Turn it as it was."""
    was = bool(before.facts["on"])
    return Change(steps=(_set(target, on=was),), wanted={"on": was})


def _set(target: Target, *, on: bool) -> Step:
    return Step(
        call=ec2.call(OPERATIONS[on]),
        # A setting of the account: IAM knows no resource of it.
        permission=Permission(actions=(EVENTS[on],), resources=("*",)),
        event=EVENTS[on],
        logged={OPERATIONS[on].title().replace("_", "") + "Request": {}},
        shows={"on": on},
        says=f"turn encryption by default of new volumes in {target.region} {_word(on=on)}",
    )


def _word(*, on: bool) -> str:
    return "on" if on else "off"


def _reads(target: Target) -> tuple[Permission, ...]:
    return ec2.reading(target, (READ,))


REMEDIATION = Remediation(
    fix=Fix(
        summary="Turn on encryption by default for new volumes of the Region.",
        scope="one account and Region",
        risk="None known; volumes that exist stay as they are.",
        iam_actions=(READ, ENABLE, DISABLE),
        calls=(
            calling("ec2.get_ebs_encryption_by_default"),
            calling("ec2.enable_ebs_encryption_by_default"),
            calling("ec2.disable_ebs_encryption_by_default"),
        ),
        applied=True,
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
)
