"""What people see of a case, as plain rows."""

from collections.abc import Sequence
from typing import Any, assert_never

from triage.domain.case import Case, CaseEvent
from triage.domain.decision import Ground
from triage.domain.effect import Effect
from triage.domain.evidence import Absent, Answer, Known, Unknown
from triage.domain.incident import Incident
from triage.domain.json import Record
from triage.domain.repair import Repair
from triage.stages.conclude import Conclusion
from triage.stages.kept_back import as_shown, is_blind
from triage.stages.record import decision_as_json


def case_row(case: Case) -> dict[str, Any]:
    """One line of a list."""
    head, decided = case.headline, case.decided or {}
    return {
        "case": case.id,
        "status": case.status,
        "severity": head.get("severity"),
        "type": head.get("type"),
        "account": head.get("account"),
        "subject": head.get("subject"),
        "decision": _outcome(decided),
        "changed": _moment(case.changed),
    }


def incident_row(incident: Incident, leading: Case, size: int) -> dict[str, Any]:
    """One line of a list of incidents."""
    return {
        "incident": incident.id,
        "told": incident.told,
        "cases": size,
        "leading": leading.id,
        "type": leading.headline.get("type"),
        "subject": leading.headline.get("subject"),
        "with": leading.acknowledged_by or "nobody yet",
        "opened": _moment(incident.opened),
        "joined": _moment(incident.changed),
    }


def _outcome(decided: Record) -> str:
    if not decided:
        return "waiting"
    if decided["decision"] == "close":
        by = decided["ground"]
        certified = "" if by != Ground.SIGNATURE else " (signed, not certified)"
        return f"closed as {decided['verdict']} by {by}{certified}"
    return f"{decided['decision']} {decided.get('priority') or ''}".strip()


def _moment(at: Any) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def case_page(case: Case, effects: Sequence[Effect]) -> dict[str, Any]:
    """Everything a responder needs first."""
    head, decided = case.headline, case.decided or {}
    decided = decided if case.verdict else as_shown(decided)
    page = {
        "case": case.id,
        "status": case.status,
        "title": head.get("title"),
        "type": f"{head.get('type')} ({head.get('class')}, {head.get('severity')})",
        "subject": head.get("subject"),
        "account": " ".join(part for part in (head.get("account"), head.get("region")) if part),
        "key": case.key,
        "opened": _moment(case.opened),
        "decision": _outcome(decided),
        "rule": decided.get("rule"),
        "because": list(decided.get("reasons", [])),
        "consider": [one["fix"] for one in decided.get("suggestions", [])],
        "would": decided.get("would"),
        "repairs": [_repair(one) for one in case.repairs.each],
        "effects": [_effect(effect) for effect in effects],
        "incident": case.incident,
        "with": case.acknowledged_by,
        "verdict": case.verdict,
        "next": _next(case),
    }
    return {name: value for name, value in page.items() if value}


def _repair(repair: Repair) -> str:
    back = ", taking back" if repair.undoes else ""
    agreed = f", agreed to by {', '.join(repair.given)}" if repair.given else ""
    return f"{repair.fix}{back}: {repair.stage}{agreed}"


def _effect(effect: Effect) -> str:
    told = effect.data.get("contact", "")
    return f"{effect.kind} {told}: {effect.status} {effect.outcome}".strip()


def _next(case: Case) -> str:
    if case.repairs.waiting is not None:
        return f"triage approve {case.id} --by NAME; or triage reject {case.id} --by NAME"
    if is_blind(case.decided or {}) and not case.verdict:
        return f"triage verdict {case.id} --as VERDICT"
    if case.status == "escalated":
        return f"triage case explain {case.id}; then triage verdict {case.id} --as VERDICT"
    return f"triage case explain {case.id}"


DETAILS = ("verdict", "decision", "steps", "outcome", "says", "because", "by")
"""What an event's line tells, the first that there is."""


def history_row(event: CaseEvent) -> dict[str, Any]:
    """One event of a case."""
    data = event.data
    words = (data.get(name) for name in DETAILS)
    detail = next((word for word in words if word), "")
    if isinstance(detail, list):
        detail = "; ".join(map(str, detail))
    if event.kind in {"received", "updated", "sighted", "held", "superseded", "echoed"}:
        detail = f"{data['format']} of {data['version']}"
    return {"at": _moment(event.at), "event": event.kind, "detail": detail}


def explanation(conclusion: Conclusion, inputs: Record) -> dict[str, Any]:
    """A decision with every ruling, answer and opinion behind it."""
    decision = decision_as_json(conclusion.decision)
    shares = [f"{name} {share:+.2f}" for name, share in conclusion.opinion.shares if share]
    return {
        "decision": decision["decision"],
        "because": list(decision["reasons"]),
        "ground": decision.get("ground"),
        "rulings": [_ruling(ruling) for ruling in conclusion.rulings],
        "answers": [
            f"{name}: {_answer(answer)}" for name, answer in conclusion.evidence.answers.items()
        ],
        "classifier": f"score {conclusion.opinion.score:.2f} ({', '.join(shares)})",
        "judged at": inputs["now"],
        "playbooks": inputs["playbooks"],
    }


def _ruling(ruling: Any) -> str:
    met = "; ".join(f"could not find out {one.phrase}: {one.reason}" for one in ruling.unknowns)
    rule = ruling.rule.name if ruling.rule else "no rule held"
    return f"{ruling.playbook.name}: {rule}" + (f" ({met})" if met else "")


def _answer(answer: Answer) -> str:
    match answer:
        case Known(value=value, source=source, as_of=as_of):
            fields = ", ".join(f"{name}={shown!r}" for name, shown in value.items())
            return f"{fields[:300]} [{source}, {_moment(as_of)}]"
        case Absent(source=source, as_of=as_of):
            return f"absent [{source}, {_moment(as_of)}]"
        case Unknown(reason=reason):
            return f"unknown ({reason})"
        case unreachable:
            assert_never(unreachable)
