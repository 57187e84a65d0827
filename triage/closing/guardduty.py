"""GuardDuty: ArchiveFindings and UpdateFindingsFeedback, in the administrator's account.

A member may not archive its findings, so whoever GetAdministratorAccount names is asked to; it has
no content for an administrator and for an account by itself.
https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ArchiveFindings.html
https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateFindingsFeedback.html
https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetAdministratorAccount.html
"""

from collections.abc import Mapping
from types import MappingProxyType

from triage.closing.shape import Desk, Left, Open, Word, Writing, call
from triage.domain.json import Record
from triage.domain.plan import Permission, Step
from triage.domain.ticket import Ticket
from triage.domain.verdict import Verdict
from triage.ports.cloud import AccessDenied, member
from triage.questions.records.shape import dig, records, text
from triage.questions.source import guardduty

FIND, WHOSE = "guardduty:ListDetectors", "guardduty:GetAdministratorAccount"
ARCHIVE, FEEDBACK = "guardduty:ArchiveFindings", "guardduty:UpdateFindingsFeedback"
ANY = ("*",)
"""IAM can hold none of these to a detector: Service Authorization Reference, GuardDuty."""
OPINIONS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.TRUE_POSITIVE: "USEFUL",
        Verdict.NO_LONGER_PRESENT: "USEFUL",
        Verdict.FALSE_POSITIVE: "NOT_USEFUL",
        Verdict.BENIGN: "NOT_USEFUL",
        Verdict.DISREGARD: "NOT_USEFUL",
    }
)
"""Whether a finding was worth somebody's look. A test was neither."""


def prepare(opens: Open, ticket: Ticket, found: Record, word: Word) -> Writing | Left:
    """Archive it, and say whether it was useful, where its administrator lets us."""
    finding = records(found, "Findings")[0]
    if dig(finding, "Service", "Archived") is True:
        return Left(because="GuardDuty has it archived already", closed=True)
    detector, region = text(finding, "Service", "DetectorId"), str(ticket.region)
    account = _administrator(opens, ticket.account, region, detector) or ticket.account
    try:
        own = detector if account == ticket.account else _detector(opens, account, region)
    except AccessDenied:
        return Left(because=_why(account))
    if not own:
        return Left(because=_why(account))
    steps = _steps(own, text(finding, "Id"), word)
    return Writing(account=account, region=region, finding=text(finding, "Arn"), steps=steps)


def _why(account: str) -> str:
    return (
        f"only its administrator, account {account}, can archive it, and the engine has no role"
        " or no detector there"
    )


def _administrator(opens: Open, account: str, region: str, detector: str) -> str:
    reads = Permission(actions=(WHOSE,), resources=ANY)
    asking = call("guardduty", "get_administrator_account", DetectorId=detector)
    with opens(account, region, (reads,)) as cloud:
        return text(cloud.call(asking), "Administrator", "AccountId")


def _detector(opens: Open, account: str, region: str) -> str:
    listing = call("guardduty", "list_detectors")
    with opens(account, region, (Permission(actions=(FIND,), resources=ANY),)) as cloud:
        return "".join(member(listing, cloud.call(listing), "DetectorIds")[:1])


def _steps(detector: str, finding: str, word: Word) -> tuple[Step, ...]:
    opinion = OPINIONS.get(word.verdict)
    # Feedback first: a crash in between leaves the finding open, and it is found so again.
    told = (_step(detector, finding, FEEDBACK, Feedback=opinion),) if opinion else ()
    return (*told, _step(detector, finding, ARCHIVE))


def _step(detector: str, finding: str, action: str, **more: str) -> Step:
    operation = {ARCHIVE: "archive_findings", FEEDBACK: "update_findings_feedback"}[action]
    asked = {"DetectorId": detector, "FindingIds": [finding], **more}
    return Step(
        call=call("guardduty", operation, **asked),
        permission=Permission(actions=(action,), resources=ANY),
        event=action,
        logged=asked,
        shows={},
        says="archive it" if action == ARCHIVE else f"call it {more['Feedback']}",
    )


DESK = Desk(
    reading=guardduty.DESK,
    prepare=prepare,
    iam_actions=(FIND, WHOSE, ARCHIVE, FEEDBACK),
)
