"""The report as one page of HTML that needs nothing else: plots are SVG, nothing is fetched."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from triage.cli.judge_plots import Row, bounds, curve, drift, safe

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 system-ui;max-width:76rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    ".wide,.plot{overflow-x:auto}p{overflow-wrap:anywhere;max-width:60rem}"
    "td,th{padding:.25rem 1rem .25rem 0;text-align:left;vertical-align:top}"
    "th{border-bottom:1px solid;font-weight:600;line-height:1.25;vertical-align:bottom}"
    "td{white-space:nowrap}th{max-width:7.5rem}.n{text-align:right}"
    "td.name{min-width:14rem;max-width:26rem;white-space:normal;overflow-wrap:anywhere}"
    ".says td{padding-bottom:.8rem}.says div{position:sticky;left:0;white-space:normal;"
    "max-width:min(58rem,calc(100vw - 3rem))}"
    ".bar{fill:#4a7fb5}.mark{stroke:#d0452f;stroke-width:3}.line{fill:none;stroke:#4a7fb5;"
    "stroke-width:2}.reach{stroke:#8888;stroke-width:2}.faint{stroke:#8884}"
    ".grid{stroke:#888;stroke-dasharray:4 3;stroke-width:1.5}.axis{stroke:#888}"
    "text{font-size:13px;fill:currentColor}.note{opacity:.85;font-size:14px}"
)
NO_SHARE = frozenset({"from", "index"})
"""A score and an index are no share of anything: they are told as they are."""
SENTENCES = ("says", "because")
"""What is told below its row: a sentence in a column of its own is a word a line."""


def html(report: Mapping[str, Any]) -> str:
    """Write it. Everything from the record is escaped."""
    parts = (
        "<h1>What the engine closed</h1>",
        _about(report),
        *_section("Closes, judged by their samples", CLOSES, bounds(report["closes"])),
        _table(report["closes"], "nothing closed by itself"),
        *_section("Licences, and what the next step lacks", LICENCES),
        _table(report["licences"], "no licence: every rule that needs one is in shadow"),
        *_section("How people err", REVIEWERS),
        _table([report["reviewers"]], ""),
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
    "Dots: the estimated share of real ones among what was closed, on a scale by tens. Red marks: "
    "at most that much, with 95% confidence. A dashed line is the promise of a licence."
)
LICENCES = "A rule with too few labels closes nothing by licence, whatever its scores."
REVIEWERS = (
    "One ticket in twenty that people judge without the engine's view is drawn for two of them. "
    "From twenty attacks on, what people miss is taken off what a new licence may promise."
)
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
    names = [name for name in rows[0] if name not in SENTENCES]
    head = "".join(f"<th{_side(rows[0][name])}>{safe(name)}</th>" for name in names)
    body = "".join(_row(row, names) for row in rows)
    return f"<div class='wide' tabindex='0'><table><tr>{head}</tr>{body}</table></div>"


def _row(row: Row, names: Sequence[str]) -> str:
    cells = "".join(f"<td{_side(row[name], name)}>{safe(_told(name, row))}</td>" for name in names)
    said = " \N{EM DASH} ".join(safe(row[name]) for name in SENTENCES if row.get(name))
    below = (
        f"<tr class='says'><td colspan='{len(names)}'><div>{said}</div></td></tr>" if said else ""
    )
    return f"<tr>{cells}</tr>{below}"


def _side(value: object, name: str = "") -> str:
    """Numbers stand on the right, and names may take several lines."""
    if value is None or isinstance(value, int | float):
        return " class='n'"
    return " class='name'" if name == "rule" else ""


def _told(name: str, row: Row) -> object:
    return f"{row[name]:.2f}" if name in NO_SHARE and row[name] is not None else _shown(row[name])


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2%}"
    return "" if value is None else value
