"""Start a trail's logging again, from its home Region.

What was not logged stays unlogged. That the log files arrive, too, is for CloudTrail to show: its
last delivery error stays until the next delivery, and is no fact of this fix.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartLogging.html
"""

from triage.domain.plan import Call, Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.arn import arn_of
from triage.questions.records.shape import records, text
from triage.remediations.arns import partition
from triage.remediations.remediation import Change, Remediation, Seen
from triage.remediations.tags import listed

LIST = "cloudtrail:DescribeTrails"
READ = ("cloudtrail:GetTrailStatus", "cloudtrail:ListTags")
WRITE = "cloudtrail:StartLogging"
MARK = "trail/"


def target_of(asking: Asking) -> Target:
    """The trail a ticket is about, in the Region of its ARN. Raises CannotAsk."""
    account, region = about.account(asking), about.region(asking)
    told = about.given(asking, "trail") or asking.ticket.subject.id
    if (arn := arn_of(told)) is None:
        if not about.given(asking, "trail"):
            raise CannotAsk("the ticket is not about a trail")
        whole = f"arn:{partition(region)}:cloudtrail:{region}:{account}:{MARK}{told}"
        return Target(account=account, region=region, id=told, arn=whole)
    if arn.service != "cloudtrail" or not arn.resource.startswith(MARK):
        raise CannotAsk("the ticket is not about a trail")
    if arn.account != account:
        raise CannotAsk("the trail is another account's")
    name = arn.resource.removeprefix(MARK)
    return Target(account=account, region=arn.region, id=name, arn=told)


def inspect(cloud: Cloud, target: Target) -> Seen:
    """Whether it logs, and where it is at home."""
    asking = _call("get_trail_status", Name=target.arn)
    logging = member(asking, cloud.call(asking), "IsLogging")
    facts = {"logging": bool(logging), "home": _home(cloud, target)}
    return Seen(facts=facts, tags=_tags(cloud, target))


def _home(cloud: Cloud, target: Target) -> str:
    call = _call("describe_trails", trailNameList=[target.arn])
    trails = records(cloud.call(call), "trailList")
    homes = [text(one, "HomeRegion") for one in trails if text(one, "TrailARN") == target.arn]
    if len(homes) != 1 or not homes[0]:
        raise Unknown(call, f"did not show {target.arn}")
    return homes[0]


def _tags(cloud: Cloud, target: Target) -> dict[str, str]:
    call = _call("list_tags", ResourceIdList=[target.arn])
    told = member(call, cloud.call(call), "ResourceTagList")
    return {name: tag for one in told for name, tag in listed(one.get("TagsList")).items()}


def plan(target: Target, state: State) -> Change | Refused:
    """Start it; CloudTrail takes that in the trail's home Region alone."""
    if state.facts["home"] != target.region:
        home = state.facts["home"]
        return Refused(because=f"{target.id} is at home in {home} and can be started only there")
    wanted = {"logging": True}
    steps = () if state.holds(wanted) else (_start(target),)
    return Change(steps=steps, wanted=wanted)


def undo(_target: Target, _before: State, _now: State) -> Change | Refused:
    """There is no way back to logging nothing."""
    return Refused(because=str(REMEDIATION.fix.one_way))


def _start(target: Target) -> Step:
    return Step(
        call=_call("start_logging", Name=target.arn),
        permission=Permission(actions=(WRITE,), resources=(target.arn,)),
        event=WRITE,
        logged={"name": target.arn},
        shows={"logging": True},
        says=f"start the logging of the trail {target.id} in {target.region}",
    )


def _call(operation: str, **parameters: object) -> Call:
    return Call(service="cloudtrail", operation=operation, parameters=parameters)


def _reads(target: Target) -> tuple[Permission, ...]:
    return (
        Permission(actions=(LIST,), resources=("*",)),
        Permission(actions=READ, resources=(target.arn,)),
    )


REMEDIATION = Remediation(
    fix=Fix(
        summary="Start logging again, from the trail's home Region.",
        scope="one trail",
        risk="None known; storage costs.",
        iam_actions=(LIST, *READ, WRITE),
        parameters=subject("trail"),
        calls=(
            calling("cloudtrail.describe_trails", trailNameList=["{trail}"]),
            calling("cloudtrail.get_trail_status", Name="{trail}"),
            calling("cloudtrail.list_tags", ResourceIdList=["{trail}"]),
            calling("cloudtrail.start_logging", Name="{trail}"),
        ),
        applied=True,
        one_way="whoever wants a trail stopped does so in CloudTrail's own console, by name",
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
)
