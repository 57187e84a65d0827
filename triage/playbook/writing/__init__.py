"""Changing the text of a playbook without losing a comment or a choice of its author."""
