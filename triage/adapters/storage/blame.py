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


def is_poison(error: Exception) -> bool:
    """Tell whether one row's content is to blame, so that the rest can do without it.

    A bare DatabaseError says that the file itself is damaged; its subclasses say which row.
    """
    return not isinstance(error, MACHINE) and type(error) is not exc.DatabaseError
