"""What is wrong with the settings, in our own words."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

INPUT_CHARS_MAX = 80
UNSHOWN = frozenset({"secret", "password", "external_id", "address", "contacts", "url"})
"""Settings whose values are not for messages."""
SENTENCES: Mapping[str, str] = {
    "model_type": "it is a group of settings, [in brackets]",
    "tuple_type": "it is a list of tables",
    "missing": "it is missing",
    "int_parsing": "it is a whole number",
    "int_type": "it is a whole number",
    "float_parsing": "it is a number",
    "float_type": "it is a number",
    "bool_parsing": "it is true or false",
    "string_type": "it is text",
    "path_type": "it is a path",
}
"""What our own words say better than the validator's, by its error type."""


def sentences(
    error: ValidationError, origins: Mapping[str, str], root: type[BaseModel]
) -> list[str]:
    """Say what is wrong with each setting: its place, what it has to be, the nearest right word."""
    return [_sentence(one, origins, _words(root, "")) for one in error.errors(include_url=False)]


def _sentence(one: Any, origins: Mapping[str, str], known: Sequence[str]) -> str:
    key = ".".join(str(part) for part in one["loc"])
    place = _place(key, origins)
    where = f"{place}: {key}" if place else key
    if one["type"] == "extra_forbidden":
        return f"{where}: there is no such setting{_nearest(one['loc'], known)}"
    told = SENTENCES.get(one["type"]) or _own_words(one) or one["msg"].lower()
    return f"{where}: {told}{_given(one)}"


def _own_words(one: Any) -> str:
    """Give what one of our own validators said."""
    return str(one["ctx"]["error"]) if one["type"] == "value_error" else ""


def _place(key: str, origins: Mapping[str, str]) -> str:
    """Name the file or variable that set `key`, something above it, or something below it."""
    for known, place in origins.items():
        if key == known or key.startswith(f"{known}.") or known.startswith(f"{key}."):
            return place
    return ""


def _nearest(path: Sequence[int | str], known: Sequence[str]) -> str:
    """Name the right word nearest to the last part of `path`, among those that fit there."""
    names = [str(part) for part in path if isinstance(part, str)]
    beside = [one for one in known if one.rpartition(".")[0] == ".".join(names[:-1])]
    key = ".".join(names)
    found = get_close_matches(key, beside, n=1, cutoff=0.6) or get_close_matches(key, known, n=1)
    return f"; did you mean {found[0]}?" if found else ""


def _words(group: type[BaseModel], above: str) -> list[str]:
    found = []
    for name, field in group.model_fields.items():
        found.append(above + name)
        inside = [field.annotation, *get_args(field.annotation)]
        for kind in inside:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found += _words(kind, f"{above}{name}.")
    return found


def _given(one: Any) -> str:
    """Quote what was given, unless it may be a secret: a table, or the value of one."""
    given = one["input"]
    unsaid = one["type"] == "missing" or str(one["loc"][-1]) in UNSHOWN
    if unsaid or not isinstance(given, str | int | float):
        return ""
    words = re.findall(r"'([^']+)'", str(one.get("ctx", {}).get("expected", "")))
    near = get_close_matches(str(given), words, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f", not {str(given)[:INPUT_CHARS_MAX]!r}{hint}"
