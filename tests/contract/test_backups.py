"""Backups: out of either database, into either database, all of it or nothing."""

import sqlite3
from contextlib import closing

import pytest

from tests import postgres
from tests.builders import NOON, minutes
from tests.stored import (
    QUEUES,
    STORES,
    a_timer,
    an_effect,
    claimed,
    decided,
    received,
    told,
)
from triage.adapters.storage import open_store, sqlite, verify
from triage.adapters.storage.backups import (
    Damaged,
    InTheWay,
    NoBackup,
    NotEmpty,
    back_up_files,
    back_up_server,
    restore_files,
    restore_server,
)
from triage.adapters.storage.engine import SchemaMismatch, StoreUnusable
from triage.adapters.storage.opening import open_database
from triage.domain.lookout import Lookout
from triage.ports.case_store import Filter

pytestmark = pytest.mark.slow

ALL = Filter(limit=1000)
ODD = "a\x00b \x1a \u20ac"


def quietly(_what, _done):
    pass


def back_up(backend, folder, target, tell=quietly):
    if backend == "sqlite":
        return back_up_files(folder, target, tell)
    with closing(open_store(postgres.address(folder))) as store:
        return back_up_server(store.database, target, tell)


def restore(backend, source, folder, *, replace=False, tell=quietly):
    if backend == "sqlite":
        restore_files(source, folder, tell, replace=replace)
    else:
        with closing(open_database(postgres.address(folder))) as database:
            restore_server(source, database, tell, replace=replace)


def filled(backend, folder, clock, count=3):
    """A store and an inbox with something of everything that refers to something else."""
    with STORES[backend](folder) as store, QUEUES[backend](folder, clock, 30) as inbox:
        received(
            store, *[told(number) for number in range(count)], told(count, title=ODD, type=ODD)
        )
        for claim in claimed(store, at_most=2):
            name = claim.case.id
            effect, timer = an_effect(name, f"e{name}", data={"to": ODD}), a_timer(name, f"t{name}")
            store.cases.settle([decided(claim, effects=(effect,), timers=(timer,))])
        place = Lookout(source="guardduty", account="111122223333", region="eu-west-1")
        store.watermarks.ensure([place], due=NOON)
        inbox.submit([b"\x00one", b"two"])
        return content(store, inbox)


def content(store, inbox):
    return {
        "chains": list(store.cases.chains()),
        "effects": {one.id: one for one in store.outbox.effects()},
        "watermarks": store.watermarks.all(),
        "inbox": inbox.depth(),
        "problems": verify(store).problems,
    }


def found(backend, folder, clock):
    with STORES[backend](folder) as store, QUEUES[backend](folder, clock, 30) as inbox:
        return content(store, inbox)


@pytest.fixture(params=STORES)
def source(request):
    return request.param


@pytest.fixture(params=STORES)
def target(request):
    return request.param


@pytest.fixture
def folders(tmp_path):
    made = [tmp_path / name for name in ("one", "two", "copy")]
    for folder in made[:2]:
        folder.mkdir()
    return made


def test_what_was_backed_up_is_there_again_in_either_database(source, target, folders, clock):
    one, two, copy = folders
    was = filled(source, one, clock)
    assert back_up(source, one, copy) == [copy / "inbox.sqlite3", copy / "triage.sqlite3"]
    restore(target, copy, two)
    assert found(target, two, clock) == was
    assert found("sqlite", copy, clock) == was


def test_work_goes_on_after_a_restore(target, folders, clock):
    one, two, copy = folders
    filled("sqlite", one, clock)
    back_up("sqlite", one, copy)
    restore(target, copy, two)
    with STORES[target](two) as store, QUEUES[target](two, clock, 30) as inbox:
        assert [message.body for message in inbox.receive(at_most=9, wait_seconds=0)] == [
            b"\x00one",
            b"two",
        ]
        assert inbox.submit([b"three"]) == 1
        later = NOON + minutes(20)
        assert len(claimed(store, at=later)) == 2
        assert len(store.outbox.claim_timers(now=later, owner="a", at_most=9, lease_seconds=1)) == 2


def test_what_is_there_stays_unless_it_is_to_be_replaced(target, folders, clock):
    one, two, copy = folders
    was = filled("sqlite", one, clock)
    there = filled(target, two, clock, count=5)
    back_up("sqlite", one, copy)
    with pytest.raises(NotEmpty, match="`--replace` deletes what is in it"):
        restore(target, copy, two)
    assert found(target, two, clock) == there
    restore(target, copy, two, replace=True)
    assert found(target, two, clock) == was


def test_a_prepared_store_with_nothing_in_it_is_no_hindrance(target, folders, clock):
    one, two, copy = folders
    was = filled("sqlite", one, clock)
    back_up("sqlite", one, copy)
    assert found(target, two, clock)["chains"] == []
    restore(target, copy, two)
    assert found(target, two, clock) == was


def test_a_backup_overwrites_nothing_and_leaves_nothing_half_done(source, folders, clock):
    one, _, copy = folders
    filled(source, one, clock)

    def failing(_what, _done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(source, one, copy, failing)
    assert not list(copy.glob("*.sqlite3"))
    back_up(source, one, copy)
    assert sorted(path.name for path in copy.iterdir()) == ["inbox.sqlite3", "triage.sqlite3"]
    with pytest.raises(InTheWay):
        back_up(source, one, copy)


def test_a_restore_that_fails_leaves_what_was_there(target, folders, clock, monkeypatch):
    monkeypatch.setattr(sqlite, "PAGES_AT_ONCE", 1)
    one, two, copy = folders
    filled("sqlite", one, clock)
    there = filled(target, two, clock, count=5)
    back_up("sqlite", one, copy)

    def failing(_what, _done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(target, copy, two, replace=True, tell=failing)
    assert found(target, two, clock) == there


def test_who_works_meanwhile_is_in_the_backup_or_not_and_never_half(
    source, folders, clock, monkeypatch
):
    monkeypatch.setattr(sqlite, "PAGES_AT_ONCE", 1)
    one, two, copy = folders
    was = filled(source, one, clock)
    with STORES[source](one) as store:

        def meanwhile(what, done):
            if what.startswith(("triage", "bodies", "cases")):
                received(store, told(1000 + done))

        back_up(source, one, copy, meanwhile)
        assert len(store.cases.cases(ALL)) > len(was["chains"])
    restore("sqlite", copy, two)
    assert found("sqlite", two, clock) == was


def test_what_is_no_backup_is_named(target, folders, clock):
    _, two, copy = folders
    with pytest.raises(NoBackup, match="name a folder that `triage db backup` wrote"):
        restore(target, copy, two)
    copy.mkdir()
    (copy / "triage.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(Damaged, match="file is not a database"):
        restore(target, copy, two)


def test_a_backup_of_another_schema_is_refused(target, folders, clock):
    one, two, copy = folders
    filled("sqlite", one, clock)
    back_up("sqlite", one, copy)
    with closing(sqlite3.connect(copy / "triage.sqlite3")) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()
    with pytest.raises(SchemaMismatch):
        restore(target, copy, two)


def test_a_server_that_goes_away_is_a_sentence(folders, clock):
    one, _, copy = folders
    filled("postgres", one, clock)

    def cut(_what, _done):
        with closing(open_store(postgres.address(one))) as other, other.database.writing() as mine:
            mine.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    with pytest.raises(StoreUnusable):
        back_up("postgres", one, copy, cut)
    assert not list(copy.glob("*.sqlite3"))
