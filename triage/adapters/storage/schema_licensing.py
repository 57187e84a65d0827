"""The tables that licences rest on: every close with its draw, and every event of a licence."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, Table

from triage.adapters.storage.columns import name, words
from triage.adapters.storage.schema import metadata

closes = Table(
    "closes",
    metadata,
    Column("event", name(32), primary_key=True),
    Column("case_id", name(12), nullable=False),
    Column("rule", name(64), nullable=False),
    Column("name", words(), nullable=False),
    Column("tier", name(16), nullable=False),
    Column("ground", name(16), nullable=False),
    Column("severity", name(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("rate", Float, nullable=False),
    Column("chosen", Boolean, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("looked", Integer, nullable=False),
    Column("real", Boolean),
    Column("by", words(), nullable=False),
    Index("closes_rule", "rule", "tier", "at"),
    Index("closes_chosen", "chosen", "due"),
    Index("closes_at", "at"),
)
"""Closes that the engine made by itself. Refers to nothing: it outlives what retention deletes."""

grants = Table(
    "grants",
    metadata,
    Column("rule", name(64), primary_key=True),
    Column("tier", name(16), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", words(), nullable=False),
    Column("kind", name(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", words(), nullable=False),
    Column("data", words(), nullable=False),
)
"""What became of licences, in order."""
