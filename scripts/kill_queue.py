"""Amazon SQS for scripts/kill.py: the sandbox's, with a queue, its dead letters and its faults."""

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from triage.adapters.aws.dead_letters import dead_letters_of
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.aws.parcels import ATTRIBUTE, CLAIM
from triage.adapters.aws.queue import SqsQueue
from triage.adapters.aws.queue_requests import QueueRequests
from triage.adapters.files.objects import FolderObjects
from triage.adapters.system.clock import SystemClock
from triage.domain.json import canonical, digest
from triage.sandbox.server import Sandbox

REGION = "eu-west-1"
NAME, DEAD = "tickets", "tickets-dead"
RECEIVES_MAX = 10
LEASE_SECONDS = 3
SETTINGS = """
[queue]
url = "{url}"
wait_seconds = 1
claims = "{claims}"
"""


@dataclass(frozen=True, kw_only=True)
class LocalQueue:
    """A queue in a sandbox of this process, and what other processes need to reach it."""

    sandbox: Sandbox
    url: str
    claims: Path

    @property
    def environment(self) -> Mapping[str, str]:
        return self.sandbox.environment(region=REGION)

    @property
    def settings(self) -> str:
        return SETTINGS.format(url=self.url, claims=self.claims)

    def opened(self) -> SqsQueue:
        """The queue port, for this process."""
        clock = SystemClock()
        claims = FolderObjects(self.claims)
        return SqsQueue(self._requests(), clock, lease_seconds=LEASE_SECONDS, claims=claims)

    def _requests(self) -> QueueRequests:
        return QueueRequests.to(self.url, REGION, AwsLimits(), SystemClock())

    def send_orphans(self, count: int) -> None:
        """Send claims whose bytes nobody ever put anywhere."""
        attribute = {ATTRIBUTE: {"DataType": "String", "StringValue": CLAIM}}
        for number in range(count):
            self.sandbox.client("sqs", region=REGION).send_message(
                QueueUrl=self.url, MessageBody=_orphan(number), MessageAttributes=attribute
            )

    def judge(self, count: Counter[str]) -> list[str]:
        """Compare the dead letters with what had to die."""
        with closing(self._requests()) as asked:
            dead = dead_letters_of(asked, SystemClock(), None)
            found = dead.list(at_most=1000) if dead else ()
        bodies = Counter(one.message.body.decode() for one in found)
        wanted = {_orphan(number) for number in range(count["messages"] // 100)}
        count["dead"] = len(found)
        strangers, missing = set(bodies) - wanted, wanted - set(bodies)
        return [
            *(f"dead, and should not be: {body[:80]}" for body in strangers),
            *(f"not among the dead letters: {body[:80]}" for body in missing),
        ]


def _orphan(number: int) -> str:
    claim = {"sha256": digest(b"nowhere %d" % number), "bytes": 2_000_000}
    return canonical({"claim": claim}).decode()


@contextmanager
def local_queue(folder: Path, given: argparse.Namespace) -> Iterator[LocalQueue | None]:
    """Serve a queue while it is needed; None where the inbox will do."""
    if given.queue == "inbox":
        yield None
        return
    with Sandbox.start() as sandbox:
        if given.odd:
            for kind in ("twice", "shuffled"):
                sandbox.faults.add(kind, service="sqs", operation="ReceiveMessage")
        os.environ.update(sandbox.environment(region=REGION))  # noqa: TID251 - this process sends
        yield LocalQueue(sandbox=sandbox, url=_made(sandbox), claims=folder / "claims")


def _made(sandbox: Sandbox) -> str:
    sqs = sandbox.client("sqs", region=REGION)
    dead = sqs.create_queue(QueueName=DEAD)["QueueUrl"]
    told = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    arn = told["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": RECEIVES_MAX})
    made = sqs.create_queue(QueueName=NAME, Attributes={"RedrivePolicy": policy})
    return str(made["QueueUrl"])
