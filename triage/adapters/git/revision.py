"""A folder or a file as it was at a revision, read out of git's objects: nothing is checked out.

Git is asked with fixed words and no shell. https://git-scm.com/docs/git-ls-tree and
https://git-scm.com/docs/git-cat-file (`--batch`).
"""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from triage.domain.errors import TriageError

SECONDS_MAX = 60
FILES_MAX = 20_000
BYTES_MAX = 256 * 1024
FILE_MODES = frozenset({"100644", "100755"})
"""Plain files. A link would lead to a path, and nobody knows whether it was there then."""


class NoRevision(TriageError):
    """Git cannot say what was there."""

    def __init__(self, folder: Path, revision: str, why: str) -> None:
        said = why.strip().splitlines()
        detail = said[0].removeprefix("fatal: ")[:200] if said else "git says nothing"
        super().__init__(f"{folder} at {revision!r}: {detail}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a tree: the name of its bytes, and its path below the folder."""

    name: str
    path: str


def texts_at(folder: Path, revision: str, suffixes: frozenset[str]) -> Mapping[str, str]:
    """Read the text of every such file by its path below `folder`. Raises NoRevision."""
    commit = commit_of(folder, revision)
    entries = [one for one in _entries(folder, commit) if Path(one.path).suffix in suffixes]
    bodies = _bodies(folder, revision, entries[:FILES_MAX])
    return {one.path: body for one, body in zip(entries, bodies, strict=False)}


def text_at(file: Path, revision: str) -> str | None:
    """Read one file, or None where it was not there then. Raises NoRevision."""
    commit = commit_of(file.parent, revision)
    found = [one for one in _entries(file.parent, commit) if one.path == file.name]
    return next(iter(_bodies(file.parent, revision, found)), None)


def commit_of(folder: Path, revision: str) -> str:
    """Name the commit of a revision. Raises NoRevision for what is none."""
    wanted = f"{revision}^{{commit}}"
    # Behind --end-of-options nothing is an option, however it begins.
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
    found = _git(folder, revision, words, why="git knows no such revision here")
    return found.decode().strip()


def same_repository(one: Path, other: Path) -> bool:
    """Whether two folders are of one working tree, so that a revision means the same to both."""
    try:
        first, second = (
            _git(folder, "HEAD", ("rev-parse", "--show-toplevel")) for folder in (one, other)
        )
    except NoRevision:
        return False
    return first == second


def _entries(folder: Path, commit: str) -> Iterator[Entry]:
    """Files below a folder, in the order of their paths."""
    for line in _git(folder, commit, ("ls-tree", "-r", "-z", commit, ".")).split(b"\0"):
        head, tab, path = line.partition(b"\t")
        mode, _, rest = head.decode().partition(" ")
        if tab and mode in FILE_MODES:
            yield Entry(rest.split(" ")[1], path.decode("utf-8", "surrogateescape"))


def _bodies(folder: Path, revision: str, entries: Sequence[Entry]) -> list[str]:
    """Texts of files in one go: `name type size`, a line end, the bytes, a line end."""
    names = "".join(f"{one.name}\n" for one in entries).encode()
    rest = _git(folder, revision, ("cat-file", "--batch"), given=names) if entries else b""
    found: list[str] = []
    for one in entries:
        head, _, rest = rest.partition(b"\n")
        size = int(head.rsplit(b" ", 1)[1])
        if size > BYTES_MAX:
            why = f"{one.path} is larger than {BYTES_MAX // 1024} KiB"
            raise NoRevision(folder, revision, why)
        found.append(_text(folder, revision, one, rest[:size]))
        rest = rest[size + 1 :]
    return found


def _text(folder: Path, revision: str, entry: Entry, body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise NoRevision(folder, revision, f"{entry.path} is no text in UTF-8") from error


def _git(
    folder: Path, revision: str, words: Sequence[str], *, given: bytes = b"", why: str = ""
) -> bytes:
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(  # noqa: S603 - fixed words, no shell
            command, input=given, capture_output=True, timeout=SECONDS_MAX, check=False
        )
    except FileNotFoundError as error:
        raise NoRevision(folder, revision, "git is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise NoRevision(folder, revision, "git does not answer") from error
    if done.returncode != 0:
        raise NoRevision(folder, revision, why or done.stderr.decode(errors="replace"))
    return done.stdout
