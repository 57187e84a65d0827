"""What is PostgreSQL's own: schemas, many writers at once, text it cannot hold, where it is."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from itertools import product

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text, update
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)

from tests import postgres
from tests.builders import NOON, minutes
from tests.desk import ROOT
from tests.stored import a_key, an_effect, claimed, decided, message, received, reminded, told
from triage.adapters.storage import open_inbox, open_store
from triage.adapters.storage.blame import Overtaken, is_poison
from triage.adapters.storage.columns import AnyText
from triage.adapters.storage.engine import SchemaMismatch, SchemaOutdated, StoreUnusable
from triage.adapters.storage.incidents import short
from triage.adapters.storage.migrating import config, upgrade
from triage.adapters.storage.opening import open_database
from triage.adapters.storage.postgres import open_postgres
from triage.adapters.storage.schema import (
    REVISIONS,
    alembic_version,
    cases,
    inbox_metadata,
    metadata,
)
from triage.domain.case import case_id
from triage.domain.decision import Priority
from triage.domain.incident import Handle, Incident, IncidentId
from triage.domain.json import digest
from triage.ports.case_store import Filter, Written
from triage.stages.dedup import admit


@pytest.fixture
def url():
    return postgres.new_database()


@pytest.fixture
def store(url):
    with closing(open_store(url)) as opened:
        yield opened


# --- schemas --------------------------------------------------------------------------------------


def test_the_migrations_lead_to_the_tables_that_the_code_knows(store):
    with store.database.writing() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, [metadata, inbox_metadata]) == []
        scripts = ScriptDirectory.from_config(config(connection))
    assert tuple(one.revision for one in scripts.walk_revisions())[::-1] == REVISIONS


def test_an_empty_database_names_the_command_and_stays_empty():
    url = postgres.empty_database()
    for open_it in (open_store, lambda place: open_inbox(place, None, 30)):
        with pytest.raises(SchemaOutdated) as raised:
            open_it(url)
        place = str(raised.value).partition(" is empty")[0]
        assert str(raised.value) == (
            f"{place} is empty, this version needs {REVISIONS[-1]}; `triage db upgrade` leads there"
        )
    with closing(open_database(url)) as database, database.reading() as connection:
        assert inspect(connection).get_table_names() == []


def test_a_schema_of_a_newer_version_is_left_alone(url):
    with closing(open_database(url)) as database:
        with database.writing() as connection:
            connection.execute(update(alembic_version).values(version_num="9999"))
        with pytest.raises(SchemaMismatch, match=r"has schema 9999, .* cannot migrate it"):
            open_store(url)
        with pytest.raises(SchemaMismatch):
            upgrade(database)


def test_several_upgrades_at_once_do_it_once():
    url = postgres.empty_database()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(_upgraded, [url] * 4))
    assert sorted(found, key=str) == [REVISIONS[-1]] * 3 + [None]
    open_store(url).close()


def _upgraded(url):
    with closing(open_database(url)) as database:
        return upgrade(database)


# --- where it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("postgresql://me:secret@127.0.0.1:9/x", "connection failed"),
        ("postgresql://me:secret@127.0.0.1:port/x", "database.url cannot be used as a database"),
    ],
)
def test_what_cannot_be_reached_is_a_sentence_without_the_password(address, sentence):
    with pytest.raises(StoreUnusable) as raised:
        open_postgres(address)
    assert sentence in str(raised.value)
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_driver_that_is_missing_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreUnusable, match=r"pip install 'triage-engine\[postgres\]'"):
        open_postgres("postgresql://me@127.0.0.1:9/x")


def test_another_encoding_is_refused():
    url = postgres.other_encoding()
    with pytest.raises(StoreUnusable, match="its encoding is SQL_ASCII and has to be UTF8"):
        open_postgres(url)


def test_a_commit_is_on_disk_and_no_statement_waits_for_ever(store):
    asked = ("synchronous_commit", "statement_timeout", "lock_timeout", "client_encoding")
    with store.database.writing() as connection:
        found = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in asked]
    assert found == ["on", "1min", "30s", "UTF8"]


def test_readers_see_one_moment_and_write_nothing(store):
    with store.database.reading() as connection:
        query = select(cases.c.id)
        assert connection.execute(query).all() == []
        received(store, told())
        assert connection.execute(query).all() == []
        with pytest.raises(DBAPIError, match="read-only"):
            connection.execute(update(cases).values(status="closed"))


def test_the_embedded_store_loads_no_driver(tmp_path):
    script = (
        "import sys; from pathlib import Path; from triage.adapters.storage import open_store\n"
        "open_store(Path(sys.argv[1])).close()\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'psycopg', 'alembic', 'mako'}, loaded\n"
        "assert 'sqlalchemy.dialects.postgresql' not in sys.modules\n"
    )
    command = [sys.executable, "-c", script, tmp_path / "triage.sqlite3"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


# --- many writers ---------------------------------------------------------------------------------


def test_the_same_new_tickets_at_once_open_every_case_once(url):
    """Each writer has half of the keys from the other end; several batches collide."""

    def write(place):
        with closing(open_store(url)) as store:
            barrier.wait()
            order = range(40) if place % 2 else reversed(range(40))
            return [one.reception for one in received(store, *map(told, order))]

    barrier = threading.Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        receptions = [one for each in pool.map(write, range(4)) for one in each]
    assert sorted(receptions) == ["duplicate"] * 120 + ["new"] * 40
    with closing(open_store(url)) as store:
        assert store.cases.count() == {"received": 40, "due": 40}


def test_two_claimers_at_once_never_get_the_same_case(store, url):
    received(store, *map(told, range(20)))
    with closing(open_store(url)) as other, store.database.writing() as connection:
        held = select(cases.c.id).order_by(cases.c.due, cases.c.id).limit(10)
        mine = set(connection.execute(held.with_for_update()).scalars())
        theirs = {claim.case.id for claim in claimed(other, at_most=20)}
    assert len(theirs) == 10
    assert not mine & theirs


def test_two_workers_cannot_open_two_incidents_for_one_handle(url):
    with closing(open_store(url)) as store:
        received(store, *map(told, range(8)))
        claims = claimed(store)
    barrier = threading.Barrier(len(claims))

    def settle(claim):
        with closing(open_store(url)) as store:
            barrier.wait()
            store.cases.settle([joined(claim)])

    with ThreadPoolExecutor(len(claims)) as pool:
        list(pool.map(settle, claims))
    with closing(open_store(url)) as store, store.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM incidents")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM members")).scalar() == 8


def joined(claim):
    """Join the incident that is there, or open one, as the engine does."""
    settlement = decided(claim, handles=(Handle("posture:key:shared"),))
    plain = settlement.write([])

    def write(candidates):
        opened = Incident(
            id=IncidentId(claim.case.id),
            leading=claim.case.id,
            told=Priority.HIGH,
            opened=NOON,
            changed=NOON,
        )
        incident = candidates[0] if candidates else opened
        return Written(event=plain.event, effects=(), timers=(), incident=incident)

    return replace(settlement, write=write)


def test_who_is_joining_just_now_is_not_left_out_when_the_leading_case_ends(store):
    received(store, told(1), told(2))
    leading, joining = claimed(store)
    store.cases.settle([joined(leading)])
    begun, go_on = threading.Event(), threading.Event()
    settlement = joined(joining)

    def slowly(candidates):
        begun.set()
        go_on.wait()
        return settlement.write(candidates)

    with ThreadPoolExecutor(2) as pool:
        pool.submit(store.cases.settle, [replace(settlement, write=slowly)])
        begun.wait()
        heir = pool.submit(store.incidents.heir, leading.case.id)
        while not heir.done() and not _somebody_waits(store):
            pass
        go_on.set()
        assert heir.result().id == joining.case.id


def _somebody_waits(store):
    query = """SELECT count(*) FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND datname = current_database()"""
    with store.database.reading() as connection:
        return connection.exec_driver_sql(query).scalar() > 0


def test_a_deadlock_begins_again_and_is_nobodys_fault(store):
    received(store, told(1), told(2))
    tried = []

    def work(connection):
        tried.append(1)
        if len(tried) == 1:
            raise OperationalError("", None, psycopg.errors.DeadlockDetected())
        return connection.execute(select(cases.c.id)).all()

    assert len(store.database.transact(work)) == 2
    assert len(tried) == 2


def test_an_effect_that_was_claimed_again_is_not_ended_by_who_had_it_before(store):
    received(store, told(1))
    case = store.cases.case(case_id(a_key(1)))
    store.cases.append(case.id, reminded(), version=1, effects=[an_effect(case.id)])
    fields = {"owner": "same", "at_most": 1, "lease_seconds": 1}
    (before,) = store.outbox.claim_effects(now=NOON, **fields)
    (after,) = store.outbox.claim_effects(now=NOON + minutes(1), **fields)
    store.outbox.finish(before, owner="same", status="failed", outcome="late")
    assert [one.status for one in store.outbox.effects()] == ["intended"]
    store.outbox.finish(after, owner="same", status="done", outcome="told")
    assert [(one.status, one.outcome) for one in store.outbox.effects()] == [("done", "told")]


# --- what tickets say -----------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["a\x00b", "\x1a", "\x1a0\x00\x1a1", "plain", "", "\x00\x1a"])
def test_text_that_postgresql_cannot_hold_comes_back_as_it_was(store, said):
    ticket = told(key=f"securityhub:{said}:x", type=said, account=said)
    (receipt,) = received(store, ticket)
    (case,) = store.cases.cases(Filter(type=said, account=said))
    assert (case, case.key) == (receipt.case, ticket.key)
    (again,) = received(store, ticket)
    assert again.reception == "duplicate"


def test_different_texts_stay_different():
    column = AnyText()
    texts = ["".join(three) for three in product("\x00\x1a01", repeat=3)]
    written = [column.process_bind_param(one, None) for one in texts]
    assert len(set(written)) == len(texts)
    assert not any("\x00" in one for one in written)
    assert [column.process_result_value(one, None) for one in written] == texts


def test_a_handle_that_no_index_holds_is_known_by_its_hash():
    long = "x" * 2000
    assert short(Handle("posture:key:a")) == "posture:key:a"
    assert short(Handle(f"threat:resource:{long}")) == (
        f"threat:~{digest(f'resource:{long}'.encode())}"
    )


def test_a_case_id_that_is_taken_by_another_key_sets_only_that_ticket_apart(store):
    received(store, told(1))
    with store.database.writing() as connection:
        connection.execute(update(cases).values(key="another"))
    first, second = store.cases.receive([message(told(1)), message(told(2), name="n")], admit)
    assert (first.reception, second.reception) == ("quarantined", "new")
    assert first.reason == "it cannot be stored (Overtaken); kept as it arrived"


@pytest.mark.parametrize(
    ("error", "poison"),
    [
        (DataError("", None, psycopg.errors.NumericValueOutOfRange()), True),
        (DataError("", None, psycopg.DataError("no NUL")), True),
        (IntegrityError("", None, psycopg.errors.UniqueViolation()), True),
        (OperationalError("", None, psycopg.errors.ProgramLimitExceeded()), True),
        (OperationalError("", None, psycopg.errors.DiskFull()), False),
        (OperationalError("", None, psycopg.errors.QueryCanceled()), False),
        (OperationalError("", None, psycopg.errors.AdminShutdown()), False),
        (ProgrammingError("", None, psycopg.errors.UndefinedTable()), False),
        (InterfaceError("", None, psycopg.InterfaceError(), connection_invalidated=True), False),
        (Overtaken(), True),
    ],
)
def test_content_is_to_blame_and_never_the_server(error, poison):
    assert is_poison(error) is poison
