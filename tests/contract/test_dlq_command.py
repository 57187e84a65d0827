"""What people type about dead letters, against the sandbox's SQS in real time."""

import json

import pytest

from tests.desk import a_report, body, lines
from tests.stored import REGION, SteppingClock, a_queue
from triage.adapters.aws.parcels import ATTRIBUTE

pytestmark = pytest.mark.slow


@pytest.fixture
def sqs(sandbox):
    return sandbox.client("sqs", region=REGION)


@pytest.fixture
def url(sandbox, desk, monkeypatch):
    """A queue that gives up after the first time, known to the desk."""
    for name, value in sandbox.environment(region=REGION).items():
        monkeypatch.setenv(name, value)
        desk.environment[name] = value
    url = a_queue("tickets", receives=1)
    desk.environment["TRIAGE_QUEUE__URL"] = url
    return url


@pytest.fixture
def dead(url, sqs):
    """Give up on four messages: one that can be read, one that cannot, a claim, a hostile one."""
    claim = json.dumps({"claim": {"sha256": "0" * 64, "bytes": 9}})
    attribute = {ATTRIBUTE: {"DataType": "String", "StringValue": "claim"}}
    sqs.send_message(QueueUrl=url, MessageBody=body(a_report()).decode())
    sqs.send_message(QueueUrl=url, MessageBody="rubbish [red]\x1b[0m".replace("\x1b", "\x9b"))
    sqs.send_message(QueueUrl=url, MessageBody=claim, MessageAttributes=attribute)
    given_up(sqs, url, 3)
    return sqs.get_queue_url(QueueName="tickets-dead")["QueueUrl"]


def given_up(sqs, url, count):
    asked = {"QueueUrl": url, "VisibilityTimeout": 0, "MaxNumberOfMessages": 10}
    assert len(sqs.receive_message(**asked)["Messages"]) == count
    while sqs.receive_message(**asked).get("Messages"):
        pass


def waiting(sqs, url):
    asked = {"QueueUrl": url, "AttributeNames": ["ApproximateNumberOfMessages"]}
    return int(sqs.get_queue_attributes(**asked)["Attributes"]["ApproximateNumberOfMessages"])


def test_dead_letters_are_listed_with_age_reason_and_a_harmless_excerpt(desk, sqs, dead):
    said = desk.triage("dlq", "list", "-o", "jsonl")
    assert (said.code, len(said.rows)) == (0, 3)
    readable, rubbish, claim = said.rows
    assert readable["why"].startswith(
        "it can be read; whoever took it ended before it was recorded"
    )
    assert rubbish["why"].startswith("it cannot be read (")
    assert (
        claim["why"] == "the bytes it stands for cannot be read: queue.claims says nowhere to look"
    )
    assert rubbish["excerpt"] == "rubbish [red]\N{REPLACEMENT CHARACTER}[0m"
    assert {row["age (h)"] for row in said.rows} == {0.0}
    # Looking hands each out once, and gives it back.
    assert [row["handed out"] for row in desk.triage("dlq", "list", "-o", "jsonl").rows] == [
        3,
        3,
        3,
    ]
    table = desk.triage("dlq", "list")
    assert all(name in table.text for name in ("sent", "why", "excerpt", "rubbish [red]"))
    assert waiting(sqs, dead) == 3


def test_a_list_that_is_cut_says_so(desk, dead):
    said = desk.triage("dlq", "list", "--limit", "2", "-o", "jsonl")
    assert (len(said.rows), said.err) == (2, "2 of 3 in tickets-dead\n")


def test_a_rehearsal_moves_nothing(desk, sqs, url, dead):
    said = desk.triage("dlq", "redrive", "--dry-run")
    assert said.answer == (0, "", "3 dead letters in tickets-dead\n")
    assert (waiting(sqs, dead), waiting(sqs, url)) == (3, 0)


def test_nothing_is_moved_without_a_yes(desk, sqs, dead):
    said = desk.triage("dlq", "redrive", stdin=b"n\n")
    assert (said.code, waiting(sqs, dead)) == (1, 3)
    assert "Put them back on the queue?" in said.text


def test_dead_letters_go_back_with_progress(desk, sqs, url, dead):
    said = desk.triage("dlq", "redrive", "--yes", "--per-second", "2")
    assert said.code == 0
    assert said.err.splitlines()[0] == "3 dead letters in tickets-dead"
    assert said.err.splitlines()[-1] == "3 of 3 back"
    assert (waiting(sqs, dead), waiting(sqs, url)) == (0, 3)
    assert desk.triage("dlq", "list").answer == (0, "", "no dead letters\n")


@pytest.fixture
def standing(sandbox, dead):
    """No time passes while nothing moves, however slow this machine is."""
    before = sandbox.keep_time(SteppingClock(sandbox.now()))
    yield
    sandbox.keep_time(before)


def test_one_may_leave_before_they_are_back_and_not_start_twice(desk, standing):
    said = desk.triage("dlq", "redrive", "--yes", "--per-second", "1", "--no-wait")
    assert said.answer == (0, "", "3 dead letters in tickets-dead\n")
    again = desk.triage("dlq", "redrive", "--yes")
    assert again.code == 1
    assert "There is already a task running" in again.err


def test_a_move_that_ends_early_says_why(desk, sqs, dead):
    sqs.purge_queue(QueueUrl=dead)
    sqs.send_message(QueueUrl=dead, MessageBody="by hand")
    said = desk.triage("dlq", "redrive", "--yes")
    assert said.code == 1
    assert "moving ended early: CouldNotDetermineMessageSource" in said.err


def test_the_inbox_has_no_dead_letters(desk):
    said = desk.triage("dlq", "list")
    expected = "there are no dead letters: the inbox keeps every message until it is recorded"
    assert said.answer == (3, "", f"triage: {expected}\n")


def test_a_queue_without_a_redrive_policy_has_none_and_is_not_sound(desk, sqs, url):
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
    said = desk.triage("dlq", "list")
    assert (said.code, "the queue has no redrive policy" in said.err) == (3, True)
    checked = desk.triage("config", "check")
    assert "queue.url: it has no redrive policy" in checked.text + checked.err


def test_a_queue_that_is_not_there_is_a_sentence(desk, url):
    desk.environment["TRIAGE_QUEUE__URL"] = f"{url}-gone"
    checked = desk.triage("config", "check")
    expected = "queue.url: the queue tickets-gone failed to get_queue_attributes: "
    assert expected in checked.text + checked.err
    assert desk.triage("dlq", "list").code == 1


def test_messages_are_submitted_to_the_queue_that_is_set(desk, sqs, url):
    said = desk.triage("submit", "-", stdin=lines(a_report(1), a_report(2)))
    assert said.answer == (0, "", "2 on the queue\n")
    assert waiting(sqs, url) == 2


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("URL", "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs.fifo", "it is a FIFO queue"),
        ("URL", "jobs", "it is https://sqs.REGION.amazonaws.com/ACCOUNT/NAME"),
        ("URL", "http://127.0.0.1:9/111122223333/jobs", "region should name the Region"),
        ("WAIT_SECONDS", "21", "queue.wait_seconds: "),
    ],
)
def test_a_setting_that_names_no_standard_queue_is_refused(desk, name, value, sentence):
    desk.environment[f"TRIAGE_QUEUE__{name}"] = value
    said = desk.triage("config", "check")
    assert (said.code, sentence in said.text + said.err) == (3, True)
