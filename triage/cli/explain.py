"""Explain: everything that led to a decision, and what would have changed it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from triage.cli.show import OUTPUT, Output, emit

if TYPE_CHECKING:
    from triage.domain.decision import Decision
    from triage.stages.conclude import Conclusion
    from triage.stages.explain import Explanation, Guarded, Told

WHAT = typer.Argument(help="A case id, or a file of messages (- for stdin).")
PLAYBOOKS = typer.Option(None, help="Playbooks for a file; the configured ones if left out.")
NEAREST = typer.Option(5, min=0, help="How many patterns that failed are shown in a table.")


def explain(
    what: str = WHAT,
    playbooks: Path | None = PLAYBOOKS,
    nearest: int = NEAREST,
    output: Output = OUTPUT,
) -> None:
    """Explain a decision: patterns, answers, rules, guards, and what would have changed it.

    A case is judged again from what was recorded. A file is judged as it stands, with nothing
    looked up; `triage playbook dry-run` looks things up.
    """
    from triage.stages.explain import explain as explained

    told = [(name, explained(conclusion)) for name, conclusion in _conclusions(what, playbooks)]
    if output is not Output.TABLE:
        pages = [as_json(name, one) for name, one in told]
        emit(pages[0] if len(pages) == 1 and output is Output.JSON else pages, output)
        return
    for name, one in told:
        _print(name, one, nearest)


def _conclusions(what: str, playbooks: Path | None) -> "Iterator[tuple[str, Conclusion]]":
    if what == "-" or Path(what).exists():
        yield from _of_file(what, playbooks)
    else:
        yield _of_case(what)


def _of_case(case_id: str) -> "tuple[str, Conclusion]":
    from triage.engine.commands import replay
    from triage.wiring.bootstrap import opened_store, vocabulary

    with opened_store() as store:
        again = replay(store.cases, case_id, vocabulary())
    return case_id, again.conclusion


def _of_file(what: str, playbooks: Path | None) -> "Iterator[tuple[str, Conclusion]]":
    from triage.adapters.system.clock import SystemClock
    from triage.cli.work import messages_of
    from triage.domain.ticket import Ticket
    from triage.stages.conclude import conclude
    from triage.stages.normalise import normalise
    from triage.wiring.bootstrap import rules, settings

    found = settings()
    if playbooks is not None:
        paths = found.paths.model_copy(update={"playbooks": playbooks})
        found = found.model_copy(update={"paths": paths})
    context = rules(found)[0].at(SystemClock().now())
    for message in messages_of([what]):
        for part in normalise(message).parts:
            if isinstance(part, Ticket):
                yield part.key, conclude(part, {}, context)


# --- JSON -----------------------------------------------------------------------------------------


def as_json(name: str, one: "Explanation") -> dict[str, Any]:
    """Everything, for programs."""
    from triage.stages.record import decision_as_json

    return {
        "of": name,
        "decision": decision_as_json(one.decision),
        "patterns": [
            {
                "playbook": pattern.playbook,
                "matches": pattern.matches,
                "held": pattern.held,
                "failing": pattern.failing,
            }
            for pattern in one.tried
        ],
        "answers": [_answer(told) for told in one.answers],
        "rules": [
            {
                "playbook": rule.playbook,
                "rule": rule.rule,
                "value": rule.value,
                "operands": list(rule.operands),
            }
            for rule in one.ruled
        ],
        "closes": [_guarded(guarded) for guarded in one.guarded],
        "policy": one.barred,
        "classifier": {
            "score": round(one.opinion.score, 9),
            "veto_at": one.veto_at,
            "veto": one.opinion.veto,
            "shares": {name: round(share, 9) for name, share in one.opinion.shares},
        },
        "otherwise": [
            {"if": list(other.changes), "then": other.outcome} for other in one.otherwise
        ],
    }


def _guarded(one: "Guarded") -> dict[str, Any]:
    return {
        "playbook": one.playbook,
        "rule": one.rule,
        "ground": one.ground,
        "licence": one.licence,
        "checks": dict(one.checks),
    }


def _answer(told: "Told") -> dict[str, Any]:
    from triage.domain.evidence import Absent, Known

    row: dict[str, Any] = {"ask": told.ask, "names": list(told.names)}
    match told.answer:
        case Known(value=value, source=source):
            row |= {"is": "known", "value": dict(value), "source": source}
        case Absent(source=source):
            row |= {"is": "absent", "source": source}
        case unknown:
            row |= {"is": "unknown", "reason": unknown.reason}
    return row | ({"age_seconds": told.age.total_seconds()} if told.age is not None else {})


# --- tables ---------------------------------------------------------------------------------------


def _print(name: str, one: "Explanation", nearest: int) -> None:
    page = {
        "of": name,
        "decision": _told(one.decision),
        "because": list(one.decision.reasons),
        "policy": one.barred or "nothing keeps it for a person",
        "classifier": _classifier(one),
        "would change": [
            f"{other.outcome}: if {' and '.join(other.changes)}" for other in one.otherwise
        ]
        or ["nothing that was tried changes it"],
    }
    emit(page, Output.TABLE)
    for heading, rows in (
        ("PATTERNS", _patterns(one, nearest)),
        ("ANSWERS", [_answer_row(told) for told in one.answers]),
        ("RULES", list(_rules(one))),
        ("CHECKS OF THE CLOSE", list(_checks(one))),
    ):
        if rows:
            typer.echo(f"\n{heading}")
            emit(rows, Output.TABLE)


def _told(decision: "Decision") -> str:
    from triage.stages.counterfactual import outcome

    return outcome(decision)


def _classifier(one: "Explanation") -> str:
    from triage.judgement.explain import explain as in_words

    said = "objects" if one.opinion.veto else "does not object"
    moved = "; ".join(in_words(one.opinion))
    score = f"score {one.opinion.score:.2f} of {one.veto_at:.2f}: it {said}"
    return f"{score} ({moved})" if moved else score


def _patterns(one: "Explanation", nearest: int) -> list[dict[str, Any]]:
    failed = [pattern for pattern in one.tried if not pattern.matches]
    shown = [*(pattern for pattern in one.tried if pattern.matches), *failed[:nearest]]
    rows = [
        {
            "playbook": pattern.playbook,
            "matches": "yes" if pattern.matches else "no",
            "why": pattern.failing or f"all {pattern.held} clauses hold",
        }
        for pattern in shown
    ]
    more = len(failed) - nearest
    return [*rows, *([{"playbook": f"and {more} more", "matches": "no", "why": ""}] * (more > 0))]


def _answer_row(told: "Told") -> dict[str, Any]:
    row = _answer(told)
    said = row.get("reason") or row.get("value") or ""
    fields = (
        ", ".join(f"{key}={value!r}" for key, value in said.items())
        if isinstance(said, dict)
        else said
    )
    age = row.get("age_seconds")
    return {
        "answer": ", ".join(told.names) or "",
        "asked": told.ask,
        "is": row["is"],
        "what": fields[:300],
        "source": row.get("source", ""),
        "age": "" if age is None else f"{age:.0f} s",
    }


def _rules(one: "Explanation") -> Iterator[dict[str, Any]]:
    for rule in one.ruled:
        yield {
            "playbook": rule.playbook,
            "rule": rule.rule,
            "value": rule.value,
            "because": "; ".join(rule.operands),
        }


def _checks(one: "Explanation") -> Iterator[dict[str, Any]]:
    for close in one.guarded:
        for check, against in close.checks:
            yield {
                "rule": f"{close.playbook}: {close.rule}",
                "ground": close.ground,
                "licence": close.licence,
                "check": check,
                "against": against or "nothing",
            }
