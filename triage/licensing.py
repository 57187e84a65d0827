"""Wiring of who looks at closes, and what they earn: bootstrap's part."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from triage.adapters.files.audit_key import NAME, audit_key
from triage.adapters.storage import Store
from triage.engine import reviewing
from triage.engine.reviewing import Reviews
from triage.engine.sampling import Sampling
from triage.settings import Settings


def sampling(found: Settings, store: Store, data: Path | None = None) -> tuple[Sampling, list[str]]:
    """Who draws, with a sentence when its key was made just now. Raises OpenKey and EmptyKey."""
    folder, given = data or found.paths.data, found.sampling.key.get_secret_value()
    key, made = (given.encode(), False) if given else audit_key(folder)
    drawing = Sampling(
        key=key,
        closes=store.closes,
        floor=found.sampling.floor,
        answer=timedelta(hours=found.sampling.answer_hours),
    )
    return drawing, [_said(folder / NAME)] if made else []


def steps(store: Store) -> dict[str, Callable[[], int]]:
    """What the worker does about closes in the background, by name."""
    reviews = Reviews(closes=store.closes, cases=store.cases)
    return {reviewing.PART: reviews.step}


def _said(path: Path) -> str:
    return (
        f"{path}:  warning: made; it decides which closes people see. Keep a copy where nobody "
        "reads it, and set sampling.key to it where several workers share a store"
    )
