"""Logs: events with fields, JSON off a terminal, and no secret or control character in either."""

import io
import json

import pytest
import structlog

from triage.adapters.logging.setup import HIDDEN, TEXT_MAX, configure


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored():
    yield
    structlog.reset_defaults()


def logged(stream: io.StringIO | None = None, **fields: object) -> str:
    out = stream or io.StringIO()
    configure("info", out)
    log = structlog.get_logger()
    log.debug("unheard")
    log.info("case.decided", **fields)
    return out.getvalue()


def test_off_a_terminal_a_line_is_one_json_object():
    entry = json.loads(logged(case="abc", count=2, parts=("a", {"b": None})))
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {
        "event": "case.decided",
        "level": "info",
        "case": "abc",
        "count": 2,
        "parts": ["a", {"b": None}],
    }


def test_on_a_terminal_it_is_for_people():
    said = logged(Terminal(), case="abc")
    assert "case.decided" in said
    assert not said.startswith("{")


@pytest.mark.parametrize(
    "secret",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
    ],
)
@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_what_looks_like_a_secret_is_hidden_wherever_it_is(secret, stream):
    said = logged(stream(), text=f"found {secret} here", deep=[{"below": secret}])
    assert secret not in said
    assert secret.split("\n")[-1] not in said
    assert HIDDEN in said


def test_what_is_called_a_secret_is_hidden_whatever_it_looks_like():
    entry = json.loads(logged(smtp_password="plain", nested={"session_token": ["plain"]}))
    assert (entry["smtp_password"], entry["nested"]) == (HIDDEN, {"session_token": HIDDEN})
    assert "pass@" not in logged(url="https://user:pass@example.com/")


def test_texts_are_bounded_and_harmless():
    entry = json.loads(logged(text="\x1b[31mred\u202e", long="x" * 5000))
    assert entry["text"] == "�[31mred�"
    assert len(entry["long"]) == TEXT_MAX + 1


def test_an_exception_keeps_its_traceback_without_its_secrets():
    out = io.StringIO()
    configure("info", out)
    try:
        int("AKIAIOSFODNN7EXAMPLE")
    except ValueError:
        structlog.get_logger().exception("worker.failed")
    entry = json.loads(out.getvalue())
    assert "Traceback" in entry["exception"]
    assert "AKIA" not in entry["exception"]
