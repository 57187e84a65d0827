"""What people see of what keeps watch, as plain rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from triage.adapters.logging.setup import configure
from triage.adapters.storage import Store
from triage.domain.evidence import Failed
from triage.domain.hearing import Hearing
from triage.domain.inventory import Difference, Inventory, item_id
from triage.domain.lookout import Lookout, Progress
from triage.wiring.bootstrap import Opened, opened_world, settings


@contextmanager
def reconciling() -> Iterator[Opened]:
    """A whole world, as the settings say."""
    found = settings()
    configure(found.log.level)
    with opened_world(found) as opened:
        yield opened


def matching(
    lookouts: Sequence[Lookout], source: str, account: str, region: str
) -> Sequence[Lookout]:
    """Those that are like it; "" is like everything."""
    return [
        one
        for one in lookouts
        if source in ("", one.source)
        and account in ("", one.account)
        and region in ("", one.region)
    ]


def progress_row(progress: Progress) -> dict[str, Any]:
    """Where one lookout stands. `new` had never arrived; `updated` told a known case more."""
    place = progress.lookout
    return {
        "source": place.source,
        "account": place.account,
        "region": place.region,
        "reached": _moment(progress.reached),
        "under way": bool(progress.window),
        "found": progress.last.found,
        "new": progress.last.new,
        "updated": progress.last.updated,
        "new ever": progress.total.new,
        "cycles": progress.cycles,
        "due": _moment(progress.due),
        "problem": progress.problem,
    }


def sentence(progress: Progress) -> str:
    """Say how far it has come."""
    place = progress.lookout
    where = f"{place.source} {place.account} {place.region}"
    if progress.problem:
        return f"{where}: could not be read ({progress.problem})"
    told = progress.tally if progress.window else progress.last
    state = "so far" if progress.window else "in all"
    return f"{where}: {told.found} found {state}, {told.new} new, {told.updated} updated"


def inventory_rows(store: Store, wanted: Sequence[Lookout]) -> list[dict[str, Any]]:
    """One row an item; a list that cannot be read, or holds nothing, is one row too."""
    seen = {one.lookout: one for one in store.inventories.all()}
    progress = {one.lookout: one for one in store.watermarks.all()}
    tried = [one for one in wanted if one in seen or one in progress]
    return [row for one in tried for row in _list_rows(one, seen.get(one), progress.get(one))]


def _list_rows(
    lookout: Lookout, inventory: Inventory | None, progress: Progress | None
) -> Iterator[dict[str, Any]]:
    problem = progress.problem if progress else ""
    items = inventory.items if inventory else {}
    for name in items or [""]:
        yield {
            "item": item_id(lookout, name),
            "seen": _moment(inventory.listed if inventory else None),
            "accepted by": (inventory.accepted_by if inventory else "") or "nobody yet",
            "unknown": problem,
        }


def difference_rows(
    lookout: Lookout, found: Sequence[Difference] | Failed
) -> Iterator[dict[str, Any]]:
    """What is different; a list that cannot be read is neither the same nor gone."""
    if isinstance(found, Failed):
        unknown = f"unknown: {found.failure}: {found.detail}"
        yield {"item": item_id(lookout, ""), "change": unknown, "before": "", "after": ""}
        return
    for one in found:
        before, after = one.before or "", one.after or ""
        yield {"item": one.item, "change": one.change, "before": before, "after": after}


def hearing_row(hearing: Hearing) -> dict[str, Any]:
    """Who was heard of when, and from when on its silence means something."""
    return {
        "source": hearing.lookout.source,
        "region": hearing.lookout.region,
        "last": _moment(hearing.last),
        "longest gap (s)": round(max(hearing.gaps.values(), default=0.0)),
        "silent from": _moment(hearing.deadline),
        "told": _moment(hearing.told),
    }


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
