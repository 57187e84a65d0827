"""What SQS requests have in common: which queue, within which bounds, one entry or many."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from triage.sandbox.call import Call, Refused
from triage.sandbox.place import Place
from triage.sandbox.queues import Queue
from triage.sandbox.world import World

OWN = "AWS.SimpleQueueService."
ENTRIES_MAX = 10
ENTRY = re.compile(r"[A-Za-z0-9_-]{1,80}")


def wrong(code: str, message: str) -> Refused:
    """Say no with a code of SQS's own."""
    return Refused(code=code, message=message)


def place_of(call: Call) -> Place:
    """Where the caller is."""
    return Place(account=call.account, region=call.region)


def queue_of(world: World, call: Call) -> Queue:
    """Find the queue of QueueUrl, whatever host stands in it."""
    account, _, name = call.parameters["QueueUrl"].rpartition("/")
    owner = account.rpartition("/")[2] or call.account
    found = world.queues.known.get((Place(account=owner, region=call.region), name))
    return found or missing()


def missing() -> NoReturn:
    """Say that there is no such queue."""
    raise wrong(f"{OWN}NonExistentQueue", "The specified queue does not exist.")


def by_arn(world: World, arn: str) -> Queue:
    """Find a queue. Raises Refused when there is none."""
    found = world.queues.by_arn(arn)
    if found is None:
        text = "The resource that you specified for the SourceArn parameter doesn't exist."
        raise wrong("ResourceNotFoundException", text)
    return found


def within(name: str, value: int, least: int, most: int) -> int:
    """Return the value. Raises Refused when it is out of its bounds."""
    if not least <= value <= most:
        text = f"Value {value} for parameter {name} is invalid. It should be {least} to {most}."
        raise wrong("InvalidParameterValue", text)
    return value


def entries_of(call: Call) -> Sequence[Mapping[str, Any]]:
    """Return the entries of a batch. Raises Refused when it cannot be one."""
    entries: Sequence[Mapping[str, Any]] = call.parameters["Entries"]
    names = [entry["Id"] for entry in entries]
    if not entries:
        raise wrong(f"{OWN}EmptyBatchRequest", "There should be at least one entry.")
    if len(entries) > ENTRIES_MAX:
        text = f"Maximum number of entries per request are {ENTRIES_MAX}."
        raise wrong(f"{OWN}TooManyEntriesInBatchRequest", text)
    if len(set(names)) < len(names):
        raise wrong(f"{OWN}BatchEntryIdsNotDistinct", "Two or more batch entries have one Id.")
    if not all(map(ENTRY.fullmatch, names)):
        raise wrong(f"{OWN}InvalidBatchEntryId", "A batch entry id is not valid.")
    return entries


def each(call: Call, one: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Do every entry of a batch; what is wrong with one is said of that one."""
    done, failed = [], []
    for place, entry in enumerate(entries_of(call)):
        if "half" in call.odd and place % 2 == 0:
            failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
            continue
        try:
            done.append({"Id": entry["Id"], **one(entry)})
        except Refused as refused:
            told = {"Code": refused.code, "Message": refused.message, "SenderFault": True}
            failed.append({"Id": entry["Id"], **told})
    return {"Successful": done, "Failed": failed}
