#!/usr/bin/env python3
"""Kill a worker at random moments, again and again, and see whether anything is lost or doubled.

usage: scripts/kill.py [--store sqlite|postgres] [--queue inbox|sqs] [--odd] [--workers 1]
                       [--messages 3000] [--kills 30] [--pauses 0] [--restarts 0] [--full 0]
                       [--seed 0] [--keep FOLDER] [--help]

Real `triage worker` processes on SQLite or PostgreSQL, inbox included, work through tickets, a
fifth of them duplicates, one in twenty an update, one in a hundred unreadable. One of them is
killed with SIGKILL at random moments while messages arrive and the others go on; a fresh one takes
its place; the last ones are left to finish. Two contacts are webhooks on loopback and nobody
answers, so that every escalation goes up the chain. AWS has no credentials here: all evidence is
unknown.

Besides, spread evenly over the run, workers are stopped for longer than their leases and go on
(--pauses), PostgreSQL crashes and starts again (--restarts), the disk under the store is full for
four seconds (--full; needs root, to mount a small one in memory). Then it checks that

- every concern is one case, decided once for every version that was judged, the newest included;
- every unreadable message is in quarantine, byte for byte, once;
- every effect was intended by a recorded event, was delivered, and ended once; a receiver sees an
  idempotency key again only when a worker died between delivery and record ("repeats");
- the audit verifies against the heads that were exported meanwhile, and the inbox is empty.

With `--queue sqs` messages come from Amazon SQS, as the sandbox has it, one in a hundred more of
them claims whose bytes are nowhere: those, and no others, have to be dead letters in the end. With
`--odd` it delivers everything twice and in no order.

Prints progress on stderr and, as its last line, JSON. Exits 1 on any violation.
"""

import argparse
import json
import os
import random  # noqa: TID251 - seeded from the command line
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from faults import Disk, Faults, Server, patiently, serving, small_disk  # noqa: E402
from kill_audit import Notary  # noqa: E402
from kill_queue import LocalQueue, local_queue  # noqa: E402
from sqlalchemy import func, select  # noqa: E402 - the path comes first

from triage.adapters.storage import Store, open_inbox, open_store  # noqa: E402
from triage.adapters.storage.migrating import upgrade  # noqa: E402
from triage.adapters.storage.opening import open_database  # noqa: E402
from triage.adapters.storage.schema import effects, quarantine, timers  # noqa: E402
from triage.adapters.system.clock import SystemClock  # noqa: E402
from triage.domain.case import CaseEvent, CaseId, EventKind  # noqa: E402
from triage.domain.json import digest  # noqa: E402
from triage.domain.message import Message  # noqa: E402
from triage.domain.ticket import Ticket  # noqa: E402
from triage.ports.case_store import Filter  # noqa: E402
from triage.stages.normalise import normalise  # noqa: E402

ACCOUNT, REGION = "111122223333", "eu-west-1"
START = datetime(2026, 11, 20, 10, tzinfo=UTC)
DUPLICATES, UPDATES, UNREADABLE = 0.20, 0.05, 0.01
ALIVE_SECONDS_MAX = 1.5
"""A worker lives at most this long once it has said that it started."""
FINISH_SECONDS_MAX = 600
CONTACTS = ("first", "second")
SETTINGS = """
[paths]
data = "{data}"
[database]
url = "{url}"
[worker]
lease_seconds = 3
poll_seconds = 0.1
effect_retry_seconds = 0.2
[sla_minutes]
critical = 0.05
high = 0.05
medium = 0.05
low = 0.05
"""
CONTACT = """
[[notify.contacts]]
name = "{name}"
channel = "webhook"
address = "{address}/{name}"
"""


# --- messages -------------------------------------------------------------------------------------


def finding(number: int, updates: int) -> bytes:
    """The event that Security Hub sends for a control finding of a bucket of ours."""
    updated = (START + timedelta(minutes=updates)).isoformat().replace("+00:00", "Z")
    bucket = f"kill-{number}"
    detail = {
        "Id": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/S3.8/finding/{bucket}",
        "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub",
        "GeneratorId": "security-control/S3.8",
        "AwsAccountId": ACCOUNT,
        "Region": REGION,
        "Title": "S3 general purpose buckets should block public access",
        "SchemaVersion": "2018-10-08",
        "CreatedAt": "2026-11-20T10:00:00Z",
        "UpdatedAt": updated,
        "Severity": {"Label": "HIGH", "Normalized": 70},
        "Compliance": {"Status": "FAILED", "SecurityControlId": "S3.8"},
        "Resources": [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::{bucket}", "Region": REGION}],
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
    }
    event = {
        "version": "0",
        "detail-type": "Security Hub Findings - Imported",
        "source": "aws.securityhub",
        "account": ACCOUNT,
        "time": updated,
        "region": REGION,
        "detail": {"findings": [detail]},
    }
    return json.dumps(event).encode()


def messages(count: int, chance: random.Random, first: int = 0) -> list[bytes]:
    """Tickets, duplicates, updates and rubbish, in a random order that keeps versions in order.

    What is new is numbered from `first`.
    """
    made: list[bytes] = []
    versions: Counter[int] = Counter()
    for number in range(first, first + count):
        draw = chance.random()
        if draw < UNREADABLE:
            made.append(b"\0rubbish \xff" + str(number).encode())
        elif draw < UNREADABLE + DUPLICATES and made:
            made.append(chance.choice(made))
        elif draw < UNREADABLE + DUPLICATES + UPDATES and versions:
            known = chance.choice(list(versions))
            versions[known] += 1
            made.append(finding(known, versions[known]))
        else:
            versions[number] = 0
            made.append(finding(number, 0))
    return made


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What has to be there in the end: canonical keys, and digests of what cannot be read."""

    keys: frozenset[str]
    unreadable: frozenset[str]


def expected(bodies: Sequence[bytes]) -> Expected:
    """Read the messages here, with the pure part alone."""
    keys, unreadable = set(), set()
    for body in set(bodies):
        for part in normalise(Message(id="", body=body, received=START)).parts:
            if isinstance(part, Ticket):
                keys.add(str(part.key))
            else:
                unreadable.add(digest(part.body))
    return Expected(keys=frozenset(keys), unreadable=frozenset(unreadable))


# --- the receiver ---------------------------------------------------------------------------------


@dataclass
class Receiver:
    """A webhook on loopback that remembers every idempotency key."""

    seen: Counter[str] = field(default_factory=Counter)
    address: str = ""

    @contextmanager
    def listening(self) -> Iterator[None]:
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                seen[self.headers["Idempotency-Key"]] += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                """Nobody reads it."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


# --- the store ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Place:
    """The folder of a run, where its store and its inbox are, and what can befall them."""

    folder: Path
    server: Server | None = None
    disk: Disk | None = None
    sqs: LocalQueue | None = None

    @property
    def url(self) -> str:
        return self.server.url if self.server else ""

    @property
    def data(self) -> Path:
        return self.disk.folder if self.disk else self.folder

    def store(self) -> Store:
        return open_store(self.url or self.data / "triage.sqlite3")

    def inbox(self) -> Any:
        if self.sqs is not None:
            return self.sqs.opened()
        at = self.url or self.data / "inbox.sqlite3"
        return open_inbox(at, SystemClock(), lease_seconds=3)


@contextmanager
def prepared(folder: Path, given: argparse.Namespace) -> Iterator[Place]:
    """Start a PostgreSQL where one is asked for, on a disk of its own where one is to be full."""
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk()) if given.full else None
        if given.store == "sqlite":
            yield Place(folder=folder, disk=disk)
            return
        below = disk.folder if disk else Path(tempfile.gettempdir())
        server = stack.enter_context(serving(below))
        with closing(open_database(server.url)) as database:
            upgrade(database)
        yield Place(folder=folder, server=server, disk=disk)


# --- the worker -----------------------------------------------------------------------------------


def configure(place: Place, receiver: Receiver, notary: Notary) -> None:
    """Write the settings of every worker of a run."""
    contacts = [CONTACT.format(name=name, address=receiver.address) for name in CONTACTS]
    text = SETTINGS.format(data=place.data, url=place.url) + "".join(contacts) + notary.settings
    (place.folder / "triage.toml").write_text(text + (place.sqs.settings if place.sqs else ""))


def resident(worker: subprocess.Popen[str]) -> float:
    """Mebibytes of memory that a process holds, as Linux tells; 0 once it has ended."""
    for line in Path(f"/proc/{worker.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def start_worker(place: Place) -> subprocess.Popen[str]:
    """Start `triage worker` and return once it says that it started."""
    folder, reached = place.folder, place.sqs.environment if place.sqs else {}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}  # noqa: TID251
    nowhere = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONPATH": str(ROOT),
        "TRIAGE_CONFIG": str(folder / "triage.toml"),
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "triage", "worker"],
        cwd=folder,
        env={**kept, **nowhere, **reached},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stderr is not None  # noqa: S101 - it was asked for above
    log = folder / "worker.log"
    for line in worker.stderr:
        _note(log, line)
        if "worker.started" in line:
            Thread(target=_drain, args=(worker.stderr, log), daemon=True).start()
            return worker
    message = f"the worker did not start; see {log}"
    raise SystemExit(message)


def _drain(stream: Any, log: Path) -> None:
    for line in stream:
        _note(log, line)


def _note(log: Path, line: str) -> None:
    with log.open("a") as out:
        out.write(line)


def kill_again_and_again(
    place: Place, bodies: Sequence[bytes], given: argparse.Namespace, chance: random.Random
) -> list[subprocess.Popen[str]]:
    """Feed the inbox slice by slice; one worker is killed after each. Return those still alive."""
    inbox = place.inbox()
    size = -(-len(bodies) // (given.kills + 1))
    alive = [start_worker(place) for _ in range(given.workers - 1)]
    faults = faults_of(place, given)
    for kill in range(given.kills + 1):
        some = bodies[kill * size : (kill + 1) * size]
        patiently(lambda some=some: inbox.submit(some))  # type: ignore[misc] # bound at once
        alive.append(start_worker(place))
        faults.strike(kill, alive, chance.randrange(len(alive)))
        if kill == given.kills:
            break
        time.sleep(chance.uniform(0, ALIVE_SECONDS_MAX))
        _kill_one(alive, faults, chance)
        depth = patiently(inbox.depth)
        print(f"kill {kill + 1}/{given.kills}  inbox {depth}", file=sys.stderr)
    inbox.close()
    faults.over()
    return alive


def faults_of(place: Place, given: argparse.Namespace) -> Faults:
    """Choose what befalls them, and when."""
    return Faults(
        slices=given.kills + 1,
        pauses=given.pauses,
        restarts=given.restarts,
        full=given.full,
        server=place.server,
        disk=place.disk,
    )


def _kill_one(alive: list[subprocess.Popen[str]], faults: Faults, chance: random.Random) -> None:
    """Kill one that is not asleep: what the sleeper does when it goes on is the point."""
    asleep = faults.asleep()
    awake = [worker for worker in alive if worker not in asleep]
    if awake:
        worker = awake[chance.randrange(len(awake))]
        alive.remove(worker)
        worker.send_signal(signal.SIGKILL)
        worker.wait()


def finish(place: Place, store: Store, workers: Sequence[subprocess.Popen[str]]) -> list[int]:
    """Let the last workers do what is left, then ask them to end; return their exit codes."""
    inbox = place.inbox()
    until = time.monotonic() + FINISH_SECONDS_MAX
    while (left := inbox.depth() + open_work(store)) and time.monotonic() < until:
        print(f"left {left}", file=sys.stderr)
        time.sleep(2)
    inbox.close()
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    return [worker.wait(timeout=60) for worker in workers]


def open_work(store: Store) -> int:
    """How many cases, effects and timers wait."""
    pending = select(func.count()).where(effects.c.status == "intended")
    with store.database.reading() as connection:
        intended = connection.execute(pending).scalar_one()
        waiting = connection.execute(select(func.count()).select_from(timers)).scalar_one()
    return store.cases.count()["due"] + int(intended) + int(waiting)


# --- the verdict ----------------------------------------------------------------------------------

NEWS = {EventKind.RECEIVED, EventKind.UPDATED}


def decided_once(case: CaseId, history: Sequence[CaseEvent]) -> list[str]:
    """Every decision follows news that no earlier decision saw; the last news was decided.

    One that was written on top of what voided it (engine/insisting.py) names no incident, and the
    case is decided again at once.
    """
    open_news, wrong = False, []
    for event in history:
        if event.kind in NEWS:
            open_news = True
        elif event.kind is EventKind.DECIDED:
            wrong += [] if open_news else [f"case {case}: decided twice without news"]
            open_news = open_news and "incident" not in event.data
    return wrong + ([f"case {case}: news was never decided"] if open_news else [])


def judge_cases(store: Store, wanted: Expected, count: Counter[str]) -> list[str]:
    """Compare the cases, their decisions and the quarantine with what was sent."""
    cases = store.cases.cases(Filter(limit=1_000_000))
    wrong = []
    if {str(case.key) for case in cases} != wanted.keys or len(cases) != len(wanted.keys):
        wrong.append(f"{len(cases)} cases for {len(wanted.keys)} concerns")
    for case in cases:
        history = store.cases.events(case.id)
        count["decisions"] += sum(event.kind is EventKind.DECIDED for event in history)
        wrong += decided_once(case.id, history)
    with store.database.reading() as connection:
        kept = list(connection.execute(select(quarantine.c.hash)).scalars())
    if set(kept) != wanted.unreadable or len(kept) != len(wanted.unreadable):
        wrong.append(f"{len(kept)} in quarantine for {len(wanted.unreadable)} unreadable messages")
    count["cases"], count["quarantined"] = len(cases), len(kept)
    return wrong


def judge_effects(store: Store, seen: Counter[str], count: Counter[str]) -> list[str]:
    """Compare what was recorded, what was delivered and what ended."""
    with store.database.reading() as connection:
        rows = connection.execute(select(effects)).all()
    ended: Counter[str] = Counter()
    for case in store.cases.cases(Filter(limit=1_000_000)):
        history = store.cases.events(case.id)
        ended.update(e.data["effect"] for e in history if e.kind is EventKind.EFFECT_DONE)
    intended, done = {row.id for row in rows}, {row.id for row in rows if row.status == "done"}
    steps = Counter((row.case_id, *_step(row.data)) for row in rows)
    count["effects"], count["delivered"] = len(intended), len(seen)
    count["repeats"] = sum(seen.values()) - len(seen)
    return [
        *(f"delivered without intent: {name}" for name in set(seen) - intended),
        *(f"intended and not done: {name}" for name in intended - done),
        *(f"done and not delivered: {name}" for name in done - set(seen)),
        *(f"ended {times} times: {name}" for name, times in ended.items() if times != 1),
        *(f"done and its case does not know: {name}" for name in done - set(ended)),
        *(f"the same step {times} times: {step}" for step, times in steps.items() if times != 1),
    ]


def _step(data: str) -> tuple[str, int]:
    content = json.loads(data)
    return content["cause"], content["level"]


def judge(
    place: Place,
    store: Store,
    bodies: Sequence[bytes],
    receiver: Receiver,
    notary: Notary,
    count: Counter[str],
) -> list[str]:
    """Compare what is there in the end with what was sent; what was found goes into `count`."""
    with closing(place.inbox()) as inbox:
        wrong = [f"{left} left on the inbox"] if (left := inbox.depth()) else []
    wrong += [f"{left} pieces of work left"] if (left := open_work(store)) else []
    wrong += judge_cases(store, expected(bodies), count)
    wrong += judge_effects(store, receiver.seen, count)
    return wrong + notary.judge(count)


# --- the run --------------------------------------------------------------------------------------


SAID = ("store", "queue", "odd", "workers", "pauses", "restarts", "full")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    text = str(__doc__)
    parser = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--queue", choices=["inbox", "sqs"], default="inbox")
    parser.add_argument("--odd", action="store_true", help="deliver twice and in no order")
    parser.add_argument("--workers", type=int, default=1, help="how many work side by side")
    parser.add_argument("--messages", type=int, default=3000, help="how many messages are sent")
    parser.add_argument("--kills", type=int, default=30, help="how many workers are killed")
    parser.add_argument(
        "--pauses", type=int, default=0, help="how many outlive their leases asleep"
    )
    parser.add_argument("--restarts", type=int, default=0, help="how often PostgreSQL crashes")
    parser.add_argument("--full", type=int, default=0, help="how often the disk is full (root)")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same messages and moments")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it there")
    given = parser.parse_args()
    if given.restarts and given.store == "sqlite":
        parser.error("--restarts: SQLite has no server that could crash")
    return given


def run(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Send, kill, finish, judge."""
    with prepared(folder, given) as place, local_queue(folder, given) as sqs:
        return _run(replace(place, sqs=sqs), given)


def _run(place: Place, given: argparse.Namespace) -> dict[str, Any]:
    chance = random.Random(given.seed)  # noqa: S311 - nothing secret
    bodies = messages(given.messages, chance)
    receiver, notary = Receiver(), Notary.beside(place.folder)
    count: Counter[str] = Counter(messages=len(bodies), kills=given.kills, seed=given.seed)
    began = time.monotonic()
    with receiver.listening():
        configure(place, receiver, notary)
        if place.sqs is not None:
            place.sqs.send_orphans(given.messages // 100)
        alive = kill_again_and_again(place, bodies, given, chance)
        store = place.store()
        codes = finish(place, store, alive)
    count["seconds"] = round(time.monotonic() - began)
    count["failed steps"] = (place.folder / "worker.log").read_text().count("worker.failed")
    wrong = [f"a last worker ended with {code}" for code in codes if code]
    wrong += judge(place, store, bodies, receiver, notary, count)
    wrong += place.sqs.judge(count) if place.sqs else []
    store.close()
    said = {name: getattr(given, name) for name in SAID}
    return {**said, **count, "violations": len(wrong), "first": wrong[:20]}


def main() -> int:
    """Run it in a folder that goes away, or in one that stays."""
    given = arguments()
    if given.keep:
        given.keep.mkdir(parents=True)
        report = run(given.keep.resolve(), given)
    else:
        with tempfile.TemporaryDirectory(prefix="triage-kill-") as folder:
            report = run(Path(folder), given)
    print(json.dumps(report))
    return 1 if report["violations"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
