"""AWS Lambda on an Amazon SQS event source: records a batch, and decides nothing.

`triage.lambda_handler.handler`, with ReportBatchItemFailures: what it names was not recorded and
comes again; everything else was committed before it answered. Workers decide
(docs/decisions/0034).

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from typing import Any

import orjson

from triage.adapters.aws.parcels import Unclaimed, from_event, opened
from triage.domain.message import Message
from triage.engine.pipeline import record
from triage.engine.unreadable import report_unreadable
from triage.settings import read_settings
from triage.wiring.receiving import Receiver, opened_receiver

SOURCE = "aws:sqs"
SPARE_MILLISECONDS = 5_000
"""With less time than that, what failed in company is not tried alone."""
PART = "lambda"


class NotFromSqs(ValueError):
    """Whoever invoked the function is no event source mapping of a queue."""

    def __init__(self) -> None:
        super().__init__('the event has no "Records" of "aws:sqs"; see docs/how-to/sqs.md')


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Record what was delivered; name what was not, so that only that comes again.

    Raises NotFromSqs, and whatever keeps the store from being opened: then all of it comes again.
    """
    records = _records(event)
    receiver = _receiver()
    left: Callable[[], int] = context.get_remaining_time_in_millis
    failed = [*_failures(receiver, records, left)]
    _finish(receiver)
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}


@cache
def _receiver() -> Receiver:
    """One for all batches of this process; connections outlive a batch."""
    stack = ExitStack()
    return stack.enter_context(opened_receiver(read_settings().settings, print))


def _records(event: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    records = event.get("Records")
    if not isinstance(records, list) or any(one.get("eventSource") != SOURCE for one in records):
        raise NotFromSqs
    return records


def _failures(
    receiver: Receiver, records: Sequence[Mapping[str, Any]], left: Callable[[], int]
) -> Iterator[str]:
    messages: list[Message] = []
    for one in records:
        try:
            messages.append(opened(from_event(one), receiver.claims))
        except Unclaimed as error:
            _note("message.unclaimed", message=one["messageId"], why=str(error))
            yield str(one["messageId"])
    yield from _record(receiver, messages, left)


def _record(
    receiver: Receiver, messages: Sequence[Message], left: Callable[[], int]
) -> Iterator[str]:
    """Record them together, or in halves where that fails; yield the ids of what fails alone."""
    if not messages:
        return
    try:
        receipts = record(receiver.world, messages)
        report_unreadable(receiver.world, messages, receipts)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is named and comes again
        middle = len(messages) // 2
        if middle == 0 or left() < SPARE_MILLISECONDS:
            receiver.metrics.failed(PART)
            _note("batch.failed", messages=len(messages), why=f"{type(error).__name__}: {error}")
            yield from (message.id for message in messages)
            return
        for half in (messages[:middle], messages[middle:]):
            yield from _record(receiver, half, left)


def _finish(receiver: Receiver) -> None:
    """Write down who was heard of, and the counts; neither makes a message come again."""
    try:
        receiver.listener.write_down()
        for step in receiver.world.upkeep.values():
            step()
    except Exception as error:  # noqa: BLE001 - a silence seems longer, for once
        _note("upkeep.failed", why=f"{type(error).__name__}: {error}")
    receiver.metrics.flush(receiver.world.clock.now())


def _note(event: str, **fields: object) -> None:
    line = orjson.dumps({"event": event, **fields}, default=str).decode()
    sys.stderr.write(f"{line[:2_000]}\n")
