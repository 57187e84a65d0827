"""Claims about packed, joined and nested messages: bounded, and no part spoils another."""

import base64
import gzip
import json
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOON
from tests.examples import examples
from triage.domain.json import digest
from triage.domain.message import Message, Rejected
from triage.domain.ticket import Ticket
from triage.intake.bounds import MESSAGE_BYTES_MAX, RECORDS_MAX
from triage.intake.notice import notice
from triage.intake.packed import MEMBERS_MAX, UNPACKED_BYTES_MAX, Budget, unpack
from triage.stages.normalise import normalise
from triage.stages.reread import reread


def parts(body: bytes) -> tuple[Ticket | Rejected, ...]:
    return normalise(Message(id="m", body=body, received=NOON)).parts


def reasons(body: bytes) -> list[str]:
    return [part.reason if isinstance(part, Rejected) else "ticket" for part in parts(body)]


def a_line(number: int = 1, **changes: Any) -> bytes:
    event = {
        "timestamp": "2026-11-20T09:01:01.000000+0000",
        "event_type": "alert",
        "src_ip": "10.0.3.17",
        "dest_ip": "203.0.113.9",
        "alert": {"signature_id": number, "signature": f"S{number}", "severity": 1},
    }
    return json.dumps({"firewall_name": "edge", "event": {**event, **changes}}).encode()


def packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()


def a_subscription(*messages: str) -> dict[str, Any]:
    return {
        "messageType": "DATA_MESSAGE",
        "owner": "444455556666",
        "logGroup": "/firewall",
        "logEvents": [{"id": str(n), "message": text} for n, text in enumerate(messages)],
    }


def delivered(data: bytes) -> bytes:
    records = [{"recordId": "1", "data": base64.b64encode(data).decode()}]
    stream = "arn:aws:firehose:eu-west-1:444455556666:deliverystream/d"
    return json.dumps({"deliveryStreamArn": stream, "records": records}).encode()


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = packed(b"0" * (UNPACKED_BYTES_MAX + 1))
    assert len(bomb) < 20_000
    assert reasons(json.dumps({"awslogs": {"data": bomb}}).encode()) == [
        "awslogs.data: unpacks to more than 8,388,608 bytes; split it and submit the parts"
    ]


def test_many_small_bombs_share_one_budget():
    half = packed(b" " * (UNPACKED_BYTES_MAX // 2) + b"{}")
    records = [{"recordId": str(n), "data": half} for n in range(3)]
    found = reasons(json.dumps({"records": records}).encode())
    assert [reason.startswith("the record's data: unpacks to more") for reason in found] == [
        False,
        True,
        True,
    ]


def test_a_bomb_in_a_bomb_ends_at_the_depth_of_wrappers():
    body: dict[str, Any] = {"records": []}
    for _ in range(12):
        body = {"awslogs": {"data": packed(json.dumps(body).encode())}}
    assert reasons(json.dumps(body).encode()) == ["wrapped more than 8 times over"]


def test_an_event_that_would_be_written_down_thousands_of_times_is_refused():
    event = {"detail-type": "Security Hub Findings - Imported", "resources": ["x" * 400_000]}
    body = json.dumps({**event, "detail": {"findings": [{}] * 1000}}).encode()
    assert reasons(body) == [
        "its records opened come to more than 16,777,216 bytes; split it and submit the parts"
    ]


def test_gzip_members_one_after_another_are_one_text_and_bounded():
    two = gzip.compress(b'{"a"') + gzip.compress(b":1}")
    assert unpack(base64.b64encode(two).decode(), Budget()) == b'{"a":1}'
    many = base64.b64encode(gzip.compress(b"") * (MEMBERS_MAX + 1)).decode()
    (reason,) = reasons(json.dumps({"awslogs": {"data": many}}).encode())
    assert "unpacks to more than" in reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("%%%", "awslogs.data: not base64"),
        ("é", "awslogs.data: not base64"),
        (base64.b64encode(b"\x1f\x8bjunk").decode(), "awslogs.data: damaged gzip"),
        (packed(b'{"a": 1}')[:-12], "awslogs.data: damaged gzip: it ends too early"),
        (packed(b"hello"), "awslogs.data: not JSON"),
        (packed(b"\xff\xfe"), "awslogs.data: not UTF-8"),
        (packed(b""), "awslogs.data: empty"),
    ],
)
def test_junk_is_kept_with_what_is_wrong_with_it(data, reason):
    (found,) = reasons(json.dumps({"awslogs": {"data": data}}).encode())
    assert found.startswith(reason)


def test_one_bad_log_line_spoils_none_of_the_others():
    logs = a_subscription(a_line(1).decode(), "REPORT RequestId: 1", a_line(2).decode())
    found = reasons(json.dumps(logs).encode())
    assert found[0] == found[2] == "ticket"
    assert found[1].startswith("logEvents: not JSON")


def test_a_log_line_keeps_whose_log_it_was_when_read_again():
    logs = json.dumps(a_subscription(a_line(1).decode(), a_line(2).decode())).encode()
    parsed = normalise(Message(id="m", body=logs, received=NOON))
    again = [reread(body, NOON) for _, body in parsed.bodies]
    assert again == list(parsed.parts)
    assert {part.account for part in again} == {"444455556666"}
    assert {digest(body) for _, body in parsed.bodies} == {part.body for part in again}


def test_lines_and_joined_records_and_pretty_ones_are_all_read():
    assert reasons(a_line(1) + b"\n\n" + a_line(2) + b"\n") == ["ticket", "ticket"]
    assert reasons(a_line(1) + a_line(2)) == ["ticket", "ticket"]
    pretty = json.dumps(json.loads(a_line(1)), indent=1).encode()
    assert reasons(pretty + b"\n" + pretty) == ["ticket", "ticket"]
    assert reasons(delivered(a_line(1) + a_line(2) + b"\n" + a_line(3))) == ["ticket"] * 3


def test_a_record_cut_off_at_the_end_of_a_batch_spoils_none_before_it():
    assert reasons(a_line(1) + a_line(2)[:-9])[0] == "ticket"
    assert reasons(delivered(a_line(1) + a_line(2)[:-9]))[0] == "ticket"


def test_brackets_and_quotes_inside_texts_do_not_cut_records():
    odd = a_line(1, note='}{"]\\"{\\')
    assert reasons(odd + odd) == ["ticket", "ticket"]


def test_a_lone_broken_document_is_one_part_with_its_own_reason():
    assert reasons(a_line(1)[:-1]) == ["not JSON: unexpected end of data (line 1, column 220)"]
    assert len(reasons(b'{"a": [\n{},\n{},\n')) == 1


def test_more_lines_than_records_are_refused_whole():
    (reason,) = reasons(b"\n".join([b"{}"] * (RECORDS_MAX + 1)))
    assert reason == "more than 2,000 records in one message; split it and submit the parts"
    (reason,) = reasons(b"{}" * (RECORDS_MAX + 1))
    assert reason == "more than 2,000 records in one message; split it and submit the parts"


def test_a_record_too_large_to_be_read_again_alone_is_refused():
    huge = a_line(1, note="x" * MESSAGE_BYTES_MAX)
    body = json.dumps({"awslogs": {"data": packed(huge + b"\n" + a_line(2))}}).encode()
    found = reasons(body)
    assert found[0].endswith("bytes; at most 1,048,576 (1 MiB) are read")
    assert found[1] == "ticket"


@pytest.mark.parametrize(
    "hostile",
    [
        b'"' * 400_000,
        b'\\"' * 400_000,
        b'{"' + b'\\"' * 400_000 + b"\\",
        b"{" * 400_000,
        b"}" * 400_000,
        b"StackId='" + b"\nA='" * 200_000,
        b"[]" * 400_000,
        b"\n{" * 300_000,
    ],
    ids=range(8),
)
def test_hostile_bodies_are_refused_without_much_work(hostile):
    assert all(isinstance(part, Rejected) for part in parts(hostile))


def test_our_own_wrapper_believes_only_short_texts():
    around = {"account": "444455556666", "region": ["x"], "time": "y" * 600, "else": "z"}
    (part,) = parts(json.dumps({"around": around, "record": json.loads(a_line(1))}).encode())
    assert isinstance(part, Ticket)
    assert (part.account, part.region) == ("444455556666", None)


def test_what_an_event_says_itself_outranks_what_is_around_it():
    event = {"detail-type": "AWS Health Event", "source": "aws.health", "account": "111122223333"}
    detail = {"eventArn": "arn:aws:health:global::event/X/1", "eventTypeCode": "AWS_X_Y"}
    logs = a_subscription(json.dumps({**event, "detail": detail}))
    (part,) = parts(json.dumps(logs).encode())
    assert isinstance(part, Ticket)
    assert part.account == "111122223333"


def test_an_event_with_many_details_is_many_events():
    event = {"detail-type": "AWS Health Event", "source": "aws.health", "account": "111122223333"}
    detail = {"eventArn": "arn:aws:health:global::event/X/1", "eventTypeCode": "AWS_X_Y"}
    assert reasons(json.dumps({**event, "detail": [detail, 7]}).encode()) == [
        "ticket",
        'a "AWS Health Event" event without detail',
    ]


def test_an_answer_of_lookup_events_is_its_records():
    record = {"eventVersion": "1.11", "eventName": "StopLogging", "eventID": "e-1"}
    record |= {"eventSource": "cloudtrail.amazonaws.com", "recipientAccountId": "111122223333"}
    answer = {"Events": [{"EventId": "e-1", "CloudTrailEvent": json.dumps(record)}]}
    (part,) = parts(json.dumps(answer).encode())
    assert isinstance(part, Ticket)
    assert (part.type, part.native_id) == ("cloudtrail:StopLogging", "e-1")


def test_a_detail_that_is_no_json_is_still_an_event():
    event = {"detail-type": "AWS Health Event", "source": "aws.health", "detail": "hello"}
    assert reasons(json.dumps(event).encode()) == ['a "AWS Health Event" event without detail']


FIELD = st.sampled_from(["StackId", "ResourceStatus", "ResourceStatusReason", "Timestamp"])


@given(reason=st.text(max_size=60), name=FIELD, value=st.text(string.ascii_letters, max_size=8))
def test_no_text_of_others_ever_speaks_for_the_service(reason, name, value):
    said = f"{reason}'\n{name}='{value}"
    text = (
        f"StackId='arn:aws:cloudformation:eu-west-1:444455556666:stack/s/1'\n"
        f"Timestamp='2026-11-20T09:15:00Z'\nResourceProperties='{said}'\n"
        f"ResourceStatus='CREATE_FAILED'\nResourceStatusReason='{said}'\n"
    )
    found = notice(text.encode("utf-8", "replace"))
    if found is not None:
        assert found["StackId"] == "arn:aws:cloudformation:eu-west-1:444455556666:stack/s/1"
        assert found["Timestamp"] == "2026-11-20T09:15:00Z"
        assert found.get("ResourceStatus") in {None, "CREATE_FAILED"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)
WRAPS = (
    lambda text: json.dumps({"Type": "Notification", "Message": text}),
    lambda text: json.dumps({"body": text}),
    lambda text: json.dumps({"awslogs": {"data": packed(text.encode())}}),
    lambda text: json.dumps(a_subscription(text, text)),
    lambda text: json.dumps({"records": [{"data": base64.b64encode(text.encode()).decode()}]}),
    lambda text: json.dumps({"around": {"account": "1"}, "record": text}),
    lambda text: f'{{"detail": {text}, "account": "1"}}',
    lambda text: f"[{text}]",
    lambda text: text + text,
    lambda text: text + "\n" + text,
)


@settings(max_examples=examples(150), deadline=None)
@given(value=JSON, wraps=st.lists(st.sampled_from(WRAPS), max_size=6), mine=st.booleans())
def test_any_wrapping_gives_parts_that_read_the_same_again(value, wraps, mine):
    text = a_line(7).decode() if mine else json.dumps(value)
    for wrap in wraps:
        text = wrap(text)
    parsed = normalise(Message(id="m", body=text.encode(), received=NOON))
    bodies = dict(parsed.bodies)
    assert parsed.parts
    for part in parsed.parts:
        if isinstance(part, Ticket):
            assert reread(bodies[part.body], NOON) == part
