"""The tables that an audit and the operator's view rest on; no decision reads them."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, UniqueConstraint

from triage.adapters.storage.columns import name, words
from triage.adapters.storage.schema import metadata

leaves = Table(
    "leaves",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", name(12), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("hash", name(64), nullable=False),
    UniqueConstraint("case_id", "sequence"),
)
"""Every event once, in the order in which it was anchored. Refers to nothing: it outlives it."""

leaf_log = Table(
    "leaf_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", name(32), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("peaks", words(), nullable=False),
    Column("appended", BigInteger),
    Column("lease_owner", name(64)),
    Column("lease_until", BigInteger),
)
"""One row, whose id is 1: which log this is, and its tree."""

heads = Table(
    "heads",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", name(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", words(), nullable=False),
    Column("signature", words(), nullable=False),
    Column("place", words(), nullable=False),
)
"""Heads that were exported, for people; what counts is what was exported."""

tallies = Table(
    "tallies",
    metadata,
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", name(16), primary_key=True),
    Column("count", BigInteger, nullable=False),
)
"""How many events of a kind happened in the five minutes that begin at a moment."""

spending = Table(
    "spending",
    metadata,
    Column("owner", name(64), primary_key=True),
    Column("api", words(), primary_key=True),
    Column("account", words(), primary_key=True),
    Column("region", words(), primary_key=True),
    Column("used", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("allowed", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("spending_at", "at"),
)
"""What each worker asked of an AWS API in its last whole minute, and what it may."""
