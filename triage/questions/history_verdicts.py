"""What did people say of the same type, resource and principal before?

Only signed verdicts of people count, never what the engine closed by itself: else it would learn
from its own word. Whoever can cause many harmless alarms can still teach people to wave them
through, so a history may raise a risk; it proves nothing and carries no signature, and a close
that rests on it needs a licence (docs/decisions/0013-what-history-may-say.md).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.domain.verdict import CLOSING, Verdict
from triage.questions import about
from triage.questions.answers import known, oldest, payload, unanswered
from triage.questions.question import Asking, Field, Question
from triage.questions.records.shape import dig, instant, records, text

HARMLESS = frozenset(CLOSING)
REAL = frozenset({Verdict.TRUE_POSITIVE, Verdict.SECURITY_RISK, Verdict.SUSPICIOUS})


def plan(asking: Asking) -> tuple[Read, ...]:
    """Every verdict on this type of finding in this account."""
    account = about.account(asking)
    return (Read.of("history.verdicts", account, "", type=asking.ticket.type),)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Counts, narrowest last: of the type, of those about this principal, about this resource."""
    if (answer := unanswered(reads)) is not None:
        return answer
    listed = dig(payload(reads[0]), "Verdicts")
    if not isinstance(listed, list):
        return Unknown(reason="the store did not say which verdicts there are")
    said = [one for one in records(listed) if _before(one, reads)]
    ticket = asking.ticket
    here = [one for one in said if text(one, "subject") == ticket.subject.id]
    same = ticket.principal or ""
    by = [one for one in said if same and text(one, "principal") == same]
    told = {**_counts(said), "here": _counts(here), "principal": _counts(by)}
    return known(reads, told | {"explanation": _explain(told)})


def _before(said: Mapping[str, Any], reads: Sequence[RawRead]) -> bool:
    at = instant(said.get("at"))
    return at is not None and at <= oldest(reads)


def _counts(said: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    words = [text(one, "verdict") for one in said]
    return {
        "count": len(said),
        "real": sum(word in REAL for word in words),
        "harmless": sum(word in HARMLESS for word in words),
        "people": len({text(one, "by") for one in said}),
        "last": max((text(one, "at") for one in said), default=None),
    }


def _explain(told: Mapping[str, Any]) -> str:
    here = told["here"]
    return (
        f"{told['count']} earlier verdicts by {told['people']} people, {told['real']} real; "
        f"on this resource {here['count']}, {here['real']} real."
    )


COUNTS = {
    "count": Field(type="number", meaning="how many verdicts"),
    "real": Field(type="number", meaning="true positive, security risk or suspicious"),
    "harmless": Field(type="number", meaning="false positive, benign and their like"),
    "people": Field(type="number", meaning="by how many people"),
    "last": Field(type="time", meaning="the latest, or none"),
}
QUESTION = Question(
    name="history.verdicts",
    phrase="what people said of it before",
    parameters={},
    answer={
        **COUNTS,
        "here": Field(type="object", meaning="those about the same resource", fields=COUNTS),
        "principal": Field(type="object", meaning="those about the same principal", fields=COUNTS),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=(),
    plan=plan,
    interpret=interpret,
)
