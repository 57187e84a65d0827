"""Whose fault is an error: the content's, which no second try mends, or the machine's?"""

import sqlite3

from sqlalchemy import exc

MACHINE = (
    exc.OperationalError,  # busy, disk full, I/O error, read-only: all come and go
    exc.InternalError,
    exc.TimeoutError,
    exc.ResourceClosedError,
    sqlite3.OperationalError,  # the same, before SQLAlchemy wraps it
    MemoryError,
    OSError,
)
CONTENT = frozenset({"22", "23", "54"})
"""PostgreSQL's classes of errors that a row causes: data, integrity, and the server's limits.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""
OVERTAKEN = frozenset({"40001", "40P01"})
"""Serialisation failure and deadlock, in the same list."""


class Overtaken(Exception):
    """Another writer opened in the meantime what this transaction was about to open."""


def is_poison(error: Exception) -> bool:
    """Tell whether one row's content is to blame, so that the rest can do without it.

    A bare DatabaseError says that the file itself is damaged; its subclasses say which row.
    """
    if (code := _code(error)) is not None:
        return code[:2] in CONTENT
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return False
    return not isinstance(error, MACHINE) and type(error) is not exc.DatabaseError


def is_overtaken(error: Exception) -> bool:
    """Tell whether the same work succeeds when it begins again."""
    return isinstance(error, Overtaken) or _code(error) in OVERTAKEN


def _code(error: Exception) -> str | None:
    # PostgreSQL's answer; None where the driver itself, or SQLite, is the one who refuses.
    return getattr(getattr(error, "orig", None), "sqlstate", None)
