"""Every close with its draw, and what became of licences."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0041"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _name(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add two tables."""
    op.create_table(
        "closes",
        sa.Column("event", _name(32), nullable=False),
        sa.Column("case_id", _name(12), nullable=False),
        sa.Column("rule", _name(64), nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("tier", _name(16), nullable=False),
        sa.Column("ground", _name(16), nullable=False),
        sa.Column("severity", _name(16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("real", sa.Boolean(), nullable=True),
        sa.Column("by", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("event"),
    )
    op.create_index("closes_rule", "closes", ["rule", "tier", "at"])
    op.create_index("closes_chosen", "closes", ["chosen", "due"])
    op.create_index("closes_at", "closes", ["at"])
    op.create_table(
        "grants",
        sa.Column("rule", _name(64), nullable=False),
        sa.Column("tier", _name(16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("kind", _name(16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", WORDS, nullable=False),
        sa.Column("data", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("rule", "tier", "number"),
    )
