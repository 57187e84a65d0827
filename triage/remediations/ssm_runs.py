"""What Systems Manager tells of a runbook and of its runs about one resource."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from triage.domain.json import Record, canonical
from triage.domain.plan import Call, Target
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions.records.shape import records, text

RUNS_MAX = 50
"""A runbook that ran more often in the history that is kept is looked at by people."""
GONE = frozenset({"InvalidDocument", "InvalidDocumentVersion"})
WHEN = r"\d{4}/\d{2}/\d{2}/\d{2}/\d{2}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: its parameters as SSM keeps them, and where it put its backup, if it says so."""

    id: str
    status: str
    parameters: Mapping[str, Sequence[str]]
    backup: str | None


def call(operation: str, absent: frozenset[str] = frozenset(), **parameters: Any) -> Call:
    """A call of Systems Manager."""
    return Call(service="ssm", operation=operation, parameters=parameters, absent=absent)


def document(cloud: Cloud, name: str, version: str) -> Mapping[str, Any]:
    """The runbook's status and the names of its parameters. Raises CloudError."""
    asked = call("describe_document", GONE, Name=name, DocumentVersion=version)
    said = member(asked, cloud.call(asked), "Document")
    if (text(said, "Name"), text(said, "DocumentVersion")) != (name, version):
        raise Unknown(asked, f"did not show version {version} of {name}")
    takes = sorted(text(one, "Name") for one in records(said, "Parameters"))
    kind = text(said, "DocumentType")
    return {"status": text(said, "Status") if kind == "Automation" else kind, "takes": takes}


def last(cloud: Cloud, target: Target, name: str, known: Sequence[Record]) -> Run | None:
    """The latest run of a runbook that is about the target, or has parameters that are known."""
    asked = call(
        "describe_automation_executions",
        Filters=[{"Key": "DocumentNamePrefix", "Values": [name]}],
    )
    listing = member(asked, cloud.call(asked), "AutomationExecutionMetadataList")
    found = [one for one in records({"all": listing}, "all") if text(one, "DocumentName") == name]
    if len(found) > RUNS_MAX:
        raise Unknown(asked, f"lists more than {RUNS_MAX} runs of {name}")
    newest = sorted(found, key=lambda one: text(one, "ExecutionStartTime"), reverse=True)
    each = (_run(cloud, text(one, "AutomationExecutionId")) for one in newest)
    return next((one for one in each if _about(one, target, known)), None)


def _run(cloud: Cloud, name: str) -> Run:
    asked = call("get_automation_execution", AutomationExecutionId=name)
    said = member(asked, cloud.call(asked), "AutomationExecution")
    status = text(said, "AutomationExecutionStatus")
    if text(said, "AutomationExecutionId") != name or not status:
        raise Unknown(asked, f"did not say how far {name} has come")
    parameters = said.get("Parameters") or {}
    return Run(id=name, status=status, parameters=parameters, backup=_backup(said, name))


def _backup(said: Record, name: str) -> str | None:
    """The key under which AWSSupport-Contain... keeps what was: it ends with the run's own id.

    https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/awssupport-contain-iam-principal.html
    """
    told = canonical([said.get("Outputs"), said.get("Variables"), said.get("StepExecutions")])
    found = set(re.findall(rf"{WHEN}/{re.escape(name)}\.json", told.decode()))
    return found.pop() if len(found) == 1 else None


def _about(run: Run, target: Target, known: Sequence[Record]) -> bool:
    named = {value for values in run.parameters.values() for value in values}
    return bool(named & {target.id, target.arn}) or any(asks(run, one) for one in known)


def asks(run: Run, parameters: Record) -> bool:
    """Whether a run was asked for just this, whatever SSM has added."""
    return all(list(run.parameters.get(name, ())) == parameters[name] for name in parameters)
