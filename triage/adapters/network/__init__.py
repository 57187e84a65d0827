"""Whose address it is, from what stands on this disk. Nothing is fetched."""
