"""What an audit and the operator's view rest on, and cases of a status by their last change."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables and widen the index."""
    _log()
    _counts()
    op.drop_index("cases_status", "cases")
    op.create_index("cases_status", "cases", ["status", "changed"])


def _log() -> None:
    op.create_table(
        "leaves",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", WORDS, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("case_id", "sequence"),
    )
    op.create_table(
        "leaf_log",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("peaks", WORDS, nullable=False),
        sa.Column("appended", sa.BigInteger()),
        sa.Column("lease_owner", WORDS),
        sa.Column("lease_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "heads",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", WORDS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", WORDS, nullable=False),
        sa.Column("signature", WORDS, nullable=False),
        sa.Column("place", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("size"),
    )


def _counts() -> None:
    op.create_table(
        "tallies",
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("at", "kind"),
    )
    op.create_table(
        "spending",
        sa.Column("owner", WORDS, nullable=False),
        sa.Column("api", WORDS, nullable=False),
        sa.Column("account", WORDS, nullable=False),
        sa.Column("region", WORDS, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "api", "account", "region"),
    )
    op.create_index("spending_at", "spending", ["at"])
