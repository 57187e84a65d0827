"""Machines whose clocks are hours apart work on one PostgreSQL as if they were not."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from tests.builders import minutes
from tests.stored import STORES, a_timer, claimed, decided, received, told
from triage.adapters.storage.clock import ServerClock
from triage.adapters.system.clock import SystemClock


@dataclass
class Machine:
    """A machine whose clock is set wrong, and whose counter moves when it is told to."""

    off: timedelta
    counted: float = 0.0

    def now(self):
        return SystemClock().now() + self.off

    def wait(self, seconds):
        self.counted += seconds

    def elapsed(self):
        return self.counted


@pytest.fixture
def store(tmp_path):
    with STORES["postgres"](tmp_path) as opened:
        yield opened


def clock_of(store, **off):
    machine = Machine(timedelta(**off))
    return machine, ServerClock(store.database, machine, machine.elapsed)


def test_everybody_has_the_servers_time_whatever_their_own(store):
    clocks = [clock_of(store, **off)[1] for off in ({"hours": 3}, {"hours": -3}, {})]
    true = SystemClock().now()
    assert all(abs(clock.now() - true) < timedelta(seconds=60) for clock in clocks)
    assert [round(clock.ahead() / timedelta(hours=1)) for clock in clocks] == [3, -3, 0]


def test_a_clock_that_is_hours_ahead_takes_no_work_from_others_and_fires_nothing_early(store):
    _, slow = clock_of(store, hours=-2)
    _, fast = clock_of(store, hours=2)
    received(store, told(1), told(2), at=slow.now())
    one, other = claimed(store, at=slow.now(), owner="slow")
    timer = a_timer(one.case.id, due=slow.now() + minutes(5))
    store.cases.settle([decided(one, timers=(timer,), at=slow.now())])
    assert claimed(store, at=fast.now(), owner="fast") == []
    due = store.outbox.claim_timers(now=fast.now(), owner="fast", at_most=9, lease_seconds=1)
    assert due == []
    assert store.cases.settle([decided(other, at=slow.now())])[0] is not None


def test_time_passes_in_between_and_the_server_is_asked_again(store):
    machine, clock = clock_of(store, hours=1)
    began = clock.now()
    clock.wait(20)
    assert (clock.step(), clock.now() - began) == (0, timedelta(seconds=20))
    # The counter ran while the server's time did not: asked again, it is the server that is right.
    clock.wait(20)
    assert clock.step() == 0
    assert clock.now() - began < timedelta(seconds=20)
    assert machine.counted == 40


def test_a_server_that_does_not_answer_leaves_time_as_it_goes(store):
    _, clock = clock_of(store, hours=1)
    began = clock.now()
    clock.wait(100)
    store.database.close()
    broken = store.database.readers
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broken, "connect", failing)
        with pytest.raises(OperationalError):
            clock.step()
    assert clock.now() - began == timedelta(seconds=100)


def failing():
    raise OperationalError("", None, Exception("the server is away"))
