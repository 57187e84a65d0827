"""What stands behind each port: the one folder that knows adapters and engine both.

Read bootstrap.py first; each other file wires one thing it needs.
"""
