"""What does the analyzer say now, and does the resource's own policy agree?

RESOLVED alone proves nothing. A finding is over when it is resolved and the policy that is live
lets nobody in from outside, who is seen here from the owner's account: a resource that is shared
within an organization stays "outside".
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
"""

from collections.abc import Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.domain.ticket import Source
from triage.questions import sharing
from triage.questions.answers import failure, known, missing, payload, unexpected
from triage.questions.question import Asking, CannotAsk, Field, Question
from triage.questions.records.shape import instant, text
from triage.questions.source import access_analyzer
from triage.questions.source.shape import RESOLVED


def plan(asking: Asking) -> tuple[Read, ...]:
    """The finding, and whatever policies its resource has. Raises CannotAsk."""
    if asking.ticket.source is not Source.ACCESS_ANALYZER:
        raise CannotAsk("the ticket is no Access Analyzer finding")
    return (access_analyzer.read(asking), *sharing.reads(asking))


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Without a policy that can be read it is not known who is outside: those fields are left out.

    A finding the analyzer does not know may have gone with its analyzer: that says nothing.
    """
    finding, *policies = reads
    if unknown := failure(reads[:1]) or unexpected(reads[:1]):
        return unknown
    said = access_analyzer.said(asking.ticket, payload(finding))
    analyzed = text(payload(finding), "analyzedAt")
    if said is None or instant(analyzed) is None:
        return Unknown(reason="the analyzer did not show this finding and when it last looked")
    if unknown := failure(policies):
        return unknown
    gone = any(missing(read, *sharing.GONE) for read in policies)
    outside = False if gone else sharing.outside(asking, policies)
    told = {"status": said.status, "analyzed": analyzed, "resource_gone": gone}
    return known(reads, told | _agreed(said.status, outside))


def _agreed(status: str, outside: bool | None) -> dict[str, Any]:  # noqa: FBT001 - what was found
    """Whether both say that it is over; nothing but words when the policy says nothing."""
    if outside is None:
        return {"explanation": f"{status}; who the resource lets in cannot be read here."}
    policy = "lets somebody in from outside" if outside else "lets nobody in from outside"
    return {
        "outside": outside,
        "over": status == RESOLVED and not outside,
        "explanation": f"{status}; its policy {policy}.",
    }


QUESTION = Question(
    name="access_analyzer.finding",
    phrase="whether the access is still there",
    parameters={},
    answer={
        "status": Field(type="string", meaning="open, suppressed or resolved, at the analyzer"),
        "analyzed": Field(type="time", meaning="when the analyzer last looked"),
        "resource_gone": Field(type="boolean", meaning="the resource's own service lacks it"),
        "outside": Field(
            type="boolean", meaning="its live policy lets in others than its own account"
        ),
        "over": Field(type="boolean", meaning="resolved, and the live policy agrees"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=(*access_analyzer.IAM_ACTIONS, *sharing.IAM_ACTIONS),
    plan=plan,
    interpret=interpret,
)
