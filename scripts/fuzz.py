#!/usr/bin/env python3
"""Throw hostile input at intake and at playbook loading, for a while.

usage: scripts/fuzz.py [--seconds 300] [--seed 0] [--help]

Half of the time hypothesis builds structured input (records with fields bent out of shape,
wrappers in wrappers, YAML that is nearly a playbook); the other half atheris mutates bytes under
coverage guidance, in a process of its own, where atheris is installed. A crash is any exception;
a loss is a message of which nothing is left, neither ticket nor quarantined bytes, or a ticket that
its own bytes do not give again. Prints what ran, what each reader made of it and, on its last line,
JSON. Exits 1 when anything crashed or was lost.
"""

import argparse
import json
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from triage.domain.case import case_id, event_body  # noqa: E402 - the path comes first
from triage.domain.json import digest  # noqa: E402
from triage.domain.message import Message, Parsed, Rejected  # noqa: E402
from triage.domain.ticket import Ticket  # noqa: E402
from triage.intake.bounds import within_bounds  # noqa: E402
from triage.playbook.check import check  # noqa: E402
from triage.remediations.vocabulary import VOCABULARY  # noqa: E402
from triage.stages.dedup import admit  # noqa: E402
from triage.stages.normalise import normalise  # noqa: E402
from triage.stages.reread import reread  # noqa: E402

REASON_MAX = 1000
READ: Counter[str] = Counter()
"""What each reader made of structured input, so that an uncovered one shows."""
RECEIVED = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Lost(AssertionError):
    """A message of which nothing is left."""


def feed_intake(body: bytes) -> None:
    """Normalise bytes; every part must keep its own bytes."""
    parsed: Parsed = normalise(Message(id="fuzz", body=body, received=RECEIVED))
    kept = dict(parsed.bodies)
    if not parsed.parts:
        raise Lost(body[:80])
    for part in parsed.parts:
        if isinstance(part, Rejected):
            READ["quarantined"] += 1
            if not part.reason or len(part.reason) > REASON_MAX:
                message = f"a reason of {len(part.reason)} characters"
                raise AssertionError(message)
        else:
            READ[part.source] += 1
            _expect_whole(part, kept[part.body])


def _expect_whole(ticket: Ticket, body: bytes) -> None:
    """Its bytes are the ones it names, they give the ticket again, and a case can begin with it."""
    if digest(body) != ticket.body or reread(body, RECEIVED) != ticket:
        raise Lost(ticket.key)
    admission = admit(None, ticket, RECEIVED)
    if admission.event is None or within_bounds(ticket) != ticket:
        message = f"{ticket.key} is out of bounds or opens no case"
        raise AssertionError(message)
    event_body(case_id(ticket.key), 1, admission.event)


def feed_playbook(body: bytes) -> None:
    """Check bytes as a playbook; it must be one or have a problem."""
    checked = check("fuzz.yaml", body.decode("utf-8", "replace"), VOCABULARY)
    if checked.playbook is None and not checked.problems:
        message = "neither a playbook nor a problem"
        raise Lost(message)


TARGETS: dict[str, Callable[[bytes], None]] = {"intake": feed_intake, "playbook": feed_playbook}


def with_hypothesis(target: str, seconds: float, seed: int) -> Counter[str]:
    """Run structured examples until time is up."""
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415 - a dev tool
    from hypothesis import seed as seeded  # noqa: PLC0415

    from tests.strategies import MESSAGES, PLAYBOOKS  # noqa: PLC0415

    counts: Counter[str] = Counter()
    until = time.monotonic() + seconds

    @settings(
        max_examples=200,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(MESSAGES if target == "intake" else PLAYBOOKS)
    def one(body: bytes) -> None:
        counts["ran"] += 1
        _count(counts, target, body)

    round_ = seed
    while time.monotonic() < until:
        seeded(round_)(one)()
        round_ += 1
    return counts


def _count(counts: Counter[str], target: str, body: bytes) -> None:
    try:
        TARGETS[target](body)
    except Lost:
        counts["lost"] += 1
        _show(target, body)
    except Exception:  # noqa: BLE001 - finding these is what this script is for
        counts["crashed"] += 1
        _show(target, body)


def _show(target: str, body: bytes) -> None:
    print(f"{target}: {body[:300]!r}", file=sys.stderr)
    traceback.print_exc(limit=8)


def with_atheris(target: str, seconds: float, seed: int) -> Counter[str]:
    """Run coverage-guided mutations in a child process; no atheris, no runs."""
    command = [sys.executable, __file__, "--atheris", target, "--seconds", str(int(seconds))]
    child = subprocess.run(
        [*command, "--seed", str(seed)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    ran = [line for line in child.stderr.splitlines() if "stat::number_of_executed_units" in line]
    counts: Counter[str] = Counter(ran=int(ran[-1].split()[-1]) if ran else 0)
    if child.returncode == NO_ATHERIS:
        counts["skipped"] = 1
    elif child.returncode:
        counts["crashed"] = 1
        print(child.stderr[-4000:], file=sys.stderr)
    return counts


NO_ATHERIS = 77


def be_atheris(target: str, seconds: int, seed: int) -> None:
    """Be the child: never returns."""
    try:
        import atheris  # noqa: PLC0415 - not on every platform
    except ImportError:
        sys.exit(NO_ATHERIS)
    for module in ("intake", "playbook", "stages"):
        for name, loaded in list(sys.modules.items()):
            if name.startswith(f"triage.{module}") and loaded is not None:
                _instrument(atheris, loaded)
    arguments = [f"-max_total_time={seconds}", f"-seed={seed + 1}", "-max_len=4096"]
    seeds = ROOT / "tests" / "fixtures" / ("intake" if target == "intake" else "playbooks")
    atheris.Setup(
        [sys.argv[0], "-print_final_stats=1", "-verbosity=0", *arguments, *_corpus(seeds)],
        TARGETS[target],
    )
    atheris.Fuzz()


def _corpus(seeds: Path) -> list[str]:
    import tempfile  # noqa: PLC0415 - only the child needs it

    # The first folder is written to, so it is never the fixtures themselves.
    return [tempfile.mkdtemp(prefix="triage-fuzz-")] + ([str(seeds)] if seeds.is_dir() else [])


def _instrument(atheris: Any, module: Any) -> None:
    for name, value in list(vars(module).items()):
        if hasattr(value, "__code__") and value.__module__ == module.__name__:
            setattr(module, name, atheris.instrument_func(value))


def main() -> int:
    """Divide the time over targets and engines and add up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=300, help="how long in all")
    parser.add_argument("--seed", type=int, default=0, help="where to start")
    parser.add_argument("--atheris", choices=sorted(TARGETS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.atheris:
        be_atheris(options.atheris, options.seconds, options.seed)
    share = options.seconds / 4
    figures: dict[str, Counter[str]] = {}
    for target in TARGETS:
        for name, engine in (("hypothesis", with_hypothesis), ("atheris", with_atheris)):
            figures[f"{target}/{name}"] = counts = engine(target, share, options.seed)
            ended = f"crashed {counts['crashed']}  lost {counts['lost']}"
            print(f"{target:<9} {name:<11} ran {counts['ran']:>9,}  {ended}")
    print("read      " + "  ".join(f"{name} {count:,}" for name, count in sorted(READ.items())))
    total = sum(figures.values(), Counter())
    print(json.dumps({key: total[key] for key in ("ran", "crashed", "lost", "skipped")}))
    return 1 if total["crashed"] or total["lost"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
