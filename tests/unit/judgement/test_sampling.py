"""The draw is repeatable with its key, and its rate never falls below the floor."""

import hashlib
import hmac

import pytest

from triage.judgement.sampling import draw, rate


@pytest.mark.parametrize(
    ("closes", "weekly", "floor", "expected"),
    [
        (0, 1000, 0.05, 1.0),
        (99, 1000, 0.05, 1.0),
        (100, 1000, 0.05, 0.5),
        (299, 1000, 0.05, 0.5),
        (300, 1000, 0.05, 0.1),
        (300, 50, 0.05, 0.4),
        (300, 20, 0.05, 1.0),
        (300, 0, 0.05, 1.0),
        (300, 1000, 0.0, 0.1),
        (300, 1000, 0.3, 0.3),
        (300, 1000, 7.0, 1.0),
    ],
)
def test_the_rate_follows_its_schedule(closes, weekly, floor, expected):
    assert rate(closes, weekly, floor) == expected


def test_a_draw_is_the_keyed_hash_of_both_names():
    text = (6).to_bytes(8, "big") + b"case-1" + (7).to_bytes(8, "big") + b"event-9"
    number = int.from_bytes(hmac.new(b"key", text, hashlib.sha256).digest(), "big") / 2**256
    assert draw(b"key", "case-1", "event-9", min(1.0, number + 1e-6)).chosen
    assert not draw(b"key", "case-1", "event-9", number - 1e-6).chosen


def test_names_cannot_slide_into_each_other():
    one = {draw(b"k", f"c{n}", "1e", 0.5).chosen == draw(b"k", f"c{n}1", "e", 0.5).chosen
           for n in range(40)}  # fmt: skip
    assert one == {True, False}


def test_about_a_tenth_is_drawn_and_another_key_draws_others():
    chosen = [draw(b"a", f"case-{n}", "e", 0.1).chosen for n in range(5000)]
    others = [draw(b"b", f"case-{n}", "e", 0.1).chosen for n in range(5000)]
    assert 400 < sum(chosen) < 600
    assert chosen != others


@pytest.mark.parametrize(("key", "chance"), [(b"", 0.5), (b"k", 0.04), (b"k", 1.01)])
def test_a_draw_without_a_key_or_below_the_floor_is_refused(key, chance):
    with pytest.raises(ValueError, match=r"audit key|sampling rate"):
        draw(key, "c", "e", chance)


def test_everything_is_drawn_at_a_rate_of_one():
    assert all(draw(b"k", f"c{n}", "e", 1.0).chosen for n in range(300))
