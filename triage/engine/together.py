"""Doing the same to many things side by side: one that fails holds up none of the others."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Together(Generic[Result]):
    """What came of it, in the order of the items, and what went wrong with the rest."""

    results: tuple[Result, ...]
    errors: tuple[Exception, ...]


def side_by_side(
    do: Callable[[Item], Result], items: Sequence[Item], *, threads: int
) -> Together[Result]:
    """Do it to every item, at most `threads` at a time. Never raises what `do` raises."""
    # A pool a batch: starting 16 threads takes a millisecond, a batch waits far longer.
    with ThreadPoolExecutor(max_workers=max(min(threads, len(items)), 1)) as pool:
        futures: list[Future[Result]] = [pool.submit(do, item) for item in items]
    failed = [(future, future.exception()) for future in futures]
    return Together(
        tuple(future.result() for future, error in failed if error is None),
        tuple(error for _, error in failed if isinstance(error, Exception)),
    )


def raise_all(part: str, errors: Sequence[Exception]) -> None:
    """Hand to the supervisor what could not be finished here, all of it."""
    if errors:
        raise ExceptionGroup(f"{part}: {len(errors)} could not be done", errors)
