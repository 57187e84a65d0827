"""How one schema becomes the next; Alembic reads this folder."""
