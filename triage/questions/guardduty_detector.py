"""Is GuardDuty on, in the account and Region?

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetDetector.html
"""

from collections.abc import Sequence

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import known, payload, unanswered
from triage.questions.question import Asking, Field, Question
from triage.questions.records.shape import dig, records, text

STATUSES = frozenset({"ENABLED", "DISABLED"})


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for every detector there; a Region has one at most."""
    return (Read.of("guardduty.detectors", about.account(asking), about.region(asking)),)


def interpret(_asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """No detector is a fact: it is off."""
    if (answer := unanswered(reads)) is not None:
        return answer
    listed = dig(payload(reads[0]), "Detectors")
    told = [text(one, "Status") for one in records(payload(reads[0]), "Detectors")]
    if not isinstance(listed, list) or set(told) - STATUSES or len(told) != len(listed):
        return Unknown(reason="GuardDuty did not say which detectors there are")
    on = "ENABLED" in told
    explanation = "a detector is enabled." if on else f"none of {len(told)} detectors is enabled."
    return known(reads, {"enabled": on, "detectors": len(told), "explanation": explanation})


QUESTION = Question(
    name="guardduty.detector",
    phrase="whether GuardDuty is on",
    parameters={},
    answer={
        "enabled": Field(type="boolean", meaning="a detector is there and enabled"),
        "detectors": Field(type="number", meaning="how many there are"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("guardduty:ListDetectors", "guardduty:GetDetector"),
    plan=plan,
    interpret=interpret,
)
