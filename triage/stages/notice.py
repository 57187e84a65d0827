"""What a person is told: short, exact, one obvious next step."""

from collections import Counter
from collections.abc import Sequence

from triage.domain.account import Team
from triage.domain.case import Case
from triage.domain.decision import Priority
from triage.domain.json import Record

TITLE_LENGTH = 120
LINE_LENGTH = 400
KINDS_MAX = 5
SEE_ALL = "all       triage incident show {}"


def notice(case: Case, decided: Record, owner: Team | None = None) -> Record:
    """Write the page for an escalation: headline, reasons, suggestions, the next command.

    `decided` is an escalation as stages/record.py writes it, `owner` the team whose account it is.
    """
    head = case.headline
    where = " ".join(part for part in (head["account"], head["region"]) if part)
    lines = [
        f"{head['title']}",
        f"type      {head['type']} ({head['class']}, {head['severity']})",
        f"subject   {head['subject']}",
        f"account   {where}",
        *_owner(owner),
        *(f"because   {reason}" for reason in decided["reasons"]),
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


def asked_again(case: Case) -> Record:
    """Ask for one more verdict where people disagree; what they said is left out."""
    head = case.headline
    lines = [
        f"{head['title']}",
        f"type      {head['type']} ({head['class']}, {head['severity']})",
        f"subject   {head['subject']}",
        "because   two people disagree on what it was",
        f"next      triage verdict {case.id} --blind --as ...",
    ]
    return {
        "priority": Priority.HIGH,
        "title": _plain(f"[{Priority.HIGH}] one more opinion: {head['type']}", TITLE_LENGTH),
        "text": "\n".join(_plain(line, LINE_LENGTH) for line in lines),
    }
