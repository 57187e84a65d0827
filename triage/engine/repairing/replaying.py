"""The guards' judgements of a case, made again from what was stored."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from triage.domain.case import CaseEvent, EventKind
from triage.domain.json import Record
from triage.domain.plan import plan_from_json
from triage.engine.rules import InputGone
from triage.ports.case_store import CaseStore
from triage.stages.guard import Judgement, Word, guard, situation_from_json

JUDGED = frozenset({"go", "ask"})
"""Without steps there is nothing to judge; a way back is a person's own word."""


def differing(cases: CaseStore, case_id: str) -> Sequence[str]:
    """Judge every plan of a case again; a sentence for each judgement that comes out differently.

    Raises InputGone.
    """
    events = cases.events(cases.case(case_id).id)
    return [why for event in events if (why := _differs(cases.body, event)) is not None]


def _differs(stored: Callable[[str], bytes | None], event: CaseEvent) -> str | None:
    data = event.data
    judged = event.kind is EventKind.PLANNED and data["verdict"] in JUDGED and not data["undoes"]
    if not judged:
        return None
    plan = plan_from_json(_read(stored, "plan", data))
    situation = situation_from_json(_read(stored, "situation", data))
    then = Judgement(
        word=Word(data["verdict"]), because=tuple(data["because"]), needs=data["needs"]
    )
    now = guard(plan, situation)
    return None if now == then else f"{data['fix']} was judged {then.word}, now {now.word}"


def _read(stored: Callable[[str], bytes | None], what: str, data: Record) -> Any:
    body = stored(data[what])
    if body is None:
        raise InputGone(what, data[what])
    return orjson.loads(body)
