"""Security Hub in OCSF: BatchUpdateFindingsV2 with the status Resolved and a comment.

IAM knows it as securityhub:BatchUpdateFindings.
https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindingsV2.html
"""

from triage.closing.securityhub import ACTION, check
from triage.closing.shape import US, Desk, Left, Open, Word, Writing, call
from triage.domain.json import Record
from triage.domain.plan import Permission, Step
from triage.domain.ticket import Ticket
from triage.questions.records.shape import dig, records, text
from triage.questions.source.securityhub_v2 import UID, read, said
from triage.questions.source.shape import Desk as ReadingDesk
from triage.remediations.arns import partition

SUPPRESSED, RESOLVED = 3, 4
EVENT = "securityhub:BatchUpdateFindingsV2"


def prepare(_opens: Open, ticket: Ticket, found: Record, word: Word) -> Writing | Left:
    """Resolve it, unless somebody has said something else of it."""
    uid = text(ticket.record, *UID)
    finding = next(one for one in records(found, "Findings") if text(one, *UID) == uid)
    status = dig(finding, "status_id")
    if status == SUPPRESSED:
        return Left(because="somebody suppressed it in Security Hub, which stays so")
    if status == RESOLVED:
        return Left(because="Security Hub has it resolved already", closed=True)
    region = str(ticket.region)
    step = _step(ticket.account, region, uid, _comment(finding, word))
    return Writing(account=ticket.account, region=region, finding=uid, steps=(step,))


def _comment(finding: Record, word: Word) -> Record:
    """Ours, where nobody else has left one."""
    theirs = text(finding, "comment")
    return {"Comment": word.text} if not theirs or theirs.startswith(f"{US} case ") else {}


def _step(account: str, region: str, uid: str, comment: Record) -> Step:
    asked = {"MetadataUids": [uid], "StatusId": RESOLVED, **comment}
    hub = f"arn:{partition(region)}:securityhub:{region}:{account}"
    return Step(
        call=call("securityhub", "batch_update_findings_v2", **asked),
        permission=Permission(
            actions=(ACTION,), resources=(f"{hub}:hub/default", f"{hub}:hubv2/*")
        ),
        event=EVENT,
        logged=asked,
        shows={},
        says="resolve it, with a comment",
    )


DESK = Desk(
    reading=ReadingDesk(read, said),
    prepare=prepare,
    iam_actions=(ACTION,),
    check=check,
)
