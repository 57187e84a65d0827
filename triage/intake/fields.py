"""A tolerant view of a vendor's object: other casing, nulls, wrong types, the literal "..."."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from triage.domain.json import Record
from triage.intake.times import moment

PLACEHOLDERS = frozenset({"", "...", "…", "null", "None"})
"""Texts that stand for a value somebody left out."""
NOWHERE: Record = {}
KEPT_CHARS_MAX = 64
"""Longer names are nobody's fields; they are not kept, so that they take no memory."""
EXACT_BELOW = 2.0**53
"""Whole numbers up to here are what somebody wrote; larger floats have been rounded."""


def folded(name: str) -> str:
    """Give lowerCamel, Pascal, snake_case and kebab-case the same spelling."""
    return _folded(name) if len(name) <= KEPT_CHARS_MAX else _folded.__wrapped__(name)


@lru_cache(maxsize=8192)
def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


class Fields:
    """An object whose fields are found by dotted path, whatever their casing.

    A field that is missing, null, a placeholder or of the wrong type is not there: the getters
    take several paths and give the first that is, else their empty value. Texts come unbounded
    (identity is made from them); bounds.within_bounds cuts the finished ticket.
    """

    __slots__ = ("_inner", "_spellings", "record")

    def __init__(self, record: object) -> None:
        self.record: Record = _object(record)
        self._spellings: dict[str, str] | None = None
        self._inner: dict[str, Fields] = {}

    def _get(self, name: str) -> object:
        if name in self.record:
            return self.record[name]
        if self._spellings is None:
            self._spellings = {folded(key): key for key in reversed(list(self.record))}
        spelt = self._spellings.get(folded(name))
        return None if spelt is None else self.record[spelt]

    def raw(self, path: str) -> object:
        """Whatever is at `path`, or None."""
        head, _, rest = path.partition(".")
        return self.within(head).raw(rest) if rest else self._get(head)

    def within(self, path: str) -> "Fields":
        """Open the object at `path`; an empty view when there is none."""
        head, _, rest = path.partition(".")
        if head not in self._inner:
            self._inner[head] = Fields(self._get(head))
        return self._inner[head].within(rest) if rest else self._inner[head]

    def each(self, path: str) -> list["Fields"]:
        """Open every object of the list at `path`; a lone object counts as a list of one."""
        value = self.raw(path)
        items = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        return [Fields(item) for item in items if isinstance(item, Mapping)]

    def texts(self, path: str) -> list[str]:
        """Every text of the list at `path`; a lone text counts as a list of one."""
        value = self.raw(path)
        items = value if isinstance(value, list) else [value]
        return [text for item in items if (text := as_text(item))]

    def text(self, *paths: str) -> str:
        """Find the first text or number, as text."""
        return next((text for path in paths if (text := as_text(self.raw(path)))), "")

    def number(self, *paths: str) -> float | None:
        """Find the first number; numbers written as text count."""
        found = (as_number(self.raw(path)) for path in paths)
        return next((number for number in found if number is not None), None)

    def flag(self, *paths: str) -> bool:
        """True when any of them says so, as a boolean or in words."""
        return any(str(self.raw(path)).lower() == "true" for path in paths)

    def time(self, *paths: str) -> datetime | None:
        """Find the first readable time, as UTC."""
        found = (moment(self.raw(path)) for path in paths)
        return next((time for time in found if time is not None), None)

    def has(self, *names: str) -> bool:
        """True when every one of these keys is there, whatever its value."""
        return all(name in self.record or self._spelt(name) for name in names)

    def _spelt(self, name: str) -> bool:
        self._get(name)
        return self._spellings is not None and folded(name) in self._spellings


def _object(value: object) -> Record:
    """Give the object itself, or the only one of a list; none of several is the right one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, Mapping) else NOWHERE


def as_text(value: object) -> str:
    """Give a text or a number as text; "" for anything else and for placeholders."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    # An id that passed through a spreadsheet or a float column comes back as 111122223333.0.
    whole = isinstance(value, float) and value.is_integer() and abs(value) < EXACT_BELOW
    text = str(int(value) if whole else value).strip()
    return "" if text in PLACEHOLDERS else text


def as_number(value: object) -> float | None:
    """Give a number, also one written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) != float("inf") and number == number else None  # noqa: PLR0124 - NaN is the one number unlike itself
