"""Exact bounds: against sums of binomial terms, against tables, and against scipy where it is."""

import math

import pytest

from triage.judgement.bounds import (
    at_most,
    evidence_needed,
    incomplete_beta,
    jeffreys_upper,
    lower,
    upper,
)


def summed(misses, count, rate):
    """The definition, term by term."""
    return math.fsum(
        math.comb(count, k) * rate**k * (1 - rate) ** (count - k) for k in range(misses + 1)
    )


@pytest.mark.parametrize("count", [1, 7, 60, 300])
@pytest.mark.parametrize("rate", [0.001, 0.05, 0.5, 0.93])
def test_the_distribution_is_the_sum_of_its_terms(count, rate):
    for misses in {0, 1, count // 3, count - 1}:
        assert at_most(misses, count, rate) == pytest.approx(
            summed(misses, count, rate), abs=1e-12, rel=1e-9
        )


def test_the_distribution_ends_where_it_must():
    assert [at_most(5, 5, 0.3), at_most(-1, 5, 0.3), at_most(0, 0, 0.3)] == [1.0, 0.0, 1.0]
    assert [incomplete_beta(2, 3, 0), incomplete_beta(2, 3, 1)] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("rate", "needed"),
    [
        (0.001, [2995, 4742, 6294, 7752, 10511]),
        (0.005, [598, 947, 1258, 1549, 2100]),
        (0.01, [299, 473, 628, 773, 1049]),
        (0.02, [149, 236, 313, 386, 523]),
        (0.05, [59, 93, 124, 153, 208]),
    ],
)
def test_the_least_evidence_is_that_of_the_table(rate, needed):
    assert [evidence_needed(rate, misses, 0.05) for misses in (0, 1, 2, 3, 5)] == needed


@pytest.mark.parametrize(
    ("rate", "needed"), [(0.001, 4603), (0.005, 919), (0.01, 459), (0.02, 228), (0.05, 90)]
)
def test_more_confidence_needs_more_evidence(rate, needed):
    assert evidence_needed(rate, 0, 0.01) == needed


def test_without_a_miss_the_upper_bound_is_known_in_closed_form():
    assert upper(0, 512, 0.025) == pytest.approx(1 - 0.025 ** (1 / 512), abs=1e-12)


def test_bounds_without_evidence_claim_nothing():
    assert [upper(0, 0, 0.05), upper(3, 3, 0.05), lower(0, 10, 0.05)] == [1.0, 1.0, 0.0]


@pytest.mark.parametrize(("misses", "count"), [(1, 20), (7, 300), (19, 20), (150, 5000)])
def test_each_bound_leaves_exactly_delta_beyond_it(misses, count):
    assert at_most(misses, count, upper(misses, count, 0.05)) == pytest.approx(0.05)
    assert 1 - at_most(misses - 1, count, lower(misses, count, 0.05)) == pytest.approx(0.05)


def test_jeffreys_is_narrower_and_so_only_for_display():
    assert 0 < jeffreys_upper(2, 300, 0.05) < upper(2, 300, 0.05)


def test_bounds_agree_with_scipy():
    stats = pytest.importorskip("scipy.stats")
    for misses, count in [(0, 299), (3, 773), (40, 4000), (5000, 20000)]:
        expected = stats.beta.ppf(0.975, misses + 1, count - misses)
        assert upper(misses, count, 0.025) == pytest.approx(expected, rel=1e-9)
        for rate in (0.002, 0.01, 0.24):
            expected = stats.binom.cdf(misses, count, rate)
            assert at_most(misses, count, rate) == pytest.approx(expected, rel=1e-8, abs=1e-14)
