"""The index's tables. Times are whole microseconds since 1970 in UTC.

Everything in it can be read again from the archive, so a file of another version, or of another
archive, is simply begun anew.
"""

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

VERSION = 1

metadata = MetaData()

about = Table(
    "about",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("passed", BigInteger),
    Column("problem", Text, nullable=False, default=""),
)
"""One row. `passed` is when the last complete pass over the archive began."""

files = Table(
    "files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("tag", Text, nullable=False),
    Column("digest", String(64), nullable=False, default=""),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("account", Text),
    Column("region", Text),
    Column("delivered", BigInteger),
    Index("files_state", "state"),
)
"""Account, Region and delivery as the key tells them; empty where it does not."""

places = Table(
    "places",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("region", Text, nullable=False),
    UniqueConstraint("account", "region"),
)

spans = Table(
    "spans",
    metadata,
    Column("file", Integer, ForeignKey("files.id"), primary_key=True),
    Column("place", Integer, ForeignKey("places.id"), primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("delivered", BigInteger, nullable=False),
    Index("spans_delivered", "place", "delivered"),
)
"""Which time of which place a file speaks for: from its first event to its delivery."""

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file", Integer, ForeignKey("files.id"), nullable=False),
    Column("place", Integer, ForeignKey("places.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("read_only", Boolean, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Index("events_at", "place", "at", "read_only"),
)

names = Table(
    "names",
    metadata,
    Column("place", Integer, primary_key=True),
    Column("attribute", Integer, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("event", Integer, ForeignKey("events.id"), primary_key=True),
    sqlite_with_rowid=False,
)
