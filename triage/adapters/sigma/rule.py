"""A Sigma rule over AWS CloudTrail as a detection.

https://sigmahq.io/sigma-specification/specification/sigma-rules-specification.html and
.../sigma-appendix-modifiers.html say what it means; pySigma reads it and puts conditions together.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
)
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule
from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SpecialChars,
)

from triage.domain.detection import (
    All,
    Compared,
    Condition,
    Detection,
    Inexpressible,
    No,
    Place,
    Some,
)

PRODUCT, SERVICE = "aws", "cloudtrail"
START: Place = (1, 1)
LEVELS: Mapping[str, str] = MappingProxyType({"informational": "low"})
COMPARISONS: Mapping[CompareOperators, str] = MappingProxyType(
    {
        CompareOperators.LT: "<",
        CompareOperators.LTE: "<=",
        CompareOperators.GT: ">",
        CompareOperators.GTE: ">=",
    }
)
LITERAL = re.compile(r"(?:[^\\.^$*+?{}\[\]|()]|\\[^A-Za-z0-9])*")
"""A part of a regular expression that stands for itself."""


def read_sigma(path: str, text: str) -> Detection:
    """Read one rule. Raises Inexpressible with the place of what cannot be said or read."""
    reader = _Reader(path, _places(text))
    try:
        rule = SigmaRule.from_dict(YAML(typ="safe", pure=True).load(text))
        conditions = [one.parsed for one in rule.detection.parsed_condition]
    except (SigmaError, YAMLError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise Inexpressible(path, START, f"pySigma cannot read it: {_short(error)}") from error
    if (rule.logsource.product, rule.logsource.service) != (PRODUCT, SERVICE):
        why = f"only rules over product {PRODUCT}, service {SERVICE} become playbooks"
        raise Inexpressible(path, reader.place("logsource"), why)
    if len(conditions) != 1:
        why = "it has several conditions; write one rule for each"
        raise Inexpressible(path, reader.place("condition"), why)
    level = rule.level.name.lower() if rule.level else ""
    return Detection(
        path=path,
        id=str(rule.id or ""),
        title=rule.title,
        description=rule.description or rule.title,
        level=LEVELS.get(level, level),
        references=tuple(str(one) for one in rule.references),
        false_positives=tuple(str(one) for one in rule.falsepositives),
        condition=reader.condition(conditions[0]),
    )


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _places(text: str) -> Mapping[str, Place]:
    """Where each key of a rule first stands, without its modifiers."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, ValueError):
        return {}
    found: dict[str, Place] = {}
    _collect(node, found)
    return found


def _collect(node: Node | None, found: dict[str, Place]) -> None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            place = (key.start_mark.line + 1, key.start_mark.column + 1)
            found.setdefault(str(key.value), place)
            found.setdefault(str(key.value).partition("|")[0], place)
            _collect(value, found)
    elif isinstance(node, SequenceNode):
        for inner in node.value:
            _collect(inner, found)


class _Reader:
    """Turns what pySigma read into values, knowing where things stand."""

    def __init__(self, path: str, places: Mapping[str, Place]) -> None:
        self._path = path
        self._places = places

    def place(self, word: str) -> Place:
        return self._places.get(word, START)

    def condition(self, node: Any) -> Condition:
        match node:
            case ConditionAND(args=parts):
                return All(tuple(self.condition(part) for part in parts))
            case ConditionOR(args=parts):
                return Some(tuple(self.condition(part) for part in parts))
            case ConditionNOT(args=[part]):
                return No(self.condition(part))
            case ConditionFieldEqualsValueExpression(field=name, value=value):
                return self._compared(name, value)
            case _:
                why = "a word without a field would have to be looked for everywhere"
                raise self._refused("detection", why)

    def _refused(self, word: str, why: str) -> Inexpressible:
        return Inexpressible(self._path, self.place(word), why)

    def _compared(self, name: str, value: Any) -> Compared:
        read = next((read for kind, read in READERS.items() if isinstance(value, kind)), None)
        if read is None:
            raise self._refused(name, f"{name}: {type(value).__name__} has no counterpart")
        try:
            word, found = read(value)
        except ValueError as error:
            raise self._refused(name, f"{name}: {error}") from error
        return Compared(
            field=name,
            word=word,
            value=found,
            cased=isinstance(value, SigmaCasedString | SigmaRegularExpression),
            place=self.place(name),
        )


Read = tuple[str, object]
ANY = SpecialChars.WILDCARD_MULTI


def _string(value: SigmaString) -> Read:
    parts = [part for part in value.s if part != ""]
    if any(not isinstance(part, str) and part is not ANY for part in parts):
        raise ValueError("`?` and placeholders stand for one character or for a list of yours")
    texts = [part for part in parts if isinstance(part, str)]
    shape = "".join("*" if part is ANY else "x" for part in parts)
    if shape in SHAPES:
        return SHAPES[shape], texts[0] if texts else ""
    return ("exists", True) if shape == "*" else ("wildcard", _starred(parts))


SHAPES: Mapping[str, str] = MappingProxyType(
    {"": "equals", "x": "equals", "x*": "prefix", "*x": "suffix", "*x*": "contains"}
)
"""What a text with asterisks asks for, where there is a word for it."""


def _starred(parts: list[Any]) -> str:
    return "".join("*" if part is ANY else _escaped(part) for part in parts)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*")


def _number(value: SigmaNumber) -> Read:
    return "equals", value.number


def _compare(value: SigmaCompareExpression) -> Read:
    word = COMPARISONS.get(value.op)
    if word is None:
        raise ValueError("this comparison has no counterpart")
    return "numeric", (word, value.number.number)


def _expression(value: SigmaRegularExpression) -> Read:
    """Literal text with `.*` between is a wildcard; anything else has no counterpart."""
    text = str(value.regexp)
    if value.flags:
        raise ValueError("flags of a regular expression have no counterpart")
    begins, ends = text.startswith("^"), text.endswith("$") and not text.endswith("\\$")
    parts = text[begins : len(text) - ends].split(".*")
    if not all(LITERAL.fullmatch(part) for part in parts):
        raise ValueError("of regular expressions only plain text with `.*` between can be said")
    plain = [_escaped(re.sub(r"\\(.)", r"\1", part)) for part in parts if part]
    open_left = not begins or not parts[0]
    open_right = not ends or not parts[-1]
    if not plain:
        return "exists", True
    return "wildcard", f"{'*' * open_left}{'*'.join(plain)}{'*' * open_right}"


READERS: Mapping[type, Callable[[Any], Read]] = MappingProxyType(
    {
        SigmaString: _string,
        SigmaBool: lambda value: ("equals", value.boolean),
        SigmaCompareExpression: _compare,
        SigmaNumber: _number,
        SigmaNull: lambda _value: ("null", None),
        SigmaExists: lambda value: ("exists", value.exists),
        SigmaCIDRExpression: lambda value: ("cidr", str(value.network)),
        SigmaRegularExpression: _expression,
    }
)
