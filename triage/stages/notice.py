"""What a person is told: short, exact, one obvious next step."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.domain.account import Team
from triage.domain.case import Case
from triage.domain.decision import Priority
from triage.domain.json import Record
from triage.stages.kept_back import as_shown

TITLE_LENGTH = 120
LINE_LENGTH = 400
KINDS_MAX = 5
ASKED_MAX = 10
LATE = "late      {} were not answered in time: each counts as a miss until somebody answers"
SEE_ALL = "all       triage incident show {}"


def notice(case: Case, decided: Record, owner: Team | None = None) -> Record:
    """Write the page for an escalation: headline, reasons, suggestions, the next command.

    `decided` is an escalation as stages/record.py writes it, `owner` the team whose account it is.
    """
    head, decided = case.headline, as_shown(decided)
    where = " ".join(part for part in (head["account"], head["region"]) if part)
    lines = [
        f"{head['title']}",
        f"type      {head['type']} ({head['class']}, {head['severity']})",
        f"subject   {head['subject']}",
        f"account   {where}",
        *_owner(owner),
        *(f"because   {reason}" for reason in decided["reasons"]),
        *([f"would     {decided['would']}"] if decided.get("would") else []),
        *(f"consider  {suggestion['fix']}" for suggestion in decided["suggestions"]),
        f"next      triage case show {case.id}",
    ]
    return {
        "priority": decided["priority"],
        "title": _plain(f"[{decided['priority']}] {head['type']}: {head['subject']}", TITLE_LENGTH),
        "text": "\n".join(_plain(line, LINE_LENGTH) for line in lines),
    }


def _owner(team: Team | None) -> list[str]:
    if team is None:
        return []
    return [f"owner     {team.name}" + (f" ({team.contact})" if team.contact else "")]


def _plain(text: str, length: int) -> str:
    """One line that no terminal, mail header or chat can misread."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return shown if len(shown) <= length else shown[: length - 1] + "…"


def company(members: Sequence[Case], size: int, incident: str) -> str:
    """Say who else the page is about: how many cases of which type, and where to see them all."""
    kinds = Counter(str(case.headline["type"]) for case in members)
    told = [f"{count} x {type_}" for type_, count in kinds.most_common(KINDS_MAX)]
    lines = [f"together  {size} cases of one cause: {', '.join(told)}", SEE_ALL.format(incident)]
    return "\n".join(_plain(line, LINE_LENGTH) for line in lines)


DISPUTED = "two people disagree on what it was"
FOR_TWO = "drawn for two people, each for himself: judge it before you look at its case"


def asked_again(case: Case, *, disputed: bool) -> Record:
    """Ask for one more verdict, where people disagree or by a draw; what was said is left out."""
    priority = Priority.HIGH if disputed else Priority.LOW
    head = case.headline
    lines = [
        f"{head['title']}",
        f"type      {head['type']} ({head['class']}, {head['severity']})",
        f"subject   {head['subject']}",
        f"because   {DISPUTED if disputed else FOR_TWO}",
        f"next      triage verdict {case.id} --blind --as ...",
    ]
    return {
        "priority": priority,
        "title": _plain(f"[{priority}] one more opinion: {head['type']}", TITLE_LENGTH),
        "text": "\n".join(_plain(line, LINE_LENGTH) for line in lines),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A close that a person is to judge, and by when."""

    case: Case
    due: datetime


def reviews_wait(asked: Sequence[Asked], now: datetime) -> Record:
    """Say how many closes wait for a person, which first, and what happens to those left too long.

    `asked` come soonest due first. What the engine made of them is left out.
    """
    late = sum(one.due <= now for one in asked)
    priority = Priority.HIGH if late else Priority.MEDIUM
    lines = [
        f"{len(asked)} closes drawn at random wait for a person to say what they were",
        *([LATE.format(late)] if late else []),
        *(f"{place:<10}{_ask(one)}" for place, one in enumerate(asked[:ASKED_MAX], start=1)),
        *([f"and {len(asked) - ASKED_MAX} more"] if len(asked) > ASKED_MAX else []),
        "next      triage review next",
    ]
    first = f"{asked[0].due:%Y-%m-%d %H:%M}Z"
    return {
        "priority": priority,
        "title": _plain(f"[{priority}] {len(asked)} closes to review, by {first}", TITLE_LENGTH),
        "text": "\n".join(_plain(line, LINE_LENGTH) for line in lines),
    }


def _ask(one: Asked) -> str:
    head = one.case.headline
    return f"{one.case.id} {head['type']} ({head['severity']}), by {one.due:%Y-%m-%d %H:%M}Z"
