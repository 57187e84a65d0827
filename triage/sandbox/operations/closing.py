"""What closes a finding where it came from, in each service that lets anybody.

Facts: the services' API references, ArchiveFindings, UpdateFindingsFeedback,
GetAdministratorAccount (GuardDuty), BatchUpdateFindings, BatchUpdateFindingsV2 (Security Hub),
UpdateFindings (Access Analyzer). An update of Security Hub moves no UpdatedAt; here it is there at
once, where the service takes minutes. A fault of kind half leaves every other finding of a batch
unprocessed, the first included.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, NotBuilt, Operation, Refused
from triage.sandbox.moments import iso
from triage.sandbox.place import Place
from triage.sandbox.world import Shelf, World

BAD = "BadRequestException"
MEMBER = "The request is rejected because the current account cannot archive findings."
ADMINISTRATOR = "administrator"
"""A scenario's detector names the account that administers it; without one it is its own."""
Change = Callable[[Record], Record]


def _here(call: Call) -> Place:
    return Place(account=call.account, region=call.region)


def _detector(world: World, call: Call) -> Record:
    for detector in world.records(Shelf.DETECTORS, _here(call)):
        if detector["id"] == call.parameters["DetectorId"]:
            return detector
    text = "The request is rejected because the input detectorId is not owned by this account."
    raise Refused(code=BAD, message=text)


def _administered(world: World, call: Call) -> Sequence[Place]:
    """The caller's own place, and those whose detectors name the caller as administrator."""
    members = [
        place
        for place in world.places(Shelf.DETECTORS)
        if place.region == call.region and _administrator(world, place) == call.account
    ]
    return [_here(call), *(place for place in members if place != _here(call))]


def _administrator(world: World, place: Place) -> str:
    named = (one.get(ADMINISTRATOR) for one in world.records(Shelf.DETECTORS, place))
    return next((str(one) for one in named if one), "")


def get_administrator_account(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetAdministratorAccount; nothing for an administrator or a lone account."""
    _detector(world, call)
    number = _administrator(world, _here(call))
    if not number or number == call.account:
        return {"Administrator": {}}
    return {"Administrator": {"AccountId": number, "RelationshipStatus": "Enabled"}}


def _archive(world: World, call: Call, *, archived: bool) -> Mapping[str, Any]:
    _detector(world, call)
    if _administrator(world, _here(call)) not in {"", call.account}:
        raise Refused(code=BAD, message=MEMBER)
    _serve(world, call, {"Archived": archived})
    return {}


def _serve(world: World, call: Call, changes: Record) -> None:
    wanted = set(call.parameters["FindingIds"])
    for place in _administered(world, call):
        _change(
            world,
            (Shelf.GUARDDUTY_FINDINGS, place),
            lambda one: one["Id"] in wanted,
            lambda one: {**one, "Service": {**one["Service"], **changes}},
        )


def _change(
    world: World, where: tuple[Shelf, Place], wanted: Callable[[Record], bool], change: Change
) -> None:
    kept = world.records(*where)
    if any(wanted(one) for one in kept):
        world.replace(*where, [change(one) if wanted(one) else one for one in kept])


def archive_findings(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ArchiveFindings: an administrator's own and its members' findings."""
    return _archive(world, call, archived=True)


def unarchive_findings(world: World, call: Call) -> Mapping[str, Any]:
    """Answer UnarchiveFindings."""
    return _archive(world, call, archived=False)


def update_findings_feedback(world: World, call: Call) -> Mapping[str, Any]:
    """Answer UpdateFindingsFeedback."""
    _detector(world, call)
    _serve(world, call, {"UserFeedback": call.parameters["Feedback"]})
    return {}


# --- Security Hub ---------------------------------------------------------------------------------

FIELDS = frozenset({"Workflow", "Note", "UserDefinedFields", "VerificationState"})
V2_FIELDS = {"StatusId": "status_id", "Comment": "comment"}
STATUS_NAMES = {1: "New", 2: "In Progress", 3: "Suppressed", 4: "Resolved", 5: "Archived"}


def batch_update_findings(world: World, call: Call) -> Mapping[str, Any]:
    """Answer BatchUpdateFindings. Raises NotBuilt for a field the sandbox does not keep."""
    asked = call.parameters
    if not world.records(Shelf.HUBS, _here(call)):
        text = f"Account {call.account} is not subscribed to AWS Security Hub"
        raise Refused(code="InvalidAccessException", message=text, status=401)
    _known(set(asked) - {"FindingIdentifiers"} - FIELDS)
    changes = {name: asked[name] for name in FIELDS if name in asked}
    if "Note" in changes:
        changes["Note"] = {**changes["Note"], "UpdatedAt": iso(call.at)}
    return _batch(
        world,
        call,
        (Shelf.SECURITY_HUB_FINDINGS, asked["FindingIdentifiers"]),
        _by_id,
        lambda one: {**one, **changes},
    )


def _known(unknown: set[str]) -> None:
    if unknown:
        text = f"the sandbox does not update {', '.join(sorted(unknown))} of findings"
        raise NotBuilt(text)


def _by_id(finding: Record, named: Mapping[str, str]) -> bool:
    return all(finding.get(name) == named[name] for name in ("Id", "ProductArn"))


def _batch(
    world: World,
    call: Call,
    of: tuple[Shelf, Sequence[Mapping[str, str]]],
    is_it: Callable[[Record, Mapping[str, str]], bool],
    change: Change,
) -> Mapping[str, Any]:
    shelf, named = of
    done: list[Any] = []
    left: list[Any] = []
    for number, one in enumerate(named):
        found = [each for each in world.records(shelf, _here(call)) if is_it(each, one)]
        if "half" in call.odd and number % 2 == 0:
            error = ("ConcurrentUpdateError", "Concurrent finding updates detected")
        elif not found:
            error = ("FindingNotFound", "Finding Not Found")
        else:
            _change(world, (shelf, _here(call)), partial(_among, found), change)
            done.append(dict(one))
            continue
        left.append({"FindingIdentifier": one, "ErrorCode": error[0], "ErrorMessage": error[1]})
    return {"ProcessedFindings": done, "UnprocessedFindings": left}


def _among(found: Sequence[Record], one: Record) -> bool:
    return any(one is each for each in found)


def batch_update_findings_v2(world: World, call: Call) -> Mapping[str, Any]:
    """Answer BatchUpdateFindingsV2 for findings named by metadata.uid."""
    asked = call.parameters
    _known(set(asked) - {"MetadataUids"} - set(V2_FIELDS))
    changes = {name: asked[field] for field, name in V2_FIELDS.items() if field in asked}
    if "status_id" in changes:
        changes["status"] = STATUS_NAMES.get(changes["status_id"], "Other")
    named = [{"MetadataUid": uid} for uid in asked["MetadataUids"]]
    answer = _batch(
        world,
        call,
        (Shelf.SECURITY_HUB_V2_FINDINGS, named),
        lambda finding, one: finding["metadata"].get("uid") == one["MetadataUid"],
        lambda one: {**one, **changes},
    )
    return {
        "ProcessedFindings": answer["ProcessedFindings"],
        "UnprocessedFindings": [_second(one) for one in answer["UnprocessedFindings"]],
    }


SECOND_CODES = {
    "ConcurrentUpdateError": "ConflictException",
    "FindingNotFound": "ResourceNotFoundException",
}


def _second(left: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "MetadataUid": left["FindingIdentifier"]["MetadataUid"],
        "ErrorCode": SECOND_CODES[left["ErrorCode"]],
        "ErrorMessage": left["ErrorMessage"],
    }


# --- Access Analyzer ------------------------------------------------------------------------------


def update_findings(world: World, call: Call) -> Mapping[str, Any]:
    """Answer UpdateFindings for findings named by id; a resolved one stays what it is."""
    asked = call.parameters
    if "resourceArn" in asked:
        text = "the sandbox updates findings by id only"
        raise NotBuilt(text)
    if all(
        one["arn"] != asked["analyzerArn"] for one in world.records(Shelf.ANALYZERS, _here(call))
    ):
        text = "Analyzer not found"
        raise Refused(code="ResourceNotFoundException", message=text, status=404)
    _change(
        world,
        (Shelf.ANALYZER_FINDINGS, _here(call)),
        lambda one: one["id"] in asked.get("ids", ()) and one["status"] != "RESOLVED",
        lambda one: {**one, "status": asked["status"], "updatedAt": iso(call.at)},
    )
    return {}


OPERATIONS: Mapping[str, Operation] = {
    "guardduty.GetAdministratorAccount": get_administrator_account,
    "guardduty.ArchiveFindings": archive_findings,
    "guardduty.UnarchiveFindings": unarchive_findings,
    "guardduty.UpdateFindingsFeedback": update_findings_feedback,
    "securityhub.BatchUpdateFindings": batch_update_findings,
    "securityhub.BatchUpdateFindingsV2": batch_update_findings_v2,
    "accessanalyzer.UpdateFindings": update_findings,
}
