"""Is a queue of Amazon SQS set up so that nothing is lost in it?

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

from collections.abc import Callable, Mapping, Sequence

import orjson

from triage.adapters.aws.parcels import PARCEL_BYTES_MAX
from triage.adapters.aws.queue_requests import QueueRequests

RECEIVES_MIN = 10
"""A worker that is killed, or a store that is down, costs a healthy message one receive each."""
LEASE_SECONDS_MIN = 30
"""A batch waits at the most this long for a locked database."""
RETENTION_SECONDS_MIN = 345_600
"""Four days: a long weekend."""
Attributes = Mapping[str, str]


def unfit(found: Attributes, _lease_seconds: float) -> Sequence[str]:
    """What loses messages, or lets one hold up all others; not to be worked with."""
    if found.get("FifoQueue") == "true":
        return ["it is a FIFO queue, in which one message holds up its whole group"]
    policy = orjson.loads(found.get("RedrivePolicy") or "{}")
    if not policy.get("deadLetterTargetArn"):
        return ["it has no redrive policy, so that a message nobody survives comes back for ever"]
    most = int(policy.get("maxReceiveCount", 0))
    if most < RECEIVES_MIN:
        return [f"its maxReceiveCount is {most}; below {RECEIVES_MIN} a bad day kills healthy ones"]
    return []


def unwise(found: Attributes, lease_seconds: float) -> Sequence[str]:
    """What works on a good day."""
    takes = int(found.get("MaximumMessageSize", PARCEL_BYTES_MAX))
    keeps = int(found.get("MessageRetentionPeriod", RETENTION_SECONDS_MIN))
    sealed = found.get("SqsManagedSseEnabled") == "true" or found.get("KmsMasterKeyId")
    said = {
        f"worker.lease_seconds is {lease_seconds:g}; a batch may take {LEASE_SECONDS_MIN} s": (
            lease_seconds < LEASE_SECONDS_MIN
        ),
        f"it takes {takes:,} bytes; EventBridge sends up to {PARCEL_BYTES_MAX:,}": (
            takes < PARCEL_BYTES_MAX
        ),
        f"it keeps messages for {keeps:,} s; a long weekend has {RETENTION_SECONDS_MIN:,}": (
            keeps < RETENTION_SECONDS_MIN
        ),
        "it is not encrypted": not sealed,
    }
    return [sentence for sentence, holds in said.items() if holds]


def problems(
    queue: QueueRequests,
    lease_seconds: float,
    *judges: Callable[[Attributes, float], Sequence[str]],
) -> Sequence[str]:
    """Ask for its attributes and judge them. Raises QueueUnusable."""
    found = queue.attributes(["All"])
    return [sentence for judge in judges for sentence in judge(found, lease_seconds)]
