"""Backtest: what a change of playbooks would have done to the tickets of the past."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from triage.cli.show import line, plain

if TYPE_CHECKING:
    from triage.cli.backtest_report import Report
    from triage.engine.backtest import Tally
    from triage.judgement.score import Model
    from triage.wiring.backtesting import Job, Written

EXIT_FAILED = 1
SPAN = re.compile(r"(\d{1,5})([hdw])")
UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Form(StrEnum):
    """How to print a report."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Where the two sides come from."""

    playbooks: Path
    model: Path
    revision: str
    base_playbooks: Path | None
    head_model: Path | None
    base_model: Path | None

    @property
    def base(self) -> str:
        return str(self.base_playbooks or self.revision)


BASE = typer.Option("HEAD", help="The git revision to compare with.")
SINCE = typer.Option("90d", help="How far back: 12h, 90d, 8w, or a date.")
PLAYBOOKS = typer.Option(None, help="The playbooks to judge; the configured ones if left out.")
BASE_PLAYBOOKS = typer.Option(None, help="A folder to compare with, instead of a revision.")
MODEL = typer.Option(
    None, help="The classifier to judge; each decision's own unless it changed since --base."
)
BASE_MODEL = typer.Option(None, help="The classifier to compare with.")
DATA = typer.Option(None, help="Read cases of this folder, not the usual ones.")
FULL = typer.Option(False, help="Judge also what the change cannot touch.")
STRICT = typer.Option(
    False,
    help="Fail also on what people called real and closes before and after, or is not judged.",
)
REMEMBER = typer.Option(
    None, help="A folder to keep what decisions came to in: the next run is told, not judged."
)
MINUTES = typer.Option(15, min=0, help="What one ticket takes a person; only an assumption.")
PROCESSES = typer.Option(None, min=1, max=64, help="As many as there are cores if left out.")
FORM = typer.Option(Form.TABLE, "--output", "-o", help="table, json or markdown.")


def backtest(  # noqa: PLR0913, PLR0917 - each is an option of the command
    base: str = BASE,
    since: str = SINCE,
    playbooks: Path | None = PLAYBOOKS,
    base_playbooks: Path | None = BASE_PLAYBOOKS,
    model: Path | None = MODEL,
    base_model: Path | None = BASE_MODEL,
    data: Path | None = DATA,
    full: bool = FULL,
    strict: bool = STRICT,
    remember: Path | None = REMEMBER,
    minutes: float = MINUTES,
    processes: int | None = PROCESSES,
    output: Form = FORM,
) -> None:
    """Judge recorded tickets with their recorded evidence under two sets of playbooks.

    Exits 1 when a ticket that a person called real would now close. What a new playbook asks and
    nobody looked up at the time is unknown; nothing is looked up, and nothing is written but what
    --remember asks for.
    """
    from triage.adapters.system.clock import SystemClock
    from triage.cli.backtest_report import Report
    from triage.wiring import bootstrap
    from triage.wiring.backtesting import Job
    from triage.wiring.database import STORE, place

    found = bootstrap.settings()
    chosen = Chosen(
        playbooks=playbooks or found.paths.playbooks or bootstrap.shipped("playbooks"),
        model=found.paths.model or bootstrap.shipped("models") / "simulated.json",
        revision=base,
        base_playbooks=base_playbooks,
        head_model=model,
        base_model=base_model,
    )
    start = moment(since, SystemClock().now())
    before, after, changed = sides(chosen)
    at = place(found, data, STORE)
    job = Job(place=at, since=start, base=before, head=after, whole=full, memory=remember)
    report = Report(
        tally=run(job, processes),
        since=start,
        base=chosen.base,
        head=str(chosen.playbooks),
        changed=changed,
        minutes=minutes,
        strict=strict,
    )
    show_report(report, output)
    for problem in report.problems:
        typer.echo(f"triage: {problem}", err=True)
    raise typer.Exit(EXIT_FAILED if report.problems else 0)


def run(job: "Job", processes: int | None) -> "Tally":
    """Judge a history, showing how far it is."""
    from triage.cli.progress import progress
    from triage.wiring.backtesting import backtest

    with progress("judging again") as tick:
        return backtest(job, processes=processes, tick=tick)


def moment(text: str, now: datetime) -> datetime:
    """A span back from now, or a date. Raises BadParameter."""
    if span := SPAN.fullmatch(text):
        count, unit = span.groups()
        return now - timedelta(**{UNITS[unit]: int(count)})
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is neither a span such as 90d nor a date such as 2026-09-01"
        raise typer.BadParameter(message, param_hint="--since") from None
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)


def sides(chosen: Chosen) -> "tuple[Written, Written, tuple[str, ...]]":
    """Both sets, checked, and the names of the playbooks that differ."""
    from triage.playbook.loader import load
    from triage.stages.difference import Difference
    from triage.wiring.backtesting import Written, playbooks_at
    from triage.wiring.bootstrap import playbook_files, vocabulary

    head = playbook_files(chosen.playbooks)
    base = (
        playbook_files(chosen.base_playbooks)
        if chosen.base_playbooks
        else playbooks_at(chosen.playbooks, chosen.revision)
    )
    after = load(head, vocabulary())
    before = load(base, vocabulary(), after.entries)
    if not base:
        typer.echo(f"triage: there are no playbooks at {plain(chosen.base)}", err=True)
    for problem in before.problems:
        typer.echo(f"{plain(chosen.base)}: {plain(problem)}", err=True)
    if not after.sound:
        # A set with a hole in it would be judged better than what will run.
        for problem in after.problems:
            typer.echo(plain(problem), err=True)
        raise typer.Exit(EXIT_FAILED)
    old, new = models(chosen)
    changed = Difference.of(before, after).changed
    return Written.of(base, before, old), Written.of(head, after, new), changed


def models(chosen: Chosen) -> "tuple[Model | None, Model | None]":
    """The classifier of each side; None is the one that each decision was made with."""
    from triage.adapters.files.playbooks import read_model
    from triage.judgement.score import model_from
    from triage.wiring.backtesting import model_at

    if chosen.head_model or chosen.base_model:
        paths = (chosen.base_model, chosen.head_model)
        old, new = (path and model_from(path.name, read_model(path)) for path in paths)
        return old or None, new or None
    if chosen.base_playbooks:
        return None, None
    return _if_changed(chosen.model, model_at(chosen.model, chosen.revision, chosen.playbooks))


def _if_changed(path: Path, before: str | None) -> "tuple[Model | None, Model | None]":
    import orjson

    from triage.adapters.files.playbooks import read_model
    from triage.judgement.score import model_from

    now = read_model(path)
    then: Mapping[str, object] | None = orjson.loads(before) if before is not None else None
    if then is None or then == now:
        return None, None
    return model_from(path.name, then), model_from(path.name, now)


def show_report(report: "Report", output: Form) -> None:
    """Print a report."""
    from triage.cli.backtest_report import as_json, markdown, rows, summary
    from triage.cli.show import Output, emit
    from triage.engine.backtest import counts

    match output:
        case Form.JSON:
            line(as_json(report))
        case Form.MARKDOWN:
            for one in markdown(report):
                typer.echo(one)
        case Form.TABLE:
            kinds = [{"flip": kind, "tickets": n} for kind, n in counts(report.tally).items()]
            emit(summary(report), Output.TABLE, then=("kinds", kinds))
            emit(rows(report, 50), Output.TABLE)
