"""What changed, source by source: one file a source, each one page at a time."""
