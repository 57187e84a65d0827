"""One file a schema, named after it."""
