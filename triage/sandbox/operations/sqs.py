"""Amazon SQS: queues, and the moving of dead letters. All of SQS is ours.

moto looks at every message for every operation, knows nothing of move tasks and keeps its own time;
here an operation costs the same whatever waits. Standard queues only.

Facts: SQS API reference (limits, error codes) and developer guide.
"""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from triage.sandbox.call import Call, NotBuilt, Operation
from triage.sandbox.operations import sqs_messages
from triage.sandbox.operations.sqs_asked import by_arn, missing, place_of, queue_of, within, wrong
from triage.sandbox.pages import page_of
from triage.sandbox.place import Place
from triage.sandbox.queues import MOVED_PER_SECOND, Moving, Queue, counts
from triage.sandbox.world import World

NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
PAGE_MAX, TASKS_MAX, PER_SECOND_MAX = 1000, 10, 500
BAD = "InvalidParameterValue"


def create_queue(world: World, call: Call) -> Mapping[str, Any]:
    """Answer CreateQueue; with the same attributes it answers again."""
    name, asked = call.parameters["QueueName"], dict(call.parameters.get("Attributes") or {})
    if name.endswith(".fifo"):
        raise NotBuilt("the sandbox has no FIFO queues")
    if not NAME.fullmatch(name):
        raise wrong("InvalidParameterValue", "Can only include alphanumeric characters")
    made = Queue(place=place_of(call), name=name, created=call.at)
    made.attributes |= asked
    made.tags |= call.parameters.get("tags") or {}
    kept = world.queues.known.setdefault((made.place, name), made)
    if any(kept.attributes.get(key) != value for key, value in asked.items()):
        raise wrong("QueueAlreadyExists", "A queue already exists with the same name")
    return {"QueueUrl": kept.url}


def get_queue_url(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetQueueUrl."""
    owner = call.parameters.get("QueueOwnerAWSAccountId") or call.account
    place = Place(account=owner, region=call.region)
    queue = world.queues.known.get((place, call.parameters["QueueName"])) or missing()
    return {"QueueUrl": queue.url}


def list_queues(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListQueues."""
    prefix = call.parameters.get("QueueNamePrefix") or ""
    urls = [queue.url for queue in world.queues.of(place_of(call)) if queue.name.startswith(prefix)]
    size = call.parameters.get("MaxResults") or PAGE_MAX
    page = page_of(urls, call.parameters, size=size, refusal="InvalidParameterValue")
    return {"QueueUrls": page.items} | ({"NextToken": page.token} if page.token else {})


def delete_queue(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DeleteQueue."""
    queue = queue_of(world, call)
    del world.queues.known[queue.place, queue.name]
    return {}


def purge_queue(world: World, call: Call) -> Mapping[str, Any]:
    """Answer PurgeQueue."""
    queue_of(world, call).empty()
    return {}


def get_queue_attributes(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetQueueAttributes; what a queue does not have is left out."""
    queue = queue_of(world, call)
    wanted = set(call.parameters.get("AttributeNames") or ())
    world.queues.advance(call.at)
    created = str(int(queue.created.timestamp()))
    every = {
        **queue.attributes,
        **dict(counts(queue, call.at)),
        "QueueArn": queue.arn,
        "CreatedTimestamp": created,
        "LastModifiedTimestamp": created,
    }
    return {"Attributes": {k: v for k, v in every.items() if "All" in wanted or k in wanted}}


def set_queue_attributes(world: World, call: Call) -> Mapping[str, Any]:
    """Answer SetQueueAttributes; an empty value takes the attribute away."""
    queue = queue_of(world, call)
    given = call.parameters["Attributes"]
    if policy := given.get("RedrivePolicy"):
        _redrive(world, policy)
    queue.attributes |= given
    for name in [key for key, value in given.items() if not value]:
        del queue.attributes[name]
    return {}


def _redrive(world: World, policy: str) -> None:
    try:
        read = json.loads(policy)
        dead, most = read["deadLetterTargetArn"], int(read["maxReceiveCount"])
    except (ValueError, KeyError, TypeError) as error:
        raise wrong("InvalidParameterValue", "RedrivePolicy is not valid.") from error
    within("maxReceiveCount", most, 1, 1000)
    if world.queues.by_arn(dead) is None:
        raise wrong("InvalidParameterValue", "Dead letter target does not exist.")


def list_dead_letter_source_queues(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListDeadLetterSourceQueues."""
    return {"queueUrls": [one.url for one in world.queues.sources(queue_of(world, call))]}


def list_queue_tags(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListQueueTags."""
    return {"Tags": dict(queue_of(world, call).tags)}


# --- moving dead letters --------------------------------------------------------------------------


def start_message_move_task(world: World, call: Call) -> Mapping[str, Any]:
    """Answer StartMessageMoveTask: from a queue of dead letters, one task at a time."""
    world.queues.advance(call.at)
    source = by_arn(world, call.parameters["SourceArn"])
    destination = call.parameters.get("DestinationArn") or ""
    if not world.queues.sources(source):
        text = "Source queue must be configured as a Dead Letter Queue."
        raise wrong(BAD, text)
    if destination:
        by_arn(world, destination)
    if any(one.source == source.arn and one.status == "RUNNING" for one in world.queues.tasks):
        text = "There is already a task running. Only one active task is allowed per source queue."
        raise wrong(BAD, text)
    source.come_back(call.at)
    rate = call.parameters.get("MaxNumberOfMessagesPerSecond", MOVED_PER_SECOND)
    task = Moving(
        handle=uuid.uuid4().hex,
        source=source.arn,
        destination=destination,
        per_second=within("MaxNumberOfMessagesPerSecond", rate, 1, PER_SECOND_MAX),
        started=call.at,
        wanted=len(source.ready),
    )
    world.queues.tasks.append(task)
    return {"TaskHandle": task.handle}


def list_message_move_tasks(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListMessageMoveTasks, the newest first."""
    most = within("MaxResults", call.parameters.get("MaxResults", 1), 1, TASKS_MAX)
    world.queues.advance(call.at)
    source = by_arn(world, call.parameters["SourceArn"])
    found = [one for one in reversed(world.queues.tasks) if one.source == source.arn]
    return {"Results": [_told(one) for one in found[:most]]}


def _told(task: Moving) -> Mapping[str, Any]:
    told = {
        "TaskHandle": task.handle if task.status == "RUNNING" else "",
        "Status": task.status,
        "SourceArn": task.source,
        "DestinationArn": task.destination,
        "MaxNumberOfMessagesPerSecond": task.per_second,
        "ApproximateNumberOfMessagesMoved": task.moved,
        "ApproximateNumberOfMessagesToMove": task.wanted,
        "FailureReason": task.failure,
        "StartedTimestamp": round(task.started.timestamp() * 1000),
    }
    return {name: value for name, value in told.items() if value != ""}


def cancel_message_move_task(world: World, call: Call) -> Mapping[str, Any]:
    """Answer CancelMessageMoveTask; what was moved stays moved."""
    world.queues.advance(call.at)
    for task in world.queues.tasks:
        if task.handle == call.parameters["TaskHandle"] and task.status == "RUNNING":
            task.status = "CANCELLED"
            return {"ApproximateNumberOfMessagesMoved": task.moved}
    raise wrong("ResourceNotFoundException", "Task does not exist.")


def _locked(operation: Operation) -> Operation:
    def alone(world: World, call: Call) -> Mapping[str, Any]:
        with world.queues.lock:
            return operation(world, call)

    return alone


OPERATIONS: Mapping[str, Operation] = {
    **{
        f"sqs.{name}": _locked(operation)
        for name, operation in {
            "CreateQueue": create_queue,
            "GetQueueUrl": get_queue_url,
            "ListQueues": list_queues,
            "DeleteQueue": delete_queue,
            "PurgeQueue": purge_queue,
            "GetQueueAttributes": get_queue_attributes,
            "SetQueueAttributes": set_queue_attributes,
            "ListDeadLetterSourceQueues": list_dead_letter_source_queues,
            "ListQueueTags": list_queue_tags,
            "StartMessageMoveTask": start_message_move_task,
            "ListMessageMoveTasks": list_message_move_tasks,
            "CancelMessageMoveTask": cancel_message_move_task,
            **sqs_messages.OPERATIONS,
        }.items()
    },
    # It waits, and holds the lock only while it looks.
    "sqs.ReceiveMessage": sqs_messages.receive_message,
}
