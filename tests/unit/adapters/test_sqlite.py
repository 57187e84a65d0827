"""What is SQLite's own: opening, locking, waiting, and queries that read no more than they must."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, update
from sqlalchemy.exc import DatabaseError, DataError, OperationalError

from tests.builders import NOON
from tests.stored import received, told
from triage.adapters.storage import open_store, sqlite
from triage.adapters.storage.blame import is_poison
from triage.adapters.storage.engine import SchemaMismatch, SchemaOutdated, prepare
from triage.adapters.storage.migrating import upgrade
from triage.adapters.storage.migrations.versions import schema_0001
from triage.adapters.storage.opening import open_database
from triage.adapters.storage.rows import begins
from triage.adapters.storage.schema import REVISION, alembic_version, cases, metadata, quarantine

ROOT = Path(__file__).resolve().parents[3]


def test_a_store_of_another_version_is_refused_with_a_sentence_that_is_true(tmp_path):
    path = tmp_path / "triage.sqlite3"
    with closing(open_store(path)) as store, store.database.writing() as connection:
        connection.execute(update(alembic_version).values(version_num="0109"))
    with pytest.raises(SchemaMismatch) as raised:
        open_store(path)
    assert str(raised.value) == (
        f"{path} has schema 0109, this version needs {REVISION} and cannot migrate it; "
        "use the version that wrote it, or another database (paths.data, database.url)"
    )


def test_a_store_is_opened_again_as_it_was_left(tmp_path):
    path = tmp_path / "folder" / "triage.sqlite3"
    with closing(open_store(path)) as store:
        (receipt,) = received(store, told())
    with closing(open_store(path)) as store:
        assert store.cases.case(receipt.case.id) == receipt.case


def test_processes_that_create_the_same_store_at_once_all_succeed(tmp_path):
    script = (
        "import sys; from pathlib import Path; from triage.adapters.storage import open_store\n"
        "open_store(Path(sys.argv[1])).close()\n"
    )
    command = [sys.executable, "-c", script, tmp_path / "triage.sqlite3"]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0, 0]


def test_a_writer_waits_for_another_and_then_says_that_the_store_is_busy(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "PRAGMA busy_timeout = 50"))
    path = tmp_path / "triage.sqlite3"
    with closing(open_store(path)) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(OperationalError, match="database is locked") as raised:
                received(store, told())
            assert not is_poison(raised.value)
            assert store.cases.count() == {"due": 0}
        (receipt,) = received(store, told())
        assert receipt.reception == "new"


def test_readers_see_what_was_committed_while_another_writes(tmp_path):
    with closing(open_store(tmp_path / "triage.sqlite3")) as store:
        (receipt,) = received(store, told())
        with store.database.writing() as connection:
            connection.execute(update(cases).values(status="closed"))
            assert store.cases.count() == {"received": 1, "due": 1}
        assert store.cases.count() == {"closed": 1, "due": 1}
        assert receipt.case.status == "received"


def test_what_was_committed_is_on_disk_before_it_is_acknowledged(tmp_path):
    database = sqlite.open_sqlite(tmp_path / "x.sqlite3")
    prepare(database, metadata)
    with closing(database), database.writing() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    assert found == ["wal", 2, 1]


def test_a_lease_waits_for_no_disk_and_what_is_written_after_it_does_again(tmp_path):
    with closing(open_store(tmp_path / "triage.sqlite3")) as store:

        def asked(transaction):
            with transaction() as connection:
                return connection.exec_driver_sql("PRAGMA synchronous").scalar()

        database = store.database
        assert [asked(database.leasing), asked(database.writing)] == [1, 2]
        with pytest.raises(ZeroDivisionError), database.leasing():
            raise ZeroDivisionError
        assert asked(database.writing) == 2


@pytest.mark.parametrize("column", [cases.c.id, quarantine.c.hash])
def test_finding_a_row_by_the_beginning_of_its_name_reads_no_other_rows(tmp_path, column):
    query = str(
        select(column).where(begins(column, "abc")).compile(compile_kwargs={"literal_binds": True})
    )
    store = open_store(tmp_path / "triage.sqlite3")
    with closing(store), store.database.reading() as connection:
        (plan,) = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + query).all()
    assert plan[3].startswith(f"SEARCH {column.table.name} USING")


@pytest.mark.parametrize(
    ("error", "poison"),
    [
        (DataError("", None, Exception()), True),
        (KeyError("score"), True),
        (OverflowError(), True),
        (OperationalError("", None, Exception()), False),
        (DatabaseError("", None, Exception()), False),
        (MemoryError(), False),
        (OSError(), False),
    ],
)
def test_content_is_to_blame_and_never_the_machine(error, poison):
    assert is_poison(error) is poison


def test_a_file_of_the_first_schema_is_led_to_this_one_and_loses_nothing(tmp_path):
    path, fresh = tmp_path / "triage.sqlite3", tmp_path / "fresh.sqlite3"
    with closing(open_store(path)) as store:
        received(store, told(1))
        _as_it_was_first(store.database)
    with pytest.raises(SchemaOutdated, match=f"has schema 0001, this version needs {REVISION}"):
        open_store(path)
    with closing(open_database(path)) as database:
        assert upgrade(database) == "0001"
    with closing(open_store(path)) as store, closing(open_store(fresh)) as other:
        assert store.leaves.head(NOON).size == 0
        assert store.cases.count()["due"] == 1
        assert _made_of(store) == _made_of(other)


FIRST = Path(schema_0001.__file__).read_text()


def _as_it_was_first(database):
    """Leave only what the first migration speaks of."""
    with database.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            if f'"{table.name}"' not in FIRST and table is not alembic_version:
                table.drop(connection)
                continue
            for index in table.indexes:
                if f'"{index.name}"' not in FIRST:
                    index.drop(connection)
        connection.exec_driver_sql("DROP INDEX cases_status")
        connection.exec_driver_sql("CREATE INDEX cases_status ON cases (status)")
        connection.execute(update(alembic_version).values(version_num="0001"))


def _made_of(store):
    """Tables with their columns and indexes."""
    with store.database.reading() as connection:
        seen = inspect(connection)
        return {
            table: (
                [one["name"] for one in seen.get_columns(table)],
                sorted((one["name"], *one["column_names"]) for one in seen.get_indexes(table)),
            )
            for table in seen.get_table_names()
        }


def test_the_newest_escalations_are_found_without_reading_others(tmp_path):
    query = (
        "SELECT state FROM cases WHERE status = 'escalated' ORDER BY changed DESC LIMIT 1000",
        "SELECT count(*) FROM (SELECT 1 FROM effects WHERE status = 'done' AND due >= 1 LIMIT 9)",
    )
    with closing(open_store(tmp_path / "triage.sqlite3")) as store:
        for one in query:
            with store.database.reading() as connection:
                plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}")]
            assert any("USING" in step and "INDEX" in step for step in plan)
            assert not any("TEMP B-TREE" in step for step in plan)
