"""Markdown that shows what somebody else wrote, and lets none of it act.

Text from a ticket stands in a code span: GitHub makes no link, mention, reference or HTML of what
is in one (https://github.github.com/gfm/#code-spans). What would end the span or the cell around
it is replaced by what looks like it.
"""

from collections.abc import Mapping, Sequence

from triage.cli.show import plain

SHOWN_MAX = 160
LOOKALIKES: Mapping[int, str] = str.maketrans(
    {"`": "\N{MODIFIER LETTER GRAVE ACCENT}", "|": "\N{BROKEN BAR}", "\\": "\N{SET MINUS}"}
)


def quoted(value: object) -> str:
    """Text as one code span, whatever is in it."""
    text = plain(value).translate(LOOKALIKES).strip()
    shown = text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"
    return f"`{shown}`" if shown else "-"


def table(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Lines of a table; names are ours, values are quoted unless they are numbers."""
    names = list(rows[0])
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    cells = ([_cell(row[name]) for name in names] for row in rows)
    return [*lines, *(f"| {' | '.join(one)} |" for one in cells)]


def _cell(value: object) -> str:
    return str(value) if isinstance(value, int | float) else quoted(value)
