"""Rolling upgrades: which schemas a version works on, and what a migration may do for that."""

import re
from io import StringIO

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, update

from tests.stored import STORES, claimed, decided, received, told
from triage.adapters.storage import engine, schema, verify
from triage.adapters.storage.backups import back_up_server
from triage.adapters.storage.engine import SchemaMismatch, SchemaOutdated, workable
from triage.adapters.storage.migrating import config, upgrade
from triage.domain.case import Status

NEXT = f"{int(schema.REVISION) + 1:04}"
HARMLESS = re.compile(
    r"CREATE TABLE .*|CREATE INDEX .*|DROP INDEX .*"
    r"|ALTER TABLE \w+ ADD COLUMN (?!.* NOT NULL).*"
    r"|ALTER TABLE \w+ ADD COLUMN .* DEFAULT .* NOT NULL",
    re.DOTALL,
)
"""What those who do not know it can leave alone: their rows go on fitting."""


def moved_on(store):
    """Make of a store what the next version of this era would: more tables, more columns."""
    with store.database.writing() as connection:
        for statement in (
            "CREATE TABLE things (id INTEGER PRIMARY KEY)",
            "ALTER TABLE cases ADD COLUMN more TEXT",
            "ALTER TABLE events ADD COLUMN count INTEGER DEFAULT 0 NOT NULL",
        ):
            connection.exec_driver_sql(statement)
        connection.execute(update(schema.alembic_version).values(version_num=NEXT))


def test_a_worker_goes_on_while_and_after_the_next_schema_of_its_era_comes(open_again):
    with open_again() as store:
        received(store, told(1), told(2))
        first, second = claimed(store)
        store.cases.settle([decided(first)])
        moved_on(store)
        assert store.cases.settle([decided(second)])[0].status is Status.ESCALATED
    with open_again() as again:
        received(again, told(3), told(1))
        assert len(claimed(again)) == 1
        assert again.cases.count()["escalated"] == 2
        assert verify(again).problems == ()


def test_a_newer_worker_waits_for_the_upgrade(open_again, monkeypatch):
    with open_again():
        pass
    monkeypatch.setattr(engine, "REVISIONS", (*schema.REVISIONS, NEXT))
    monkeypatch.setattr(engine, "REVISION", NEXT)
    with pytest.raises(SchemaOutdated, match=f"has schema .*, this version needs {NEXT}"):
        open_again().__enter__()


def test_a_schema_of_another_era_is_refused(open_again):
    with open_again() as store, store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0101'")
    with pytest.raises(SchemaMismatch, match="has schema 0101"):
        open_again().__enter__()


def test_a_copy_of_what_is_not_known_whole_is_refused(tmp_path):
    with STORES["postgres"](tmp_path) as store:
        moved_on(store)
        with pytest.raises(SchemaMismatch):
            back_up_server(store.database, tmp_path / "copy", lambda *_: None)


@pytest.mark.parametrize(
    ("found", "needed", "fits"),
    [
        ("0003", "0003", True),
        ("0005", "0003", True),
        ("0002", "0003", False),
        ("0103", "0003", False),
        ("0003", "0103", False),
        ("next", "0003", False),
        ("00030", "0003", False),
    ],
)
def test_within_an_era_the_newer_schema_fits_the_older_code(found, needed, fits):
    assert workable(found, needed) is fits


def statements(script):
    """What a migration would do on PostgreSQL."""
    written = StringIO()
    options = {"as_sql": True, "output_buffer": written}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    with Operations.context(context):
        script.module.upgrade()
    return [one.strip() for one in written.getvalue().split(";") if one.strip()]


def test_within_an_era_migrations_only_add_what_nobody_needs_to_know(tmp_path):
    with STORES["postgres"](tmp_path) as store:
        scripts = scripts_of(store.database)
    within = [one for one in scripts if (one.down_revision or "none")[:2] == one.revision[:2]]
    found = [one for script in within for one in statements(script)]
    assert [one for one in found if not HARMLESS.fullmatch(one)] == []


@pytest.mark.parametrize(
    ("statement", "harmless"),
    [
        ("CREATE TABLE heads (id TEXT NOT NULL)", True),
        ("ALTER TABLE cases ADD COLUMN more TEXT", True),
        ("ALTER TABLE cases ADD COLUMN more INTEGER DEFAULT '0' NOT NULL", True),
        ("ALTER TABLE cases ADD COLUMN more INTEGER NOT NULL", False),
        ("ALTER TABLE cases DROP COLUMN due", False),
        ("ALTER TABLE cases ALTER COLUMN due SET NOT NULL", False),
        ("CREATE UNIQUE INDEX one ON cases (type)", False),
        ("DROP TABLE timers", False),
        ("DROP INDEX cases_status", True),
    ],
)
def test_what_older_code_would_stumble_over_is_no_addition(statement, harmless):
    assert bool(HARMLESS.fullmatch(statement)) is harmless


def scripts_of(database):
    """Every migration, the newest first."""
    with database.writing() as connection:
        return list(ScriptDirectory.from_config(config(connection)).walk_revisions())


def made_old(database):
    """Take away what migrations added since the first schema; return what is left."""
    *_, first = scripts_of(database)
    there = {one.split()[2] for one in statements(first) if one.startswith("CREATE ")}
    with database.writing() as connection:
        for table in reversed(schema.metadata.sorted_tables):
            if table.name not in there | {schema.alembic_version.name}:
                table.drop(connection)
                continue
            for index in table.indexes:
                if index.name not in there:
                    index.drop(connection)
        connection.execute(update(schema.alembic_version).values(version_num=first.revision))
    return first.revision


def test_a_store_of_the_first_schema_is_led_to_this_one_and_works(open_again):
    with open_again() as store:
        received(store, told(1))
        was = list(store.cases.chains())
        oldest = made_old(store.database)
        with pytest.raises(SchemaOutdated, match="`triage db upgrade` leads there"):
            open_again().__enter__()
        assert upgrade(store.database) == oldest
    with open_again() as again:
        assert list(again.cases.chains()) == was
        received(again, told(2))
        names = set(inspect(again.database.readers).get_table_names())
        assert names >= {table.name for table in schema.metadata.sorted_tables}
