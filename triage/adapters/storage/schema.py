"""The tables. Times are whole microseconds since 1970 in UTC, so that they order and compare."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)

from triage.adapters.storage.columns import name, words

REVISIONS = ("0001", "0002", "0003", "0040", "0041", "0050")
"""Every schema there was, as migrations/ leads from one to the next."""
REVISION = REVISIONS[-1]
"""The schema this code was written for."""

metadata = MetaData()

alembic_version = Table(
    "alembic_version", metadata, Column("version_num", name(32), primary_key=True)
)

bodies = Table(
    "bodies",
    metadata,
    Column("hash", name(64), primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", name(12), primary_key=True),
    Column("key", words(), nullable=False, unique=True),
    Column("status", name(16), nullable=False),
    Column("notified", name(16)),
    Column("acknowledged", Boolean, nullable=False),
    Column("type", words(), nullable=False),
    Column("account", words(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", words(), nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("due", BigInteger),
    Column("fence", Integer, nullable=False, default=0),
    Column("lease_owner", name(64)),
    Column("lease_until", BigInteger),
    # By id where the moment is the same, so that every database hands them out alike.
    Index("cases_due", "due", "id"),
    Index("cases_changed", "changed"),
    # Counting by status, as every /readyz does, reads this and not the cases; so does looking for
    # those of one status that changed last.
    Index("cases_status", "status", "changed"),
)

events = Table(
    "events",
    metadata,
    Column("case_id", name(12), ForeignKey("cases.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("id", name(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", name(64), nullable=False),
    UniqueConstraint("case_id", "id"),
)

effects = Table(
    "effects",
    metadata,
    Column("id", name(32), primary_key=True),
    Column("case_id", name(12), ForeignKey("cases.id"), nullable=False),
    Column("kind", name(32), nullable=False),
    Column("data", words(), nullable=False),
    Column("status", name(16), nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("outcome", words(), nullable=False, default=""),
    Column("lease_owner", name(64)),
    Column("lease_until", BigInteger),
    Index("effects_due", "status", "due", "id"),
    Index("effects_case", "case_id"),
    # Counting what was repaired within the hour, as every guard does, reads this.
    Index("effects_kind", "kind", "due", "id"),
)

timers = Table(
    "timers",
    metadata,
    Column("id", name(32), primary_key=True),
    Column("case_id", name(12), ForeignKey("cases.id"), nullable=False),
    Column("kind", name(32), nullable=False),
    Column("data", words(), nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("lease_owner", name(64)),
    Column("lease_until", BigInteger),
    Index("timers_due", "due", "id"),
)

handles = Table(
    "handles",
    metadata,
    Column("handle", words(), primary_key=True),
    Column("case_id", name(12), ForeignKey("cases.id"), primary_key=True),
    Index("handles_case", "case_id"),
)
"""What a case is known by, for finding what is related to it."""

incidents = Table(
    "incidents",
    metadata,
    Column("id", name(12), primary_key=True),
    Column("leading", name(12), ForeignKey("cases.id"), nullable=False),
    Column("told", name(16), nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("parted", Boolean, nullable=False),
    Index("incidents_changed", "changed"),
)

members = Table(
    "members",
    metadata,
    Column("case_id", name(12), ForeignKey("cases.id"), primary_key=True),
    Column("incident_id", name(12), ForeignKey("incidents.id"), nullable=False),
    Index("members_incident", "incident_id"),
)

incident_handles = Table(
    "incident_handles",
    metadata,
    Column("handle", words(), primary_key=True),
    Column("incident_id", name(12), ForeignKey("incidents.id"), primary_key=True),
)
"""What an incident is known by: everything its members are."""

signature_uses = Table(
    "signature_uses",
    metadata,
    Column("signature", words(), primary_key=True),
    Column("case_id", name(12), ForeignKey("cases.id"), primary_key=True),
    Column("event", name(32), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("missed", Boolean, nullable=False),
    Column("ended", Boolean, nullable=False),
    Index("signature_uses_case", "case_id"),
    Index("signature_uses_ended", "ended", "signature"),
)
"""Decisions that a signature spoke for, out of the events that say so."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("hash", name(64), ForeignKey("bodies.hash"), primary_key=True),
    Column("reason", words(), nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("times", Integer, nullable=False, default=1),
    Column("replayed", BigInteger),
)

retired = Table(
    "retired",
    metadata,
    Column("case_id", name(12), ForeignKey("cases.id"), primary_key=True),
    Column("version", Integer, nullable=False),
)
"""At which version of a case its bytes were deleted; its events say which, and when."""

watermarks = Table(
    "watermarks",
    metadata,
    Column("source", words(), primary_key=True),
    Column("account", words(), primary_key=True),
    Column("region", words(), primary_key=True),
    Column("state", words(), nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("lease_owner", name(64)),
    Column("lease_until", BigInteger),
    Index("watermarks_due", "due"),
)
"""How far each look for what never reached the queue has come."""

inventories = Table(
    "inventories",
    metadata,
    Column("source", words(), primary_key=True),
    Column("account", words(), primary_key=True),
    Column("region", words(), primary_key=True),
    Column("items", words(), nullable=False),
    Column("listed", BigInteger, nullable=False),
    Column("accepted_by", words()),
    Column("accepted", BigInteger),
)
"""What can silence us, as it was last seen, one list a row."""

arrivals = Table(
    "arrivals",
    metadata,
    Column("source", words(), primary_key=True),
    Column("account", words(), primary_key=True),
    Column("region", words(), primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("gaps", words(), nullable=False),
    Column("deadline", BigInteger),
    Column("told", BigInteger),
    Index("arrivals_deadline", "deadline"),
)
"""When something last arrived from where, and how long it was quiet before."""

canaries = Table(
    "canaries",
    metadata,
    Column("id", name(64), primary_key=True),
    Column("sent", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("arrived", BigInteger),
    Column("told", BigInteger),
    Index("canaries_due", "due"),
)
"""Marked messages sent to see whether they arrive."""

switches = Table(
    "switches",
    metadata,
    Column("name", words(), primary_key=True),
    Column("stopped", Boolean, nullable=False),
    Column("by", words(), nullable=False),
    Column("because", words(), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("misses", Integer, nullable=False, default=0),
)
"""What stops repairs: all of them, or those of one rule."""

inbox_metadata = MetaData()

inbox = Table(
    "inbox",
    inbox_metadata,
    Column(
        "id",
        # SQLite numbers only what it calls INTEGER.
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    Column("body", LargeBinary, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("receipt", name(32)),
    Column("lease_until", BigInteger),
    sqlite_autoincrement=True,
)
