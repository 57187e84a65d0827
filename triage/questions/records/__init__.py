"""Vendors' shapes that several questions read."""
