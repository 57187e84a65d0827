"""What a backtest found, for a terminal, a program and a pull request."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from triage.cli.markdown import quoted, table
from triage.engine.backtest import Tally, Turned, counts
from triage.stages.compare import Closing

SHOWN_MAX: Final = 50
"""Flips in a table or a comment; JSON has all that were kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A tally and what it was made of. `minutes` is what one ticket takes a person, as assumed."""

    tally: Tally
    since: datetime
    base: str
    head: str
    changed: tuple[str, ...]
    minutes: float
    strict: bool = False

    def newly(self, closing: Closing) -> int:
        """How many tickets come to that and did not before."""
        return sum(n for kind, n in self.tally.kinds.items() if kind.endswith(f"→ {closing}"))

    @property
    def newly_open(self) -> int:
        return sum(n for kind, n in self.tally.kinds.items() if kind.startswith("close →"))

    @property
    def saved(self) -> int:
        """Minutes of people's time, as assumed: a source that was not asked is taken to confirm.

        A real ticket that closes saves nobody anything.
        """
        real = sum(one.flip.after.closing is not Closing.UNLICENSED for one in self.tally.wrong)
        more = self.newly(Closing.YES) + self.newly(Closing.UNCONFIRMED) - real
        fewer = self.newly_open + sum(
            n for kind, n in self.tally.kinds.items() if kind.startswith(f"{Closing.UNCONFIRMED} →")
        )
        return round((more - fewer) * self.minutes)

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the change must not be merged; empty when nothing stands against it."""
        tally = self.tally
        wrong = len(tally.wrong)
        found = [
            f"{wrong} of the tickets that a person called real would now close" if wrong else "",
            f"{tally.still_closing} that a person called real close before and after"
            if self.strict and tally.still_closing
            else "",
            f"{tally.real_lost} that a person called real could not be judged again"
            if self.strict and tally.real_lost
            else "",
        ]
        return tuple(one for one in found if one)


def summary(report: Report) -> dict[str, Any]:
    """The figures."""
    tally = report.tally
    page = {
        "base": report.base,
        "head": report.head,
        "since": report.since.isoformat(timespec="seconds"),
        "changed playbooks": list(report.changed),
        "tickets": tally.tickets,
        "judged again": tally.judged,
        "come out differently": sum(tally.kinds.values()),
        "newly closed": report.newly(Closing.YES),
        "newly closed once confirmed": report.newly(Closing.UNCONFIRMED),
        "newly closed once licensed": report.newly(Closing.UNLICENSED),
        "no longer closed": report.newly_open,
        "minutes saved": report.saved,
        "assumed minutes a ticket": report.minutes,
        "called real by a person": tally.real,
        "real and newly closing": len(tally.wrong),
        "real and closing as before": tally.still_closing,
        "could not be judged": sum(tally.lost.values()),
    }
    if tally.real_lost:
        page["could not be judged, and real"] = tally.real_lost
    return page


def rows(report: Report, at_most: int | None = None) -> list[dict[str, Any]]:
    """The tickets that come out differently: what must not be first, then by kind."""
    order = {kind: place for place, kind in enumerate(counts(report.tally))}
    turned = sorted(
        report.tally.turned,
        key=lambda one: (not one.wrong, order[one.flip.kind], one.case, one.at),
    )
    return [_row(one) for one in turned[:at_most]]


def _row(one: Turned) -> dict[str, Any]:
    before, after = one.flip.before, one.flip.after
    return {
        "": "WRONG" if one.wrong else "",
        "kind": one.flip.kind,
        "case": one.case,
        "type": one.headline.get("type", ""),
        "subject": one.headline.get("subject", ""),
        "people said": ", ".join(one.said),
        "before": before.told,
        "after": after.told,
        "rule": after.rule or before.rule,
        "because": after.because,
    }


def as_json(report: Report) -> Mapping[str, Any]:
    """Everything, for programs."""
    return {
        **{name.replace(" ", "_").replace(",", ""): one for name, one in summary(report).items()},
        "kinds": counts(report.tally),
        "lost": dict(report.tally.lost),
        "problems": list(report.problems),
        "flips": [{"wrong": bool(row.pop("")), **row} for row in rows(report)],
    }


def markdown(report: Report) -> Iterator[str]:
    """Lines of a comment on a pull request."""
    yield "### Playbook backtest"
    yield ""
    yield from (f"**{one}.**" for one in report.problems)
    if not report.problems:
        yield "No ticket that a person called real would newly close."
    yield ""
    yield from table([{"": name, " ": _text(one)} for name, one in summary(report).items()])
    kinds = counts(report.tally)
    if kinds:
        yield ""
        yield from table([{"flip": kind, "tickets": count} for kind, count in kinds.items()])
        yield ""
        yield from table(rows(report, SHOWN_MAX))
        yield from _more(report)
    if report.tally.lost:
        yield ""
        yield "Could not be judged again:"
        yield from (f"- {n}: {quoted(why)}" for why, n in report.tally.lost.items())


def _text(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _more(report: Report) -> Iterator[str]:
    hidden = sum(report.tally.kinds.values()) - SHOWN_MAX
    if hidden > 0:
        yield ""
        yield f"… and {hidden} more; `--output json` has them."
