"""Messages from files: .json, .jsonl, .gz of either, folders of them, or stdin.

A .jsonl file holds a message a line; stdin too, unless it is one document over many lines. A
.json file holds one message, or a list of them. A trail file (`{"Records": [...]}`) larger than a
message may be is given record by record. What cannot be read is given as it is: whoever reads
messages keeps it and says why.
"""

import gzip
import sys
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

import orjson

MESSAGE_MAX = 1024 * 1024
LINE_MAX = 16 * MESSAGE_MAX
FILE_MAX = 256 * MESSAGE_MAX
READABLE = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz", ".gz")
LINES = (".jsonl", ".ndjson")
GZIP_MAGIC = b"\x1f\x8b"
STDIN = "-"


def messages(paths: Iterable[str]) -> Iterator[bytes]:
    """Give every message of every path, byte for byte. Raises FileNotFoundError for no file."""
    for path in paths:
        if path == STDIN:
            yield from _stdin(sys.stdin.buffer)
            continue
        for file in _files(Path(path)):
            yield from _file(file)


def _stdin(stream: BinaryIO) -> Iterator[bytes]:
    """A message a line, as they come; or one document over many lines, such as pretty JSON."""
    first = stream.readline(LINE_MAX)
    if not first.strip() or _is_json(first):
        yield from _line(first)
        yield from _lines(stream)
        return
    body = first + stream.read(FILE_MAX)
    whole = _unpacked(body)
    yield from _whole(BytesIO(whole)) if _is_json(whole) else _lines(BytesIO(whole))
    yield from _lines(stream)


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(GZIP_MAGIC):
        return body
    try:
        with gzip.open(BytesIO(body)) as stream:
            return stream.read(FILE_MAX)
    except (OSError, EOFError, zlib.error):
        return body


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        found = (one for one in sorted(path.rglob("*")) if one.is_file())
        yield from (one for one in found if one.name.endswith(READABLE))
    elif path.exists():
        yield path
    else:
        raise FileNotFoundError(2, "there is no such file", str(path))


def _file(path: Path) -> Iterator[bytes]:
    name = path.name.removesuffix(".gz")
    with _opened(path) as stream:
        try:
            yield from _lines(stream) if name.endswith(LINES) else _whole(stream)
        except (OSError, EOFError, zlib.error) as error:
            # What came before was given; the rest of a broken archive is not there to keep.
            yield f"{path.name}: the rest of the file cannot be read: {error}".encode()


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as probe:
        packed = probe.read(2) == GZIP_MAGIC
    return cast("BinaryIO", gzip.open(path, "rb") if packed else path.open("rb"))


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    # A longer line is given in pieces, each too large to be a message and kept as such.
    while line := stream.readline(LINE_MAX):
        yield from _line(line)


def _line(line: bytes) -> Iterator[bytes]:
    body = line.removesuffix(b"\n").removesuffix(b"\r")
    if body.strip():
        yield body


def _whole(stream: BinaryIO) -> Iterator[bytes]:
    body = stream.read(FILE_MAX)
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        yield from _perhaps_lines(body)
        while rest := stream.read(FILE_MAX):
            yield rest
        return
    match content:
        case list():
            yield from (orjson.dumps(one) for one in content)
        case {"Records": list() as records} if len(body) > MESSAGE_MAX:
            yield from (orjson.dumps(one) for one in records)
        case _:
            yield body


def _perhaps_lines(body: bytes) -> Iterator[bytes]:
    """A .json or .gz file that is really a message a line; else one message nobody can read."""
    lines = [line for line in body.splitlines() if line.strip()]
    if len(lines) > 1 and all(_is_json(line) for line in lines[:5]):
        yield from lines
    else:
        yield body


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True
