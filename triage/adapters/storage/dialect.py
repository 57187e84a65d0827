"""What has to be said differently to each database, within a transaction.

Row locks need no difference: SQLite, which has one writer at a time, leaves FOR UPDATE out.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from importlib import import_module
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Select,
    Table,
    TableValuedAlias,
    Text,
    cast,
    column,
    func,
    literal,
    select,
    text,
)

STRIPES = 512
"""Names share this many locks, so that no transaction fills the server's table of locks."""
SPACE = 0x7472
"""Our advisory locks are this first key and the stripe; `triage db upgrade` has stripe -1."""
UPGRADE = -1


def insert(connection: Connection, table: Table) -> Any:
    """An INSERT that can say what happens on conflict; both dialects write it alike."""
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


def locked(query: Select[Any], *, skip: bool = False) -> Select[Any]:
    """Hold the rows that a query finds until the transaction ends; `skip` those that others hold.

    FOR NO KEY UPDATE, so that rows that only refer to them do not wait.
    """
    return query.with_for_update(key_share=True, skip_locked=skip)


def listed(connection: Connection, names: Sequence[str]) -> TableValuedAlias:
    """Names as a table of one column, `value`, in one parameter however many there are.

    A parameter each would have to be numbered, bound and parsed anew for every list.
    """
    given = orjson.dumps(names).decode()
    if one_writer(connection):
        return func.json_each(given).table_valued(column("value", Text))
    return func.json_array_elements_text(cast(literal(given, Text), JSON)).table_valued(
        column("value", Text)
    )


def containing(connection: Connection, bytes_: ColumnElement[bytes], part: bytes) -> Any:
    """Whether bytes have `part` in them."""
    if one_writer(connection):
        return func.instr(bytes_, part) > 0
    return bytes_.op("LIKE")(b"%" + re.sub(rb"([\\%_])", rb"\\\1", part) + b"%")


def one_writer(connection: Connection) -> bool:
    """Tell whether a writer holds the whole database, so that there is nothing else to hold."""
    return connection.dialect.name == "sqlite"


def hold(connection: Connection, names: Iterable[str]) -> None:
    """Let no other transaction that holds one of these names go on until this one has ended."""
    if one_writer(connection):
        return
    # In one order for everybody.
    for stripe in sorted({_stripe(name) for name in names}):
        connection.execute(select(func.pg_advisory_xact_lock(SPACE, stripe)))


def hold_schema(connection: Connection) -> None:
    """Let nobody else migrate until this transaction ends, however long it takes."""
    if one_writer(connection):
        return
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(select(func.pg_advisory_xact_lock(SPACE, UPGRADE)))


def _stripe(name: str) -> int:
    hashed = blake2b(name.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(hashed) % STRIPES
