"""Laws that hold for any input whatever: readers, keys, bounds, and the order of versions."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from tests.builders import NOON, a_case, a_ticket, minutes
from tests.examples import examples
from tests.strategies import MESSAGES, ODD
from triage.domain.case import EventKind
from triage.domain.message import Message, Reception, Rejected
from triage.domain.severity import Label, Severity
from triage.domain.ticket import Format, SourceStatus, Ticket
from triage.intake import arn, identity, severities, times
from triage.intake.bounds import (
    ARN_CHARS_MAX,
    PLACE_CHARS_MAX,
    REASON_CHARS_MAX,
    TEXT_CHARS_MAX,
    bounded,
)
from triage.intake.fields import Fields, as_number, as_text
from triage.stages.dedup import admit
from triage.stages.normalise import normalise
from triage.stages.reread import reread

RECEIVED = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUICK = settings(
    max_examples=examples(150),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PARTS = st.lists(st.text("ab|%:~7C25", max_size=6), min_size=1, max_size=4)


@QUICK
@given(MESSAGES)
def test_whatever_arrives_is_a_ticket_or_kept_and_a_ticket_is_read_again_the_same(body):
    parsed = normalise(Message(id="1", body=body, received=RECEIVED))
    bodies = dict(parsed.bodies)
    assert parsed.parts
    for part in parsed.parts:
        if isinstance(part, Rejected):
            assert 0 < len(part.reason) <= REASON_CHARS_MAX
        else:
            assert reread(bodies[part.body], RECEIVED) == part


@QUICK
@given(MESSAGES)
def test_no_text_of_a_ticket_is_longer_than_its_bound(body):
    for part in normalise(Message(id="1", body=body, received=RECEIVED)).parts:
        if isinstance(part, Ticket):
            texts = [part.type, part.title, part.product, part.subject.name, part.subject.kind]
            arns = [part.subject.id, part.subject.arn or "", part.native_id, part.principal or ""]
            places = [part.account, part.region or ""]
            assert max(map(len, texts)) <= TEXT_CHARS_MAX
            assert max(map(len, arns)) <= ARN_CHARS_MAX
            assert max(map(len, places)) <= PLACE_CHARS_MAX
            assert len(part.key) <= identity.KEY_CHARS_MAX
            assert all(shown.isprintable() for shown in (*texts, *arns, *places))


@QUICK
@given(PARTS, PARTS)
@example(["a", "bc"], ["ab", "c"])
@example(["a|b"], ["a", "b"])
@example(["a%7Cb"], ["a|b"])
@example(["x" * 600], ["x" * 601])
def test_two_lists_of_parts_share_no_key(one, other):
    assume(one != other)
    assert identity.key("kind", *one) != identity.key("kind", *other)


def test_a_long_key_is_hashed_whole_and_meets_no_plain_one():
    long = identity.key("kind", "x" * 600)
    assert long.startswith("kind~")
    assert long != identity.key("kind", long.partition("~")[2])


@QUICK
@given(TEXTS, st.integers(1, 30))
def test_a_bounded_text_is_short_and_printable(text, chars_max):
    shown = bounded(text, chars_max)
    assert len(shown) <= chars_max
    assert shown.isprintable()


@QUICK
@given(ODD)
def test_no_value_breaks_a_getter(value):
    fields = Fields({"a": value, "b": {"a": value}, "c": [value]})
    as_text(value), as_number(value), times.moment(value), severities.guardduty(value)
    for path in ("a", "b.a", "c", "c.a", "a.b.c"):
        fields.text(path), fields.texts(path), fields.number(path), fields.flag(path)
        fields.time(path), fields.each(path), fields.within(path)


@QUICK
@given(ODD)
def test_a_severity_nobody_can_read_is_medium(value):
    unreadable = severities.of_word(value) is None and as_number(value) is None
    if unreadable or (as_number(value) or 0) < 0:
        assert severities.guardduty(value).label is Label.MEDIUM


@QUICK
@given(TEXTS)
def test_no_text_breaks_an_arn(text):
    for shape in (text, f"arn:{text}", f"arn:aws:s3:::{text}", f"arn:aws::{text}"):
        assert len(arn.parts(shape)) == arn.PARTS
        assert arn.short(shape) or not shape


@QUICK
@given(st.one_of(TEXTS, st.floats(), st.integers(), st.datetimes().map(datetime.isoformat)))
def test_a_time_is_after_2000_and_utc_or_none(value):
    found = times.moment(value)
    assert found is None or (found >= times.EARLIEST and found.tzinfo is UTC)


MINUTES = st.integers(-600, 600)
VERSIONS = st.tuples(MINUTES, st.integers(1, 3))


def a_version(minute, count, **changes):
    changes.setdefault("body", f"{minute}/{count}".rjust(64, "0"))
    return a_ticket(version=NOON + minutes(minute - 600), count=count, **changes)


@QUICK
@given(VERSIONS, VERSIONS)
def test_an_older_version_never_replaces_a_newer_one(one, other):
    old, new = sorted((one, other))
    assume(old != new)
    case = a_case(a_version(*new))
    admission = admit(case, a_version(*old), NOON)
    assert (admission.reception, admission.due) == (Reception.DUPLICATE, False)
    worse = admit(case, a_version(*old, severity=Severity(100)), NOON)
    assert (worse.reception, worse.due) == (Reception.DUPLICATE, True)
    assert a_case(a_version(*new), a_version(*old)).view == case.view


@QUICK
@given(VERSIONS)
def test_an_equal_version_is_a_duplicate(version):
    case = a_case(a_version(*version))
    same = admit(case, a_version(*version), NOON)
    retold = admit(case, a_version(*version, body="f" * 64), NOON)
    assert (same.reception, same.event) == (Reception.DUPLICATE, None)
    assert (retold.reception, retold.due) == (Reception.DUPLICATE, False)


@QUICK
@given(st.lists(st.tuples(VERSIONS, st.sampled_from(list(Format))), min_size=1, max_size=6))
def test_the_view_is_of_the_best_format_told_and_only_goes_forward(tellings):
    tickets = [a_version(*version, format=format_) for version, format_ in tellings]
    cases = [a_case(*tickets[: n + 1]) for n in range(len(tickets))]
    order = list(Format)
    for case in cases:
        assert case.view == case.told[min(case.told, key=order.index)]
    for before, after in pairwise(cases):
        for format_, told in before.told.items():
            assert after.told[format_].version >= told.version


@pytest.mark.parametrize(
    "calmer",
    [{"severity": Severity(1)}, {"status": SourceStatus.RESOLVED}, {"sample": True}],
)
@QUICK
@given(st.integers(1, 600))
def test_later_news_that_lowers_risk_is_never_the_view(calmer, minute):
    loud = a_version(0, 1)
    calm = a_version(minute, 1, **calmer)
    admission = admit(a_case(loud), calm, NOON)
    assert admission.event is not None
    assert admission.event.kind is EventKind.HELD
    assert a_case(loud, calm).view == a_case(loud).view
