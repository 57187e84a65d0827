"""Exact binomial bounds: what `misses` among `count` say about a rate, without approximation.

Clopper and Pearson, Biometrika 26 (1934) 404-413, through the regularised incomplete beta
function (DLMF 8.17, https://dlmf.nist.gov/8.17): I_x(a, b) by Lentz's continued fraction,
8.17.22. Inverses are bisected and rounded to the cautious side.
"""

import math
from functools import lru_cache

STEPS_MAX = 100_000
HALVINGS = 80
TINY = 1e-300
PRECISION = 1e-15


def incomplete_beta(a: float, b: float, x: float) -> float:
    """I_x(a, b) for a, b > 0 and x within 0 and 1."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side only
        return 1 - incomplete_beta(b, a, 1 - x)
    logs = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(logs + a * math.log(x) + b * math.log1p(-x)) / a
    return min(1.0, front * _fraction(a, b, x))


def _fraction(a: float, b: float, x: float) -> float:
    """DLMF 8.17.22 by modified Lentz."""
    below, above = 1.0, 1.0
    below = 1 / _apart(1 - (a + b) * x / (a + 1))
    value = below
    for step in range(1, STEPS_MAX):
        change = 1.0
        for term in _terms(a, b, x, step):
            below = 1 / _apart(1 + term * below)
            above = _apart(1 + term / above)
            change = below * above
            value *= change
        if abs(change - 1) < PRECISION:
            break
    return value


def _terms(a: float, b: float, x: float, step: int) -> tuple[float, float]:
    twice = a + 2 * step
    even = step * (b - step) * x / ((twice - 1) * twice)
    odd = -(a + step) * (a + b + step) * x / (twice * (twice + 1))
    return even, odd


def _apart(value: float) -> float:
    return value if abs(value) > TINY else TINY


def at_most(misses: int, count: int, rate: float) -> float:
    """P(Bin(count, rate) <= misses)."""
    if misses >= count:
        return 1.0
    if misses < 0:
        return 0.0
    return incomplete_beta(count - misses, misses + 1, 1 - rate)


def upper(misses: int, count: int, delta: float) -> float:
    """Clopper-Pearson: the rate is below this with confidence 1 - delta; 1 without evidence."""
    if misses >= count:
        return 1.0
    return _solve(misses, count, delta)[1]


def lower(misses: int, count: int, delta: float) -> float:
    """Clopper-Pearson from below: the rate is above this with confidence 1 - delta."""
    if misses <= 0:
        return 0.0
    return _solve(misses - 1, count, 1 - delta)[0]


def _solve(misses: int, count: int, probability: float) -> tuple[float, float]:
    """Two rates that enclose the one at which `at_most` is `probability`."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if at_most(misses, count, middle) > probability:
            low = middle
        else:
            high = middle
    return low, high


def jeffreys_upper(misses: int, count: int, delta: float) -> float:
    """Jeffreys' upper bound, for display only: its coverage is not guaranteed."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = incomplete_beta(misses + 0.5, count - misses + 0.5, middle) < 1 - delta
        low, high = (middle, high) if below else (low, middle)
    return high


@lru_cache(maxsize=4096)
def evidence_needed(rate: float, misses: int, delta: float) -> int:
    """The least count at which `misses` still show a rate of at most `rate`.

    299 for 1% without a miss at 95%: below that, nothing shows anything.
    """
    low, high = misses, max(2 * misses, 1)
    while at_most(misses, high, rate) > delta:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if at_most(misses, middle, rate) > delta else (low, middle)
    return high
