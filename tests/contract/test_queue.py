"""The contract of ports/queue.py, whatever stands behind it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from tests.builders import NOON
from triage.domain.message import Message

LEASE = timedelta(seconds=30)
A_MOMENT = timedelta(milliseconds=1)


def take(queue, at_most=10):
    return list(queue.receive(at_most=at_most, wait_seconds=0))


def bodies(messages):
    return [message.body for message in messages]


def test_messages_come_back_byte_for_byte_and_oldest_first(queue):
    sent = [b"\0\xff", "half \ud800".encode("utf-8", "surrogatepass"), b"", b"x" * (1024 * 1024)]
    assert queue.submit(sent) == 4
    messages = take(queue)
    assert bodies(messages) == sent
    assert {message.received for message in messages} == {NOON}
    assert queue.depth() == 4


def test_submitting_nothing_is_no_error(queue):
    assert (queue.submit([]), queue.depth(), take(queue)) == (0, 0, [])


def test_no_more_come_than_asked(queue):
    queue.submit([b"1", b"2", b"3"])
    assert [bodies(take(queue, 2)), bodies(take(queue, 2))] == [[b"1", b"2"], [b"3"]]


def test_what_is_in_flight_is_hidden_until_the_lease_ran_out(queue, clock):
    queue.submit([b"1"])
    (first,) = take(queue)
    clock.time += LEASE
    assert take(queue) == []
    clock.time += A_MOMENT
    (again,) = take(queue)
    assert (again.id, again.body, again.received) == (first.id, b"1", NOON)
    assert again.receipt != first.receipt


def test_an_acknowledged_message_never_comes_back(queue, clock):
    queue.submit([b"1", b"2"])
    first, _ = take(queue)
    queue.acknowledge([first])
    clock.time += LEASE + A_MOMENT
    assert bodies(take(queue)) == [b"2"]
    assert queue.depth() == 1


def test_an_acknowledgement_after_another_took_over_is_ignored(queue, clock):
    queue.submit([b"1"])
    late = take(queue)
    clock.time += LEASE + A_MOMENT
    current = take(queue)
    queue.acknowledge(late)
    queue.release(late)
    assert (queue.depth(), take(queue)) == (1, [])
    queue.acknowledge(current)
    assert queue.depth() == 0


def test_an_unknown_receipt_is_ignored(queue):
    queue.submit([b"1"])
    (mine,) = take(queue)
    queue.acknowledge([Message(id=mine.id, body=b"1", received=NOON, receipt="forged")])
    queue.acknowledge([])
    assert queue.depth() == 1


def test_a_released_message_comes_back_at_once(queue):
    queue.submit([b"1"])
    queue.release(take(queue))
    assert bodies(take(queue)) == [b"1"]


def test_waiting_ends_when_the_time_is_up(queue, clock):
    assert list(queue.receive(at_most=1, wait_seconds=5)) == []
    assert clock.time - NOON == timedelta(seconds=5)


def test_a_batch_of_large_messages_is_cut_and_loses_none(queue):
    sent = [bytes([n]) * (1024 * 1024) for n in range(20)]
    queue.submit(sent)
    got = []
    while batch := take(queue, 50):
        assert sum(map(len, bodies(batch))) <= 8 * 1024 * 1024
        got += bodies(batch)
        queue.acknowledge(batch)
    assert got == sent


def test_a_message_larger_than_any_batch_still_comes(queue):
    huge = b"x" * (9 * 1024 * 1024)
    queue.submit([huge, b"small"])
    assert [bodies(take(queue)), bodies(take(queue))] == [[huge], [b"small"]]


def test_readers_at_once_share_nothing_and_leave_nothing(queue, open_queue):
    queue.submit([b"%d" % n for n in range(100)])

    def drain(one):
        mine = []
        while batch := take(one, 7):
            one.acknowledge(batch)
            mine += bodies(batch)
        return mine

    with open_queue() as other, ThreadPoolExecutor(4) as pool:
        got = [body for mine in pool.map(drain, [queue, other] * 2) for body in mine]
    assert sorted(got) == sorted(b"%d" % n for n in range(100))
    assert queue.depth() == 0


def test_messages_survive_the_process_that_submitted_them(open_queue, tmp_path, request):
    script = (
        "import sys; from pathlib import Path; from tests.stored import QUEUES, SteppingClock\n"
        "with QUEUES[sys.argv[1]](Path(sys.argv[2]), SteppingClock(), 30.0) as queue:\n"
        "    queue.submit([b'from elsewhere'])\n"
    )
    backend = request.node.callspec.params["open_queue"]
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", script, backend, tmp_path], cwd=root, check=True)
    with open_queue() as queue:
        assert bodies(take(queue)) == [b"from elsewhere"]
