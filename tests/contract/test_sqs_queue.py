"""What only Amazon SQS does: batches that fail in part, receives that count, claims, groups."""

import json
from datetime import timedelta
from itertools import count

import pytest

from tests.builders import NOON
from tests.stored import REGION, a_queue
from triage.adapters.aws.dead_letters import dead_letters_of
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.aws.parcels import ATTRIBUTE, CLAIM_BYTES_MAX, TooLarge
from triage.adapters.aws.queue import EXTENSIONS_MAX, SqsQueue, _away
from triage.adapters.aws.queue_requests import QueueRequests, QueueUnusable
from triage.adapters.aws.queue_setup import problems, unfit, unwise
from triage.adapters.files.objects import FolderObjects
from triage.domain.json import digest
from triage.domain.message import Message, Rejected
from triage.stages.normalise import normalise

pytestmark = pytest.mark.slow

LEASE = 120
NAMES = count()


@pytest.fixture
def url(local_sqs):
    return a_queue(f"jobs-{next(NAMES)}")


@pytest.fixture
def claims(tmp_path):
    return FolderObjects(tmp_path / "claims")


@pytest.fixture
def opened(url, clock):
    """Open the queue as often as asked, as several workers would."""
    made = []

    def open_queue(**options):
        requests = QueueRequests.to(url, REGION, AwsLimits(attempts=1), clock)
        made.append(
            SqsQueue(requests, clock, **{"lease_seconds": LEASE, "gently": False, **options})
        )
        return made[-1]

    yield open_queue
    for queue in made:
        queue.close()


@pytest.fixture
def queue(opened, claims):
    return opened(claims=claims)


@pytest.fixture
def sqs(local_sqs):
    return local_sqs.client("sqs", region=REGION)


def take(queue, at_most=100):
    return list(queue.receive(at_most=at_most, wait_seconds=0))


def bodies(messages):
    return [message.body for message in messages]


def asked(sandbox, operation):
    return sum(one.operation == operation for one in sandbox.requests)


def later(clock, seconds):
    clock.time += timedelta(seconds=seconds, milliseconds=1)


# --- batches --------------------------------------------------------------------------------------


def test_ten_messages_go_in_a_request(queue, local_sqs):
    sent = [b"%d" % n for n in range(25)]
    assert queue.submit(sent) == 25
    messages = take(queue)
    queue.acknowledge(messages)
    assert bodies(messages) == sent
    counted = [asked(local_sqs, f"{name}MessageBatch") for name in ("Send", "Delete")]
    assert (counted, asked(local_sqs, "ReceiveMessage")) == ([3, 3], 3)


def test_a_batch_of_large_messages_is_split_by_size(queue, local_sqs):
    queue.submit([b"x" * 400_000] * 5)
    assert asked(local_sqs, "SendMessageBatch") == 3
    assert len(take(queue)) == 5


def test_what_fails_of_a_batch_is_tried_again(queue, local_sqs, clock):
    local_sqs.faults.add("half", service="sqs", operation="SendMessageBatch", times=1)
    local_sqs.faults.add("half", service="sqs", operation="DeleteMessageBatch", times=2)
    local_sqs.faults.add("half", service="sqs", operation="ChangeMessageVisibilityBatch", times=1)
    queue.submit([b"%d" % n for n in range(10)])
    queue.release(take(queue))
    messages = take(queue)
    assert sorted(bodies(messages)) == [b"%d" % n for n in range(10)]
    queue.acknowledge(messages)
    assert queue.depth() == 0


@pytest.mark.parametrize("operation", ["SendMessageBatch", "DeleteMessageBatch"])
def test_what_never_succeeds_is_an_error_and_holds_up_no_other_batch(queue, local_sqs, operation):
    if operation == "DeleteMessageBatch":
        queue.submit([b"%d" % n for n in range(20)])
    messages = take(queue)
    local_sqs.faults.add("half", service="sqs", operation=operation)
    with pytest.raises(QueueUnusable, match="InternalError"):
        queue.acknowledge(messages) if messages else queue.submit([b"%d" % n for n in range(10)])
    assert queue.depth() == (2 if messages else 9)


@pytest.mark.parametrize("kind", ["throttle", "deny", "error"])
def test_a_refusal_is_a_sentence(queue, local_sqs, kind):
    local_sqs.faults.add(kind, service="sqs")
    with pytest.raises(QueueUnusable, match=r"the queue jobs-\d+ failed to receive_message: \w+"):
        take(queue)


def test_sqs_that_is_not_there_is_a_sentence(url, clock, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    requests = QueueRequests.to(url, REGION, AwsLimits(attempts=1), clock)
    with pytest.raises(QueueUnusable, match="get_queue_attributes: EndpointConnectionError"):
        SqsQueue(requests, clock, lease_seconds=LEASE).depth()
    requests.close()


def test_the_oldest_that_waits_is_known_once_it_was_seen(queue, clock):
    queue.submit([b"1"])
    assert queue.oldest() is None
    later(clock, 60)
    take(queue)
    assert queue.oldest() == NOON
    take(queue)
    assert queue.oldest() is None


# --- how often ------------------------------------------------------------------------------------


def test_who_starts_or_fails_takes_little_and_then_ever_more(opened):
    queue = opened(gently=True)
    queue.submit([b"%d" % n for n in range(40)])
    sizes = []
    for _ in range(4):
        messages = take(queue)
        sizes.append(len(messages))
        queue.acknowledge(messages)
    failed = take(queue)
    queue.release(failed)
    assert (sizes, len(failed), len(take(queue))) == ([1, 2, 4, 8], 16, 1)


def test_a_message_that_is_given_back_stays_away_longer_each_time(queue, clock):
    assert [_away(times, LEASE) for times in range(1, 12)] == [
        *(0, 5, 10, 20, 40, 80, 160, 320, 640),
        *(900, 900),
    ]
    queue.submit([b"1"])
    queue.release(take(queue))
    queue.release(take(queue))
    later(clock, 4)
    assert take(queue) == []
    later(clock, 1)
    assert bodies(take(queue)) == [b"1"]


def test_what_kills_its_readers_is_a_dead_letter_after_ten(queue, clock):
    queue.submit([b"poison"])
    for _ in range(10):
        assert bodies(take(queue)) == [b"poison"]
        later(clock, LEASE)
    assert take(queue) == []
    assert queue.depth() == 0
    (letter,) = dead_letters_of(queue._requests, clock, None).list(at_most=10)
    assert (letter.message.body, letter.message.received, letter.problem) == (b"poison", NOON, "")


def test_slow_work_stays_hidden_while_somebody_keeps_it(queue, opened, clock):
    queue.submit([b"slow", b"done"])
    slow, done = take(queue)
    assert queue.keep() == 0
    later(clock, LEASE / 2)
    queue.acknowledge([done])
    assert queue.keep() == 1
    later(clock, LEASE / 2 + 10)
    other = opened()
    assert take(other) == []
    later(clock, LEASE / 2)
    assert bodies(take(other)) == [b"slow"]
    assert queue.keep() == 0
    queue.acknowledge([slow])
    assert queue.depth() == 1


def test_nobody_keeps_a_message_for_ever(queue, clock):
    queue.submit([b"1"])
    take(queue)
    kept = 0
    for _ in range(EXTENSIONS_MAX + 5):
        later(clock, LEASE / 2)
        kept += queue.keep()
    assert kept == EXTENSIONS_MAX
    assert bodies(take(queue)) == [b"1"]


def test_what_was_handed_out_beyond_a_batch_is_given_back_at_the_end(opened, clock):
    first, second = opened(), opened()
    first.submit([bytes([n]) * 1_000_000 for n in b"abcdefghij"])
    taken = take(first)
    assert len(taken) == 8
    assert take(second) == []
    first.close()
    assert [body[:1] for body in bodies(take(second))] == [b"i", b"j"]


def test_what_waited_too_long_here_is_left_to_others(opened, clock):
    first, second = opened(), opened()
    first.submit([bytes([n]) * 1_000_000 for n in b"abcdefghij"])
    first.acknowledge(take(first))
    later(clock, LEASE * 0.6)
    assert take(first) == []
    later(clock, LEASE * 0.6)
    assert len(take(second)) == 2


def test_dead_letters_that_sqs_does_not_answer_for_are_a_sentence(queue, clock, local_sqs):
    letters = dead_letters_of(queue._requests, clock, None)
    assert letters.progress() is None
    local_sqs.faults.add("deny", service="sqs")
    with pytest.raises(QueueUnusable, match="failed to start_message_move_task: AccessDenied"):
        letters.put_back(per_second=5)
    with pytest.raises(QueueUnusable, match="failed to get_queue_attributes: AccessDenied"):
        dead_letters_of(queue._requests, clock, None)
    local_sqs.faults.clear()
    local_sqs.faults.add("deny", service="sqs", operation="GetQueueUrl")
    with pytest.raises(QueueUnusable, match=r"the queue .*-dead failed to get_queue_url"):
        dead_letters_of(queue._requests, clock, None)


# --- groups and claims ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "group"),
    [
        (
            b'{"account": "111122223333", "detail": {"AwsAccountId": "444455556666"}}',
            "444455556666",
        ),
        (b'{"account": "111122223333", "detail": {}}', "111122223333"),
        (b'{"account": "not a number"}', None),
        (b"\0\xff", None),
    ],
)
def test_a_message_is_grouped_by_the_account_it_is_about(queue, sqs, url, body, group):
    queue.submit([body])
    wanted = {"MessageSystemAttributeNames": ["MessageGroupId"]}
    (message,) = sqs.receive_message(QueueUrl=url, **wanted)["Messages"]
    assert message.get("Attributes", {}).get("MessageGroupId") == group


def test_text_goes_as_it_is_and_what_others_send_comes_as_it_is(queue, sqs, url):
    queue.submit(['{"a": "\N{SNOWMAN}"}\n'.encode()])
    sqs.send_message(QueueUrl=url, MessageBody="from elsewhere")
    assert bodies(take(queue)) == ['{"a": "\N{SNOWMAN}"}\n'.encode(), b"from elsewhere"]


LARGE = b"x" * (1024 * 1024 + 1)


def test_what_is_too_large_is_a_claim_and_its_bytes_an_object(queue, claims):
    queue.submit([LARGE])
    (stored,) = claims.list(after="", at_most=10)
    assert (stored.key, stored.size) == (digest(LARGE), len(LARGE))
    assert bodies(take(queue)) == [LARGE]


def test_what_nothing_takes_is_refused_before_anything_is_sent(queue, opened):
    with pytest.raises(TooLarge, match=r"queue\.claims"):
        opened().submit([b"small", LARGE])
    with pytest.raises(TooLarge, match=r"the queue takes 16,777,216$"):
        queue.submit([b"small", b"x" * (CLAIM_BYTES_MAX + 1)])
    assert queue.depth() == 0


def test_a_queue_that_takes_less_gets_claims_earlier(opened, claims, local_sqs):
    url = a_queue("old", MaximumMessageSize="262144")
    opened_queue = opened(claims=claims)
    opened_queue._requests.url = url
    opened_queue.submit([b"x" * 300_000])
    assert len(claims.list(after="", at_most=10)) == 1
    assert bodies(take(opened_queue)) == [b"x" * 300_000]


def claim(**fields):
    return json.dumps({"claim": fields})


def send_claim(sqs, url, text, encoding="claim"):
    attribute = {ATTRIBUTE: {"DataType": "String", "StringValue": encoding}}
    sqs.send_message(QueueUrl=url, MessageBody=text, MessageAttributes=attribute)


GOOD = {"sha256": digest(b"hidden"), "bytes": 6}


@pytest.mark.parametrize(
    "text",
    [
        claim(**GOOD, bucket="somebody-elses"),
        claim(sha256=digest(b"hidden"), bytes=5),
        claim(sha256=digest(b"hidden"), bytes=CLAIM_BYTES_MAX + 1),
        claim(sha256=digest(b"hidden"), bytes=True),
        claim(sha256="../../../etc/passwd", bytes=6),
        claim(sha256=digest(b"swapped"), bytes=6),
        claim(**GOOD)[:-1] + ', "more": 1}',
        '["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]',
        "[]",
        "no claim",
    ],
)
def test_a_claim_that_is_not_ours_to_the_letter_is_kept_as_it_came(queue, claims, sqs, url, text):
    claims.write(digest(b"hidden"), b"hidden")
    claims.write(digest(b"swapped"), b"hidden")
    send_claim(sqs, url, text)
    (message,) = take(queue)
    assert message.body == text.encode()
    assert {type(part) for part in normalise(message).parts} == {Rejected}


def test_a_claim_that_names_other_bytes_says_so_in_quarantine(queue, claims, sqs, url):
    claims.write(digest(b"swapped"), b"hidden")
    send_claim(sqs, url, claim(sha256=digest(b"swapped"), bytes=6))
    (part,) = normalise(take(queue)[0]).parts
    expected = "a claim of bytes that are not where it says, or not what it says"
    assert (part.reason, part.foreign) == (expected, False)


def test_a_claim_whose_bytes_cannot_be_had_now_comes_again(queue, opened, claims, sqs, url, clock):
    send_claim(sqs, url, claim(**GOOD))
    assert take(queue) == []
    assert take(opened()) == []
    later(clock, 10)
    claims.write(digest(b"hidden"), b"hidden")
    assert bodies(take(queue)) == [b"hidden"]


def test_a_claim_whose_bytes_are_nowhere_is_a_dead_letter_that_says_why(queue, sqs, url, clock):
    send_claim(sqs, url, claim(**GOOD))
    for _ in range(11):
        assert take(queue) == []
        later(clock, 900)
    letters = dead_letters_of(queue._requests, clock, queue._claims)
    (letter,) = letters.list(at_most=10)
    assert letter.problem.startswith("the bytes it stands for cannot be read: ")
    assert letter.message.body == claim(**GOOD).encode()


@pytest.mark.parametrize("text", ["not base64!", "YQ", "\N{SNOWMAN}"])
def test_what_does_not_decode_is_kept_as_it_came(queue, sqs, url, text):
    send_claim(sqs, url, text, encoding="base64")
    assert bodies(take(queue)) == [text.encode()]


def test_an_encoding_nobody_knows_changes_nothing(queue, sqs, url):
    send_claim(sqs, url, "text", encoding="rot13")
    assert bodies(take(queue)) == [b"text"]


# --- oddities -------------------------------------------------------------------------------------


def test_everything_twice_and_in_no_order_is_acknowledged_all_the_same(queue, local_sqs):
    for kind in ("twice", "shuffled"):
        local_sqs.faults.add(kind, service="sqs", operation="ReceiveMessage")
    queue.submit([b"%d" % n for n in range(30)])
    got = []
    while messages := take(queue, 7):
        queue.acknowledge(messages)
        got += bodies(messages)
    assert sorted(got) == sorted([b"%d" % n for n in range(30)] * 2)
    assert queue.depth() == 0


def test_a_message_of_somebody_elses_is_not_released(queue):
    stranger = Message(id="m", body=b"", received=NOON, receipt="0" * 32)
    queue.release([stranger])
    queue.acknowledge([stranger])
    assert queue.depth() == 0


# --- is it set up right ---------------------------------------------------------------------------


def policy(receives):
    return json.dumps(
        {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:1:d", "maxReceiveCount": receives}
    )


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"RedrivePolicy": policy(10)}, ""),
        ({"RedrivePolicy": policy("9")}, "its maxReceiveCount is 9; below 10"),
        ({}, "it has no redrive policy"),
        ({"RedrivePolicy": policy(10), "FifoQueue": "true"}, "it is a FIFO queue"),
    ],
)
def test_a_queue_that_loses_or_blocks_messages_is_unfit(attributes, expected):
    found = [*unfit(attributes, LEASE), ""][0]
    assert found.startswith(expected)
    assert bool(found) is bool(expected)


def test_what_is_unwise_is_said_all_at_once(queue, sqs, url):
    assert problems(queue._requests, LEASE, unfit, unwise) == []
    worse = {
        "MaximumMessageSize": "262144",
        "MessageRetentionPeriod": "3600",
        "SqsManagedSseEnabled": "false",
        "RedrivePolicy": "",
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes=worse)
    beginnings = [
        "it has no redrive",
        "worker.lease_seconds is 3;",
        "it takes 262,144",
        "it keeps",
        "it is not encrypted",
    ]
    found = problems(queue._requests, 3, unfit, unwise)
    assert [one.startswith(start) for one, start in zip(found, beginnings, strict=True)] == [
        True
    ] * 5
