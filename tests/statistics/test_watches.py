"""A watch is a test with a stated error: how often it condemns, summed up exactly."""

import pytest

from triage.judgement.bounds import at_most
from triage.judgement.watch import MISSES_MIN, Watch

ROUND = 200
"""Samples of a round: the first hundred closes are all seen, half of the next two hundred."""
ROUNDS = 10


def condemned(certified, rate):
    """P(a watch ever condemns) where each sample is real with this rate; it goes on until clean."""
    limits = {misses: limit(certified, misses) for misses in range(MISSES_MIN, 40)}
    free, lost = {0: 1.0}, 0.0
    for number in range(ROUNDS):
        after = {(misses, 0): share for misses, share in free.items()}
        for seen in range(number * ROUND + 1, (number + 1) * ROUND + 1):
            after, more = sampled(after, seen, rate, limits)
            lost += more
        free = unclean(after)
    return lost


def sampled(free, seen, rate, limits):
    """One more sample: what is left by (misses, misses of the round), and what was condemned."""
    left, lost = {}, 0.0
    for (misses, fresh), share in free.items():
        for real, part in ((0, share * (1 - rate)), (1, share * rate)):
            if seen <= limits.get(misses + real, 0):
                lost += part
            else:
                key = misses + real, fresh or real
                left[key] = left.get(key, 0.0) + part
    return left, lost


def unclean(free):
    """Those whose round had a miss begin anew and keep their evidence."""
    found = {}
    for (misses, fresh), share in free.items():
        if fresh:
            found[misses] = found.get(misses, 0.0) + share
    return found


def limit(certified, misses):
    """The most samples among which this many misses condemn."""
    low, high = 0, ROUNDS * ROUND + 1
    while high - low > 1:
        middle = (low + high) // 2
        hit = Watch(seen=middle, misses=misses).condemns(certified)
        low, high = (middle, high) if hit else (low, middle)
    return low


@pytest.mark.parametrize(("certified", "most"), [(0.001, 0.03), (0.0035, 0.065), (0.01, 0.115)])
def test_a_pool_at_its_bound_is_condemned_in_few_watches(certified, most):
    assert condemned(certified, certified) <= most


def test_a_clean_pool_is_condemned_in_hardly_any():
    assert condemned(0.0035, 0.0004) < 0.001


def test_a_pair_alone_would_be_wrong_about_every_sixth_window_at_the_bound():
    assert 1 - at_most(1, ROUND, 0.0035) > 0.15


def test_a_pool_that_got_four_times_as_dirty_as_promised_is_found_out():
    assert condemned(0.0035, 0.014) > 0.85
