"""Alembic starts here. The caller brings the connection, its transaction and its lock."""

from alembic import context

from triage.adapters.storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
