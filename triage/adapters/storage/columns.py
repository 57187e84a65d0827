"""Column types that mean the same on every database."""

from typing import Any

from sqlalchemy import Dialect, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine
from typing_extensions import override

ESCAPE = "\x1a"
WRITTEN = (("\x1a", "\x1a1"), ("\x00", "\x1a0"))
"""What PostgreSQL text cannot hold, and the character that stands before what stands for it."""


class AnyText(TypeDecorator[str]):
    """Text on PostgreSQL that may hold U+0000, compares by code point and has no length.

    PostgreSQL's own text refuses U+0000
    (https://www.postgresql.org/docs/current/datatype-character.html). Other text stays as it is.
    """

    impl = Text(collation="C")
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write."""
        del dialect
        if value is None:
            return None
        # The driver would write a member of an enumeration by its name.
        value = str(value)
        if "\x00" not in value and ESCAPE not in value:
            return value
        for plain, written in WRITTEN:
            value = value.replace(plain, written)
        return value

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Read."""
        del dialect
        if value is None or ESCAPE not in value:
            return value
        for plain, written in reversed(WRITTEN):
            value = value.replace(written, plain)
        return value


def name(length: int) -> TypeEngine[Any]:
    """Short text of our own making."""
    return String(length).with_variant(AnyText(), "postgresql")


def words() -> TypeEngine[Any]:
    """Text of any length, which others may have written."""
    return Text().with_variant(AnyText(), "postgresql")
