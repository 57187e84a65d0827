"""The simulation of a load behaves as queues do, and says what it was given."""

import json
from dataclasses import replace

import pytest

from scripts.simulate import Costs, Load, fewest, fitted, lines_of, simulate

COSTS = Costs(ticket=0.002, batch=0.004, commit=0.001)
FULL = Load(rate=0, batch=20, cases=20)


def line(batch, microseconds):
    return {"batch": batch, "cpu_microseconds": microseconds, "fdatasync_per_second": 1000.0}


def test_one_worker_at_full_load_does_what_its_interpreter_allows():
    outcome = simulate(FULL, COSTS, 0)
    assert outcome.tickets_per_second == pytest.approx(1 / (0.002 + 0.004 / 20), rel=0.05)
    assert outcome.workers_busy == pytest.approx(1.0, abs=0.05)


def test_two_workers_do_twice_as_much_while_the_database_has_room():
    one, two = (simulate(replace(FULL, workers=count), COSTS, 0) for count in (1, 2))
    assert two.tickets_per_second == pytest.approx(2 * one.tickets_per_second, rel=0.05)


def test_a_load_beyond_the_disk_waits_for_the_disk():
    slow = simulate(FULL, replace(COSTS, commit=0.1), 0)
    assert slow.database_busy == pytest.approx(1.0, abs=0.05)
    assert slow.tickets_per_second < simulate(FULL, COSTS, 0).tickets_per_second / 2


def test_look_ups_of_one_account_wait_for_its_budget_and_those_of_many_do_not():
    load = replace(FULL, rate=50, wait=0.05, looked_up=0.5, workers=4)
    one = simulate(replace(load, accounts=1), COSTS, 0)
    many = simulate(replace(load, accounts=1000), COSTS, 0)
    assert many.lookup_wait_p99 < 1 < one.lookup_wait_p99


@pytest.mark.slow
def test_ten_times_the_load_needs_more_workers_and_they_keep_up():
    load = replace(FULL, rate=300, seconds=20)
    (few, _), (many, calm) = (fewest(replace(load, rate=rate), COSTS, 0) for rate in (300, 3000))
    assert few.workers < many.workers
    assert calm.p99_ms <= 60_000


def test_the_same_seed_gives_the_same_outcome():
    load = replace(FULL, rate=100, wait=0.05)
    assert simulate(load, COSTS, 7) == simulate(load, COSTS, 7)


def test_costs_are_what_the_measured_batches_say():
    found = fitted([line(10, 2400.0), line(100, 2040.0)])
    assert found.ticket == pytest.approx(0.002)
    assert found.batch == pytest.approx(0.004)
    assert found.commit == pytest.approx(0.001)


@pytest.mark.parametrize("text", ["", "{}", "no json"])
def test_a_file_that_is_no_measurement_is_refused_with_its_name(tmp_path, text):
    path = tmp_path / "spine.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"spine.json: not what scripts/benchmarks/spine.py"):
        lines_of(path)


def test_only_the_lines_of_most_playbooks_count(tmp_path):
    path = tmp_path / "spine.json"
    lines = [line(10, 1.0) | {"playbooks": count} for count in (12, 1000)]
    path.write_text("progress\n" + json.dumps({"lines": lines}))
    assert [one["playbooks"] for one in lines_of(path)] == [1000]
