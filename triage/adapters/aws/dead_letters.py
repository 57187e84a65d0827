"""The dead letters of a queue of Amazon SQS.

They are moved back by SQS itself, as new messages with new times of sending.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
"""

from collections.abc import Sequence
from typing import Any

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from triage.adapters.aws.parcels import ATTRIBUTE, Delivery, Unclaimed, from_api, opened
from triage.adapters.aws.queue import DEPTH, SYSTEM
from triage.adapters.aws.queue_requests import ENTRIES_MAX, QueueRequests, QueueUnusable
from triage.domain.message import Message
from triage.ports.clock import Clock
from triage.ports.dead_letters import DeadLetter, Moved
from triage.ports.object_store import ObjectStore

LOOK_SECONDS = 30
"""How long nobody else sees what is being looked at."""
RUNNING = frozenset({"RUNNING", "CANCELLING"})


class SqsDeadLetters:
    """The dead letters port on the queue that a redrive policy names."""

    def __init__(
        self, requests: QueueRequests, arn: str, claims: ObjectStore | None = None
    ) -> None:
        self._requests = requests
        self._arn = arn
        self._claims = claims

    @property
    def place(self) -> str:
        return self._arn.rpartition(":")[2]

    def count(self) -> int:
        told = self._requests.attributes(DEPTH)
        return sum(int(told[name]) for name in DEPTH)

    def list(self, *, at_most: int) -> Sequence[DeadLetter]:
        found: dict[str, Delivery] = {}
        receipts: list[str] = []
        try:
            while len(found) < at_most and (page := self._page(at_most - len(found))):
                receipts += [one.receipt for one in page]
                found |= {one.id: one for one in page}
        finally:
            self._show_again(receipts)
        return list(map(self._letter, found.values()))

    def _page(self, at_most: int) -> Sequence[Delivery]:
        answer = self._requests.ask(
            "receive_message",
            MaxNumberOfMessages=min(at_most, ENTRIES_MAX),
            VisibilityTimeout=LOOK_SECONDS,
            MessageSystemAttributeNames=SYSTEM,
            MessageAttributeNames=[ATTRIBUTE],
        )
        return [from_api(one) for one in answer.get("Messages", ())]

    def _show_again(self, receipts: Sequence[str]) -> None:
        entries = [{"ReceiptHandle": one, "VisibilityTimeout": 0} for one in receipts]
        self._requests.each("change_message_visibility_batch", entries)

    def _letter(self, one: Delivery) -> DeadLetter:
        try:
            message, problem = opened(one, self._claims), ""
        except Unclaimed as error:
            body, problem = one.text.encode("utf-8", "surrogatepass"), str(error)
            message = Message(id=one.id, body=body, received=one.sent, receipt=one.receipt)
        return DeadLetter(message=message, times=one.times, first_taken=one.first, problem=problem)

    def put_back(self, *, per_second: int | None = None) -> None:
        rate = {"MaxNumberOfMessagesPerSecond": per_second} if per_second else {}
        self._moving("start_message_move_task", SourceArn=self._arn, **rate)

    def progress(self) -> Moved | None:
        found = self._moving("list_message_move_tasks", SourceArn=self._arn, MaxResults=1)
        newest = next(iter(found.get("Results", ())), None)
        if newest is None:
            return None
        return Moved(
            moved=newest.get("ApproximateNumberOfMessagesMoved", 0),
            wanted=newest.get("ApproximateNumberOfMessagesToMove", 0),
            running=newest["Status"] in RUNNING,
            failure=newest.get("FailureReason", ""),
        )

    def _moving(self, operation: str, **fields: Any) -> Any:
        try:
            return getattr(self._requests.client, operation)(**fields)
        except ClientError as error:
            told = error.response.get("Error", {})
            why = f"{told.get('Code', '')}: {told.get('Message', '')}"
            raise self._requests.unusable(operation, why) from error
        except BotoCoreError as error:
            raise self._requests.unusable(operation, type(error).__name__) from error


def dead_letters_of(
    queue: QueueRequests, clock: Clock, claims: ObjectStore | None
) -> SqsDeadLetters | None:
    """Find where a queue's dead letters go; None for nowhere. Raises QueueUnusable."""
    policy = queue.attributes(["RedrivePolicy"]).get("RedrivePolicy")
    arn = str(orjson.loads(policy)["deadLetterTargetArn"]) if policy else ""
    if not arn:
        return None
    _, _, _, _, account, name = arn.split(":", 5)
    try:
        found = queue.client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)
    except (ClientError, BotoCoreError) as error:
        raise QueueUnusable(arn.replace(":", "/"), "get_queue_url", type(error).__name__) from error
    return SqsDeadLetters(QueueRequests(queue.client, found["QueueUrl"], clock), arn, claims)
