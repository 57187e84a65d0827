"""The first schema, on PostgreSQL. A file of SQLite is created whole."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WORDS = sa.Text(collation="C")


def upgrade() -> None:
    """Create every table."""
    _bodies()
    _cases()
    _work()
    _incidents()
    _inbox()
    _lookouts()


def _bodies() -> None:
    op.create_table(
        "bodies",
        sa.Column("hash", WORDS, nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "quarantine",
        sa.Column("hash", WORDS, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("replayed", sa.BigInteger()),
        sa.ForeignKeyConstraint(["hash"], ["bodies.hash"]),
        sa.PrimaryKeyConstraint("hash"),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("notified", WORDS),
        sa.Column("acknowledged", sa.Boolean(), nullable=False),
        sa.Column("type", WORDS, nullable=False),
        sa.Column("account", WORDS, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger()),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_owner", WORDS),
        sa.Column("lease_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("cases_changed", "cases", ["changed"])
    op.create_index("cases_due", "cases", ["due", "id"])
    op.create_index("cases_status", "cases", ["status"])
    op.create_table(
        "events",
        sa.Column("case_id", WORDS, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("case_id", "sequence"),
        sa.UniqueConstraint("case_id", "id"),
    )


def _work() -> None:
    op.create_table(
        "effects",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("case_id", WORDS, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("data", WORDS, nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("outcome", WORDS, nullable=False),
        sa.Column("lease_owner", WORDS),
        sa.Column("lease_until", sa.BigInteger()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("effects_case", "effects", ["case_id"])
    op.create_index("effects_due", "effects", ["status", "due", "id"])
    op.create_table(
        "timers",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("case_id", WORDS, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("data", WORDS, nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("lease_owner", WORDS),
        sa.Column("lease_until", sa.BigInteger()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("timers_due", "timers", ["due", "id"])


def _incidents() -> None:
    op.create_table(
        "handles",
        sa.Column("handle", WORDS, nullable=False),
        sa.Column("case_id", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("handle", "case_id"),
    )
    op.create_index("handles_case", "handles", ["case_id"])
    op.create_table(
        "incidents",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("leading", WORDS, nullable=False),
        sa.Column("told", WORDS, nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("parted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["leading"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("incidents_changed", "incidents", ["changed"])
    op.create_table(
        "members",
        sa.Column("case_id", WORDS, nullable=False),
        sa.Column("incident_id", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("members_incident", "members", ["incident_id"])
    op.create_table(
        "incident_handles",
        sa.Column("handle", WORDS, nullable=False),
        sa.Column("incident_id", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("handle", "incident_id"),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("receipt", WORDS),
        sa.Column("lease_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
    )


def _lookouts() -> None:
    op.create_table(
        "arrivals",
        sa.Column("source", WORDS, nullable=False),
        sa.Column("account", WORDS, nullable=False),
        sa.Column("region", WORDS, nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("gaps", WORDS, nullable=False),
        sa.Column("deadline", sa.BigInteger()),
        sa.Column("told", sa.BigInteger()),
        sa.PrimaryKeyConstraint("source", "account", "region"),
    )
    op.create_index("arrivals_deadline", "arrivals", ["deadline"])
    op.create_table(
        "canaries",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("arrived", sa.BigInteger()),
        sa.Column("told", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("canaries_due", "canaries", ["due"])
    op.create_table(
        "inventories",
        sa.Column("source", WORDS, nullable=False),
        sa.Column("account", WORDS, nullable=False),
        sa.Column("region", WORDS, nullable=False),
        sa.Column("items", WORDS, nullable=False),
        sa.Column("listed", sa.BigInteger(), nullable=False),
        sa.Column("accepted_by", WORDS),
        sa.Column("accepted", sa.BigInteger()),
        sa.PrimaryKeyConstraint("source", "account", "region"),
    )
    op.create_table(
        "watermarks",
        sa.Column("source", WORDS, nullable=False),
        sa.Column("account", WORDS, nullable=False),
        sa.Column("region", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("lease_owner", WORDS),
        sa.Column("lease_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("source", "account", "region"),
    )
    op.create_index("watermarks_due", "watermarks", ["due"])
