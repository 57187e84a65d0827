"""SQS of the sandbox, driven by a real boto3 client over HTTP on a clock that steps."""

import json
from datetime import timedelta
from itertools import islice

import pytest
from botocore.exceptions import ClientError

from tests.builders import NOON
from tests.stored import REGION

ACCOUNT = "111111111111"
ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:"


@pytest.fixture
def sqs(local_sqs):
    return local_sqs.client("sqs", region=REGION)


@pytest.fixture
def url(sqs):
    return sqs.create_queue(QueueName="jobs")["QueueUrl"]


def send(sqs, url, *bodies, **more):
    entries = [{"Id": str(n), "MessageBody": body, **more} for n, body in enumerate(bodies)]
    return sqs.send_message_batch(QueueUrl=url, Entries=entries)


def take(sqs, url, **asked):
    asked = {"MaxNumberOfMessages": 10, "MessageSystemAttributeNames": ["All"], **asked}
    return sqs.receive_message(QueueUrl=url, **asked).get("Messages", [])


def bodies(messages):
    return [one["Body"] for one in messages]


def attributes(sqs, url, *names):
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names))["Attributes"]


def with_dead_letters(sqs, url, most=2):
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    policy = json.dumps({"deadLetterTargetArn": f"{ARN}dead", "maxReceiveCount": most})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})
    return dead


def code(refused):
    return refused.value.response["Error"]["Code"]


def test_a_queue_is_made_once_found_listed_and_deleted(sqs, url):
    assert url == f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"
    assert sqs.create_queue(QueueName="jobs")["QueueUrl"] == url
    with pytest.raises(ClientError) as refused:
        sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "7"})
    assert code(refused) == "QueueAlreadyExists"
    others = [sqs.create_queue(QueueName=f"other-{n}")["QueueUrl"] for n in range(3)]
    assert sqs.list_queues(QueueNamePrefix="other")["QueueUrls"] == others
    page = sqs.list_queues(MaxResults=3)
    assert sqs.list_queues(MaxResults=3, NextToken=page["NextToken"])["QueueUrls"] == others[2:]
    assert sqs.get_queue_url(QueueName="jobs")["QueueUrl"] == url
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(ClientError) as refused:
        sqs.get_queue_url(QueueName="jobs")
    assert code(refused) == "AWS.SimpleQueueService.NonExistentQueue"


@pytest.mark.parametrize("name", ["a/b", "x" * 81, ""])
def test_a_name_that_sqs_would_not_take_is_refused(sqs, name):
    with pytest.raises(ClientError) as refused:
        sqs.create_queue(QueueName=name)
    assert code(refused) == "InvalidParameterValue"


def test_a_fifo_queue_is_said_to_be_missing_here(sqs):
    with pytest.raises(ClientError) as refused:
        sqs.create_queue(QueueName="jobs.fifo")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_attributes_are_set_and_taken_away(sqs, url):
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": "{}", "VisibilityTimeout": "5"})
    assert attributes(sqs, url, "Policy", "VisibilityTimeout", "KmsMasterKeyId") == {
        "Policy": "{}",
        "VisibilityTimeout": "5",
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    assert "Policy" not in attributes(sqs, url, "All")
    assert attributes(sqs, url, "QueueArn") == {"QueueArn": f"{ARN}jobs"}


@pytest.mark.parametrize(
    "policy",
    ["no", "{}", json.dumps({"deadLetterTargetArn": f"{ARN}none", "maxReceiveCount": 3})],
)
def test_a_redrive_policy_that_leads_nowhere_is_refused(sqs, url, policy):
    with pytest.raises(ClientError) as refused:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})
    assert code(refused) == "InvalidParameterValue"


def test_a_message_comes_back_with_what_is_known_of_it(sqs, url, clock):
    told = {"Kind": {"DataType": "String", "StringValue": "x"}}
    sent = sqs.send_message(
        QueueUrl=url, MessageBody="one", MessageAttributes=told, MessageGroupId=ACCOUNT
    )
    clock.wait(2)
    (message,) = take(sqs, url, MessageAttributeNames=["All"])
    millis = round(NOON.timestamp() * 1000)
    assert message["MessageId"] == sent["MessageId"]
    assert message["MessageAttributes"] == told
    assert message["Attributes"] == {
        "SentTimestamp": str(millis),
        "ApproximateReceiveCount": "1",
        "ApproximateFirstReceiveTimestamp": str(millis + 2000),
        "MessageGroupId": ACCOUNT,
    }


def test_what_is_delayed_or_in_flight_is_hidden_and_counted(sqs, url, clock):
    send(sqs, url, "ready", "taken")
    send(sqs, url, "later", DelaySeconds=60)
    take(sqs, url, MaxNumberOfMessages=1)
    counted = attributes(sqs, url, "All")
    names = ("", "NotVisible", "Delayed")
    assert [counted[f"ApproximateNumberOfMessages{name}"] for name in names] == ["1", "1", "1"]
    clock.time += timedelta(seconds=61)
    assert sorted(bodies(take(sqs, url))) == ["later", "ready", "taken"]


def test_visibility_is_counted_from_the_change(sqs, url, clock):
    send(sqs, url, "one")
    (message,) = take(sqs, url)
    clock.time += timedelta(seconds=29)
    handle = message["ReceiptHandle"]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=30)
    clock.time += timedelta(seconds=30)
    assert take(sqs, url) == []
    clock.time += timedelta(seconds=1)
    assert bodies(take(sqs, url)) == ["one"]
    with pytest.raises(ClientError) as refused:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    assert code(refused) == "AWS.SimpleQueueService.MessageNotInflight"


def test_a_receipt_of_an_earlier_time_deletes_nothing(sqs, url, clock):
    send(sqs, url, "one")
    (early,) = take(sqs, url)
    clock.time += timedelta(seconds=31)
    (late,) = take(sqs, url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=early["ReceiptHandle"])
    clock.time += timedelta(seconds=31)
    assert bodies(take(sqs, url)) == ["one"]
    with pytest.raises(ClientError) as refused:
        sqs.delete_message(QueueUrl=url, ReceiptHandle="forged")
    assert code(refused) == "ReceiptHandleIsInvalid"
    assert late["ReceiptHandle"] != early["ReceiptHandle"]


def test_what_was_received_too_often_is_a_dead_letter(sqs, url):
    dead = with_dead_letters(sqs, url)
    send(sqs, url, "poison")
    for _ in range(2):
        (message,) = take(sqs, url)
        handle = message["ReceiptHandle"]
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    assert take(sqs, url) == []
    (letter,) = take(sqs, dead)
    assert (letter["Body"], letter["MessageId"]) == ("poison", message["MessageId"])
    assert letter["Attributes"]["DeadLetterQueueSourceArn"] == f"{ARN}jobs"
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]


@pytest.fixture
def dead(sqs, url):
    """Three dead letters."""
    dead = with_dead_letters(sqs, url, most=1)
    send(sqs, url, "1", "2", "3")
    take(sqs, url, VisibilityTimeout=0)
    return dead


def test_dead_letters_are_moved_back_at_the_rate_that_was_asked(sqs, url, dead, clock):
    clock.wait(0.01)
    assert take(sqs, url) == []
    sqs.start_message_move_task(SourceArn=f"{ARN}dead", MaxNumberOfMessagesPerSecond=1)
    with pytest.raises(ClientError, match="already a task running"):
        sqs.start_message_move_task(SourceArn=f"{ARN}dead")
    clock.wait(2)
    (task,) = sqs.list_message_move_tasks(SourceArn=f"{ARN}dead")["Results"]
    moved = "ApproximateNumberOfMessagesMoved"
    assert (task["Status"], task[moved], "TaskHandle" in task) == ("RUNNING", 2, True)
    clock.wait(1)
    (task,) = sqs.list_message_move_tasks(SourceArn=f"{ARN}dead")["Results"]
    assert (task["Status"], task[moved], "TaskHandle" in task) == ("COMPLETED", 3, False)
    back = take(sqs, url)
    assert bodies(back) == ["1", "2", "3"]
    assert {one["Attributes"]["ApproximateReceiveCount"] for one in back} == {"1"}


def test_a_move_can_be_stopped_and_a_finished_one_cannot(sqs, url, dead, clock):
    clock.wait(0.01)
    take(sqs, url)
    task = sqs.start_message_move_task(SourceArn=f"{ARN}dead", MaxNumberOfMessagesPerSecond=1)
    clock.wait(1)
    stopped = sqs.cancel_message_move_task(TaskHandle=task["TaskHandle"])
    assert stopped["ApproximateNumberOfMessagesMoved"] == 1
    clock.wait(5)
    assert bodies(take(sqs, dead)) == ["2", "3"]
    with pytest.raises(ClientError) as refused:
        sqs.cancel_message_move_task(TaskHandle=task["TaskHandle"])
    assert code(refused) == "ResourceNotFoundException"


def test_a_move_ends_where_nobody_knows_the_way_back(sqs, url, dead, clock):
    send(sqs, dead, "sent here by hand")
    sqs.start_message_move_task(SourceArn=f"{ARN}dead")
    clock.wait(5)
    (task,) = sqs.list_message_move_tasks(SourceArn=f"{ARN}dead")["Results"]
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert bodies(take(sqs, dead)) == ["sent here by hand"]


@pytest.mark.parametrize("name", ["jobs", "none"])
def test_only_dead_letters_are_moved(sqs, url, name):
    with pytest.raises(ClientError):
        sqs.start_message_move_task(SourceArn=ARN + name)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], "AWS.SimpleQueueService.EmptyBatchRequest"),
        ([("1", "x")] * 2, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
        ([("a b", "x")], "AWS.SimpleQueueService.InvalidBatchEntryId"),
        ([(str(n), "x") for n in range(11)], "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
        (
            [("1", "x" * 2**19), ("2", "x" * 2**19 + "y")],
            "AWS.SimpleQueueService.BatchRequestTooLong",
        ),
    ],
)
def test_a_batch_that_sqs_would_not_take_is_refused(sqs, url, entries, expected):
    named = [{"Id": name, "MessageBody": body} for name, body in entries]
    with pytest.raises(ClientError) as refused:
        sqs.send_message_batch(QueueUrl=url, Entries=named)
    assert code(refused) == expected


def test_one_bad_entry_fails_alone(sqs, url):
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "1024"})
    answer = send(sqs, url, "good", "not \0 text", "x" * 1025, "")
    assert [one["Id"] for one in answer["Successful"]] == ["0"]
    assert [(one["Id"], one["Code"], one["SenderFault"]) for one in answer["Failed"]] == [
        ("1", "InvalidMessageContents", True),
        ("2", "InvalidParameterValue", True),
        ("3", "InvalidMessageContents", True),
    ]


@pytest.mark.parametrize(
    "asked", [{"MaxNumberOfMessages": 11}, {"WaitTimeSeconds": 21}, {"VisibilityTimeout": 43201}]
)
def test_more_than_sqs_allows_is_refused(sqs, url, asked):
    with pytest.raises(ClientError) as refused:
        take(sqs, url, **asked)
    assert code(refused) == "InvalidParameterValue"


def test_a_long_poll_ends_when_there_is_something_or_the_time_is_up(sqs, url, clock):
    send(sqs, url, "soon", DelaySeconds=3)
    assert bodies(take(sqs, url, WaitTimeSeconds=20)) == ["soon"]
    assert timedelta(seconds=3) <= clock.time - NOON < timedelta(seconds=4)
    before = clock.time
    assert take(sqs, url, WaitTimeSeconds=7) == []
    assert clock.time - before == timedelta(seconds=7)


def test_on_request_everything_comes_twice_and_in_no_order(sqs, url, local_sqs):
    for kind in ("twice", "shuffled"):
        local_sqs.faults.add(kind, service="sqs", operation="ReceiveMessage")
    sent = [str(n) for n in range(40)]
    for start in range(0, 40, 10):
        send(sqs, url, *sent[start : start + 10])
    got = [body for _ in islice(iter(int, 1), 8) for body in bodies(take(sqs, url))]
    assert sorted(got) == sorted(sent * 2)
    assert got != sorted(got, key=int)
    assert take(sqs, url) == []


def test_a_purged_queue_is_empty(sqs, url):
    send(sqs, url, "1", "2")
    take(sqs, url, MaxNumberOfMessages=1)
    sqs.purge_queue(QueueUrl=url)
    assert (take(sqs, url), sqs.list_queue_tags(QueueUrl=url).get("Tags", {})) == ([], {})
