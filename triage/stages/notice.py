"""What a person is told: short, exact, one obvious next step."""

from triage.domain.case import Case
from triage.domain.decision import Escalate
from triage.domain.json import Record

TITLE_LENGTH = 120
LINE_LENGTH = 400


def notice(case: Case, decision: Escalate) -> Record:
    """Write the page for an escalation: headline, reasons, suggestions, the next command."""
    head = case.headline
    where = " ".join(part for part in (head["account"], head["region"]) if part)
    lines = [
        f"{head['title']}",
        f"type      {head['type']} ({head['class']}, {head['severity']})",
        f"subject   {head['subject']}",
        f"account   {where}",
        *(f"because   {reason}" for reason in decision.reasons),
        *(f"consider  {suggestion.fix}" for suggestion in decision.suggestions),
        f"next      triage case show {case.id}",
    ]
    return {
        "priority": decision.priority,
        "title": _plain(f"[{decision.priority}] {head['type']}: {head['subject']}", TITLE_LENGTH),
        "text": "\n".join(_plain(line, LINE_LENGTH) for line in lines),
    }


def _plain(text: str, length: int) -> str:
    """One line that no terminal, mail header or chat can misread."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return shown if len(shown) <= length else shown[: length - 1] + "…"
