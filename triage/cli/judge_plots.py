"""Plots of the report, as SVG: shares as dots or bars, bounds as marks, weeks as a line."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log
from typing import Any

from triage.judgement.shift import MOVED

Row = Mapping[str, Any]
WIDTH, HEIGHT, BAR, LEFT, BELOW, DOT = 720, 160, 40, 40, 22, 4
NAME_HEIGHT = 18
"""Of a line: its name stands above it, where no mark crosses it."""
CHARACTERS_MAX, NAME_MAX = 400, 100
"""Of a value on the page, and of a name that has to fit beside its plot."""
ESTIMATE, MOST = "real among closed, estimated", "real among closed, at most"
TENS = (0.0001, 0.001, 0.01, 0.1, 1.0)
"""The scale of shares that may be small; what is less than its first is there too."""


def safe(value: object, most: int = CHARACTERS_MAX) -> str:
    """A value as text that no browser acts on, cut where it is longer than `most` characters."""
    given = str(value)
    cut = given if len(given) <= most else given[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in cut)
    return escape(text)


def bounds(closes: Sequence[Row]) -> str:
    """A line a rule: a dot at the estimated share of real ones, a mark where it is at most."""
    if not closes:
        return ""
    below = BAR * len(closes)
    scale = "".join(_tick(share, below) for share in TENS)
    drawn = "".join(_reach(place, row) for place, row in enumerate(closes))
    return _svg(scale + drawn, below + BELOW, "Real among closed, by rule")


def _at(share: float) -> float:
    """Where a share is on a scale by tens: bounds of 0.2% and of 20% are both to be told."""
    return WIDTH * log(min(max(share, TENS[0]), 1.0) / TENS[0]) / log(1 / TENS[0])


def _reach(place: int, row: Row) -> str:
    y, most = BAR * place, row[MOST]
    middle = y + (NAME_HEIGHT + BAR) / 2
    told = f" ({row['tier']}, {row.get('ground', '')}): {row[ESTIMATE]:.2%}, at most {most:.2%}"
    label = safe(row["rule"], NAME_MAX - len(told)) + safe(told)
    promised = row.get("promised")
    return (
        f"<text x='0' y='{y + NAME_HEIGHT - 4}'>{label}</text>"
        f"<line class='reach' x1='0' x2='{_at(most):.1f}' y1='{middle}' y2='{middle}'/>"
        f"<circle class='bar' cx='{max(_at(row[ESTIMATE]), DOT):.1f}' cy='{middle}' r='{DOT}'/>"
        f"{_upright(most, y, 'mark')}{_upright(promised, y, 'grid') if promised else ''}"
    )


def _upright(share: float, y: float, kind: str) -> str:
    x = f"{_at(share):.1f}"
    return f"<line class='{kind}' x1='{x}' x2='{x}' y1='{y + NAME_HEIGHT}' y2='{y + BAR - 2}'/>"


def _tick(share: float, below: float) -> str:
    x, first, last = _at(share), share == TENS[0], share == TENS[-1]
    anchor = "start" if first else "end" if last else "middle"
    told = "less" if first else f"{share:.2%}".rstrip("0%").rstrip(".") + "%"
    return (
        f"<line class='faint' x1='{x:.1f}' x2='{x:.1f}' y1='0' y2='{below}'/>"
        f"<text x='{x:.1f}' y='{below + BELOW - 5}' text-anchor='{anchor}'>{told}</text>"
    )


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
        f"<text x='0' y='12'>{top:.2f}</text><text x='0' y='{HEIGHT}'>0.00</text>"
    )


def _svg(drawn: str, height: float, name: str) -> str:
    # As wide as it was drawn: a narrow screen scrolls it; shrunk, nobody could read its words.
    size = f"viewBox='0 0 {WIDTH} {height:g}' width='{WIDTH}' height='{height:g}'"
    plot = f"<svg {size} role='img' aria-label='{safe(name)}'>{drawn}</svg>"
    return f"<div class='plot' tabindex='0'>{plot}</div>"
