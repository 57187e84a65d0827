"""Alembic starts here. The caller brings the connection, its transaction and its lock."""

from alembic import context

from triage.adapters.storage import schema_licensing, schema_operating
from triage.adapters.storage.schema import metadata

del schema_licensing, schema_operating  # the metadata knows its tables from here on

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
