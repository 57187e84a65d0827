"""Plots of the report, as SVG: shares as bars, bounds as marks, weeks as a line."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from triage.judgement.shift import MOVED

Row = Mapping[str, Any]
WIDTH, HEIGHT, BAR, LEFT, BELOW = 640, 160, 36, 40, 20
NAME_HEIGHT = 18
"""Of a bar: its name stands above it, where neither the bar nor a mark crosses it."""
CHARACTERS_MAX, NAME_MAX = 300, 90
"""Of a value on the page, and of a name that has to fit beside its plot."""
ESTIMATE, MOST = "real among closed, estimated", "real among closed, at most"
SCALES = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0)
"""Where an axis of shares may end: the least that shows everything."""


def safe(value: object, most: int = CHARACTERS_MAX) -> str:
    """A value as text that no browser acts on, cut where it is longer than `most` characters."""
    given = str(value)
    cut = given if len(given) <= most else given[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in cut)
    return escape(text)


def bounds(closes: Sequence[Row]) -> str:
    """A bar a line: estimated share of real ones, and a mark where it is at most."""
    if not closes:
        return ""
    scale = _scale(max(row[MOST] for row in closes))
    drawn = "".join(_bar(place, row, scale) for place, row in enumerate(closes))
    below = BAR * len(closes)
    ticks = "".join(_across(share, scale, below) for share in (0.0, scale / 2, scale))
    return _svg(drawn + ticks, below + BELOW, "Real among closed, by rule")


def _scale(most: float) -> float:
    return next((one for one in SCALES if most <= one), 1.0)


def _bar(place: int, row: Row, scale: float) -> str:
    y, share, most = BAR * place, row[ESTIMATE] / scale, row[MOST] / scale
    where = f" ({row['tier']}, {row.get('ground', '')})"
    label = safe(row["rule"], NAME_MAX - len(where)) + safe(where)
    promised = row.get("promised")
    return (
        f"<rect class='bar' x='0' y='{y + NAME_HEIGHT}' width='{WIDTH * min(share, 1):.1f}' "
        f"height='{BAR - NAME_HEIGHT - 4}'/>"
        f"{_upright(min(most, 1), y, 'mark')}"
        f"{_upright(promised / scale, y, 'grid') if promised and promised <= scale else ''}"
        f"<text x='0' y='{y + NAME_HEIGHT - 5}'>{label}</text>"
    )


def _upright(share: float, y: float, kind: str) -> str:
    x = f"{WIDTH * share:.1f}"
    return f"<line class='{kind}' x1='{x}' x2='{x}' y1='{y + NAME_HEIGHT - 2}' y2='{y + BAR - 2}'/>"


def _across(share: float, scale: float, below: float) -> str:
    x = WIDTH * share / scale
    anchor = "end" if share == scale else "start" if share == 0 else "middle"
    return f"<text x='{x:.1f}' y='{below + BELOW - 6}' text-anchor='{anchor}'>{share:.2%}</text>"


def curve(rows: Sequence[Row]) -> str:
    """A bar a tenth; a tenth without labels has none. Empty where no tenth has any."""
    if all(row["share"] is None for row in rows):
        return ""
    wide = (WIDTH - LEFT) / max(len(rows), 1)
    drawn = "".join(
        f"<rect class='bar' x='{LEFT + place * wide + 2:.1f}' "
        f"y='{HEIGHT * (1 - row['share']):.1f}' "
        f"width='{wide - 4:.1f}' height='{HEIGHT * row['share']:.1f}'/>"
        for place, row in enumerate(rows)
        if row["share"] is not None
    )
    named = "".join(
        f"<text x='{LEFT + place * wide + 2:.1f}' y='{HEIGHT + BELOW - 6}'>{row['from']:.1f}</text>"
        for place, row in enumerate(rows)
    )
    ideal = f"<line class='grid' x1='{LEFT}' y1='{HEIGHT}' x2='{WIDTH}' y2='0'/>"
    return _svg(drawn + named + ideal + _sides(1.0), HEIGHT + BELOW, "Share real, by score")


def drift(rows: Sequence[Row]) -> str:
    """A line through the weeks that have an index, and the border above which scores moved."""
    known = [(place, row["index"]) for place, row in enumerate(rows) if row["index"] is not None]
    if not known:
        return ""
    top = max(2 * MOVED, *(index for _, index in known))
    wide = (WIDTH - LEFT) / max(len(rows) - 1, 1)
    points = [(LEFT + place * wide, HEIGHT * (1 - index / top)) for place, index in known]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f"<circle class='bar' cx='{x:.1f}' cy='{y:.1f}' r='3'/>" for x, y in points)
    border = HEIGHT * (1 - MOVED / top)
    drawn = (
        f"<polyline class='line' points='{line}'/>{dots}"
        f"<line class='grid' x1='{LEFT}' x2='{WIDTH}' y1='{border:.1f}' y2='{border:.1f}'/>"
        f"<text x='{LEFT}' y='{HEIGHT + BELOW - 6}'>{safe(rows[0]['week'])}</text>"
        f"<text x='{WIDTH}' y='{HEIGHT + BELOW - 6}' text-anchor='end'>{safe(rows[-1]['week'])}"
        "</text>"
    )
    return _svg(drawn + _sides(top), HEIGHT + BELOW, "Stability index of scores, by week")


def _sides(top: float) -> str:
    return (
        f"<line class='axis' x1='{LEFT}' x2='{LEFT}' y1='0' y2='{HEIGHT}'/>"
        f"<text x='0' y='10'>{top:.2f}</text><text x='0' y='{HEIGHT}'>0.00</text>"
    )


def _svg(drawn: str, height: float, name: str) -> str:
    # As wide as it was drawn: a narrow screen scrolls it; shrunk, nobody could read its words.
    size = f"viewBox='0 0 {WIDTH} {height:g}' width='{WIDTH}' height='{height:g}'"
    plot = f"<svg {size} role='img' aria-label='{safe(name)}'>{drawn}</svg>"
    return f"<div class='plot' tabindex='0'>{plot}</div>"
