"""Retention: at which version the bytes of a case were deleted."""

import sqlalchemy as sa
from alembic import op

from triage.adapters.storage.columns import name

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "retired",
        sa.Column("case_id", name(12), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
