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
    String,
    Table,
    Text,
    UniqueConstraint,
)

REVISION = "0001"
"""The schema this code was written for; migrations/ leads to it."""

metadata = MetaData()

alembic_version = Table(
    "alembic_version", metadata, Column("version_num", String(32), primary_key=True)
)

bodies = Table(
    "bodies",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("status", String(16), nullable=False),
    Column("notified", String(16)),
    Column("type", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("due", BigInteger),
    Column("fence", Integer, nullable=False, default=0),
    Column("lease_owner", String(64)),
    Column("lease_until", BigInteger),
    Index("cases_due", "due"),
    Index("cases_changed", "changed"),
    # Counting by status, as every /readyz does, reads this and not the cases.
    Index("cases_status", "status"),
)

events = Table(
    "events",
    metadata,
    Column("case_id", String(12), ForeignKey("cases.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("id", String(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("case_id", "id"),
)

effects = Table(
    "effects",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(12), ForeignKey("cases.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("data", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("outcome", Text, nullable=False, default=""),
    Column("lease_owner", String(64)),
    Column("lease_until", BigInteger),
    Index("effects_due", "status", "due"),
    Index("effects_case", "case_id"),
)

timers = Table(
    "timers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(12), ForeignKey("cases.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("data", Text, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("lease_owner", String(64)),
    Column("lease_until", BigInteger),
    Index("timers_due", "due"),
)

handles = Table(
    "handles",
    metadata,
    Column("handle", Text, primary_key=True),
    Column("case_id", String(12), ForeignKey("cases.id"), primary_key=True),
    Index("handles_case", "case_id"),
)
"""What a case is known by, for finding what is related to it."""

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("leading", String(12), ForeignKey("cases.id"), nullable=False),
    Column("told", String(16), nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("parted", Boolean, nullable=False),
    Index("incidents_changed", "changed"),
)

members = Table(
    "members",
    metadata,
    Column("case_id", String(12), ForeignKey("cases.id"), primary_key=True),
    Column("incident_id", String(12), ForeignKey("incidents.id"), nullable=False),
    Index("members_incident", "incident_id"),
)

incident_handles = Table(
    "incident_handles",
    metadata,
    Column("handle", Text, primary_key=True),
    Column("incident_id", String(12), ForeignKey("incidents.id"), primary_key=True),
)
"""What an incident is known by: everything its members are."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("hash", String(64), ForeignKey("bodies.hash"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("times", Integer, nullable=False, default=1),
    Column("replayed", BigInteger),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("source", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("lease_owner", String(64)),
    Column("lease_until", BigInteger),
    Index("watermarks_due", "due"),
)
"""How far each look for what never reached the queue has come."""

inventories = Table(
    "inventories",
    metadata,
    Column("source", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("items", Text, nullable=False),
    Column("listed", BigInteger, nullable=False),
    Column("accepted_by", Text),
    Column("accepted", BigInteger),
)
"""What can silence us, as it was last seen, one list a row."""

arrivals = Table(
    "arrivals",
    metadata,
    Column("source", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("gaps", Text, nullable=False),
    Column("deadline", BigInteger),
    Column("told", BigInteger),
    Index("arrivals_deadline", "deadline"),
)
"""When something last arrived from where, and how long it was quiet before."""

canaries = Table(
    "canaries",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("sent", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("arrived", BigInteger),
    Column("told", BigInteger),
    Index("canaries_due", "due"),
)
"""Marked messages sent to see whether they arrive."""

inbox_metadata = MetaData()

inbox = Table(
    "inbox",
    inbox_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("body", LargeBinary, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("receipt", String(32)),
    Column("lease_until", BigInteger),
    sqlite_autoincrement=True,
)
