"""Amazon SQS for benchmarks: the sandbox's, in a process of its own, at no cost of ours."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import boto3

from triage.adapters.aws.limits import AwsLimits
from triage.adapters.aws.queue import SqsQueue
from triage.adapters.aws.queue_requests import QueueRequests
from triage.adapters.system.clock import SystemClock

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-west-1"
EXPORTED = "export "


@contextmanager
def sandbox() -> Iterator[Mapping[str, str]]:
    """Serve one; what this process needs to reach it is in its environment meanwhile."""
    process = subprocess.Popen(
        [sys.executable, "-m", "triage", "sandbox", "up"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},  # noqa: TID251 - it inherits what we have
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        found = _exported(process)
        os.environ.update(found)  # noqa: TID251 - clients read it there
        yield found
    finally:
        process.terminate()
        process.wait()


def _exported(process: subprocess.Popen[str]) -> Mapping[str, str]:
    """Read the lines that a shell would; the last of them names the Region."""
    found: dict[str, str] = {}
    assert process.stdout is not None  # noqa: S101 - it was asked for above
    for line in process.stdout:
        name, _, value = line.removeprefix(EXPORTED).strip().partition("=")
        found[name] = value
        if name == "AWS_REGION":
            break
    return found


def new_queue(name: str, lease_seconds: int) -> SqsQueue:
    """Make a queue and open it."""
    url = boto3.client("sqs", region_name=REGION).create_queue(QueueName=name)["QueueUrl"]
    clock = SystemClock()
    requests = QueueRequests.to(url, REGION, AwsLimits(), clock)
    return SqsQueue(requests, clock, lease_seconds=lease_seconds)
