"""The function that AWS Lambda runs: what it records, what it names, what it does not import."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.builders import NOON
from tests.desk import a_report, body
from tests.engines import finding
from tests.stored import REGION, a_queue
from triage import lambda_handler
from triage.adapters.aws.parcels import from_event
from triage.adapters.files.objects import FolderObjects
from triage.domain.json import digest
from triage.settings import read_settings
from triage.wiring.receiving import opened_receiver

ROOT = Path(__file__).resolve().parents[2]
QUEUE = f"arn:aws:sqs:{REGION}:111122223333:tickets"


class Context:
    """What Lambda hands over beside the event."""

    def __init__(self, left=30_000):
        self._left = left

    def get_remaining_time_in_millis(self):
        return self._left


def a_record(name, text, encoding=""):
    attribute = {"stringValue": encoding, "dataType": "String", "binaryListValues": []}
    return {
        "messageId": name,
        "receiptHandle": f"receipt of {name}",
        "body": text,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(round(NOON.timestamp() * 1000)),
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": str(round(NOON.timestamp() * 1000)),
        },
        "messageAttributes": {"TriageEncoding": attribute} if encoding else {},
        "md5OfBody": "0" * 32,
        "eventSource": "aws:sqs",
        "eventSourceARN": QUEUE,
        "awsRegion": REGION,
    }


def an_event(*records):
    return {"Records": list(records)}


def a_batch(*bodies):
    return an_event(*(a_record(f"m{n}", text.decode()) for n, text in enumerate(bodies)))


@pytest.fixture
def environment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRIAGE_PATHS__DATA", str(tmp_path))
    monkeypatch.setenv("TRIAGE_QUEUE__CLAIMS", str(tmp_path / "claims"))


@contextmanager
def receiving(monkeypatch, lines):
    with opened_receiver(read_settings().settings, lines.append) as receiver:
        monkeypatch.setattr(lambda_handler, "_receiver", lambda: receiver)
        yield receiver


@pytest.fixture
def lines():
    return []


@pytest.fixture
def receiver(environment, monkeypatch, lines):
    with receiving(monkeypatch, lines) as made:
        yield made


def handle(event, left=30_000):
    return lambda_handler.handler(event, Context(left))


def named(answer):
    return {one["itemIdentifier"] for one in answer["batchItemFailures"]}


def test_what_was_delivered_is_recorded_and_waits_for_a_worker(receiver, lines):
    answer = handle(a_batch(finding("one"), finding("two"), b"rubbish"))
    assert answer == {"batchItemFailures": []}
    assert receiver.world.cases.count() == {"received": 2, "due": 2}
    assert receiver.world.quarantine.count() == 1
    counted = [json.loads(line) for line in lines]
    assert [(one.get("Reception"), one["Records"]) for one in counted] == [
        ("new", 2),
        ("quarantined", 1),
    ]
    assert counted[0]["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "Triage",
            "Dimensions": [["Reception"]],
            "Metrics": [{"Name": "Records", "Unit": "Count"}],
        }
    ]


def test_a_batch_that_comes_again_changes_nothing(receiver):
    handle(a_batch(finding("one")))
    handle(a_batch(finding("one"), finding("one")))
    assert receiver.world.cases.count() == {"received": 1, "due": 1}


def test_a_ticket_is_received_when_it_was_sent(receiver):
    handle(a_batch(body(a_report())))
    (claim,) = receiver.world.cases.claim(now=NOON, owner="test", at_most=5, lease_seconds=60)
    assert claim.case.view.received == NOON


def test_exactly_what_could_not_be_recorded_is_named(receiver, monkeypatch):
    real = receiver.world.cases.receive

    def refusing(batch, admit):
        if any(b"poison" in parsed.message.body for parsed in batch):
            raise OSError("no")
        return real(batch, admit)

    monkeypatch.setattr(receiver.world.cases, "receive", refusing)
    batch = [finding(f"n{n}") for n in range(10)]
    batch[3], batch[8] = finding("poison"), finding("poison-2")
    assert named(handle(a_batch(*batch))) == {"m3", "m8"}
    assert receiver.world.cases.count() == {"received": 8, "due": 8}


def test_without_time_left_all_that_failed_together_is_named(receiver, monkeypatch, capsys):
    def failing(batch, admit):
        raise OSError("the store is down")

    monkeypatch.setattr(receiver.world.cases, "receive", failing)
    assert named(handle(a_batch(finding("one"), finding("two")), left=1_000)) == {"m0", "m1"}
    (line,) = capsys.readouterr().err.splitlines()
    expected = {"event": "batch.failed", "messages": 2, "why": "OSError: the store is down"}
    assert json.loads(line) == expected
    assert named(handle(a_batch(finding("one"), finding("two")))) == {"m0", "m1"}


def test_a_claim_that_cannot_be_had_is_named_and_holds_up_no_other(receiver, tmp_path, capsys):
    missing = json.dumps({"claim": {"sha256": "0" * 64, "bytes": 9}})
    large = finding("large")
    FolderObjects(tmp_path / "claims").write(digest(large), large)
    there = json.dumps({"claim": {"sha256": digest(large), "bytes": len(large)}})
    event = an_event(
        a_record("missing", missing, "claim"),
        a_record("there", there, "claim"),
        a_record("binary", "AP8=\n", "base64"),
    )
    assert named(handle(event)) == {"missing"}
    assert "message.unclaimed" in capsys.readouterr().err
    assert receiver.world.cases.count() == {"received": 1, "due": 1}
    (kept,) = receiver.world.quarantine.list()
    assert receiver.world.quarantine.show(kept.id)[1] == b"\0\xff"


def test_who_was_heard_of_is_written_down(receiver):
    event = {"version": "0", "detail-type": "Security Hub Findings - Imported"}
    event |= {"source": "aws.securityhub", "region": REGION, "account": "111122223333"}
    event |= {"detail": {"findings": [json.loads(finding())]}}
    handle(a_batch(body(event)))
    (heard,) = receiver.listener.hearings.all()
    assert (heard.lookout.source, heard.lookout.region) == ("securityhub", REGION)


def test_notes_that_cannot_be_written_down_make_no_message_come_again(
    receiver, monkeypatch, capsys
):
    monkeypatch.setattr(receiver.listener.hearings, "heard", lambda *_: 1 / 0)
    assert named(handle(a_batch(finding()))) == set()
    assert "upkeep.failed" in capsys.readouterr().err


def test_a_canary_that_comes_back_is_no_ticket(receiver):
    receiver.listener.canaries.sent(a_canary())
    handle(a_batch(b'{"triage":{"canary":"c1"}}'))
    assert receiver.listener.canaries.newest().arrived == NOON
    assert receiver.world.cases.count()["due"] == 0


def a_canary():
    from triage.domain.hearing import Canary  # noqa: PLC0415 - used here alone

    return Canary(id="c1", sent=NOON, due=NOON)


@pytest.mark.parametrize("event", [{}, {"Records": "x"}, {"Records": [{"eventSource": "aws:s3"}]}])
def test_an_event_of_another_kind_fails_loudly(receiver, event):
    with pytest.raises(lambda_handler.NotFromSqs):
        handle(event)


def test_what_claims_a_detector_and_cannot_be_read_is_reported_on_the_queue(
    sandbox, environment, monkeypatch, lines
):
    for name, value in sandbox.environment(region=REGION).items():
        monkeypatch.setenv(name, value)
    url = a_queue("tickets")
    monkeypatch.setenv("TRIAGE_QUEUE__URL", url)
    with receiving(monkeypatch, lines):
        assert named(handle(a_batch(b'{"source": "aws.guardduty", "detail": '))) == set()
    sqs = sandbox.client("sqs", region=REGION)
    (report,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert "GuardDuty may have said something" in report["Body"]
    assert any('"Claim":"GuardDuty"' in line for line in lines)


def test_a_record_of_the_event_is_read_as_the_api_would_tell_it():
    delivery = from_event(a_record("m1", "text", "base64"))
    assert (delivery.id, delivery.text, delivery.encoding) == ("m1", "text", "base64")
    assert (delivery.sent, delivery.times, delivery.receipt) == (NOON, 1, "receipt of m1")


HEAVY = {
    *("sklearn", "moto", "flask", "typer", "rich", "alembic", "boto3", "botocore"),
    *("structlog", "prometheus_client", "httpx2", "cryptography", "numpy", "psycopg"),
}
SCRIPT = """
import json, sys
from triage import lambda_handler
class Context:
    get_remaining_time_in_millis = staticmethod(lambda: 30_000)
answer = lambda_handler.handler(json.loads(sys.argv[1]), Context())
print(json.dumps([answer, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def test_a_batch_is_recorded_without_anything_heavy_being_imported(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(a_batch(finding()))],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TRIAGE_PATHS__DATA": str(tmp_path)},  # noqa: TID251 - a child starts from ours
        capture_output=True,
        check=True,
    )
    answer, imported = json.loads(done.stdout.splitlines()[-1])
    assert answer == {"batchItemFailures": []}
    assert HEAVY & set(imported) == set()
