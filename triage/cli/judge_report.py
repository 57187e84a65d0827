"""The report as one page of HTML that needs nothing else: plots are SVG, nothing is fetched."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from triage.cli.judge_plots import Row, bounds, curve, drift, safe

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 system-ui;max-width:64rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;display:block;overflow-x:auto}"
    "td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}"
    "th{border-bottom:1px solid}.plot{overflow-x:auto}p{overflow-wrap:anywhere}"
    "td{max-width:28rem;overflow-wrap:break-word}"
    ".bar{fill:#5b84b1}.mark{stroke:#c0392b;stroke-width:2}.line{fill:none;stroke:#5b84b1;"
    "stroke-width:2}.grid{stroke:#8886;stroke-dasharray:3 3}.axis{stroke:#888}"
    "text{font-size:11px;fill:currentColor}.note{opacity:.8;font-size:13px}"
)


def html(report: Mapping[str, Any]) -> str:
    """Write it. Everything from the record is escaped."""
    parts = (
        "<h1>What the engine closed</h1>",
        _about(report),
        *_section("Closes, judged by their samples", CLOSES, bounds(report["closes"])),
        _table(report["closes"], "nothing closed by itself"),
        *_section("Licences, and what the next step lacks", LICENCES),
        _table(report["licences"], "no licence: every rule that needs one is in shadow"),
        *_section("Reliability", RELIABILITY, curve(report["reliability"]) or NO_LABEL),
        _table(report["reliability"], ""),
        *_section("Drift", DRIFT, drift(report["drift"]) or NO_WEEK),
        _table(report["drift"], "no decision to compare"),
        *_section("Injected attacks", safe(report["canaries"]["says"])),
    )
    head = (
        "<meta charset='utf-8'><meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>Judge report</title><style>{STYLE}</style>"
    )
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(parts)}</body></html>"


CLOSES = (
    "Bars: the estimated share of real ones among what was closed. Red marks: at most that much, "
    "with 95% confidence. A dashed line is the promise of a licence."
)
LICENCES = "A rule with too few labels closes nothing by licence, whatever its scores."
RELIABILITY = (
    "Bars: the share that people called real, by tenths of score. On the dashed line a score is "
    "what it says."
)
DRIFT = (
    "The stability index of scores by week, against what a licence was earned on. "
    "Above the dashed line they have moved."
)
NO_LABEL = "<p>No verdict that counts yet: nothing to draw.</p>"
NO_WEEK = "<p>No week has enough decisions for an index: nothing to draw.</p>"


def _section(title: str, note: str, plot: str = "") -> Iterable[str]:
    yield f"<h2>{title}</h2><p class='note'>{note}</p>{plot}"


def _about(report: Mapping[str, Any]) -> str:
    shares = ", ".join(
        f"{_shown(share)} by {safe(ground)}"
        for ground, share in report["coverage"].items()
        if share is not None
    )
    closed = f" Closed: {shares}." if shares else ""
    return (
        f"<p>Since {safe(report['since'])}, as of {safe(report['at'])}; "
        f"{report['decisions']} decisions with a score.{closed}</p>"
    )


def _table(rows: Sequence[Row], empty: str) -> str:
    if not rows:
        return f"<p>{escape(empty)}</p>"
    head = _cells("th", rows[0].keys())
    body = "".join(f"<tr>{_cells('td', map(_shown, row.values()))}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _cells(tag: str, values: Iterable[object]) -> str:
    return "".join(f"<{tag}>{safe(value)}</{tag}>" for value in values)


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2%}"
    return "" if value is None else value
