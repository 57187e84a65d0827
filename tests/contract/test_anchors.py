"""Whatever happens to the record, `audit verify` says what: case and event, on either store."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select, update

from tests.anchors import Anchored, Key, a_history
from tests.builders import NOON, minutes
from tests.stored import a_key, received, told
from triage.adapters.files.heads import HeadFile
from triage.adapters.ssh.heads import SshHeads
from triage.adapters.storage import verify
from triage.adapters.storage.schema import events
from triage.adapters.storage.tallies import counts
from triage.adapters.storage.verifying import (
    CASE_LETTERS,
    HEX_DIGITS,
    KINDS,
    _split,
    verify_in_processes,
)
from triage.domain.case import GENESIS, case_id, link
from triage.domain.errors import Unverified
from triage.domain.head import Head, NoHead, signed_head
from triage.domain.json import canonical
from triage.engine.anchoring import LEASE_SECONDS, OVERLAP, SWEEP, Busy, Export, Forked
from triage.ports.head_keeper import Unkept

pytestmark = pytest.mark.slow

CASE, OTHER = case_id(a_key(1)), case_id(a_key(4))
AT = NOON.isoformat()


@pytest.fixture
def record(store, tmp_path) -> Anchored:
    return a_history(store, tmp_path)


def swap(record, one, other):
    for place, target in ((one, 99), (other, one), (99, other)):
        sql = "UPDATE events SET sequence = :target WHERE case_id = :case AND sequence = :place"
        record.touch(sql, case=CASE, target=target, place=place)


def rewrite(record, place):
    """Change an event and every hash behind it, so that the chain holds again."""
    with record.store.database.writing() as connection:
        rows = connection.execute(
            select(events).where(events.c.case_id == CASE).order_by(events.c.sequence)
        ).all()
        previous = GENESIS
        for row in rows:
            body = row.body
            if row.sequence == place:
                body = canonical({**orjson.loads(body), "at": "2026-01-01T00:00:00+00:00"})
            previous = link(previous, body)
            mine = (events.c.case_id == CASE, events.c.sequence == row.sequence)
            connection.execute(update(events).where(*mine).values(body=body, hash=previous))


ONE = "case_id = :case AND sequence = :place"


def edit(record, place):
    """Flip one bit of one byte."""
    mine = (events.c.case_id == CASE, events.c.sequence == place)
    with record.store.database.reading() as connection:
        found = connection.execute(select(events.c.body).where(*mine)).scalar_one()
    changed = bytearray(found)
    changed[len(changed) // 2] ^= 1
    with record.store.database.writing() as connection:
        connection.execute(update(events).where(*mine).values(body=bytes(changed)))


def remove(record, place):
    record.touch(f"DELETE FROM events WHERE {ONE}", case=CASE, place=place)  # noqa: S608


TOUCHED = {
    "one byte of the second event": (lambda record: edit(record, 2), ["event 2 was changed"]),
    "one byte of two events": (
        lambda record: (edit(record, 1), edit(record, 4)),
        ["event 1 was changed", "event 4 was changed"],
    ),
    "the second event gone": (
        lambda record: remove(record, 2),
        ["event 2 is gone, and was anchored"],
    ),
    "the last event gone": (
        lambda record: remove(record, 4),
        ["event 4 is gone, and was anchored"],
    ),
    "two events in each other's place": (
        lambda record: swap(record, 2, 3),
        ["event 3 stands in the place of event 2", "event 2 stands in the place of event 3"],
    ),
    "an event and the whole chain behind it": (
        lambda record: rewrite(record, 2),
        ["event 2 is not the one that was anchored"],
    ),
    "the hash beside an event": (
        lambda record: record.touch(
            f"UPDATE events SET hash = :hash WHERE {ONE}",  # noqa: S608
            case=CASE,
            place=3,
            hash="0" * 64,
        ),
        ["event 3: its hash was changed"],
    ),
}


@pytest.mark.parametrize(("touch", "named"), TOUCHED.values(), ids=TOUCHED)
def test_what_was_touched_is_named_by_case_and_event_and_nothing_else_is(record, touch, named):
    touch(record)
    assert record.problems() == tuple(f"case {CASE}: {one}" for one in named)


def test_a_case_that_is_gone_as_a_whole_is_named(record):
    for table in ("handles", "members", "effects", "timers", "events"):
        with record.store.database.writing() as connection:
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE case_id = '{CASE}'")  # noqa: S608
    record.touch("DELETE FROM cases WHERE id = :case", case=CASE)
    assert record.problems() == (f"case {CASE} is gone, and 4 events of it were anchored",)


def test_what_nobody_touched_is_as_every_head_says(record):
    report = verify(record.store, record.vouched())
    assert (report.problems, report.anchored, report.matched) == ((), 8, record.vouched()[-1])
    assert [one.signed.head.size for one in record.vouched()] == [6, 8]
    assert verify(record.store).matched is None
    record.happen(4)
    report = verify(record.store, record.vouched())
    assert (report.problems, report.anchored) == ((), 8)


def test_an_older_backup_fits_itself_and_not_the_head(record):
    copy = record.copied()
    record.happen(4, 5)
    record.anchor()
    record.restore(copy)
    assert record.problems() == ()
    assert record.problems(against=True) == (
        (
            f"{record.heads}:3: of 12 events anchored by {AT} only 8 are here: "
            "this is an older copy, or its end was cut off"
        ),
    )


def test_an_older_backup_that_went_on_is_not_what_the_head_says(record):
    copy = record.copied()
    record.happen(4, 5)
    record.anchor()
    record.restore(copy)
    record.happen(6, 7, 8)
    record.anchorer(export=None).finish()
    assert record.problems() == ()
    assert record.problems(against=True) == (
        (
            f"{record.heads}:3: what is here is not what was anchored by {AT}: "
            "something among leaves 8 to 11 is another"
        ),
    )


def test_who_rewrites_the_log_as_well_is_found_by_the_heads_alone(record):
    """Everything in the database can be made to fit itself; between two heads it still shows."""
    with record.store.database.reading() as connection:
        before = connection.exec_driver_sql("SELECT name FROM leaf_log").scalar_one()
    record.touch("UPDATE leaves SET hash = :other WHERE position = 7", other="f" * 64)
    assert record.problems()[-1] == (
        "the leaf log: its leaves are not those that were hashed into its tree"
    )
    for table in ("leaves", "leaf_log"):
        record.touch(f"DELETE FROM {table}")  # noqa: S608 - our own words
    rewrite(record, 4)
    record.touch("DELETE FROM heads")
    record.anchorer(export=None).finish()
    record.touch("UPDATE leaf_log SET name = :name", name=before)
    assert [one for one in record.problems(against=True) if "heads.jsonl" in one][-1] == (
        f"{record.heads}:2: what is here is not what was anchored by {AT}: "
        "something among leaves 0 to 7 is another"
    )


def test_a_log_that_was_cut_off_is_named_with_and_without_a_head(record):
    record.touch("DELETE FROM leaves WHERE position = 7")
    assert record.problems() == ("the leaf log: leaf 7 of 8 is gone or cannot be read",)
    assert len(record.problems(against=True)) == 2


DAMAGED = {
    "peaks that are none": "UPDATE leaf_log SET peaks = 'zz'",
    "other peaks": "UPDATE leaf_log SET peaks = '00'",
    "no row of the log": "DELETE FROM leaf_log",
    "another size": "UPDATE leaf_log SET size = 9",
    "a leaf of another event": "UPDATE leaves SET sequence = 77 WHERE position = 3",
    "a leaf in another place": "UPDATE leaves SET position = 70 WHERE position = 7",
}


@pytest.mark.parametrize("statement", DAMAGED.values(), ids=DAMAGED)
def test_a_log_that_was_damaged_is_named_and_stops_no_audit(record, statement):
    record.touch(statement)
    assert record.problems(against=True)


def test_an_event_that_cannot_be_read_is_anchored_as_it_is_and_named(record):
    record.happen(4)
    record.touch("UPDATE events SET body = :body WHERE case_id = :case", body=b"{", case=OTHER)
    record.anchor()
    named = "cannot be read, or is another one"
    assert record.problems() == tuple(f"case {OTHER}: event {n} {named}" for n in (1, 2))
    assert verify(record.store).anchored == 10


def test_a_head_of_another_log_vouches_for_nothing_here(record, tmp_path):
    record.touch("UPDATE leaf_log SET name = 'another'")
    assert record.problems(against=True) == tuple(
        f"{record.heads}:{number}: it is a head of another log than this one" for number in (1, 2)
    )
    assert verify(record.store, record.vouched()).matched is None


def test_a_head_by_an_unknown_key_or_of_other_words_is_refused(record, tmp_path):
    with pytest.raises(Unverified, match=r"ssh:SHA256:\S+ is no key that anchor.trusted names"):
        record.vouched(Key.made(tmp_path / "other.key"))
    ((place, line), _) = HeadFile(record.heads).kept()
    signed = signed_head(line, place)
    for change in ({"size": 7}, {"root": "0" * 64}, {"log": "x"}, {"at": NOON + minutes(1)}):
        record.heads.write_bytes(replace(signed, head=replace(signed.head, **change)).line())
        with pytest.raises(Unverified, match="did not sign exactly this"):
            record.vouched()
    record.heads.write_bytes(replace(signed, signature="none").line())
    with pytest.raises(Unverified, match="it carries no signature"):
        record.vouched()


# --- the anchorer ---------------------------------------------------------------------------------


def test_one_anchors_at_a_time_and_another_goes_on_when_its_lease_ends(record):
    one, other = record.anchorer("a"), record.anchorer("b")
    record.happen(4)
    assert (one.step(), other.step()) == (2, 0)
    with pytest.raises(Busy):
        other.finish()
    record.happen(5)
    record.clock.wait(LEASE_SECONDS + 1)
    assert (other.step(), one.step()) == (2, 0)
    assert record.problems(against=True) == ()
    assert verify(record.store).anchored == 12


def test_who_lost_the_lease_meanwhile_appends_nothing(record):
    record.happen(4)
    late = record.anchorer("late")
    record.clock.wait(LEASE_SECONDS + 1)
    assert late.log.held(now=record.clock.now(), owner="late", lease_seconds=1)
    record.clock.wait(2)
    record.anchorer("b").finish()
    record.happen(5)
    done = late.log.append(late._cursor, now=record.clock.now(), owner="late", at_most=10)
    assert (done.count, verify(record.store).anchored) == (0, 10)


def test_an_event_written_with_a_time_long_past_is_anchored_by_the_next_sweep(record):
    anchorer = record.anchorer()
    while anchorer.step() or anchorer._sweeping:
        pass
    received(record.store, told(9), at=NOON - OVERLAP - timedelta(days=3))
    assert [anchorer.step() for _ in range(3)] == [0, 0, 0]
    record.clock.wait(SWEEP.total_seconds() + 1)
    assert [anchorer.step() for _ in range(3)] == [0, 1, 0]


def test_a_crash_between_keeping_and_noting_keeps_a_head_twice_and_harms_nothing(record):
    record.happen(4)
    forgetful = record.anchorer()
    forgetful.log = _Forgetful(record.store.leaves)
    with pytest.raises(OSError, match="power"):
        forgetful.finish()
    record.anchor()
    assert [one.signed.head.size for one in record.vouched()] == [6, 8, 10, 10]
    assert record.problems(against=True) == ()


class _Forgetful:
    def __init__(self, log):
        self._log = log

    def __getattr__(self, name):
        return getattr(self._log, name)

    def note(self, signed, place):
        raise OSError("power")


def test_nothing_is_exported_over_heads_that_know_more(record):
    copy = record.copied()
    record.happen(4)
    record.anchor()
    record.restore(copy)
    record.happen(5)
    with pytest.raises(Forked, match=r"heads.jsonl:3 vouches for 10 events .* are not here"):
        record.anchor()
    assert len(record.vouched()) == 3


def test_a_head_is_exported_when_it_is_time_and_there_is_news(record):
    export = Export(
        signer=SshHeads(record.key.path),
        keeper=HeadFile(record.heads),
        interval=timedelta(minutes=5),
    )
    anchorer = record.anchorer(export=export)
    record.happen(4)
    anchorer.step()
    assert len(record.vouched()) == 2
    record.clock.wait(301)
    anchorer.step()
    assert [one.signed.head.size for one in record.vouched()] == [6, 8, 10]
    record.clock.wait(301)
    anchorer.step()
    assert len(record.vouched()) == 3


def test_the_parts_that_processes_share_are_the_whole(record):
    edit(record, 2)
    looked = [
        KINDS[part.kind](record.store, part)
        for part in (*_split("cases", CASE_LETTERS), *_split("bodies", HEX_DIGITS))
    ]
    alone = verify(record.store)
    assert sum(one.events for one in looked) == alone.events == 8
    assert sum(one.bodies for one in looked) == alone.bodies
    assert tuple(problem for one in looked for problem in one.problems) == alone.problems


@pytest.mark.slow
def test_several_processes_find_what_one_finds(record):
    edit(record, 2)
    record.touch(
        "UPDATE bodies SET bytes = :other WHERE hash = (SELECT min(hash) FROM bodies)", other=b"x"
    )
    said = []
    place = record.store.database.path or record.heads.with_name("postgres.url").read_text()
    report = verify_in_processes(
        place, record.vouched(), processes=2, progress=lambda *done: said.append(done)
    )
    assert sorted(report.problems) == sorted(verify(record.store, record.vouched()).problems)
    alone = verify(record.store, record.vouched())
    assert replace(report, problems=()) == replace(alone, problems=())
    assert said == [(number, 50) for number in range(1, 51)]


def test_events_are_counted_as_they_are_anchored(record):
    with record.store.database.reading() as connection:
        found = counts(connection, NOON + minutes(10), timedelta(hours=1))
    assert found == {"received": 3, "held": 1, "decided": 4}


# --- files ----------------------------------------------------------------------------------------


def a_head(size=1):
    return Head(log="l", size=size, root="0" * 64, at=NOON)


def test_a_line_that_a_crash_cut_short_stays_by_itself(tmp_path):
    key, keeper = Key.made(tmp_path / "k"), HeadFile(tmp_path / "deep" / "heads.jsonl")
    whole = SshHeads(key.path).sign(a_head())
    keeper.keep(whole)
    with (tmp_path / "deep" / "heads.jsonl").open("ab") as file:
        file.write(whole.line()[:40])
    keeper.keep(SshHeads(key.path).sign(a_head(2)))
    lines = dict(keeper.kept())
    (one, torn, two) = lines
    assert [signed_head(lines[name], name).head.size for name in (one, two)] == [1, 2]
    with pytest.raises(NoHead, match=r"heads.jsonl:2 is no head"):
        signed_head(lines[torn], torn)


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"[]", b"[" * 20_000, b'{"size":true}', b"\xff", b"x" * 70_000],
)
def test_whatever_else_stands_there_is_no_head(line):
    with pytest.raises(NoHead):
        signed_head(line, "here")


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    signed = SshHeads(Key.made(tmp_path / "k").path).sign(a_head())
    with pytest.raises(Unkept, match="File exists"):
        HeadFile(tmp_path / "file" / "heads").keep(signed)
    with pytest.raises(Unkept, match="Is a directory"):
        list(HeadFile(tmp_path).kept())
    assert list(HeadFile(tmp_path / "nowhere").kept()) == []
