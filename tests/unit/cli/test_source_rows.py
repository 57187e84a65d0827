"""What a case's page says of its finding at the source, and of its probation."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from triage.cli.source_rows import OFF, at_its_source
from triage.closing.catalogue import AT_HOME, DESKS, OPEN_BECAUSE, TOLD_BY, desks_of
from triage.domain.case import CaseEvent, EventKind, Status, Told, open_case
from triage.domain.effect import Effect, EffectStatus
from triage.domain.ticket import CanonicalKey, Format, Source
from triage.settings import Settings

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WATCH = {"since": NOW.isoformat(), "until": "2026-11-25T12:00:00+00:00", "returned": None}


def a_case(source="securityhub", format_=Format.ASFF, **changes):
    told = {format_: Told(version=NOW, count=1, body="b", received=NOW)}
    case = open_case(CanonicalKey("key"))
    headline = {"source": source}
    return replace(case, status=Status.CLOSED, told=told, headline=headline, **changes)


def an_effect(status=EffectStatus.DONE, outcome="closed at its source"):
    data = {"desk": "securityhub"}
    return Effect(
        id="e", case="c", kind="close", data=data, due=NOW, status=status, outcome=outcome
    )


def event(kind, **data):
    return CaseEvent(id="x", kind=kind, at=NOW, data=data)


@pytest.mark.parametrize(
    ("effects", "says"),
    [
        ([an_effect()], "closed at its source"),
        ([an_effect(EffectStatus.INTENDED, "")], "not closed yet (not tried yet)"),
        ([an_effect(EffectStatus.ABANDONED, "was denied")], "left open, given up (was denied)"),
        ([], OFF),
    ],
)
def test_the_page_says_how_it_stands_there(effects, says):
    rows = at_its_source(a_case(), [], effects, frozenset())
    assert rows == {"at source": [f"securityhub: {says}"]}


def test_where_nothing_can_be_written_the_page_says_why():
    rows = at_its_source(a_case("macie", Format.NATIVE), [], [], frozenset(DESKS))
    assert rows == {"at source": [f"nothing is written: {OPEN_BECAUSE[Source.MACIE]}"]}


def test_an_open_case_says_where_it_was_closed_before():
    case = replace(a_case(), status=Status.ESCALATED)
    closed = event(EventKind.SOURCE_CLOSED, desk="securityhub")
    (said,) = at_its_source(case, [closed], [], frozenset(DESKS))["at source"]
    assert said.startswith("securityhub: we closed it there at 2026-11-24T12:00:00")


@pytest.mark.parametrize(
    ("case", "events", "says"),
    [
        (a_case(watch=WATCH), [], f"watched until {WATCH['until']}"),
        (a_case(watch=WATCH | {"returned": "then"}), [], "it came back at then"),
        (a_case(decided={"returned": {"told": "it came back"}}), [], "it came back"),
        (a_case(), [event(EventKind.WATCHED, final=True, says="over")], "over"),
        (a_case(), [event(EventKind.WATCHED, final=False, says="not yet")], None),
    ],
)
def test_the_page_says_how_probation_goes(case, events, says):
    assert at_its_source(case, events, [], frozenset(DESKS)).get("probation") == says


def test_every_source_is_closed_or_says_why_not_and_every_desk_has_a_setting():
    assert OPEN_BECAUSE.keys() | AT_HOME.keys() == set(Source)
    assert not OPEN_BECAUSE.keys() & AT_HOME.keys()
    assert {*AT_HOME.values(), *TOLD_BY.values()} == set(DESKS) == Settings().at_source.desks


@pytest.mark.parametrize(
    ("source", "told", "desks"),
    [
        (Source.GUARDDUTY, [Format.NATIVE], [("guardduty", Format.NATIVE)]),
        (
            Source.GUARDDUTY,
            [Format.OCSF, Format.ASFF],
            [
                ("guardduty", Format.ASFF),
                ("securityhub", Format.ASFF),
                ("securityhub_v2", Format.OCSF),
            ],
        ),
        (Source.ACCESS_ANALYZER, [Format.ASFF], [("securityhub", Format.ASFF)]),
        (Source.SECURITYHUB, [Format.EVALUATION], []),
        (Source.INSPECTOR, [Format.NATIVE, Format.ASFF], [("securityhub", Format.ASFF)]),
        (Source.REPORT, [Format.NATIVE], []),
    ],
)
def test_a_finding_is_closed_at_every_desk_that_told_of_it(source, told, desks):
    assert list(desks_of(source, told)) == desks
