"""What a detector seems to have said and nobody can read is told to people, as a report of ours.

Its case goes the way of all others: it is recorded, escalated, reminded of. All of one service
share a handle, so that a flood of them is one page.
"""

from collections.abc import Iterator, Mapping, Sequence

from triage.domain.json import canonical, digest
from triage.domain.message import Message, Receipt, Reception
from triage.engine.world import World
from triage.intake.claims import claims

REPORTER = "triage"
TYPE = "unreadable"


def report_unreadable(
    world: World, messages: Sequence[Message], receipts: Sequence[Receipt]
) -> None:
    """Put a report on the queue for each message that claims a detector and stayed unread.

    Its id and bytes are those of the message: told twice, it is one report.
    """
    sent = {message.id: message for message in messages}
    found = {report: claim for claim, report in _reports(sent, receipts)}
    for claim in found.values():
        world.metrics.unreadable(claim)
    if found:
        world.queue.submit(list(found))


def _reports(
    sent: Mapping[str, Message], receipts: Sequence[Receipt]
) -> Iterator[tuple[str, bytes]]:
    for receipt in receipts:
        if receipt.reception is not Reception.QUARANTINED or receipt.foreign:
            continue
        body = sent[receipt.message].body
        if (claim := claims(body)) is not None:
            yield claim, _report(claim, digest(body), receipt.reason)


def _report(claim: str, name: str, reason: str) -> bytes:
    return canonical(
        {
            "report": {
                "reporter": REPORTER,
                "id": digest(canonical([name, reason])),
                "type": TYPE,
                "severity": "high",
                "subject": f"messages of {claim}",
                "title": f"{claim} may have said something that nobody can read: {reason}. "
                "See `triage quarantine list`.",
            }
        }
    )
