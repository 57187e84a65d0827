"""How bytes travel through Amazon SQS, which carries text of at most a mebibyte.

Text that XML has characters for goes as it is, so that what others send and what we send look
alike. Anything else goes as base64, and what is too large as a claim: the bytes are an object in a
store of ours, the message names them by hash and size, and never by bucket. A message attribute
says which it is.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from triage.domain.errors import TriageError
from triage.domain.json import canonical, digest
from triage.domain.message import Message
from triage.ports.object_store import ObjectStore, Unreachable

PARCEL_BYTES_MAX = 1_048_576
"""1 MiB for one message and for all of a batch, attributes included."""
CLAIM_BYTES_MAX = 16 * PARCEL_BYTES_MAX
"""What intake opens of one message; nobody is made to read more."""
ATTRIBUTE, BASE64, CLAIM = "TriageEncoding", "base64", "claim"
UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HASH = re.compile(r"[0-9a-f]{64}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ACCOUNTS: Sequence[re.Pattern[bytes]] = (
    re.compile(rb'"(?:AwsAccountId|awsAccountId|accountId|recipientAccountId)"\s*:\s*"(\d{12})"'),
    re.compile(rb'"(?:account|account_id)"\s*:\s*"(\d{12})"'),
)
"""Where a message names its account; the envelope's own may be the one it was delivered through."""


class TooLarge(TriageError):
    """Nothing takes a message of this size."""

    def __init__(self, size: int, most: int) -> None:
        hint = "" if most >= CLAIM_BYTES_MAX else "; queue.claims names where larger ones are put"
        super().__init__(f"a message has {size:,} bytes, the queue takes {most:,}{hint}")


class Unclaimed(TriageError):
    """The bytes that a message stands for could not be had this time."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the bytes it stands for cannot be read: {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Text for SQS, and what it is; `claim` holds the bytes that have to be in the store first."""

    text: str
    encoding: str = ""
    group: str = ""
    claim: bytes = b""

    @property
    def attributes(self) -> Mapping[str, Any]:
        if not self.encoding:
            return {}
        return {ATTRIBUTE: {"DataType": "String", "StringValue": self.encoding}}

    @property
    def size(self) -> int:
        """Bytes as SQS counts them."""
        told = len(ATTRIBUTE) + len("String") + len(self.encoding) if self.encoding else 0
        return len(self.text.encode()) + told


def packed(body: bytes, *, bytes_max: int, claims: bool) -> Parcel:
    """Make bytes fit for SQS. Raises TooLarge."""
    group = group_of(body)
    found = _plain(body, group)
    if found.size <= bytes_max:
        return found
    if not claims or len(body) > CLAIM_BYTES_MAX:
        raise TooLarge(len(body), CLAIM_BYTES_MAX if claims else bytes_max)
    pointer = canonical({"claim": {"sha256": digest(body), "bytes": len(body)}}).decode()
    return Parcel(text=pointer, encoding=CLAIM, group=group, claim=body)


def _plain(body: bytes, group: str) -> Parcel:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = ""
    if text and not UNWRITABLE.search(text):
        return Parcel(text=text, group=group)
    # The line end keeps the text from being empty, which SQS does not take.
    return Parcel(text=base64.b64encode(body).decode() + "\n", encoding=BASE64, group=group)


def group_of(body: bytes) -> str:
    """Name the account a message is about, "" where it names none.

    A standard queue is fair between groups. Whoever chooses the text can choose the group, and
    gains or loses by it a place in the order.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
    """
    found = next((match for one in ACCOUNTS if (match := one.search(body))), None)
    return found[1].decode() if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message as it was handed out. `times` is how often that was."""

    id: str
    text: str
    encoding: str
    sent: datetime
    receipt: str
    times: int
    first: datetime | None = None

    @property
    def weight(self) -> int:
        """Bytes it will have; what a claim says of itself is bounded before it is believed."""
        pointer = _pointer(self.text) if self.encoding == CLAIM else None
        return pointer[1] if pointer else len(self.text)


def from_api(told: Mapping[str, Any]) -> Delivery:
    """Read what ReceiveMessage answers."""
    return _delivery(told["MessageId"], told["Body"], told["ReceiptHandle"], told)


def from_event(record: Mapping[str, Any]) -> Delivery:
    """Read one record of the event that Lambda makes of a batch.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
    """
    attributes = {
        name: {"StringValue": value.get("stringValue")}
        for name, value in (record.get("messageAttributes") or {}).items()
    }
    told = {"Attributes": record.get("attributes"), "MessageAttributes": attributes}
    return _delivery(record["messageId"], record["body"], record["receiptHandle"], told)


def _delivery(name: str, text: str, receipt: str, told: Mapping[str, Any]) -> Delivery:
    system = told.get("Attributes") or {}
    attribute = (told.get("MessageAttributes") or {}).get(ATTRIBUTE) or {}
    first = system.get("ApproximateFirstReceiveTimestamp")
    return Delivery(
        id=name,
        text=text,
        encoding=str(attribute.get("StringValue") or ""),
        sent=_moment(system["SentTimestamp"]),
        receipt=receipt,
        times=int(system.get("ApproximateReceiveCount", 1)),
        first=_moment(first) if first else None,
    )


def _moment(millis: str) -> datetime:
    return datetime.fromtimestamp(int(millis) / 1000, tz=UTC)


def opened(delivery: Delivery, claims: ObjectStore | None) -> Message:
    """Give the message its bytes. Raises Unclaimed where asking again may help.

    What does not decode, or claims what it cannot have, is handed on as it came: it will be found
    unreadable, and kept.
    """
    body = OPENERS.get(delivery.encoding, _as_it_is)(delivery.text, claims)
    return Message(id=delivery.id, body=body, received=delivery.sent, receipt=delivery.receipt)


def _as_it_is(text: str, _claims: ObjectStore | None) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decoded(text: str, claims: ObjectStore | None) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return _as_it_is(text, claims)


def _claimed(text: str, claims: ObjectStore | None) -> bytes:
    pointer = _pointer(text)
    if pointer is None:
        return _as_it_is(text, claims)
    if claims is None:
        raise Unclaimed("queue.claims says nowhere to look")
    name, size = pointer
    try:
        body = claims.read(name, at_most=size + 1)
    except Unreachable as error:
        raise Unclaimed(str(error)) from error
    return body if len(body) == size and digest(body) == name else _as_it_is(text, claims)


def _pointer(text: str) -> tuple[str, int] | None:
    """Hash and size of a claim exactly as we write it; None for any other text."""
    try:
        read: Any = orjson.loads(text)
        inside = read["claim"]
        name, size = inside["sha256"], inside["bytes"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    exact = len(read) == 1 and set(inside) == {"sha256", "bytes"}
    named = isinstance(name, str) and HASH.fullmatch(name) is not None
    sized = type(size) is int and 0 < size <= CLAIM_BYTES_MAX
    return (name, size) if exact and named and sized else None


OPENERS = {BASE64: _decoded, CLAIM: _claimed}
"""How text becomes bytes again, by what its attribute says."""
