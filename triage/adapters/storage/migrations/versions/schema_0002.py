"""What signatures did so far, so that they can be capped, revoked and ended."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WORDS = sa.Text(collation="C")


def upgrade() -> None:
    """Create the table; what was closed before it was there is not counted."""
    words = WORDS if op.get_bind().dialect.name == "postgresql" else sa.Text()
    op.create_table(
        "signature_uses",
        sa.Column("signature", words, nullable=False),
        sa.Column("case_id", words, nullable=False),
        sa.Column("event", words, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("missed", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("signature", "case_id", "event"),
    )
    op.create_index("signature_uses_case", "signature_uses", ["case_id"])
    op.create_index("signature_uses_ended", "signature_uses", ["ended", "signature"])
