"""Switches that stop repairs, and an index for counting what was repaired lately."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0003"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add one table and one index."""
    op.create_table(
        "switches",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("by", WORDS, nullable=False),
        sa.Column("because", WORDS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("effects_kind", "effects", ["kind", "due", "id"])
