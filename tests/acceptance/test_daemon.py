"""`triage up` and `triage worker` as processes: ready, drained, stopped, and what they say."""

import json
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.test_run_once import BAD
from tests.desk import Desk, a_report, lines

if TYPE_CHECKING:
    import subprocess

PATIENCE_SECONDS = 60
CONFIGURATION = """
[worker]
poll_seconds = 0.05
[http]
port = 0
"""
CONTACT = """
[[notify.contacts]]
name = "on call"
channel = "terminal"
"""


@dataclass
class Daemon:
    """A running daemon and where its health pages are."""

    process: "subprocess.Popen[bytes]"
    address: str

    def ask(self, page: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"{self.address}/{page}", timeout=10) as answer:  # noqa: S310 - our own address
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def metric(self, line: str) -> float:
        text = self.ask("metrics")[1].decode()
        return sum(float(row.split()[-1]) for row in text.splitlines() if row.startswith(line))

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str, list[dict[str, Any]]]:
        """Give the exit code, what was said, and the log."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, out.decode(), [json.loads(row) for row in err.splitlines()]


@contextmanager
def up(desk: Desk, *, contact: str = CONTACT, word: str = "up") -> Iterator[Daemon]:
    desk.write("triage.toml", CONFIGURATION + contact)
    process = desk.start(word)
    try:
        assert process.stdout is not None
        first = process.stdout.readline().decode()
        assert "health at http://" in first, process.stderr and process.stderr.read()
        yield Daemon(process, first.split()[-1].removesuffix("/readyz"))
    finally:
        process.kill()
        process.communicate()


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.05)


def test_it_takes_decides_tells_and_drains(desk: Desk) -> None:
    with up(desk) as daemon:
        eventually(lambda: daemon.ask("readyz")[0] == 200)
        desk.triage("halt", "--by", "alice", "--because", "drill")
        status, ready = daemon.ask("readyz")
        assert status == 200
        assert json.loads(ready)["notes"]["halted"].startswith("halted by alice since ")
        desk.triage("resume", "--by", "alice")
        assert b"halted" not in daemon.ask("readyz")[1]
        assert daemon.ask("healthz") == (200, b'{"alive": true}\n')
        desk.triage("submit", "-", stdin=lines(a_report(1, title="Help"), a_report(1)) + b"no\n")
        eventually(lambda: daemon.metric('triage_effects_total{kind="notify",outcome="done"}') == 1)
        assert daemon.metric("triage_records_total") == 3
        assert daemon.metric("triage_inbox_messages") == 0
        eventually(lambda: daemon.metric("triage_anchored_events") >= 3)
        code, said, log = daemon.stop()
    assert code == 0
    assert "Help" in said
    events = [entry["event"] for entry in log]
    assert events[:2] == ["rules.problem", "worker.started"]
    assert "audit.key" in log[0]["problem"]
    assert events[-1] == "worker.stopped"
    assert sorted(events[2:-1]) == ["case.decided", *["ticket.received"] * 3]
    assert log[-1]["drained"] is True


def test_it_is_not_ready_while_nobody_can_be_told_and_says_so(desk: Desk) -> None:
    with up(desk, contact="") as daemon:
        status, body = daemon.ask("readyz")
        assert status == 503
        assert "name at least one contact" in json.loads(body)["problems"]["notifier"]
        code, said, _ = daemon.stop()
    assert code == 0
    assert said.startswith("not ready: notify.contacts: nobody is told")


@pytest.mark.slow
def test_a_worker_has_health_pages_where_a_port_is_set(desk: Desk) -> None:
    with up(desk, word="worker") as daemon:
        assert daemon.ask("healthz")[0] == 200
        assert daemon.stop(signal.SIGINT)[0] == 0


@pytest.mark.slow
def test_a_second_signal_stops_at_once(desk: Desk) -> None:
    # The step that SIGTERM waits for: a webhook that never answers.
    with a_silent_server() as address:
        contact = CONTACT.replace('"terminal"', f'"webhook"\naddress = "{address}"')
        with up(desk, contact=contact + "[webhook]\ntimeout_seconds = 60\n") as daemon:
            desk.triage("submit", "-", stdin=lines(a_report()))
            eventually(lambda: daemon.metric("triage_decisions_total") == 1)
            time.sleep(0.5)
            daemon.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            assert daemon.process.poll() is None
            daemon.process.send_signal(signal.SIGTERM)
            assert daemon.process.wait(timeout=10) == 130


@pytest.mark.slow
def test_a_drain_that_takes_too_long_ends_at_its_bound(desk: Desk) -> None:
    with a_silent_server() as address:
        contact = CONTACT.replace('"terminal"', f'"webhook"\naddress = "{address}"')
        desk.environment["TRIAGE_WORKER__DRAIN_SECONDS"] = "0.4"
        with up(desk, contact=contact + "[webhook]\ntimeout_seconds = 60\n") as daemon:
            desk.triage("submit", "-", stdin=lines(a_report()))
            eventually(lambda: daemon.metric("triage_decisions_total") == 1)
            time.sleep(0.5)
            code, _, log = daemon.stop()
    assert code == 1
    assert log[-1]["drained"] is False


@contextmanager
def a_silent_server() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"http://127.0.0.1:{silent.getsockname()[1]}/"


def test_secrets_are_in_no_log(desk: Desk) -> None:
    desk.environment["TRIAGE_WEBHOOK__SECRET"] = "hunter2"
    with up(desk) as daemon:
        hostile = b"AKIAIOSFODNN7EXAMPLE \x1b[31m hunter\n"
        desk.triage("submit", "-", stdin=hostile + lines(a_report(id="ASIAIOSFODNN7EXAMPLE")))
        eventually(lambda: daemon.metric("triage_records_total") == 2)
        eventually(lambda: daemon.metric("triage_decisions_total") == 1)
        _, _, log = daemon.stop()
    assert len(log) >= 4
    assert not [word for word in ("hunter2", "AKIA", "ASIA", "\\u001b") if word in json.dumps(log)]


@pytest.mark.slow
def test_every_bad_message_is_quarantined_and_replayed_byte_for_byte(desk: Desk) -> None:
    with up(desk) as daemon:
        content = b"\n".join([*BAD.values(), *lines(a_report()).splitlines()])
        assert desk.triage("submit", "-", stdin=content).err == f"{len(BAD) + 1} on the inbox\n"
        quarantined = 'triage_records_total{reception="quarantined"}'
        eventually(lambda: daemon.metric(quarantined) == len(BAD))
        # The report, and the two reports that what nobody could read was turned into.
        eventually(lambda: daemon.metric("triage_decisions_total") == 3)
        entries = desk.triage("quarantine", "list", "-o", "jsonl").rows
        shown = {desk.triage("quarantine", "show", entry["id"]).out for entry in entries}
        assert shown == set(BAD.values())
        said = desk.triage("quarantine", "replay", entries[0]["id"])
        assert said.text == f"{entries[0]['id']} is on the queue again\n"
        eventually(lambda: daemon.metric(quarantined) == len(BAD) + 1)
        assert daemon.stop()[0] == 0
    # The same bytes again are the same entry, and it waits again.
    assert len(desk.triage("quarantine", "list", "--all", "-o", "jsonl").rows) == len(BAD)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("triage.toml", "[worker]\nthreads = 0\n", "worker.threads"),
        ("triage.toml", '[http]\nhost = "203.0.113.1"\n', "cannot be listened on"),
        ("triage.toml", '[paths]\npeople = "gone.toml"\nsignatures = "s.toml"\n', "gone.toml"),
        ("triage.toml", '[paths]\nplaybooks = "gone"\n', "no such folder"),
    ],
)
def test_what_keeps_it_from_starting_is_a_sentence(desk: Desk, name, content, sentence) -> None:
    desk.write(name, content)
    said = desk.triage("up")
    assert said.code == 3
    assert sentence in said.err
    assert "Traceback" not in said.err


@pytest.mark.slow
def test_a_signature_that_does_not_hold_is_logged_and_it_starts(desk: Desk) -> None:
    desk.people("alice")
    desk.environment["TRIAGE_PATHS__SIGNATURES"] = desk.write(
        "signatures.toml", "[[signature]]\nid = 'www'\n"
    )
    with up(desk) as daemon:
        code, _, log = daemon.stop()
    assert code == 0
    assert log[0]["event"] == "rules.problem"
    assert "it counts for nothing" in log[0]["problem"]
