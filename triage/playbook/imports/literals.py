"""What a pattern, and beside it a condition, can say of one comparison and of its opposite.

A detection compares texts whatever their case, and a wildcard of a pattern does not. So a text that
only has to be somewhere inside is asked for in a condition, and one that must *not* be there is
compared by case: the playbook then speaks about a little more than the detection, never about less.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from triage.domain.detection import Compared

IGNORING_CASE = "equals-ignore-case"
THERE: tuple[Any, ...] = ({"exists": True},)
NOT_THERE: tuple[Any, ...] = ({"exists": False},)


class Unsayable(ValueError):
    """A comparison has no counterpart; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """One field: values of a pattern, any of which will do, and a condition that says it.

    `when` is empty where no condition can say it, and `needed` where the values alone match more
    than was meant. `sample` is a value that will do, or None where the field is best left out.
    """

    path: tuple[str, ...]
    values: tuple[Any, ...]
    compared: Compared
    when: str = ""
    needed: bool = False
    sample: Any = None


def literal(compared: Compared, *, holds: bool) -> Literal:
    """Say a comparison, or its opposite. Raises Unsayable."""
    say = (SAID if holds else DENIED).get(compared.word)
    if say is None:
        raise Unsayable(f"{compared.field}: nobody can say that {compared.word} does not hold")
    return say(compared, tuple(compared.field.split(".")))


def name_of(path: tuple[str, ...]) -> str:
    """How a condition reads a field of the record."""
    steps = (f".{key}" if key.isidentifier() else f'["{key}"]' for key in path)
    return "ticket.event" + "".join(steps)


def _quoted(text: str) -> str:
    if '"' in text or "\\" in text:
        raise Unsayable(f"{text!r}: a condition holds no quotes and no backslashes")
    return f'"{text}"'


def _has_case(compared: Compared) -> bool:
    text = str(compared.value)
    return not compared.cased and text.lower() != text.upper()


def _ignoring(compared: Compared) -> Any:
    return {IGNORING_CASE: compared.value} if _has_case(compared) else compared.value


def _equals(compared: Compared, path: tuple[str, ...]) -> Literal:
    value = compared.value
    if isinstance(value, bool):
        # CloudTrail writes some of its booleans as text.
        values: tuple[Any, ...] = (value, {IGNORING_CASE: str(value).lower()})
    elif isinstance(value, str):
        values = (_ignoring(compared),)
    else:
        values = (value, str(value))
    return Literal(
        path=path, values=values, compared=compared, when=_equal(compared, path), sample=value
    )


def _equal(compared: Compared, path: tuple[str, ...]) -> str:
    name, value = name_of(path), compared.value
    if isinstance(value, bool):
        return f'{name} in [{str(value).lower()}, "{str(value).lower()}", "{value}"]'
    if not isinstance(value, str):
        return f'{name} in [{value}, "{value}"]'
    try:
        word = _quoted(value.lower() if _has_case(compared) else value)
    except Unsayable:
        return ""
    side = f"({name} | lower)" if _has_case(compared) else name
    return f"({name} is not none and {side} == {word})"


def _begins(word: str) -> Callable[[Compared, tuple[str, ...]], Literal]:
    def say(compared: Compared, path: tuple[str, ...]) -> Literal:
        text = str(compared.value)
        sample = f"{text}0" if word == "prefix" else f"0{text}"
        values = ({word: _ignoring(compared)},)
        return Literal(path=path, values=values, compared=compared, sample=sample)

    return say


def _contains(compared: Compared, path: tuple[str, ...]) -> Literal:
    text = str(compared.value)
    sample = f"0{text}0"
    if not _has_case(compared):
        values = ({"wildcard": f"*{_escaped(text)}*"},)
        return Literal(path=path, values=values, compared=compared, sample=sample)
    name = name_of(path)
    when = f"({name} is not none and {_quoted(text.lower())} in ({name} | lower))"
    return Literal(
        path=path, values=THERE, compared=compared, when=when, needed=True, sample=sample
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*")


def _wildcard(compared: Compared, path: tuple[str, ...]) -> Literal:
    text = str(compared.value)
    if _has_case(compared):
        raise Unsayable(f"{compared.field}: an asterisk inside a text compares case in a pattern")
    sample = text.replace("\\*", "\0").replace("*", "0").replace("\0", "*").replace("\\\\", "\\")
    return Literal(path=path, values=({"wildcard": text},), compared=compared, sample=sample)


def _null(compared: Compared, path: tuple[str, ...]) -> Literal:
    when = f"{name_of(path)} is none"
    return Literal(path=path, values=(None, *NOT_THERE), compared=compared, when=when)


def _exists(compared: Compared, path: tuple[str, ...]) -> Literal:
    return _there(compared, path, there=compared.value is True)


def _not_exists(compared: Compared, path: tuple[str, ...]) -> Literal:
    return _there(compared, path, there=compared.value is not True)


def _there(compared: Compared, path: tuple[str, ...], *, there: bool) -> Literal:
    when = f"{name_of(path)} is {'not ' if there else ''}none"
    return Literal(
        path=path,
        values=THERE if there else NOT_THERE,
        compared=compared,
        when=when,
        sample="0" if there else None,
    )


def _cidr(compared: Compared, path: tuple[str, ...]) -> Literal:
    network = str(compared.value)
    sample = network.partition("/")[0]
    return Literal(path=path, values=({"cidr": network},), compared=compared, sample=sample)


BESIDE: Mapping[str, int] = MappingProxyType({"<": -1, "<=": 0, ">": 1, ">=": 0})
"""How far from its bound a number lies that certainly holds."""


def _numeric(compared: Compared, path: tuple[str, ...]) -> Literal:
    word, bound = _bound(compared)
    return Literal(
        path=path,
        values=({"numeric": [word, bound]},),
        compared=compared,
        when=f"{name_of(path)} {word} {bound}",
        sample=bound + BESIDE[word],
    )


def _bound(compared: Compared) -> tuple[str, float]:
    match compared.value:
        case (str() as word, int() | float() as bound):
            return word, bound
        case _:
            raise Unsayable(f"{compared.field}: this is no comparison of numbers")


OPPOSITE: Mapping[str, str] = MappingProxyType({"<": ">=", "<=": ">", ">": "<=", ">=": "<"})


def _not_numeric(compared: Compared, path: tuple[str, ...]) -> Literal:
    word, bound = _bound(compared)
    values = ({"numeric": [OPPOSITE[word], bound]}, *NOT_THERE)
    return Literal(path=path, values=values, compared=compared)


def _not_equals(compared: Compared, path: tuple[str, ...]) -> Literal:
    value = compared.value
    equal = _equal(compared, path)
    if isinstance(value, bool):
        other = not value
        values: tuple[Any, ...] = (other, {IGNORING_CASE: str(other).lower()}, *NOT_THERE)
    else:
        refused = _ignoring(compared) if isinstance(value, str) else value
        values = ({"anything-but": refused}, *NOT_THERE)
    return Literal(
        path=path, values=values, compared=compared, when=f"not {equal}" if equal else ""
    )


def _not_like(shape: str) -> Callable[[Compared, tuple[str, ...]], Literal]:
    def say(compared: Compared, path: tuple[str, ...]) -> Literal:
        text = str(compared.value)
        wild = compared.value if compared.word == "wildcard" else f"*{_escaped(text)}*"
        refused = {shape: wild if shape == "wildcard" else text}
        values = ({"anything-but": refused}, *NOT_THERE)
        return Literal(path=path, values=values, compared=compared)

    return say


def _not_null(compared: Compared, path: tuple[str, ...]) -> Literal:
    return _there(compared, path, there=True)


SAID: Mapping[str, Callable[[Compared, tuple[str, ...]], Literal]] = MappingProxyType(
    {
        "equals": _equals,
        "prefix": _begins("prefix"),
        "suffix": _begins("suffix"),
        "contains": _contains,
        "wildcard": _wildcard,
        "null": _null,
        "exists": _exists,
        "cidr": _cidr,
        "numeric": _numeric,
    }
)
DENIED: Mapping[str, Callable[[Compared, tuple[str, ...]], Literal]] = MappingProxyType(
    {
        "equals": _not_equals,
        "prefix": _not_like("prefix"),
        "suffix": _not_like("suffix"),
        "contains": _not_like("wildcard"),
        "wildcard": _not_like("wildcard"),
        "null": _not_null,
        "exists": _not_exists,
        "numeric": _not_numeric,
    }
)
