"""What people see of an audit, as plain rows."""

import sys
from typing import Any

from triage.adapters.storage import AuditReport, Store
from triage.adapters.system.clock import SystemClock
from triage.cli.show import plain
from triage.wiring.anchoring import anchorer
from triage.wiring.bootstrap import owner, settings

CONSISTENT = "internally consistent only"


def progress(done: int, of: int) -> None:
    """Say on stderr how far it has come: one line that a terminal overwrites."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\rverified {done} of {of} parts" + ("\n" if done == of else ""))
    else:
        sys.stderr.write(f"verified {done} of {of} parts\n")
    sys.stderr.flush()


def report_page(report: AuditReport) -> dict[str, Any]:
    """One page; what is wrong, by case and event where that can be told."""
    return {
        "cases": report.cases,
        "events": report.events,
        "bodies": report.bodies,
        "anchored": report.anchored,
        "problems": list(report.problems),
        "verdict": _verdict(report),
    }


def _verdict(report: AuditReport) -> str:
    if report.problems:
        return "broken"
    if report.matched is None:
        # Nothing outside this database vouches for it, and the report says so.
        return CONSISTENT
    signed = report.matched.signed
    behind = report.anchored - signed.head.size
    at = signed.head.at.isoformat(timespec="seconds")
    since = f"; {behind} events were anchored since" if behind else ""
    return f"as {plain(signed.by)} signed it at {at}: {signed.head.size} events{since}"


def head_page(store: Store) -> dict[str, Any]:
    """The log as it stands, and the last head that left."""
    now = store.leaves.head(SystemClock().now())
    last, appended = store.leaves.exported(), store.leaves.appended()
    return {
        "log": now.log,
        "anchored": now.size,
        "root": now.root,
        "last anchored": appended.isoformat(timespec="seconds") if appended else "never",
        "exported": last.head.size if last else 0,
        "exported at": last.head.at.isoformat(timespec="seconds") if last else "never",
        "signed by": last.by if last else "nobody",
    }


def anchor_now(store: Store) -> None:
    """Anchor and export everything. Raises Busy, Forked, Unkept or Unverified."""
    # A name of its own: it waits for no worker's lease to end, and takes none away.
    anchorer(settings(), store.leaves, SystemClock(), f"{owner()}:audit"[:64]).finish()
