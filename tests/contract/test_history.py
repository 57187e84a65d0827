"""The record read page by page: few cases that changed are found by that, and told the same."""

import pytest
from sqlalchemy import event

from tests.builders import NOON, minutes
from tests.stored import received, told
from triage.adapters.storage import history
from triage.adapters.storage.history import SqlHistory


@pytest.fixture
def record(store):
    """Thirty cases, of which two changed an hour later."""
    for number in range(28):
        received(store, told(number))
    for number in (28, 29):
        received(store, told(number), at=NOON + minutes(60))
    return SqlHistory(store.database)


def names(record, since, start=""):
    return [one.case for page in record.pages(since, start) for one in page]


def test_few_that_changed_are_told_as_they_are_among_all(record):
    late = [one for page in record.pages(NOON + minutes(60)) for one in page]
    every = [one for page in record.pages(NOON) for one in page]
    assert len(every) == 30
    assert late == [one for one in every if one.case in {past.case for past in late}]
    assert (len(late), all(one.events and one.hashes for one in late)) == (2, True)
    first = late[0].case
    assert names(record, NOON + minutes(60), first[:6]) == [first]
    assert names(record, NOON + minutes(61)) == []


def test_few_come_in_pages_too(record, monkeypatch):
    monkeypatch.setattr(history, "CASES_AT_ONCE", 1)
    pages = list(record.pages(NOON + minutes(60)))
    assert [len(page) for page in pages] == [1, 1]
    assert pages[0][0].case < pages[1][0].case


def test_few_are_looked_up_by_when_they_changed_and_not_among_all(store, record):
    asked = []
    listens = (store.database.readers, "before_cursor_execute", lambda *told: asked.append(told[2]))
    event.listen(*listens)
    list(record.pages(NOON + minutes(60)))
    assert asked
    assert not [one for one in asked if "cases.id >" in one]
