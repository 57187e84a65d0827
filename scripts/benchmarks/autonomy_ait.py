#!/usr/bin/env python3
"""Another kind of attack, another network: does a licence earned elsewhere hold?

Intrusion alerts of several lab scenarios (AIT alert data set: time, name, ip, host, short,
time_label, event_label), one CSV file each. Alerts of one host, one type and ten minutes are one
ticket, real when any of its alerts is. Scenarios are rotated: three train, one calibrates, one is
tested. Prints a JSON line for each rotation and method, and one over all:

  coverage, for_realised, fnr_realised   on the tested scenario, never seen before
  fnr_autonomous                         the same, up to the moment the licence is lost
  novel, novel_closed                    tickets whose type calibration hardly saw, and how many of
                                         them closed (ours: none, by the novelty gate)
  demoted_after                          tickets until a trip took the licence away, or null

Needs the extra `train`.
"""

import argparse
import csv
import gzip
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autonomy_methods import naive
from autonomy_table import ROOT  # noqa: F401 - puts the project on the path

from triage.adapters.scikit_learn.trainer import ScikitLearnTrainer
from triage.judgement.gates import Judged, cut, ladder
from triage.judgement.monitor import Monitor
from triage.judgement.novelty import Support
from triage.judgement.promise import Promise
from triage.judgement.sampling import draw, rate
from triage.judgement.trees import forest_from
from triage.judgement.trips import RECENT, Signs, tripped
from triage.ports.trainer import Samples

WINDOW = 600
DAY = 86_400
TIMES_A_WEEK = 1000


@dataclass(slots=True)
class Grouped:
    """Alerts of one host, type and ten minutes."""

    start: int
    type: str
    host: str
    alerts: int = 0
    addresses: int = 0
    real: bool = False


def tickets(path: Path) -> list[Grouped]:
    """Read one scenario, in order of time."""
    found: dict[tuple[str, str, int], Grouped] = {}
    addresses: dict[tuple[str, str, int], set[str]] = {}
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            start = int(float(row["time"])) // WINDOW * WINDOW
            key = (row["host"], row["short"], start)
            one = found.setdefault(key, Grouped(start, row["short"], row["host"]))
            addresses.setdefault(key, set()).add(row["ip"])
            one.alerts += 1
            one.real |= row["event_label"] not in {"-", ""}
    for key, one in found.items():
        one.addresses = len(addresses[key])
    return sorted(found.values(), key=lambda one: (one.start, one.host, one.type))


NAMES = (
    "hour", "alerts", "addresses", "type this hour", "host this hour", "types on host this hour",
    "type's rate of real ones", "type's labels", "all this hour",
)  # fmt: skip
RAISING = frozenset({"type's rate of real ones"})


def rows(
    scenario: Sequence[Grouped], history: Mapping[str, Counter[bool]], *, own: bool
) -> list[list[float]]:
    """Numbers known when each ticket arrives; `own` takes its own verdict out of its history."""
    recent: list[Grouped] = []
    made = []
    for ticket in scenario:
        recent = [one for one in recent if one.start > ticket.start - 3600]
        recent.append(ticket)
        counts = Counter(history.get(ticket.type, Counter()))
        counts[ticket.real] -= own
        labels = counts[True] + counts[False]
        same_host = [one for one in recent if one.host == ticket.host]
        made.append(
            [
                ticket.start % DAY / 3600,
                math.log1p(ticket.alerts),
                float(ticket.addresses),
                float(sum(one.type == ticket.type for one in recent)),
                float(len(same_host)),
                float(len({one.type for one in same_host})),
                (counts[True] + 0.5) / (labels + 5),
                math.log1p(labels),
                float(len(recent)),
            ]
        )
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """One rotation, scored; `learnt` are training scores, the rest in order of time."""

    name: str
    calibrates: str
    learnt: Sequence[float]
    calibration: Sequence[tuple[Grouped, float]]
    tested: Sequence[tuple[Grouped, float]]


def fold(
    scenarios: Mapping[str, Sequence[Grouped]], train: Sequence[str], calibrate: str, test: str
) -> Fold:
    """Learn from three scenarios; score the two others."""
    history: dict[str, Counter[bool]] = {}
    for name in train:
        for ticket in scenarios[name]:
            history.setdefault(ticket.type, Counter())[ticket.real] += 1
    known = [row for name in train for row in rows(scenarios[name], history, own=True)]
    real = [ticket.real for name in train for ticket in scenarios[name]]
    samples = Samples(names=NAMES, rows=known, real=real, raising=RAISING)
    forest = forest_from(ScikitLearnTrainer().forest(samples))

    def scored(name: str) -> list[tuple[Grouped, float]]:
        made = rows(scenarios[name], history, own=False)
        return [
            (ticket, forest.logit_of(row))
            for ticket, row in zip(scenarios[name], made, strict=True)
        ]

    return Fold(
        name=test,
        calibrates=calibrate,
        learnt=[forest.logit_of(row) for row in known],
        calibration=scored(calibrate),
        tested=scored(test),
    )


def live(one: Fold, threshold: float, support: Support | None) -> dict:
    """Work through the tested scenario. With `support`, ours: the novelty gate, and the trips."""
    closed = closed_real = novel = novel_closed = real = real_autonomous = 0
    lost: int | None = None
    monitor, recent = Monitor(promised=0.01), []
    for place, (ticket, score) in enumerate(one.tested):
        real += ticket.real
        real_autonomous += ticket.real and lost is None
        strange = bool(support and support.novel((ticket.type,)))
        novel += strange
        if score >= threshold or strange or lost is not None:
            continue
        closed += 1
        closed_real += ticket.real
        novel_closed += strange
        if support is None:
            continue
        if not draw(b"k", one.name, str(place), rate(closed - 1, TIMES_A_WEEK)).chosen:
            continue
        monitor, recent = monitor.saw(ticket.real), [*recent, ticket.real][-RECENT:]
        if tripped(Signs(monitor=monitor, recent=tuple(recent))):
            lost = place + 1
    return {
        "tested": one.name,
        "tickets": len(one.tested),
        "real": real,
        "coverage": round(closed / len(one.tested), 4),
        "closed_real": closed_real,
        "for_realised": round(closed_real / closed, 4) if closed else 0.0,
        "fnr_realised": round(closed_real / real, 4) if real else 0.0,
        "fnr_autonomous": round(closed_real / real_autonomous, 4) if real_autonomous else 0.0,
        "novel": novel,
        "novel_closed": novel_closed,
        "demoted_after": lost,
    }


def measure(one: Fold, promise: Promise) -> list[dict]:
    """Ours and the naive way on one rotation."""
    judged = Judged.of(
        [score for _, score in one.calibration], [ticket.real for ticket, _ in one.calibration]
    )
    found = cut(judged, ladder(one.learnt, len(judged.scores), promise), promise)
    support = Support.of((ticket.type,) for ticket, _ in one.calibration)
    ours = live(one, found.threshold, support)
    theirs = live(one, naive(judged, None), None)  # type: ignore[arg-type] - it looks at nothing
    strange = [(ticket, score) for ticket, score in one.tested if support.novel((ticket.type,))]
    theirs["novel"] = len(strange)
    theirs["novel_closed"] = sum(score < naive(judged, None) for _, score in strange)
    return [
        {"method": "ours", "calibrated_on": one.calibrates, "why_not": found.why_not, **ours},
        {"method": "naive p > 0.95", "calibrated_on": one.calibrates, **theirs},
    ]


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenarios", nargs=5, type=Path, help="five CSV files, .gz or not")
    parser.add_argument("--alpha", type=float, default=0.01)
    parser.add_argument("--beta", type=float, default=0.05)
    parser.add_argument("--delta", type=float, default=0.05)
    return parser.parse_args()


def main() -> int:
    """Every rotation, then the whole."""
    given = arguments()
    promise = Promise(alpha=given.alpha, beta=given.beta, delta=given.delta, missed_share=0.8)
    scenarios = {
        path.name.split("_alerts")[0].split("__")[-1]: tickets(path) for path in given.scenarios
    }
    names = list(scenarios)
    lines = []
    for place, test in enumerate(names):
        calibrate = names[(place + 1) % len(names)]
        train = [name for name in names if name not in {test, calibrate}]
        lines += measure(fold(scenarios, train, calibrate, test), promise)
    for line in lines:
        print(json.dumps(line))
    for method in ("ours", "naive p > 0.95"):
        own = [line for line in lines if line["method"] == method]
        whole = {
            "method": method,
            "tested": "all",
            "coverage": round(sum(line["coverage"] for line in own) / len(own), 4),
            "fnr_worst": max(line["fnr_autonomous"] for line in own),
            "novel": sum(line["novel"] for line in own),
            "novel_closed": sum(line["novel_closed"] for line in own),
        }
        print(json.dumps(whole))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
