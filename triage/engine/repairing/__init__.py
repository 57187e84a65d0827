"""Repairs at work: planned, judged, agreed to, applied, proven, taken back. Start at steps.py."""
