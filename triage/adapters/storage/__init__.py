"""The one store, on SQLite or PostgreSQL, through SQLAlchemy Core."""

from triage.adapters.storage.inbox import Inbox, open_inbox
from triage.adapters.storage.store import Store, open_store
from triage.adapters.storage.verifying import AuditReport, verify

__all__ = ["AuditReport", "Inbox", "Store", "open_inbox", "open_store", "verify"]
