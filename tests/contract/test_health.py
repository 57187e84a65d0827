"""The health pages over a real socket, and the counters behind /metrics."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest

from triage import __version__
from triage.adapters.prometheus.metrics import PrometheusMetrics
from triage.web import health as pages
from triage.web.health import Health, HealthServer


@contextmanager
def served(**problems: str) -> Iterator[tuple[str, PrometheusMetrics]]:
    metrics = PrometheusMetrics()
    health = Health(
        checks={name: lambda problem=problem: problem for name, problem in problems.items()},
        registry=metrics.registry,
        refresh=lambda: metrics.queue(messages=3, oldest_seconds=60, dead=0),
    )
    server = HealthServer(health, "127.0.0.1", 0)
    try:
        yield urlsplit(server.address).netloc, metrics
    finally:
        server.close()


def ask(place: str, path: str, method: str = "GET") -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection(place, timeout=10)) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status, answer.read()


def test_it_is_alive_and_says_which_version():
    with served() as (place, _):
        assert ask(place, "/healthz") == (200, b'{"alive": true}\n')
        assert json.loads(ask(place, "/version")[1]) == {"version": __version__}


def test_it_is_ready_only_when_every_check_is_content():
    with served(store="", inbox="") as (place, _):
        status, body = ask(place, "/readyz")
        assert (status, json.loads(body)) == (200, {"ready": True, "problems": {}})
    with served(store="", notifier="nobody is told") as (place, _):
        status, body = ask(place, "/readyz")
        expected = {"ready": False, "problems": {"notifier": "nobody is told"}}
        assert (status, json.loads(body)) == (503, expected)


def test_pages_are_only_read_and_unknown_ones_say_which_there_are():
    with served() as (place, _):
        assert ask(place, "/healthz", "POST")[0] == 405
        status, body = ask(place, "/nothing")
        assert status == 404
        assert json.loads(body) == {"pages": ["/healthz", "/readyz", "/metrics", "/version"]}
        assert ask(place, "/healthz", "HEAD") == (200, b"")


def test_metrics_count_what_happened_and_look_at_the_backlog_when_asked():
    with served() as (place, metrics):
        metrics.received("new")
        metrics.received("new")
        metrics.decided("close", "proof", 0.2)
        metrics.effect("notify", "done")
        metrics.read("s3.public_access", "failed")
        metrics.failed("decide")
        lines = ask(place, "/metrics")[1].decode().splitlines()
    for line in (
        'triage_records_total{reception="new"} 2.0',
        'triage_decisions_total{decision="close",ground="proof"} 1.0',
        'triage_receipt_to_decision_seconds_bucket{le="0.25"} 1.0',
        'triage_effects_total{kind="notify",outcome="done"} 1.0',
        'triage_reads_total{kind="s3.public_access",outcome="failed"} 1.0',
        'triage_failures_total{part="decide"} 1.0',
        "triage_inbox_messages 3.0",
        "triage_oldest_message_seconds 60.0",
    ):
        assert line in lines


def test_a_client_that_says_nothing_holds_up_no_other(monkeypatch):
    monkeypatch.setattr(pages._Quiet, "timeout", 0.5)
    with served() as (place, _), socket.create_connection(_address(place)) as silent:
        assert ask(place, "/healthz")[0] == 200
        silent.settimeout(10)
        assert silent.recv(1) == b""


def test_nonsense_on_the_socket_is_no_traceback(capfd):
    with served() as (place, _):
        with socket.create_connection(_address(place)) as other:
            other.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
            other.settimeout(10)
            other.recv(100)
        assert ask(place, "/healthz")[0] == 200
    assert capfd.readouterr() == ("", "")


def test_an_address_that_is_taken_is_an_error():
    with served() as (place, _), pytest.raises(OSError, match="in use"):
        HealthServer(
            Health(checks={}, registry=PrometheusMetrics().registry, refresh=lambda: None),
            *_address(place),
        )


def _address(place: str) -> tuple[str, int]:
    host, _, port = place.partition(":")
    return host, int(port)
