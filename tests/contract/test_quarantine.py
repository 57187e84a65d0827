"""The contract of ports/quarantine.py, whatever stands behind it."""

import pytest

from tests.builders import NOON, minutes
from tests.stored import message
from triage.domain.errors import NoSuchEntry
from triage.domain.json import digest
from triage.domain.message import Reception, Rejected
from triage.stages.dedup import admit

BODIES = {
    "empty": b"",
    "NUL": b"a\0b",
    "not UTF-8": b"\xff\xfe",
    "half a surrogate pair": "\ud800".encode("utf-8", "surrogatepass"),
    "escaped half": rb'"\ud800"',
    "more than a mebibyte": b"x" * (1024 * 1024 + 1),
    "line ends": b"a\r\nb\n",
}


def reject(store, body, *, reason="not JSON", at=NOON):
    (receipt,) = store.cases.receive([message(Rejected(body=body, reason=reason), at=at)], admit)
    assert (receipt.reception, receipt.case, receipt.reason) == (
        Reception.QUARANTINED,
        None,
        reason,
    )


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_cannot_be_read_is_kept_byte_for_byte(store, body):
    reject(store, body)
    (entry,) = store.quarantine.list()
    assert store.quarantine.show(entry.id) == (entry, body)
    assert (entry.reason, entry.received, entry.size, entry.replayed) == (
        "not JSON",
        NOON,
        len(body),
        None,
    )
    assert digest(body).startswith(entry.id)


def test_the_same_bytes_are_one_entry_however_often_they_come(store):
    for _ in range(3):
        reject(store, b"?")
    assert (store.quarantine.count(), len(store.quarantine.list())) == (1, 1)


def test_entries_are_listed_newest_first_and_no_more_than_asked(store):
    for place in range(3):
        reject(store, b"%d" % place, at=NOON + minutes(place))
    newest = [entry.id for entry in store.quarantine.list(at_most=2)]
    assert newest == [digest(b"2")[:16], digest(b"1")[:16]]


def test_what_was_put_back_no_longer_waits_until_it_comes_again(store):
    reject(store, b"?")
    (entry,) = store.quarantine.list()
    store.quarantine.replayed(entry.id, at=NOON + minutes(1))
    assert (store.quarantine.count(), store.quarantine.list()) == (0, [])
    (put_back,) = store.quarantine.list(waiting=False)
    assert put_back.replayed == NOON + minutes(1)
    reject(store, b"?")
    assert store.quarantine.count() == 1


def test_an_entry_is_found_by_an_unambiguous_beginning_of_its_id(store):
    reject(store, b"1")
    name = digest(b"1")[:16]
    assert store.quarantine.show(name[:6].upper())[0].id == name
    for wrong in ("", "%", "zz", name[:4] + "_"):
        with pytest.raises(NoSuchEntry):
            store.quarantine.show(wrong)
    with pytest.raises(NoSuchEntry):
        store.quarantine.replayed("zz", at=NOON)
