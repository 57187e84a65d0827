#!/usr/bin/env python3
"""Write docs/what-it-does.md: how the shipped playbooks treat the demo and records of your own.

usage: scripts/what_it_does.py [--help] [PATH...]

Runs the demo, then `triage run --once` over the paths (.json, .jsonl, .gz; a line that holds a
`record` is unwrapped), without any credentials: what a playbook would ask AWS is unknown there, and
nothing closes. Only counts and finding types are written. Without paths the part about records
stays as it is.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from triage.ports.case_store import Filter  # noqa: E402
from triage.wiring.bootstrap import opened_store  # noqa: E402 - the path comes first

PAGE = ROOT / "docs" / "what-it-does.md"
MARK = "## Public records\n"
DEMO = ROOT / ".triage" / "demo" / "triage.toml"
CONTROL = re.compile(r"(?P<family>(?:PCI\.)?[A-Za-z0-9]+)\.\d+")
FAMILIES: Mapping[str, re.Pattern[str]] = {
    "guardduty": re.compile(r"(?P<family>[A-Za-z]+):"),
    "securityhub": CONTROL,
    "cloudtrail": re.compile(r"(?P<family>[a-z0-9-]+):"),
}
Row = dict[str, Any]


ENVIRONMENT = {
    **{key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TRIAGE_"))},  # noqa: TID251 - what a child starts with
    "AWS_EC2_METADATA_DISABLED": "true",
    "PYTHONPATH": str(ROOT),
}
"""No credentials of any kind, and nobody's settings."""


def triage(*words: str) -> Iterator[Row]:
    """Run the command and give its rows."""
    ran = subprocess.run(
        [sys.executable, "-m", "triage", *words],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        check=True,
    )
    for line in ran.stdout.splitlines():
        if line.startswith(b"{"):
            yield json.loads(line)


def unwrapped(paths: Iterable[Path], into: Path) -> Path:
    """Write every record on a line of its own."""
    with into.open("wb") as out:
        for path in paths:
            for line in _lines(path):
                row = json.loads(line)
                record = row.get("record", row) if isinstance(row, dict) else row
                out.write(json.dumps(record).encode() + b"\n")
    return into


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        yield from (line for line in stream if line.strip())


def outcome(row: Row) -> str:
    """What became of a ticket, in a few words."""
    if row["decision"] == "close":
        return f"closes as {row['verdict']}, by {row['ground']}"
    if row["decision"] == "resolve":
        fixes = ", ".join(one["fix"] for one in row["suggestions"])
        return f"resolves with {fixes}" + (", once somebody agrees" if row["asks"] else "")
    reason = " ".join(row["reasons"])
    if "could not find out" in reason:
        return "escalates: could not find out"
    if row.get("rule") is None:
        return f"escalates: {_without(reason)}"
    return f"would {row['would']}" if row.get("would") else "escalates"


def _without(reason: str) -> str:
    return "no playbook speaks about it" if "no playbook speaks" in reason else "no rule held"


def family(row: Row) -> str:
    """The part of a finding type that is the vendor's own vocabulary."""
    pattern = FAMILIES.get(row["source"])
    found = pattern.match(row["type"]) if pattern else None
    return found["family"] if found else "other"


def table(head: tuple[str, ...], counts: Counter[tuple[str, ...]]) -> str:
    """Counts as a table, the largest of each first column first."""
    lines = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0]))
    rows = [(*head, "tickets"), ("---",) * (len(head) + 1)]
    rows += [(*cells, str(count)) for cells, count in lines]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def demo() -> str:
    """How the demo's thirty messages end."""
    subprocess.run(
        [sys.executable, "-m", "triage", "demo", "--exit"],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    os.environ["TRIAGE_CONFIG"] = str(DEMO)  # noqa: TID251 - bootstrap reads the demo's settings
    with opened_store() as store:
        cases = store.cases.cases(Filter(limit=1000))
    counts: Counter[tuple[str, ...]] = Counter()
    for case in cases:
        row = dict(case.decided or {})
        counts[case.headline["type"], outcome(row), row.get("rule") or ""] += 1
    return table(("type", "what happens", "playbook: rule"), counts)


def records(paths: list[Path]) -> str:
    """How records of all kinds are treated when nobody can be asked anything."""
    with tempfile.TemporaryDirectory() as folder:
        wrapped = unwrapped(paths, Path(folder) / "records.jsonl")
        rows = list(
            triage("run", str(wrapped), "--once", "--output", "jsonl", "--data", folder + "/data")
        )
    ruled: Counter[tuple[str, ...]] = Counter()
    others: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        if row["status"] == "quarantined":
            continue
        if row.get("rule") or "no playbook speaks" not in " ".join(row.get("reasons") or ()):
            ruled[row["source"], row["type"], outcome(row), row.get("rule") or ""] += 1
        else:
            others[row["source"], family(row), row["class"]] += 1
    status = Counter((row["status"],) for row in rows)
    return "\n".join(
        [
            f"{len(rows)} public records and no credentials: what AWS would be asked is unknown.\n",
            table(("became",), status),
            "Where a playbook speaks:\n",
            table(("source", "type", "what happens", "playbook: rule"), ruled),
            "Where none does, a person gets it at the severity's priority:\n",
            table(("source", "family", "class"), others),
        ]
    )


def page(about_records: str) -> str:
    """The whole page."""
    return "\n".join(
        [
            "# What it does\n",
            "Written by `scripts/what_it_does.py [PATH...]`, which says how to do it again.\n",
            "## The demo\n",
            "`./scripts/demo`: three accounts, thirty messages; CloudTrail throttles one.\n",
            demo(),
            MARK + "\n" + about_records,
        ]
    )


def main() -> int:
    """Write the page."""
    paths = [Path(word) for word in sys.argv[1:]]
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    kept = before.partition(MARK)[2].lstrip("\n")
    PAGE.write_text(page(records(paths) if paths else kept), encoding="utf-8")
    return 0


if __name__ == "__main__":
    if "--help" in sys.argv:
        print(__doc__)
        raise SystemExit(0)
    raise SystemExit(main())
