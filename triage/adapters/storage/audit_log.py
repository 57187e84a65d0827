"""Has anybody touched the leaf log? Recomputes its tree, and compares it with heads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from triage.adapters.storage.engine import Database
from triage.adapters.storage.leaves import AT_ONCE, leaf_of, tree_of
from triage.adapters.storage.schema_operating import leaf_log, leaves
from triage.domain.head import SignedHead
from triage.domain.merkle import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """A head whose signature holds, and where it was found."""

    place: str
    signed: SignedHead


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLooked:
    """How many events are anchored, what does not fit, and the largest head that does."""

    anchored: int
    problems: tuple[str, ...]
    matched: Vouched | None


def look_at_log(database: Database, heads: Sequence[Vouched]) -> LogLooked:
    """Check the log against itself and against every head."""
    with database.reading() as connection:
        row = connection.execute(select(leaf_log)).first()
    name, said = _said(row)
    ordered = sorted(heads, key=lambda one: one.signed.head.size)
    ours = [one for one in ordered if one.signed.head.log == name]
    walked = _walk(database, said.size, [one.signed.head.size for one in ours])
    problems = [*walked.problems]
    if not problems and walked.tree.root != said.root:
        problems.append("the leaf log: its leaves are not those that were hashed into its tree")
    problems += [
        f"{one.place}: it is a head of another log than this one"
        for one in heads
        if one not in ours
    ]
    compared = _compared(ours, walked, said.size)
    return LogLooked(
        anchored=said.size, problems=(*problems, *compared.problems), matched=compared.matched
    )


def _said(row: Any) -> tuple[str, Tree]:
    """Read the log's name and tree; a row that was damaged stands for an empty log of no name."""
    try:
        return (row.name, tree_of(row)) if row is not None else ("", Tree())
    except (ValueError, TypeError, AttributeError):
        return row.name, Tree()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walked:
    """The tree over all leaves, its root at every size that was asked for, and what is amiss."""

    tree: Tree
    roots: dict[int, str]
    problems: list[str]


def _walk(database: Database, size: int, wanted: Sequence[int]) -> _Walked:
    tree, problems, stops = Tree(), list[str](), sorted({*wanted})
    roots = {0: tree.root}
    for page in _pages(database, size):
        start = 0
        for stop in [one - tree.size for one in stops if tree.size < one <= tree.size + len(page)]:
            tree = tree.with_leaves(page[start:stop])
            roots[tree.size], start = tree.root, stop
        tree = tree.with_leaves(page[start:])
    if tree.size != size:
        problems.append(f"the leaf log: leaf {tree.size} of {size} is gone or cannot be read")
    return _Walked(tree=tree, roots=roots, problems=problems)


def _pages(database: Database, size: int) -> Iterator[list[bytes]]:
    """Contents of leaves in order, up to the first that is gone or damaged."""
    for first in range(0, size, AT_ONCE):
        behind = min(first + AT_ONCE, size)
        places = leaves.c.position.between(first, behind - 1)
        with database.reading() as connection:
            rows = connection.execute(select(leaves).where(places).order_by(leaves.c.position))
            page = list(_sound(rows, first))
        yield page
        if len(page) < behind - first:
            return


def _sound(rows: Iterable[Any], first: int) -> Iterator[bytes]:
    for place, row in enumerate(rows, start=first):
        content = _content(row) if row.position == place else None
        if content is None:
            return
        yield content


def _content(row: Any) -> bytes | None:
    try:
        return leaf_of(row).content()
    except (TypeError, ValueError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    problems: tuple[str, ...]
    matched: Vouched | None


def _compared(ours: Sequence[Vouched], walked: _Walked, size: int) -> _Compared:
    problems: list[str] = []
    matched: Vouched | None = None
    for one in ours:
        head = one.signed.head
        if walked.roots.get(head.size) == head.root:
            matched = one
            continue
        at = head.at.isoformat(timespec="seconds")
        if head.size > size:
            gone = f"of {head.size} events anchored by {at} only {size} are here"
            problems.append(f"{one.place}: {gone}: this is an older copy, or its end was cut off")
        else:
            since = matched.signed.head.size if matched else 0
            problems.append(
                f"{one.place}: what is here is not what was anchored by {at}: "
                f"something among leaves {since} to {head.size - 1} is another"
            )
    return _Compared(problems=tuple(problems), matched=matched)
