"""The report as one page of HTML that needs nothing else: plots are SVG, nothing is fetched."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

Row = Mapping[str, Any]
WIDTH, HEIGHT, BAR = 640, 160, 18
STYLE = (
    "body{font:15px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:left}"
    "th{border-bottom:1px solid}rect{fill:#456}line{stroke:#a33}text{font-size:11px}"
)


def html(report: Mapping[str, Any]) -> str:
    """Write it. Everything from the record is escaped."""
    about = (
        f"<p>Since {_safe(report['since'])}, as of {_safe(report['at'])}; "
        f"{report['decisions']} decisions with a score.</p>"
    )
    parts = (
        "<h1>What the engine closed</h1>",
        about,
        "<h2>Closes, judged by their samples</h2>",
        bounds(report["closes"]),
        _table(report["closes"], "nothing closed by itself"),
        "<h2>Licences</h2>",
        _table(report["licences"], "no licence: every rule that needs one is in shadow"),
        "<h2>Reliability: the share that was real, by tenths of score</h2>",
        curve(report["reliability"]),
        _table(report["reliability"], ""),
    )
    head = f"<meta charset='utf-8'><title>Judge report</title><style>{STYLE}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(parts)}</body></html>"


def bounds(closes: Sequence[Row]) -> str:
    """A bar a line: estimated share of real ones, and a mark where it is at most."""
    drawn = "".join(_bar(place, row) for place, row in enumerate(closes))
    return _svg(drawn, max(BAR * len(closes), BAR)) if closes else ""


def _bar(place: int, row: Row) -> str:
    y, share = BAR * place, row["real among closed, estimated"]
    most = WIDTH * row["real among closed, at most"]
    label = f"{row['rule']} ({row['tier']})"
    return (
        f"<rect x='0' y='{y + 4}' width='{WIDTH * min(share, 1.0):.1f}' height='{BAR - 8}'/>"
        f"<line x1='{most:.1f}' x2='{most:.1f}' y1='{y}' y2='{y + BAR}'/>"
        f"<text x='4' y='{y + BAR - 5}'>{_safe(label)}</text>"
    )


def curve(rows: Sequence[Row]) -> str:
    """A bar a tenth; a tenth without labels has none."""
    wide = WIDTH / max(len(rows), 1)
    drawn = "".join(
        f"<rect x='{place * wide + 2:.1f}' y='{HEIGHT * (1 - row['share']):.1f}' "
        f"width='{wide - 4:.1f}' height='{HEIGHT * row['share']:.1f}'/>"
        for place, row in enumerate(rows)
        if row["share"] is not None
    )
    return _svg(drawn, HEIGHT)


def _svg(drawn: str, height: float) -> str:
    return f"<svg viewBox='0 0 {WIDTH} {height:g}' width='{WIDTH}' role='img'>{drawn}</svg>"


def _table(rows: Sequence[Row], empty: str) -> str:
    if not rows:
        return f"<p>{_safe(empty)}</p>"
    head = _cells("th", rows[0].keys())
    body = "".join(f"<tr>{_cells('td', map(_shown, row.values()))}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _cells(tag: str, values: Iterable[object]) -> str:
    return "".join(f"<{tag}>{_safe(value)}</{tag}>" for value in values)


def _shown(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.2%}"
    return "" if value is None else value


def _safe(value: object) -> str:
    text = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value)
    )
    return escape(text)
