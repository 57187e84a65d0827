"""Several documents in one body: one a line, one after another, or as a stack's notice.

S3 objects and Firehose batches hold JSON documents with newlines between them, or nothing at all
(Firehose developer guide, "Data delivery format": records are concatenated as they are). Each
is read by the one parser; one that cannot be read spoils none of the others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from triage.domain.errors import Unreadable
from triage.intake.bounds import RECORDS_MAX
from triage.intake.document import parse
from triage.intake.notice import notice

MARKS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)
"""A whole JSON text, or one bracket; nothing is ever looked at twice."""
OPENING = b"{["


@dataclass(frozen=True, slots=True)
class Document:
    """One value and the bytes it was read from."""

    value: object
    body: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes that are no document, and why."""

    reason: str
    body: bytes


def documents(body: bytes, *, bytes_max: int) -> Iterator[Document | Broken]:
    """Read every document in `body`; at least one part comes out."""
    whole = _read(body, bytes_max)
    if isinstance(whole, Document) or len(body) > bytes_max:
        yield whole
    elif (told := notice(body)) is not None:
        yield Document(told, body)
    else:
        yield from _apart(body, bytes_max) or [whole]


def _apart(body: bytes, bytes_max: int) -> list[Document | Broken]:
    """Read every piece; nothing when none of them is a document, so that the whole is kept."""
    pieces = _pieces(body, bytes_max)
    read = [_read(piece, bytes_max) for piece in pieces] if len(pieces) > 1 else []
    return read if any(isinstance(one, Document) for one in read) else []


def _read(body: bytes, bytes_max: int) -> Document | Broken:
    try:
        return Document(parse(body, bytes_max=bytes_max), body)
    except Unreadable as error:
        return Broken(str(error), body)


def _pieces(body: bytes, bytes_max: int) -> list[bytes]:
    lines = [line for line in body.splitlines() if line.strip()]
    shown = lines[: RECORDS_MAX + 1]
    read = sum(_is_document(line, bytes_max) for line in shown)
    return lines if 2 * read > len(shown) else list(islice(_joined(body), RECORDS_MAX + 1))


def _is_document(line: bytes, bytes_max: int) -> bool:
    return line.lstrip()[:1] in (b"{", b"[") and isinstance(_read(line, bytes_max), Document)


def _joined(body: bytes) -> Iterator[bytes]:
    """Cut where the outermost bracket closes; what is left over at the end is a piece too."""
    depth = start = 0
    for mark in MARKS.finditer(body):
        sign = mark[0]
        if sign[:1] == b'"':
            continue
        depth += 1 if sign in OPENING else -1
        if depth <= 0:
            yield body[start : mark.end()]
            depth, start = 0, mark.end()
    if body[start:].strip():
        yield body[start:]
