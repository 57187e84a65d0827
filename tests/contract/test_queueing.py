"""Which queue stands behind the port, and what probes and gauges are told of it."""

import math
from types import SimpleNamespace

import pytest

from tests.stored import REGION, a_queue
from triage.adapters.aws.queue import SqsQueue
from triage.adapters.prometheus.metrics import PrometheusMetrics
from triage.adapters.storage import Inbox
from triage.adapters.system.clock import SystemClock
from triage.cli.running import _queue
from triage.settings import read_settings
from triage.wiring.queueing import Look, opened, unsound, upkeep, wait_seconds

CLOCK = SystemClock()


@pytest.fixture
def settings(sandbox, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, value in sandbox.environment(region=REGION).items():
        monkeypatch.setenv(name, value)

    def read(**queue):
        given = {f"TRIAGE_QUEUE__{name.upper()}": value for name, value in queue.items()}
        return read_settings({"TRIAGE_PATHS__DATA": str(tmp_path), **given}).settings

    return read


def gauges(found, queue):
    """What /metrics says of a queue: depth, age, dead letters."""
    metrics, look = PrometheusMetrics(), Look(found, CLOCK)
    world = SimpleNamespace(clock=CLOCK)
    _queue(SimpleNamespace(world=world, inbox=queue, metrics=metrics), look)
    look.close()
    names = ("triage_inbox_messages", "triage_oldest_message_seconds", "triage_dead_letters")
    return [metrics.registry.get_sample_value(name) for name in names]


def test_the_inbox_is_the_queue_until_one_is_set(settings, tmp_path):
    found, look = settings(), Look(settings(), CLOCK)
    queue = opened(found, CLOCK)
    assert (type(queue), wait_seconds(found), upkeep(queue)) == (Inbox, 1, {})
    assert (look.unfit(), look.dead(), unsound(found, CLOCK)) == ("", 0, ())
    assert gauges(found, queue) == [0, 0, 0]
    queue.submit([b"1"])
    depth, age, dead = gauges(found, queue)
    assert (depth, age >= 0, dead) == (1, True, 0)
    queue.close()


def test_amazon_sqs_is_the_queue_where_its_url_is_set(settings, tmp_path):
    found = settings(url=a_queue("tickets"), wait_seconds="7")
    queue = opened(found, CLOCK)
    assert (type(queue), wait_seconds(found), list(upkeep(queue))) == (SqsQueue, 7, ["queue"])
    queue.submit([b"1"])
    depth, age, dead = gauges(found, queue)
    assert (depth, math.isnan(age), dead) == (1, True, 0)
    assert [one.body for one in queue.receive(at_most=5, wait_seconds=0)] == [b"1"]
    depth, age, dead = gauges(found, queue)
    assert (depth, age >= 0, dead) == (1, True, 0)
    queue.close()
    with_folder = opened(found, CLOCK, tmp_path)
    assert type(with_folder) is Inbox
    with_folder.close()


def test_a_worker_is_not_ready_with_a_queue_that_loses_messages(settings):
    found = settings(url=a_queue("tickets", receives=3))
    look = Look(found, CLOCK)
    assert look.unfit().startswith("queue.url: its maxReceiveCount is 3; below 10")
    look.close()


def test_a_queue_that_does_not_answer_is_a_sentence_and_not_a_number(settings):
    found = settings(url=f"https://sqs.{REGION}.amazonaws.com/111111111111/gone")
    queue, look = opened(found, CLOCK), Look(found, CLOCK)
    expected = "queue.url: the queue gone failed to get_queue_attributes: "
    assert look.unfit().startswith(expected)
    assert math.isnan(look.dead())
    assert all(math.isnan(one) for one in gauges(found, queue))
    look.close()
    queue.close()
