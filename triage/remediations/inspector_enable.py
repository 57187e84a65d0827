"""Switch a scan of Inspector on again, and see that it covers what runs.

A scan that is enabled says nothing of any one instance: it may lack its agent, be excluded by a tag
or run a system that Inspector does not know. So an EC2 scan counts as on once every running
instance (or the one the ticket is about) is covered, going by ListCoverage. What is not covered is
named with Inspector's own reason, as UNMANAGED_EC2_INSTANCE. Instances and coverage are asked for
apart: neither list passes for complete by being empty.

Its service-linked role has to be there, as it is wherever Inspector was on before.
https://docs.aws.amazon.com/inspector/v2/APIReference/API_Enable.html
https://docs.aws.amazon.com/inspector/v2/APIReference/API_ScanStatus.html
"""

import uuid
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from triage.domain.json import Record, canonical
from triage.domain.plan import Call, Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking, CannotAsk, Parameter
from triage.questions.records.shape import records, text
from triage.remediations import ec2
from triage.remediations.arns import partition
from triage.remediations.remediation import Change, Remediation, Seen

ON, ACTIVE = "ENABLED", "ACTIVE"
UNDER_WAY = frozenset({ON, "ENABLING"})
STATES = UNDER_WAY | {"DISABLING", "DISABLED", "SUSPENDING", "SUSPENDED"}
STATUS, COVERAGE = "inspector2:BatchGetAccountStatus", "inspector2:ListCoverage"
INSTANCES, WRITE = "ec2:DescribeInstances", "inspector2:Enable"
SCANS: Mapping[str, str] = MappingProxyType(
    {"EC2": "ec2", "ECR": "ecr", "LAMBDA": "lambda", "LAMBDA_CODE": "lambdaCode"}
)
"""What Enable calls a scan, and what an account's status does."""
CONTROLS: Mapping[str, str] = MappingProxyType(
    {
        "Inspector.2": "ECR",
        "inspector-ecr-scan-enabled": "ECR",
        "Inspector.3": "LAMBDA_CODE",
        "inspector-lambda-code-scan-enabled": "LAMBDA_CODE",
        "Inspector.4": "LAMBDA",
        "inspector-lambda-standard-scan-enabled": "LAMBDA",
    }
)
"""Which scan a check is about; all others are about instances."""
ALL = "*"
NOT_LISTED = "Inspector does not list it"
TOLD_MAX = 5
AGAIN_SECONDS = (30.0, 120.0, 300.0, 900.0, 1800.0)
"""Coverage shows minutes after a scan was enabled, once the agents have reported."""
NAMES = uuid.UUID("3d2c5b0e-0c43-4b0e-9d4e-6c5b8f0c7a11")


def target_of(asking: Asking) -> Target:
    """One scan of the ticket's account and Region, for one instance or all. Raises CannotAsk."""
    account, region = about.account(asking), about.region(asking)
    scan = about.given(asking, "scan") or CONTROLS.get(asking.ticket.type, "EC2")
    if scan not in SCANS:
        raise CannotAsk(f"Inspector has no scan {scan}")
    one = _instance(asking) if scan == "EC2" else ALL
    arn = f"arn:{partition(region)}:inspector2:{region}:{account}:scan/{scan}/{one}"
    return Target(account=account, region=region, id=f"{scan} of {one}", arn=arn)


def _instance(asking: Asking) -> str:
    try:
        return about.instance(asking)
    except CannotAsk:
        return ALL


def _of(target: Target) -> tuple[str, str]:
    """The scan, and the instance or ALL."""
    scan, _, one = target.arn.partition(":scan/")[2].partition("/")
    return scan, one


def inspect(cloud: Cloud, target: Target) -> Seen:
    """Whether it is on; and once it is, which instances it does not cover and why."""
    scan, one = _of(target)
    status = _status(cloud, target, SCANS[scan])
    uncovered = _uncovered(cloud, target, one) if status == ON and scan == "EC2" else None
    facts = {"asked": status in UNDER_WAY, "status": status, "uncovered": uncovered}
    return Seen(facts=facts)


def _status(cloud: Cloud, target: Target, scan: str) -> str:
    call = _call("batch_get_account_status", accountIds=[target.account])
    answer = cloud.call(call)
    found = [one for one in records(answer, "accounts") if text(one, "accountId") == target.account]
    said = text(found[0], "resourceState", scan, "status") if len(found) == 1 else ""
    if said not in STATES or records(answer, "failedAccounts"):
        raise Unknown(call, f"did not say whether it scans {scan} in {target.account}")
    return said


def _uncovered(cloud: Cloud, target: Target, one: str) -> Mapping[str, str]:
    """Every running instance that is not covered, with Inspector's reason. Raises CloudError."""
    told = {text(each, "resourceId"): _reason(each) for each in _coverage(cloud, target, one)}
    running = _running(cloud, target, one, told)
    return {name: why for name in sorted(running) if (why := told.get(name, NOT_LISTED))}


def _reason(covered: Record) -> str:
    """Why it is not covered; "" when it is."""
    code = text(covered, "scanStatus", "statusCode")
    reason = text(covered, "scanStatus", "reason")
    return "" if code == ACTIVE else reason or code or NOT_LISTED


def _coverage(cloud: Cloud, target: Target, one: str) -> list[Record]:
    wanted = {"accountId": target.account, "resourceType": "AWS_EC2_INSTANCE"}
    named = wanted if one == ALL else {**wanted, "resourceId": one}
    criteria = {name: [{"comparison": "EQUALS", "value": value}] for name, value in named.items()}
    call = _call("list_coverage", filterCriteria=criteria)
    listed = records({"all": member(call, cloud.call(call), "coveredResources")}, "all")
    return [each for each in listed if text(each, "scanType") == "PACKAGE"]


def _running(cloud: Cloud, target: Target, one: str, told: Iterable[str]) -> set[str]:
    """What runs. An instance that Inspector covers and EC2 does not know makes both doubtful."""
    only = {} if one == ALL else {"InstanceIds": [one]}
    call = ec2.call("describe_instances", **only)
    groups = records({"all": member(call, cloud.call(call), "Reservations")}, "all")
    states = {
        text(each, "InstanceId"): text(each, "State", "Name")
        for group in groups
        for each in records(group, "Instances")
    }
    missing = [name for name in ({one} - {ALL} or set(told)) if name not in states]
    if missing:
        raise Unknown(call, f"did not show {min(missing)} in {target.account}")
    return {name for name, state in states.items() if state == "running"}


def plan(target: Target, state: State) -> Change | Refused:
    """Switch it on, unless it is on and does not reach what it should."""
    scan, _ = _of(target)
    uncovered = state.facts["uncovered"]
    if uncovered:
        return Refused(because=f"the {scan} scan is on, and does not cover {_told(uncovered)}")
    wanted: dict[str, object] = {"status": ON}
    wanted |= {"uncovered": {}} if scan == "EC2" else {}
    steps = () if state.facts["asked"] else (_switch_on(target, scan, state),)
    return Change(steps=steps, wanted=wanted)


def _told(uncovered: Mapping[str, str]) -> str:
    first = [f"{name} ({why})" for name, why in sorted(uncovered.items())][:TOLD_MAX]
    more = len(uncovered) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def undo(_target: Target, _before: State, _now: State) -> Change | Refused:
    """There is no way back to being blind."""
    return Refused(because=str(REMEDIATION.fix.one_way))


def _switch_on(target: Target, scan: str, state: State) -> Step:
    # Code of functions is scanned only beside their packages.
    types = ["LAMBDA", "LAMBDA_CODE"] if scan == "LAMBDA_CODE" else [scan]
    moment = canonical([target.arn, state.as_of.isoformat()]).decode()
    asked = {
        "accountIds": [target.account],
        "resourceTypes": types,
        "clientToken": str(uuid.uuid5(NAMES, moment)),
    }
    return Step(
        call=_call("enable", **asked),
        permission=Permission(actions=(WRITE,), resources=("*",)),
        event=WRITE,
        logged=asked,
        shows={"asked": True},
        says=f"enable the {scan} scan of Inspector in {target.region} of {target.account}",
    )


def _call(operation: str, **parameters: object) -> Call:
    return Call(service="inspector2", operation=operation, parameters=parameters)


def _reads(target: Target) -> tuple[Permission, ...]:
    more = (COVERAGE, INSTANCES) if _of(target)[0] == "EC2" else ()
    return (Permission(actions=(STATUS, *more), resources=("*",)),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Enable a scan of Inspector again, and see that it covers every instance.",
        scope="one scan of one account and Region",
        risk="None known; Inspector's own costs, for all that the scan then covers.",
        iam_actions=(STATUS, COVERAGE, INSTANCES, WRITE),
        parameters={
            "scan": Parameter(
                type="string", meaning="EC2, ECR, LAMBDA or LAMBDA_CODE; else the ticket's"
            ),
            "instance": Parameter(
                type="string",
                meaning="another instance than the ticket's, to be covered alone",
                subject=True,
            ),
        },
        calls=(
            calling("inspector2.batch_get_account_status"),
            calling("inspector2.list_coverage"),
            calling("ec2.describe_instances"),
            calling("inspector2.enable", resourceTypes=["EC2"]),
        ),
        applied=True,
        one_way="whoever wants Inspector off does so in its own console, under their own name",
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
    again_seconds=AGAIN_SECONDS,
)
