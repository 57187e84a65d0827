"""Why not close? All that must hold before anything closes; the first that fails speaks."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import assert_never

from triage.domain.decision import Ground, Level
from triage.domain.evidence import Absent, Answer, Known, Unknown
from triage.domain.severity import Label, Severity
from triage.domain.ticket import FindingClass, SourceStatus
from triage.domain.verdict import Verdict
from triage.playbook.meaning import meaning
from triage.questions.records.shape import instant
from triage.stages.attest import ATTESTED
from triage.stages.closing import Closing
from triage.stages.matter import Matter
from triage.stages.never_close import never_close

SEVERITY_MAX = 100
PROVES_NOTHING = {
    FindingClass.EXPOSURE: "it may have been used while it was open, and that past is not covered",
    FindingClass.THREAT: "the present proves nothing about something that happened",
}


def refusal(closing: Closing) -> str | None:
    """Say why this may not close, or None when nothing stands against it."""
    return _first(CHECKS, closing)


def unmendable(closing: Closing) -> str | None:
    """Say why no repair may start by itself, or None when nothing stands against it.

    Policy and class bar no repair: they keep the case for a person besides.
    """
    return _first(MENDING, closing)


def keeps(matter: Matter, fixes: Iterable[str]) -> str | None:
    """Say why a repair by these fixes does not end the case; None when it does."""
    barred = never_close(matter.ticket, matter.account, matter.context.organisation)
    if barred:
        return f"policy keeps it for a person: {barred}"
    known = matter.context.vocabulary.fixes
    left = next((f"{one}: {known[one].leaves}" for one in fixes if known[one].leaves), None)
    return PROVES_NOTHING.get(matter.ticket.finding_class, left)


def _first(checks: Iterable[Callable[[Closing], str | None]], closing: Closing) -> str | None:
    return next((why for check in checks if (why := check(closing)) is not None), None)


def unexcused(closing: Closing) -> str | None:
    """Say why the signature that an escalation rests on lowers no page; None when it may."""
    if closing.ruling.signature is None:
        return None
    return next((why for check in EXCUSES if (why := check(closing)) is not None), None)


def checked(closing: Closing) -> tuple[tuple[str, str | None], ...]:
    """Every check by its name, with what it has against this close: None when nothing."""
    return tuple((check.__name__.strip("_").replace("_", " "), check(closing)) for check in CHECKS)


def _policy(closing: Closing) -> str | None:
    matter = closing.matter
    barred = never_close(matter.ticket, matter.account, matter.context.organisation)
    return f"policy keeps it for a person: {barred}" if barred else None


def _implicated(closing: Closing) -> str | None:
    trouble = closing.matter.implicated
    return f"it is related to {trouble}, which is real" if trouble else None


def _class(closing: Closing) -> str | None:
    if closing.ground is not Ground.PROOF or closing.verdict is Verdict.TEST:
        return None
    return PROVES_NOTHING.get(closing.matter.ticket.finding_class)


def _signature(closing: Closing) -> str | None:
    if closing.ground is not Ground.SIGNATURE:
        return None
    signature, ticket = closing.ruling.signature, closing.matter.ticket
    if signature is None:
        return "no signature in force covers it"
    own = signature.subject in {ticket.subject.id, ticket.principal} or signature.pattern
    return None if own else "the signature is about another subject"


def _critical(closing: Closing) -> str | None:
    if closing.ground is Ground.PROOF or _severity(closing).label is not Label.CRITICAL:
        return None
    return f"critical severity is beyond any {closing.ground}"


def _severity(closing: Closing) -> Severity:
    """The worse of what the ticket says and what its source says: a forged one is milder."""
    told = closing.matter.ticket.severity
    match closing.matter.at_source:
        case Known(value={"severity": int() as score}) if told.score < score <= SEVERITY_MAX:
            return Severity(score)
        case _:
            return told


def _licence(closing: Closing) -> str | None:
    if closing.ground is not Ground.LICENCE:
        return None
    matter, rule = closing.matter, meaning(closing.ruling.playbook, closing.rule)
    context = matter.context
    permission = context.licence(rule, matter.account.tier)
    return permission.why_not(matter.opinion.score, matter.likeness, context.now)


def _limit(closing: Closing) -> str | None:
    at_most = closing.ruling.playbook.limits.at_most
    return None if at_most is Level.AUTO else f"the playbook limits itself to {at_most}"


def _source(closing: Closing) -> str | None:
    match closing.matter.at_source:
        case Unknown(reason=reason):
            return f"could not confirm it at its source: {reason}"
        case Absent():
            return "its source does not know it"
        case Known(value=value) if value.get("confirmed") is not True:
            return "its source does not confirm it"
        case Known(value=value):
            sample = closing.verdict is not Verdict.TEST or value.get("sample") is True
            return None if sample else "its source does not call it a sample"
        case unreachable:
            assert_never(unreachable)


def _inactive(closing: Closing) -> str | None:
    """What its source has settled, or somebody suppressed there, is not changed by ourselves."""
    match closing.matter.at_source:
        case Known(value={"status": SourceStatus.SUPPRESSED | SourceStatus.RESOLVED as status}):
            return f"its source calls it {status}"
        case _:
            return None


SIGNS = {
    "in_attack_sequence": "it belongs to an attack sequence",
    "threat_intelligence": "threat intelligence knows the other side",
}
"""What keeps a finding for a person and a forged copy of it may leave out."""


def _policy_at_source(closing: Closing) -> str | None:
    said = closing.matter.at_source
    value = said.value if isinstance(said, Known) else {}
    signs = (why for name, why in SIGNS.items() if value.get(name) is True)
    if closing.verdict is Verdict.TEST or (why := next(signs, None)) is None:
        return None
    return f"policy keeps it for a person: {why}, says its source"


def _foreseen(closing: Closing) -> str | None:
    """A threat is about the past: who signs after it began excuses it, and foresaw nothing."""
    signature, ticket = closing.ruling.signature, closing.matter.ticket
    if signature is None or ticket.finding_class is not FindingClass.THREAT:
        return None
    began = _began(closing.matter.at_source)
    if began is None:
        return "its source does not say when it began, so no signature can have foreseen it"
    foreseen = signature.signed <= min(began, ticket.occurred)
    return None if foreseen else "it began before the signature was made"


def _began(said: Answer) -> datetime | None:
    return instant(said.value.get("began")) if isinstance(said, Known) else None


def _classifier(closing: Closing) -> str | None:
    """It scores what a finding says; a sample says it of nothing, as its source has confirmed."""
    opinion = closing.matter.opinion
    objects = opinion.veto and closing.verdict is not Verdict.TEST
    return f"the classifier objects (score {opinion.score:.2f})" if objects else None


def _classifier_ends(closing: Closing) -> str | None:
    """Where a repair only contains, a person gets the case anyway: no objection gains anything."""
    contains = closing.matter.ticket.finding_class in PROVES_NOTHING
    return None if contains else _classifier(closing)


CHECKS: tuple[Callable[[Closing], str | None], ...] = (
    _policy,
    _implicated,
    _class,
    _signature,
    _critical,
    _licence,
    _limit,
    _source,
    _policy_at_source,
    _foreseen,
    *ATTESTED,
    _classifier,
)
EXCUSES: tuple[Callable[[Closing], str | None], ...] = (
    _policy,
    _implicated,
    _signature,
    _critical,
    _source,
    _policy_at_source,
    _foreseen,
    *ATTESTED,
)
"""What has to hold of a signature before an escalation rests on it, as an exercise's does."""
MENDING: tuple[Callable[[Closing], str | None], ...] = (
    _implicated,
    _limit,
    _source,
    _inactive,
    _classifier_ends,
)
