"""Security Hub: BatchUpdateFindings with the workflow status RESOLVED, a note and our fields.

RESOLVED, not SUPPRESSED: Security Hub resets the first on regression and never the second. What
somebody suppressed is left alone, and a note that is not ours is kept.
https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html
https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_WorkflowUpdate.html
"""

from collections.abc import Mapping
from typing import Any

from triage.closing.shape import US, Desk, Left, Open, Word, Writing, call
from triage.domain.json import Record
from triage.domain.plan import Call, Permission, Step
from triage.domain.ticket import Ticket
from triage.ports.cloud import Unknown, member
from triage.questions.records.shape import dig, records, text
from triage.questions.source_finding import SECURITY_HUB
from triage.remediations.arns import partition

ACTION = "securityhub:BatchUpdateFindings"
RESOLVED, SUPPRESSED = "RESOLVED", "SUPPRESSED"
CASE, VERDICT, GROUND = "triageCase", "triageVerdict", "triageGround"
FIELDS_MAX = 50
"""Of UserDefinedFields; beyond that only the note says whose close it was."""


def prepare(_opens: Open, ticket: Ticket, found: Record, word: Word) -> Writing | Left:
    """Resolve it, unless somebody has said something else of it."""
    finding = next(one for one in records(found, "Findings") if text(one, "Id") == _id(ticket))
    status = text(finding, "Workflow", "Status")
    if status == SUPPRESSED:
        return Left(because="somebody suppressed it in Security Hub, which stays so")
    if status == RESOLVED:
        return Left(because="Security Hub has it resolved already", closed=True)
    region = str(ticket.region)
    step = _step(ticket.account, region, _asked(finding, word))
    return Writing(account=ticket.account, region=region, finding=_id(ticket), steps=(step,))


def _id(ticket: Ticket) -> str:
    return text(ticket.record, "Id")


def _asked(finding: Record, word: Word) -> dict[str, Any]:
    named = {name: text(finding, name) for name in ("Id", "ProductArn")}
    return {
        "FindingIdentifiers": [named],
        "Workflow": {"Status": RESOLVED},
        **_fields(finding, word),
        **_note(finding, word),
    }


def _fields(finding: Record, word: Word) -> Record:
    """Ours beside those that are there: an update replaces the whole map."""
    theirs = dig(finding, "UserDefinedFields")
    ours = {CASE: word.case, VERDICT: word.verdict, GROUND: word.ground or "person"}
    both = {**(theirs if isinstance(theirs, Mapping) else {}), **ours}
    return {"UserDefinedFields": both} if len(both) <= FIELDS_MAX else {}


def _note(finding: Record, word: Word) -> Record:
    by = text(finding, "Note", "UpdatedBy")
    return {"Note": {"Text": word.text, "UpdatedBy": US}} if by in {"", US} else {}


def _step(account: str, region: str, asked: dict[str, Any]) -> Step:
    hub = f"arn:{partition(region)}:securityhub:{region}:{account}:hub/default"
    return Step(
        call=call("securityhub", "batch_update_findings", **asked),
        permission=Permission(actions=(ACTION,), resources=(hub,)),
        event=ACTION,
        logged=asked,
        shows={},
        says="resolve it, with a note",
    )


def check(made: Call, answer: Record) -> None:
    """Raise Unknown for what was accepted and not processed."""
    left = member(made, answer, "UnprocessedFindings")
    if left:
        code = text(left[0], "ErrorCode")
        raise Unknown(made, f"left the finding unprocessed ({code or 'without a code'})")
    if not member(made, answer, "ProcessedFindings"):
        raise Unknown(made, "did not say that the finding was processed")


DESK = Desk(reading=SECURITY_HUB, prepare=prepare, iam_actions=(ACTION,), check=check)
