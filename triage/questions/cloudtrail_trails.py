"""Which trails record, and what does the ticket's own trail do?

https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import known, payload, unanswered
from triage.questions.question import Asking, Field, Question
from triage.questions.records.shape import dig, records, text

SAID = ("IsLogging", "AllManagementEvents", "IsMultiRegionTrail", "LogFileValidationEnabled")


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for every trail that the Region knows, with what it records."""
    return (Read.of("cloudtrail.trail_status", about.account(asking), about.region(asking)),)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Without a trail nothing logs; a trail that leaves something out makes it unknown."""
    if (answer := unanswered(reads)) is not None:
        return answer
    listed, trails = dig(payload(reads[0]), "Trails"), records(payload(reads[0]), "Trails")
    if not isinstance(listed, list) or len(listed) != len(trails):
        return Unknown(reason="CloudTrail did not say which trails there are")
    if any(not isinstance(dig(one, name), bool) for one in trails for name in SAID):
        return Unknown(reason="CloudTrail did not say what every trail does")
    logging = [one for one in trails if one["IsLogging"]]
    own = [one for one in trails if text(one, "TrailARN") == asking.ticket.subject.id]
    return known(reads, _told(logging) | (_own(own[0]) if len(own) == 1 else {}))


def _told(logging: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    complete = [
        one
        for one in logging
        if one["IsMultiRegionTrail"]
        and one["AllManagementEvents"]
        and not text(one, "LatestDeliveryError")
    ]
    everywhere = f"{len(complete)} of them everything in every Region"
    return {
        "logging": bool(logging),
        "everywhere": bool(complete),
        "explanation": f"{len(logging)} trails are logging, {everywhere}.",
    }


def _own(trail: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "own_logging": trail["IsLogging"],
        "own_validated": trail["LogFileValidationEnabled"],
        "own_encrypted": bool(text(trail, "KmsKeyId")),
    }


QUESTION = Question(
    name="cloudtrail.trails",
    phrase="which trails are logging",
    parameters={},
    answer={
        "logging": Field(type="boolean", meaning="some trail is logging"),
        "everywhere": Field(
            type="boolean",
            meaning="one logs, in every Region, every management event, and delivers",
        ),
        "own_logging": Field(type="boolean", meaning="the ticket's own trail is logging"),
        "own_validated": Field(type="boolean", meaning="it writes digests of its log files"),
        "own_encrypted": Field(type="boolean", meaning="it encrypts them with a KMS key"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=(
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:GetEventSelectors",
    ),
    plan=plan,
    interpret=interpret,
)
