"""Dry-run: what would become of tickets, and nothing done about it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from triage.cli.show import Output, Row, line, plain

if TYPE_CHECKING:
    from triage.domain.json import Record
    from triage.engine.world import World

EXIT_FAILED = 1
BATCH = 100
PATHS = typer.Argument(None, help=".json, .jsonl, .gz, a directory of them, or - for stdin.")
QUEUE = typer.Option(False, "--queue", help="Judge what waits on the queue; it all stays there.")
AT_MOST = typer.Option(100, min=1, max=10_000, help="How many messages of the queue at most.")
PLAYBOOKS = typer.Option(None, help="The playbooks to try; the configured ones if left out.")
DATA = typer.Option(None, help="Look into this folder, not the usual one.")
OUTPUT = typer.Option(Output.TABLE, "--output", "-o", help="table, json or jsonl.")


def dry_run(
    paths: list[str] = PATHS,
    queue: bool = QUEUE,
    at_most: int = AT_MOST,
    playbooks: Path | None = PLAYBOOKS,
    data: Path | None = DATA,
    output: Output = OUTPUT,
) -> None:
    """Judge files, or what waits on the queue, and change nothing anywhere.

    AWS is read as a worker reads it. No case, effect or message is written, nobody is told, and
    messages stay on the queue. Each message is judged by itself, as if it were the first.
    """
    from triage.wiring.bootstrap import settings
    from triage.wiring.trying import unchanging_world

    if queue is bool(paths):
        message = "name files, or say --queue"
        raise typer.BadParameter(message)
    with unchanging_world(settings(), playbooks, data) as world:
        rows = _of_queue(world, at_most) if queue else _of_files(world, paths)
        counts = _print(rows, output)
    summary = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    typer.echo(f"{summary or 'no messages'}; nothing was changed", err=True)
    raise typer.Exit(EXIT_FAILED if counts["failed"] else 0)


def _of_queue(world: "World", at_most: int) -> "Iterator[Record]":
    from triage.engine.dry_run import NOTHING, of_queue

    if world.queue is not NOTHING:
        yield from of_queue(world, at_most=at_most)


def _of_files(world: "World", paths: list[str]) -> "Iterator[Record]":
    from triage.cli.work import messages_of
    from triage.engine.dry_run import of_messages

    pending = messages_of(paths)
    while some := list(islice(pending, BATCH)):
        yield from of_messages(world, some)


def _print(rows: Iterable[Row], output: Output) -> Counter[str]:
    counts: Counter[str] = Counter()
    kept: list[Row] = []
    for row in rows:
        counts[str(row["status"])] += 1
        match output:
            case Output.JSON:
                kept.append(row)
            case Output.JSONL:
                line(row)
            case Output.TABLE:
                typer.echo(_text(row))
    if output is Output.JSON:
        line(kept)
    return counts


def _fixes(row: Row) -> str:
    return "with " + ", ".join(one["fix"] for one in row["suggestions"])


OUTCOMES: Mapping[str, Callable[[Row], str]] = {
    "close": lambda row: f"as {row['verdict']} by {row['ground']}",
    "escalate": lambda row: str(row["priority"]),
    "resolve": _fixes,
}
"""What a decision comes to, by its name."""


def _text(row: Row) -> str:
    if "decision" not in row:
        return plain(f"{row['message']:>6}  {row['status']}  {row['reason']}")
    outcome = OUTCOMES[row["decision"]](row)
    because = "; ".join(row["reasons"])
    told = f"{row['message']:>6}  {row['status']} {outcome}  {row['type']}  {row['subject']}"
    return plain(f"{told}  {because}")
