"""Systems Manager Automation: runbooks that a scenario names, and their runs.

Facts: SSM API reference. No step of a runbook is carried out: the sandbox proves how a run is asked
for and read, and nothing of what it does. A token used again gives the same run, or
IdempotentParameterMismatch where anything else is asked for with it.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from triage.domain.json import Record, canonical
from triage.sandbox.call import Call, NotBuilt, Operation, Refused
from triage.sandbox.moments import iso
from triage.sandbox.pages import page_of
from triage.sandbox.world import Place, Shelf, World

PAGE_MAX = 50
NAMES = uuid.UUID("0a3f7e52-93c1-4a6e-8a8e-2b6f6f7f3b10")


def _place(call: Call) -> Place:
    return Place(account=call.account, region=call.region)


def _runbook(world: World, call: Call, name: str, code: str) -> Record:
    kept = world.records(Shelf.RUNBOOKS, _place(call))
    found = next((one for one in kept if one["name"] == name), None)
    if found is None:
        raise Refused(code=code, message="The specified SSM document doesn't exist.")
    return found


def describe_document(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DescribeDocument."""
    found = _runbook(world, call, call.parameters["Name"], "InvalidDocument")
    if call.parameters.get("DocumentVersion", found["version"]) != found["version"]:
        raise Refused(code="InvalidDocumentVersion", message="The document version isn't valid.")
    takes = [{"Name": name, "Type": "String"} for name in found["parameters"]]
    told = {"DocumentVersion": found["version"], "Parameters": takes, "DocumentType": "Automation"}
    return {"Document": {"Name": found["name"], "Status": found["status"], **told}}


def start(world: World, call: Call) -> Mapping[str, Any]:
    """Answer StartAutomationExecution."""
    asked = call.parameters
    if set(asked) - {"DocumentName", "DocumentVersion", "Parameters", "ClientToken"}:
        text = "the sandbox starts runbooks by name, version and parameters alone"
        raise NotBuilt(text)
    found = _runbook(world, call, asked["DocumentName"], "AutomationDefinitionNotFoundException")
    _fits(found, asked)
    kept = list(world.records(Shelf.RUNS, _place(call)))
    if earlier := _earlier(kept, asked):
        return {"AutomationExecutionId": earlier["id"]}
    number = f"{call.account}/{call.region}/{len(kept)}"
    run = {
        "id": str(uuid.uuid5(NAMES, number)),
        "asked": dict(asked),
        "at": iso(call.at),
        "looks": 0,
        "runbook": found,
    }
    world.put(Shelf.RUNS, _place(call), run)
    return {"AutomationExecutionId": run["id"]}


def _fits(found: Record, asked: Mapping[str, Any]) -> None:
    if asked.get("DocumentVersion", found["version"]) != found["version"]:
        text = "An Automation runbook with the specified name and version couldn't be found."
        raise Refused(code="AutomationDefinitionVersionNotFoundException", message=text)
    if unknown := sorted(set(asked.get("Parameters") or {}) - set(found["parameters"])):
        text = f"Unknown parameter {unknown[0]}"
        raise Refused(code="InvalidAutomationExecutionParametersException", message=text)


def _earlier(kept: list[Record], asked: Mapping[str, Any]) -> Record | None:
    token = asked.get("ClientToken")
    same = [one for one in kept if token and one["asked"].get("ClientToken") == token]
    if same and canonical(same[0]["asked"]) != canonical(dict(asked)):
        text = "The token was used with other parameters."
        raise Refused(code="IdempotentParameterMismatch", message=text)
    return same[0] if same else None


def list_runs(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DescribeAutomationExecutions, newest first, by the beginning of a runbook's name."""
    asked = call.parameters
    filters = {one["Key"]: one["Values"] for one in asked.get("Filters") or ()}
    if set(filters) - {"DocumentNamePrefix"}:
        text = f"the sandbox does not filter runs by {', '.join(sorted(filters))}"
        raise NotBuilt(text)
    heads = tuple(filters.get("DocumentNamePrefix") or [""])
    kept = reversed(world.records(Shelf.RUNS, _place(call)))
    found = [_listed(one) for one in kept if one["asked"]["DocumentName"].startswith(heads)]
    size = asked.get("MaxResults") or PAGE_MAX
    page = page_of(found, asked, size=size, refusal="InvalidNextToken")
    told = {"AutomationExecutionMetadataList": page.items}
    return told | ({"NextToken": page.token} if page.token else {})


def _listed(run: Record) -> Mapping[str, Any]:
    return {
        "AutomationExecutionId": run["id"],
        "DocumentName": run["asked"]["DocumentName"],
        "DocumentVersion": run["runbook"]["version"],
        "AutomationExecutionStatus": _status(run),
        "ExecutionStartTime": run["at"],
        "Mode": "Auto",
    }


def _status(run: Record) -> str:
    under_way = run["looks"] < run["runbook"]["looks"]
    return "InProgress" if under_way else str(run["runbook"]["ends"])


def get_run(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetAutomationExecution; every look brings a run nearer to its end."""
    wanted = call.parameters["AutomationExecutionId"]
    kept = list(world.records(Shelf.RUNS, _place(call)))
    at = next((at for at, one in enumerate(kept) if one["id"] == wanted), None)
    if at is None:
        text = "There is no automation execution information for the requested ID."
        raise Refused(code="AutomationExecutionNotFoundException", message=text)
    run = kept[at]
    kept[at] = {**run, "looks": run["looks"] + 1}
    world.replace(Shelf.RUNS, _place(call), kept)
    told = {"Parameters": run["asked"].get("Parameters") or {}, "Outputs": _outputs(run)}
    return {"AutomationExecution": {**_listed(run), **told}}


def _outputs(run: Record) -> Mapping[str, list[str]]:
    """As AWSSupport-Contain... ends: a text for people that names the key of the backup."""
    if _status(run) != "Success" or not run["runbook"]["backup"]:
        return {}
    when = run["at"][:16].replace("-", "/").replace("T", "/").replace(":", "/")
    return {"Contain.Output": [f"The configuration is kept under {when}/{run['id']}.json."]}


OPERATIONS: Mapping[str, Operation] = {
    "ssm.DescribeDocument": describe_document,
    "ssm.StartAutomationExecution": start,
    "ssm.DescribeAutomationExecutions": list_runs,
    "ssm.GetAutomationExecution": get_run,
}
