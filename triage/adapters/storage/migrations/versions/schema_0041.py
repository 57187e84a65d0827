"""What signatures did so far, so that they can be capped, revoked and ended."""

import sqlalchemy as sa
from alembic import op

from triage.adapters.storage.columns import name, words

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; what was closed before it was there is not counted."""
    op.create_table(
        "signature_uses",
        sa.Column("signature", words(), primary_key=True),
        sa.Column("case_id", name(12), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("event", name(32), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("missed", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
    )
    op.create_index("signature_uses_case", "signature_uses", ["case_id"])
    op.create_index("signature_uses_ended", "signature_uses", ["ended", "signature"])
