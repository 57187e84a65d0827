"""Switch a suspended detector on again.

Only what was there is switched on: a new detector in place of one that was deleted would have
another id and none of its filters and lists, and says nothing of who deleted it.
https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateDetector.html
"""

from triage.domain.plan import Call, Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking
from triage.remediations.arns import partition
from triage.remediations.remediation import Change, Remediation, Seen

ON, OFF = "ENABLED", "DISABLED"
READ = ("guardduty:ListDetectors", "guardduty:GetDetector")
WRITE = "guardduty:UpdateDetector"


def target_of(asking: Asking) -> Target:
    """The detector of the ticket's account and Region: there is one at most. Raises CannotAsk."""
    account, region = about.account(asking), about.region(asking)
    named = about.given(asking, "detector")
    arn = f"arn:{partition(region)}:guardduty:{region}:{account}:detector/{named or '*'}"
    return Target(account=account, region=region, id=named or f"GuardDuty in {region}", arn=arn)


def inspect(cloud: Cloud, _target: Target) -> Seen:
    """The detector and its status; no detector is a fact too."""
    listing = _call("list_detectors")
    ids = list(member(listing, cloud.call(listing), "DetectorIds"))
    if len(ids) != 1:
        return Seen(facts={"detector": None, "status": None})
    getting = _call("get_detector", DetectorId=ids[0])
    said = cloud.call(getting)
    status = member(getting, said, "Status")
    if status not in {ON, OFF}:
        raise Unknown(getting, f"says {status!r}, which is no status")
    return Seen(facts={"detector": ids[0], "status": status}, tags=dict(said.get("Tags") or {}))


def plan(target: Target, state: State) -> Change | Refused:
    """Switch it on, unless there is none."""
    if state.facts["detector"] is None:
        return Refused(because=f"there is no detector in {target.region} to switch on again")
    wanted = {"status": ON}
    steps = () if state.holds(wanted) else (_switch_on(target, state),)
    return Change(steps=steps, wanted=wanted)


def undo(_target: Target, _before: State, _now: State) -> Change | Refused:
    """There is no way back to being blind."""
    return Refused(because=str(REMEDIATION.fix.one_way))


def _switch_on(target: Target, state: State) -> Step:
    detector = str(state.facts["detector"])
    return Step(
        call=_call("update_detector", DetectorId=detector, Enable=True),
        permission=Permission(actions=(WRITE,), resources=(_arn(target, detector),)),
        event=WRITE,
        logged={"detectorId": detector, "enable": True},
        shows={"status": ON},
        says=f"enable the detector {detector} of {target.region}",
    )


def _arn(target: Target, detector: str) -> str:
    return f"{target.arn.partition(':detector/')[0]}:detector/{detector}"


def _call(operation: str, **parameters: object) -> Call:
    return Call(service="guardduty", operation=operation, parameters=parameters)


def _reads(_target: Target) -> tuple[Permission, ...]:
    return (Permission(actions=READ, resources=("*",)),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Enable the detector again.",
        scope="one detector",
        risk="None known; GuardDuty's own costs.",
        iam_actions=(*READ, WRITE),
        parameters=subject("detector"),
        calls=(
            calling("guardduty.list_detectors"),
            calling("guardduty.get_detector", DetectorId="{detector}"),
            calling("guardduty.update_detector", DetectorId="{detector}", Enable=True),
        ),
        applied=True,
        one_way="whoever wants GuardDuty off does so in its own console, under their own name",
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
)
