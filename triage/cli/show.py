"""Printing: a table for people, JSON for programs. Everything shown is made harmless first."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import orjson
import typer

WIDTH_PIPED = 10_000

Row = Mapping[str, Any]


class Output(StrEnum):
    """How to print."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


OUTPUT = typer.Option(Output.TABLE, "--output", "-o", help="table, json or jsonl.")


def emit(
    content: Sequence[Row] | Row,
    output: Output,
    *,
    empty: str = "",
    then: tuple[str, Sequence[Row]] | None = None,
) -> None:
    """Print rows or one page. `then` adds a named list below a page."""
    whole = {**content, then[0]: then[1]} if then and isinstance(content, Mapping) else content
    match output:
        case Output.JSON:
            line(whole)
        case Output.JSONL:
            for row in whole if isinstance(whole, Sequence) else [whole]:
                line(row)
        case Output.TABLE:
            _print(content, empty)
            if then:
                _print(then[1], "")


def line(row: object) -> None:
    """Print one JSON value on one line; what a terminal would act on is escaped as JSON does."""
    text = orjson.dumps(row, option=orjson.OPT_SORT_KEYS, default=str).decode()
    if not text.isprintable():
        text = "".join(char if char.isprintable() else _escape(char) for char in text)
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


def _escape(char: str) -> str:
    units = char.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def exactly(body: bytes) -> None:
    """Write bytes as they are, except to a terminal, which would act on some of them."""
    if sys.stdout.isatty():
        typer.echo("\n".join(plain(one) for one in body.decode(errors="replace").split("\n")))
        return
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


def plain(value: object) -> str:
    """Text that a terminal cannot misread: no control characters, no markup."""
    text = "" if value is None else str(value)
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


@contextmanager
def progress() -> Iterator[Callable[[str, int], None]]:
    """Say how far something has come, on a terminal; its line is gone afterwards."""
    shown = sys.stderr.isatty()

    def tell(what: str, done: int) -> None:
        if shown:
            typer.echo(f"\r\033[K{plain(what)} {done}", err=True, nl=False)

    try:
        yield tell
    finally:
        if shown:
            typer.echo("\r\033[K", err=True, nl=False)


def _print(content: Sequence[Row] | Row, empty: str) -> None:
    if isinstance(content, Mapping):
        _page(content)
    elif content:
        _table(content)
    elif empty:
        typer.echo(empty, err=True)


def _page(page: Row) -> None:
    width = max(len(name) for name in page)
    for name, value in page.items():
        values = value if isinstance(value, list | tuple) else [value]
        for place, one in enumerate(values):
            typer.echo(f"{name if place == 0 else '':<{width}}  {plain(one)}")


def _table(rows: Sequence[Row]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(value)) for value in row.values()))
    # Off a terminal a row stays one line, however long, so that it can be searched.
    width = None if sys.stdout.isatty() else WIDTH_PIPED
    Console(width=width, soft_wrap=width is not None).print(table)
