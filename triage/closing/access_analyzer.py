"""IAM Access Analyzer: UpdateFindings to ARCHIVED, for access that is as intended.

What was mended resolves by itself, once the analyzer looks again; archiving it would only hide
that it has not. https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_UpdateFindings.html
"""

import uuid

from triage.closing.shape import Desk, Left, Open, Word, Writing, call
from triage.domain.json import Record
from triage.domain.plan import Permission, Step
from triage.domain.ticket import Ticket
from triage.domain.verdict import Verdict
from triage.questions.records.shape import text
from triage.questions.source import access_analyzer

ACTION = "access-analyzer:UpdateFindings"
ACTIVE, ARCHIVED = "ACTIVE", "ARCHIVED"
INTENDED = frozenset({Verdict.BENIGN, Verdict.FALSE_POSITIVE, Verdict.DISREGARD, Verdict.TEST})
"""Verdicts that say that the access may stay."""


def prepare(_opens: Open, ticket: Ticket, found: Record, word: Word) -> Writing | Left:
    """Archive it where the access is intended and the finding is active."""
    if word.verdict not in INTENDED:
        return Left(because="Access Analyzer resolves it by itself when it looks again")
    status = text(found, "status")
    if status != ACTIVE:
        already = f"Access Analyzer has it {status.lower()} already"
        return Left(because=already, closed=status == ARCHIVED)
    analyzer, _, finding = ticket.native_id.rpartition("/")
    region, account = analyzer.split(":")[3:5]
    step = _step(analyzer, finding, word)
    return Writing(account=account, region=region, finding=ticket.native_id, steps=(step,))


def _step(analyzer: str, finding: str, word: Word) -> Step:
    token = uuid.uuid5(uuid.NAMESPACE_URL, f"{word.id}/{analyzer}/{finding}")
    asked = {
        "analyzerArn": analyzer,
        "ids": [finding],
        "status": ARCHIVED,
        "clientToken": str(token),
    }
    return Step(
        call=call("accessanalyzer", "update_findings", **asked),
        permission=Permission(actions=(ACTION,), resources=(analyzer,)),
        event=ACTION,
        logged=asked,
        shows={},
        says="archive it as intended access",
    )


DESK = Desk(reading=access_analyzer.DESK, prepare=prepare, iam_actions=(ACTION,))
