"""Playbooks from what others wrote."""
