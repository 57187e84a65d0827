"""Messages of SQS: sent, received, deleted, shown and hidden; one at a time or ten.

Facts: SQS API reference, SendMessage (size and characters) and the actions on batches.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from triage.sandbox.call import Call, Operation
from triage.sandbox.operations.sqs_asked import OWN, each, entries_of, queue_of, within, wrong
from triage.sandbox.queues import Letter, Queue
from triage.sandbox.world import World

MESSAGES_MAX = 10
BYTES_MAX = 1_048_576
WAIT_SECONDS_MAX, HIDE_SECONDS_MAX, DELAY_SECONDS_MAX = 20, 43_200, 900
LOOK_SECONDS = 0.05
HANDLE = re.compile(r"[0-9a-f]{32}")
UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no character for, and SQS does not take."""


def send_message(world: World, call: Call) -> Mapping[str, Any]:
    """Answer SendMessage."""
    return _sent(world, call, queue_of(world, call), call.parameters)


def send_message_batch(world: World, call: Call) -> Mapping[str, Any]:
    """Answer SendMessageBatch: each entry for itself, all of them within one message's size."""
    queue = queue_of(world, call)
    if sum(map(_size, entries_of(call))) > BYTES_MAX:
        text = f"Batch requests cannot be longer than {BYTES_MAX} bytes."
        raise wrong(f"{OWN}BatchRequestTooLong", text)
    return each(call, lambda entry: _sent(world, call, queue, entry))


def _sent(world: World, call: Call, queue: Queue, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    body = entry["MessageBody"]
    if not body or UNWRITABLE.search(body):
        raise wrong("InvalidMessageContents", "The message contains characters outside the set.")
    most = int(queue.attributes["MaximumMessageSize"])
    if _size(entry) > most:
        text = f"One or more parameters are invalid. Reason: Message must be shorter than {most}."
        raise wrong("InvalidParameterValue", text)
    delay = entry.get("DelaySeconds", int(queue.attributes["DelaySeconds"]))
    within("DelaySeconds", delay, 0, DELAY_SECONDS_MAX)
    attributes = entry.get("MessageAttributes") or {}
    letter = world.queues.letter(body, attributes, entry.get("MessageGroupId") or "", call.at)
    queue.put(letter, call.at + timedelta(seconds=delay) if delay else None)
    return {"MessageId": letter.id, "MD5OfMessageBody": _md5(body)}


def _size(entry: Mapping[str, Any]) -> int:
    """Count body and attributes, names and types included."""
    size = len(entry["MessageBody"].encode("utf-8", "surrogatepass"))
    for name, value in (entry.get("MessageAttributes") or {}).items():
        content = value.get("BinaryValue") or value.get("StringValue", "").encode()
        size += len(name) + len(value["DataType"]) + len(content)
    return size


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def receive_message(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ReceiveMessage; wait as asked, or as the queue says, while there is none."""
    queue, asked = queue_of(world, call), call.parameters
    most = within("MaxNumberOfMessages", asked.get("MaxNumberOfMessages", 1), 1, MESSAGES_MAX)
    seconds = asked.get("WaitTimeSeconds")
    wait = int(queue.attributes["ReceiveMessageWaitTimeSeconds"]) if seconds is None else seconds
    within("WaitTimeSeconds", wait, 0, WAIT_SECONDS_MAX)
    hide = asked.get("VisibilityTimeout", int(queue.attributes["VisibilityTimeout"]))
    within("VisibilityTimeout", hide, 0, HIDE_SECONDS_MAX)
    until = call.at + timedelta(seconds=wait)
    letters = _waited(world, call, queue, (most, timedelta(seconds=hide), until))
    return {"Messages": [_shown(letter, asked) for letter in letters]} if letters else {}


def _waited(
    world: World, call: Call, queue: Queue, asked: tuple[int, timedelta, datetime]
) -> Sequence[Letter]:
    most, hide, until = asked
    while True:
        now = call.clock.now()
        with world.queues.lock:
            if letters := world.queues.take(queue, now, most, hide, call.odd):
                return letters
        left = (until - now).total_seconds()
        if left <= 0:
            return ()
        call.clock.wait(min(LOOK_SECONDS, left))


def _shown(letter: Letter, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    shown: dict[str, Any] = {
        "MessageId": letter.id,
        "ReceiptHandle": letter.receipt,
        "Body": letter.body,
        "MD5OfBody": _md5(letter.body),
    }
    wanted = {
        *(asked.get("MessageSystemAttributeNames") or ()),
        *(asked.get("AttributeNames") or ()),
    }
    system = {k: v for k, v in _system(letter).items() if v and ("All" in wanted or k in wanted)}
    names = set(asked.get("MessageAttributeNames") or ())
    told = {k: v for k, v in letter.attributes.items() if "All" in names or k in names}
    extra = {"Attributes": system, "MessageAttributes": told}
    return shown | {name: value for name, value in extra.items() if value}


def _system(letter: Letter) -> Mapping[str, str]:
    return {
        "SentTimestamp": _millis(letter.sent),
        "ApproximateReceiveCount": str(letter.receives),
        "ApproximateFirstReceiveTimestamp": _millis(letter.first) if letter.first else "",
        "MessageGroupId": letter.group,
        "DeadLetterQueueSourceArn": letter.came_from,
    }


def _millis(at: datetime) -> str:
    return str(round(at.timestamp() * 1000))


def delete_message(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DeleteMessage."""
    return _deleted(queue_of(world, call), call.parameters)


def delete_message_batch(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DeleteMessageBatch."""
    queue = queue_of(world, call)
    return each(call, lambda entry: _deleted(queue, entry))


def _deleted(queue: Queue, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    queue.forget(_receipt(entry))
    return {}


def _receipt(entry: Mapping[str, Any]) -> str:
    handle = str(entry["ReceiptHandle"])
    if not HANDLE.fullmatch(handle):
        raise wrong("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
    return handle


def change_message_visibility(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ChangeMessageVisibility."""
    return _changed(call, queue_of(world, call), call.parameters)


def change_message_visibility_batch(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ChangeMessageVisibilityBatch."""
    queue = queue_of(world, call)
    return each(call, lambda entry: _changed(call, queue, entry))


def _changed(call: Call, queue: Queue, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    queue.come_back(call.at)
    letter = queue.flying.get(_receipt(entry))
    if letter is None:
        raise wrong(f"{OWN}MessageNotInflight", "The message referred to isn't in flight.")
    seconds = within("VisibilityTimeout", entry.get("VisibilityTimeout", 0), 0, HIDE_SECONDS_MAX)
    if seconds:
        queue.hide(letter, call.at + timedelta(seconds=seconds))
    else:
        queue.show(letter)
    return {}


OPERATIONS: Mapping[str, Operation] = {
    "SendMessage": send_message,
    "SendMessageBatch": send_message_batch,
    "DeleteMessage": delete_message,
    "DeleteMessageBatch": delete_message_batch,
    "ChangeMessageVisibility": change_message_visibility,
    "ChangeMessageVisibilityBatch": change_message_visibility_batch,
}
