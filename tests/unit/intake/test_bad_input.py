"""What is no ticket is kept byte for byte, with one true sentence why."""

import gzip
import json
from datetime import UTC, datetime

import pytest

from triage.domain.message import Message, Parsed, Rejected
from triage.domain.ticket import Ticket
from triage.intake.bounds import MESSAGE_BYTES_MAX, OPENED_BYTES_MAX
from triage.stages.normalise import normalise

RECEIVED = datetime(2026, 11, 20, 12, tzinfo=UTC)
FINDING = {"id": "abc", "type": "Recon:EC2/Portscan", "accountId": "111122223333", "severity": 5}
CALL = {"eventName": "CreateUser", "eventID": "e-1", "recipientAccountId": "111122223333"}
GUARDDUTY = {"detail-type": "GuardDuty Finding", "source": "aws.guardduty", "detail": FINDING}


def parsed(body: bytes) -> Parsed:
    return normalise(Message(id="1", body=body, received=RECEIVED))


def text(value: object) -> bytes:
    return json.dumps(value).encode()


def nested(depth: int, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    return opening * depth + closing * depth


def over_a_mebibyte() -> bytes:
    return text({**GUARDDUTY, "padding": "x" * MESSAGE_BYTES_MAX})


DEEP = "lists and objects are nested more than 64 deep"
NUL = "a text holds the character NUL, which no store can keep as text"
BAD = {
    "nothing": (b"", "empty"),
    "spaces": (b" \n\t ", "empty"),
    "words": (b"hello", "not JSON: unexpected character"),
    "cut off": (text(GUARDDUTY)[:-2], "not JSON: unexpected end of data"),
    "a document and a rest": (b"[1 2]", "not JSON:"),
    "more than a mebibyte": (
        over_a_mebibyte(),
        f"{len(over_a_mebibyte()):,} bytes; at most 1,048,576 (1 MiB) are read",
    ),
    "gzip": (
        gzip.compress(text(GUARDDUTY), mtime=0),
        "gzip-compressed bytes, not JSON; unpack the file before submitting it",
    ),
    "UTF-16": (text(GUARDDUTY).decode().encode("utf-16"), "not JSON: byte 3 is NUL"),
    "invalid UTF-8": (b'{"a": "\xff"}', "not UTF-8: byte 7 is 0xff (invalid start byte)"),
    "a raw surrogate": (b'{"a": "\xed\xa0\x80"}', "not UTF-8: byte 7 is 0xed"),
    "half a surrogate pair": (b'{"a": "\\ud800"}', "not Unicode: half a surrogate pair"),
    "a key of half a pair": (b'{"\\udfff": 1}', "not Unicode: half a surrogate pair"),
    "NaN": (b'{"severity": NaN}', "not JSON: NaN or Infinity at character 13"),
    "Infinity": (b'{"severity": -Infinity}', "not JSON: NaN or Infinity at character"),
    "a number beyond doubles": (b'{"severity": 1e999}', "not JSON: number is infinity"),
    "a raw NUL": (b'{"a": "\0"}', "not JSON: byte 7 is NUL"),
    "an escaped NUL": (b'{"a": "b\\u0000"}', NUL),
    "a NUL in a key": (b'{"\\u0000": 1}', NUL),
    "65 lists": (nested(66), DEEP),
    "10,000 lists": (nested(10_000), DEEP),
    "10,000 objects": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, DEEP),
    "100,000 lists never closed": (b"[" * 100_000, DEEP),
    "a number": (b"7", "a JSON number, not an object"),
    "null": (b"null", "a JSON null, not an object"),
    "true": (b"true", "a JSON boolean, not an object"),
    "a text": (b'"hi"', "a JSON text, not an object"),
    "no records": (b'{"Records": []}', "Records holds no records"),
    "an empty object": (b"{}", "an object with no keys is not a kind of ticket"),
    "an unknown source": (
        b'{"detail-type": "Object Restored", "source": "aws.s3", "detail": {}}',
        'detail-type "Object Restored" from aws.s3 is not a kind of ticket this version reads',
    ),
    "an unknown shape": (b'{"b": 1, "a": 2}', 'an object with "a", "b" is not a kind of ticket'),
    "2,001 records": (text([FINDING] * 2_001), "more than 2,000 records in one message; split it"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_kept_byte_for_byte_and_says_why(what):
    body, reason = BAD[what]
    (part,) = parsed(body).parts
    assert isinstance(part, Rejected)
    assert part.body == body
    assert part.reason.startswith(reason)
    assert len(part.reason) <= 400
    assert part.reason.isprintable()


def test_the_ninth_wrapper_stays_closed_and_its_bytes_are_kept():
    (part,) = parsed(text([[[[[[[[[FINDING]]]]]]]]])).parts
    assert isinstance(part, Rejected)
    assert (json.loads(part.body), part.reason) == ([FINDING], "wrapped more than 8 times over")


def test_a_reason_shows_hostile_text_escaped_and_short():
    (part,) = parsed(text({"detail-type": "\x1b[2J\u202e" + "x" * 9_000, "detail": {}})).parts
    assert isinstance(part, Rejected)
    assert part.reason.isprintable()
    assert len(part.reason) <= 400


def test_the_good_ones_of_a_mixed_list_survive():
    body = text([GUARDDUTY, 7, {"hello": 1}, CALL, [], {**FINDING, "id": None}])
    parts = parsed(body).parts
    assert [type(part) for part in parts] == [
        Ticket,
        Rejected,
        Rejected,
        Ticket,
        Rejected,
        Rejected,
    ]
    rejected = [part for part in parts if isinstance(part, Rejected)]
    assert [json.loads(part.body) for part in rejected[:2]] == [7, {"hello": 1}]


def test_2_000_records_are_read():
    assert len(parsed(text([CALL] * 2_000)).parts) == 2_000


def test_of_a_repeated_key_the_last_value_counts_in_the_ticket_and_in_its_bytes():
    body = (
        b'{"id": "one", "type": "T", "accountId": "1", "service": {}, "severity": 2, "id": "two"}'
    )
    (ticket,) = parsed(body).parts
    assert isinstance(ticket, Ticket)
    assert (ticket.key, ticket.record["id"]) == ("guardduty:two", "two")


@pytest.mark.parametrize("number", ["18446744073709551616", "9" * 300, "1e308", "-0.0", "4e-320"])
def test_a_huge_number_is_read_and_read_again_the_same(number):
    body = text([CALL]).replace(b'"e-1"', b'"e-1", "bytes": ' + number.encode())
    found = parsed(body)
    again = parsed(found.bodies[0][1])
    assert found.parts == again.parts


def test_an_integer_beyond_64_bits_is_no_account():
    (ticket,) = parsed(text({**CALL, "recipientAccountId": 10**40})).parts
    assert isinstance(ticket, Ticket)
    assert len(ticket.account) <= 64


def test_a_byte_order_mark_is_no_reason_to_refuse():
    (with_mark,), (without,) = (
        parsed(mark + text(GUARDDUTY)).parts for mark in (b"\xef\xbb\xbf", b"")
    )
    assert isinstance(with_mark, Ticket)
    assert isinstance(without, Ticket)
    assert with_mark.key == without.key


def test_a_wrapper_is_not_multiplied_by_what_it_holds():
    padding = "x" * (MESSAGE_BYTES_MAX // 2)
    detail = {"findings": [{"Id": str(n)} for n in range(1_900)], "padding": padding}
    body = text({"detail-type": "Security Hub Findings - Imported", "detail": detail})
    (part,) = parsed(body).parts
    assert isinstance(part, Rejected)
    assert part.body == body
    assert part.reason.startswith(f"its records opened come to more than {OPENED_BYTES_MAX:,}")
