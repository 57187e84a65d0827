"""The command line: one file a family, heavy imports only inside the command that needs them."""

from triage.cli.app import main

__all__ = ["main"]
