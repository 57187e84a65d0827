"""Run a runbook of Systems Manager, as AWSSupport-ContainIAMPrincipal, and its own way back.

The playbook names the runbook, a pinned version, its parameters, and those that differ on the way
back. `{id}`, `{arn}`, `{account}` and `{region}` in a value stand for the ticket's resource, and
`{backup}` on the way back for the key of the backup that the run told of. Which runbooks may be
named at all is the operator's: repairs.documents.

The latest run about the resource says how things stand, whoever started it. `Success` proves that
the runbook ran; what became of the resource is for questions to find out, so such a repair closes
nothing. A dry run is a run, and proves nothing: there is none in a look.
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AutomationExecution.html
https://docs.aws.amazon.com/security-ir/latest/userguide/supported-containment-actions.html
"""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from triage.domain.json import Record, canonical
from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import ANSWER, Fix, calling
from triage.ports.cloud import Cloud
from triage.questions import about, about_identity
from triage.questions.question import Asking, CannotAsk, Parameter
from triage.remediations import ssm_runs
from triage.remediations.arns import partition
from triage.remediations.remediation import Change, Remediation, Seen

START, PASS = "ssm:StartAutomationExecution", "iam:PassRole"
GET, LIST = "ssm:GetAutomationExecution", "ssm:DescribeAutomationExecutions"
DESCRIBE = "ssm:DescribeDocument"
DONE, USABLE = "Success", "Active"
PENDING = frozenset(
    {
        "Approved",
        "Cancelling",
        "ChangeCalendarOverrideApproved",
        "InProgress",
        "Pending",
        "PendingApproval",
        "PendingChangeCalendarOverride",
        "RunbookInProgress",
        "Scheduled",
        "Waiting",
    }
)
ROLE, DRY, BACKUP = "AutomationAssumeRole", "DryRun", "{backup}"
DOCUMENT = re.compile(r"[\w.-]{3,128}", re.ASCII)
VERSION = re.compile(r"[1-9]\d{0,8}", re.ASCII)
PLAIN = re.compile(r"[\w+=,.@:/-]{1,512}", re.ASCII)
"""What may be put into a parameter: names of AWS, and nothing that a script would read anew."""
AGAIN_SECONDS = (5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 300.0)
"""Minutes, as runbooks take; news of the case waits as long."""
NAMES = uuid.UUID("a4f0c1de-5c4e-4a39-8e3b-0d3f4b2a9c57")


def target_of(asking: Asking) -> Target:
    """The ticket's resource, and what is to be run about it. Raises CannotAsk."""
    account, region = about.account(asking), about.region(asking)
    name, version = about.given(asking, "document"), about.given(asking, "version")
    if not DOCUMENT.fullmatch(name) or not VERSION.fullmatch(version):
        raise CannotAsk("the playbook names no runbook with a pinned version")
    subject, arn = _resource(asking), asking.ticket.subject.id
    arn = arn if arn.startswith("arn:") else _definition(region, name, version)
    words = {"{id}": subject, "{arn}": arn, "{account}": account, "{region}": region}
    given = {
        "document": name,
        "version": version,
        "parameters": _filled(asking, "parameters", words),
        "restore": _filled(asking, "restore", words),
        "ticket": asking.ticket.key,
    }
    return Target(account=account, region=region, id=subject, arn=arn, given=given)


FINDS: tuple[Callable[[Asking], str], ...] = (about.resource_name, about_identity.role)


def _resource(asking: Asking) -> str:
    for find in FINDS:
        try:
            name = find(asking)
        except CannotAsk:
            continue
        if PLAIN.fullmatch(name):
            return name
    raise CannotAsk("the ticket names no resource that a runbook could be given")


def _filled(asking: Asking, name: str, words: Mapping[str, str]) -> Record:
    """Parameters as Systems Manager takes them: lists of text by name."""
    given = asking.parameters.get(name) or {}
    found = orjson.loads(given) if isinstance(given, str) else given
    if not isinstance(found, Mapping):
        raise CannotAsk(f"the playbook gives no {name} by name")
    return {str(key): [_put(one, words) for one in _listed(found[key])] for key in found}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _put(value: Any, words: Mapping[str, str]) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    for word, meant in words.items():
        text = text.replace(word, meant)
    return text


def inspect(cloud: Cloud, target: Target) -> Seen:
    """Whether the runbook is there, and how the latest run about the resource ended."""
    given = target.given
    said = ssm_runs.document(cloud, given["document"], given["version"])
    forth, back = given["parameters"], _back(given)
    run = ssm_runs.last(cloud, target, given["document"], [forth, back] if back else [forth])
    started = run is not None and ssm_runs.asks(run, forth)
    facts = {
        "document": said["status"],
        "takes": said["takes"],
        "started": started,
        "run": _told(run, back, started=started),
        "execution": run.id if run else None,
        "backup": run.backup if run and started else None,
    }
    return Seen(facts=facts)


def _back(given: Record) -> Record:
    """What a run back was asked for, but for the backup, which only it knows; {} without one."""
    told = {**given["parameters"], **given["restore"]} if given["restore"] else {}
    return {name: values for name, values in told.items() if BACKUP not in values}


def _told(run: ssm_runs.Run | None, back: Record, *, started: bool) -> str | None:
    """How the latest run stands; None when there was none, or one back to the start."""
    if run is None:
        return None
    undone = not started and bool(back) and ssm_runs.asks(run, back)
    return None if undone and run.status == DONE else run.status


def plan(target: Target, state: State) -> Change | Refused:
    """Run it, unless it has run, or somebody should look first."""
    if why := _unusable(target, state):
        return Refused(because=why)
    way = None if target.given["restore"] else "its playbook names no parameters for the way back"
    wanted = {"started": True, "run": DONE}
    under_way = state.facts["started"]
    steps = () if under_way else (_start(target, state, target.given["parameters"], back=False),)
    return Change(steps=steps, wanted=wanted, one_way=way)


def _unusable(target: Target, state: State) -> str | None:
    given, facts = target.given, state.facts
    runbook = f"version {given['version']} of {given['document']}"
    unknown = sorted({*given["parameters"], *given["restore"]} - set(facts["takes"]))
    if facts["document"] != USABLE:
        return f"{runbook} is no runbook that can be run: it is {facts['document']}"
    if unknown:
        return f"{runbook} takes no parameter {unknown[0]}"
    if not given["parameters"].get(ROLE):
        return f"{runbook} needs {ROLE}: our own session may do nothing of what it does"
    if DRY in facts["takes"] and given["parameters"].get(DRY) != ["false"]:
        return f"{runbook} would only try, and change nothing, without {DRY}: false"
    return _in_the_way(facts)


def _in_the_way(facts: Record) -> str | None:
    run, fine = facts["run"], {None} | ({DONE} | PENDING if facts["started"] else set())
    ended = f"its latest run, {facts['execution']}, is {run}"
    return None if run in fine else f"{ended}, and a person has to look first"


def undo(target: Target, _before: State, now: State) -> Change | Refused:
    """Run it with its own parameters for the way back, and the backup that it told of."""
    restore, key = target.given["restore"], now.facts["backup"]
    if any(BACKUP in value for values in restore.values() for value in values) and not key:
        run = now.facts["execution"]
        return Refused(because=f"the run {run} did not tell where it left its backup")
    filled = {
        name: [value.replace(BACKUP, str(key)) for value in values]
        for name, values in restore.items()
    }
    step = _start(target, now, {**target.given["parameters"], **filled}, back=True)
    return Change(steps=(step,), wanted={"started": False, "run": None})


def _start(target: Target, state: State, parameters: Record, *, back: bool) -> Step:
    given = target.given
    name, version = given["document"], given["version"]
    asked = {
        "DocumentName": name,
        "DocumentVersion": version,
        "Parameters": parameters,
        "ClientToken": _token(target, state, parameters),
    }
    return Step(
        call=ssm_runs.call("start_automation_execution", **asked),
        permission=Permission(actions=(START, PASS), resources=_resources(target, parameters)),
        event=START,
        logged={f"{key[0].lower()}{key[1:]}": value for key, value in asked.items()},
        shows={"started": not back},
        says=f"run {name} (version {version}) {'back ' if back else ''}about {target.id}",
    )


def _token(target: Target, state: State, parameters: Record) -> str:
    """One of this case and plan: whoever asks twice with it gets the same run."""
    plan_of = [target.account, target.region, dict(target.given), parameters]
    return str(uuid.uuid5(NAMES, canonical([*plan_of, state.as_of.isoformat()]).decode()))


def _definition(region: str, name: str, version: str) -> str:
    # Runbooks that AWS owns have no account of ours in their ARNs.
    return f"arn:{partition(region)}:ssm:{region}:*:automation-definition/{name}:{version}"


def _resources(target: Target, parameters: Record) -> tuple[str, ...]:
    head = f"arn:{partition(target.region)}:ssm:{target.region}"
    given = target.given
    return (
        _definition(target.region, given["document"], given["version"]),
        f"{head}:*:document/{given['document']}",
        f"{head}:{target.account}:automation-execution/*",
        *parameters[ROLE],
    )


def _reads(target: Target) -> tuple[Permission, ...]:
    head = f"arn:{partition(target.region)}:ssm:{target.region}"
    runs = f"{head}:{target.account}:automation-execution/*"
    return (
        Permission(actions=(LIST,), resources=("*",)),
        Permission(actions=(GET,), resources=(runs,)),
        Permission(
            actions=(DESCRIBE,), resources=(f"{head}:*:document/{target.given['document']}",)
        ),
    )


REMEDIATION = Remediation(
    fix=Fix(
        summary="Run a runbook of Systems Manager that the operator allows, and its way back.",
        scope="what the runbook does with the role that it is given",
        risk="Whatever the runbook does; taking it back is its own work, from its backup.",
        iam_actions=(DESCRIBE, LIST, GET, START, PASS),
        parameters={
            "document": Parameter(
                type="string", meaning="the runbook, one of repairs.documents", required=True
            ),
            "version": Parameter(
                type="string", meaning='its version, a number: "7"', required=True
            ),
            "parameters": Parameter(
                type="object",
                meaning="what it takes; {id}, {arn}, {account}, {region} are the ticket's",
                required=True,
            ),
            "restore": Parameter(
                type="object",
                meaning="what differs on the way back; {backup} is the key of the run's backup",
            ),
            "resource": Parameter(
                type="string", meaning="another resource than the ticket's", subject=True
            ),
        },
        calls=(
            calling("ssm.describe_document", Name="{document}", DocumentVersion="{version}"),
            calling("ssm.describe_automation_executions"),
            calling("ssm.get_automation_execution", AutomationExecutionId=ANSWER),
            calling("ssm.start_automation_execution", DocumentName="{document}"),
        ),
        applied=True,
        leaves="it proves that the runbook ran, not that this is gone",
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
    assigned=frozenset({"execution", "backup"}),
    again_seconds=AGAIN_SECONDS,
)
