"""Start the account's own configuration recorder of a Region again.

Recorders that other services keep for themselves are theirs. Without a delivery channel Config
refuses, and so does the fix then.
https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigurationRecorder.html
"""

from triage.domain.plan import Call, Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking
from triage.questions.records.shape import records, text
from triage.remediations.arns import partition
from triage.remediations.remediation import Change, Remediation, Seen

READ = (
    "config:DescribeConfigurationRecorders",
    "config:DescribeConfigurationRecorderStatus",
)
WRITE = "config:StartConfigurationRecorder"
LISTED, STATUSES = "ConfigurationRecorders", "ConfigurationRecordersStatus"


def target_of(asking: Asking) -> Target:
    """The recorder of the ticket's account and Region: there is one at most. Raises CannotAsk."""
    account, region = about.account(asking), about.region(asking)
    named = about.given(asking, "recorder")
    arn = f"arn:{partition(region)}:config:{region}:{account}:configuration-recorder/{named or '*'}"
    return Target(account=account, region=region, id=named or f"Config in {region}", arn=arn)


def inspect(cloud: Cloud, _target: Target) -> Seen:
    """The account's own recorder and whether it is on; no recorder is a fact too."""
    listing, asking = _call("describe_configuration_recorders"), _call(STATUS)
    listed = records({LISTED: member(listing, cloud.call(listing), LISTED)}, LISTED)
    told = records({STATUSES: member(asking, cloud.call(asking), STATUSES)}, STATUSES)
    own = [text(one, "name") for one in listed if not text(one, "servicePrincipal")]
    if len(own) != 1:
        return Seen(facts={"recorder": None, "recording": None})
    recording = [one.get("recording") for one in told if text(one, "name") == own[0]]
    if len(recording) != 1 or not isinstance(recording[0], bool):
        raise Unknown(asking, f"did not say whether {own[0]} records")
    return Seen(facts={"recorder": own[0], "recording": recording[0]})


STATUS = "describe_configuration_recorder_status"


def plan(target: Target, state: State) -> Change | Refused:
    """Start it, unless there is none."""
    if state.facts["recorder"] is None:
        return Refused(because=f"there is no recorder in {target.region} to start again")
    wanted = {"recording": True}
    steps = () if state.holds(wanted) else (_start(target, state),)
    return Change(steps=steps, wanted=wanted)


def undo(_target: Target, _before: State, _now: State) -> Change | Refused:
    """There is no way back to recording nothing."""
    return Refused(because=str(REMEDIATION.fix.one_way))


def _start(target: Target, state: State) -> Step:
    name = str(state.facts["recorder"])
    return Step(
        call=_call("start_configuration_recorder", ConfigurationRecorderName=name),
        permission=Permission(actions=(WRITE,), resources=(_arn(target, name),)),
        event=WRITE,
        logged={"configurationRecorderName": name},
        shows={"recording": True},
        says=f"start the configuration recorder {name} of {target.region}",
    )


def _arn(target: Target, recorder: str) -> str:
    """After its name comes an id that AWS draws."""
    head = target.arn.partition(":configuration-recorder/")[0]
    return f"{head}:configuration-recorder/{recorder}/*"


def _call(operation: str, **parameters: object) -> Call:
    return Call(service="config", operation=operation, parameters=parameters)


def _reads(target: Target) -> tuple[Permission, ...]:
    return (Permission(actions=READ, resources=(_arn(target, "*"),)),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Start the configuration recorder again.",
        scope="one recorder",
        risk="None known; Config's own costs.",
        iam_actions=(*READ, WRITE),
        parameters=subject("recorder"),
        calls=(
            calling("config.describe_configuration_recorders"),
            calling("config.describe_configuration_recorder_status"),
            calling("config.start_configuration_recorder", ConfigurationRecorderName="{recorder}"),
        ),
        applied=True,
        one_way="whoever wants the recorder off does so in Config's own console, by name",
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
)
