"""Conditions and texts: Jinja2's syntax, three values, nothing executed.

Jinja2 only parses. What it parsed is compiled into closures over a short list of node kinds, so
there is no attribute, call, filter or loop beyond the tables below, whatever a playbook says.

The law: an expression that has a value while an answer is unknown has the same value whatever
that answer turns out to be. `and` and `or` may decide without an unknown side (`unknown and
false` is false); everything else that touches an unknown raises Touched.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError, nodes

from triage.domain.evidence import Absent, Known, Unknown
from triage.domain.person import Signature

LENGTH_MAX = 4000
TEXT_MAX = 600
SHOWN_MAX = 200
JINJA = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - it never renders


class Touched(Exception):
    """Evaluation needed something that is not known. `name` is the evidence it belongs to."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name
        self.reason = reason


class ExpressionInvalid(ValueError):
    """Not an expression of this language. `word` is what was not understood."""

    def __init__(self, message: str, word: str = "") -> None:
        super().__init__(message)
        self.word = word


class Loose(dict[str, Any]):
    """A vendor's record: what it lacks is empty, since nothing may close on it anyway."""


Signed = Callable[[str, str], Signature | None]


@dataclass(kw_only=True)
class Scope:
    """What names mean during one evaluation; `signature` is the last one that held."""

    names: Mapping[str, Any]
    signed: Signed
    now: datetime
    signature: Signature | None = field(default=None)


Compiled = Callable[[Scope], Any]


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer that has not been looked into yet."""

    name: str
    answer: Known | Absent | Unknown


def settle(value: Any) -> Any:
    """Give the value behind an answer, or raise Touched."""
    if not isinstance(value, _Answer):
        return value
    match value.answer:
        case Known(value=found):
            return found
        case Absent():
            raise Touched(value.name, "it is absent")
        case Unknown(reason=reason):
            raise Touched(value.name, reason)


def truth(compiled: Compiled, scope: Scope) -> bool:
    """Evaluate a condition. Raises Touched when it cannot be known."""
    return bool(settle(compiled(scope)))


@lru_cache(maxsize=16384)
def parse(text: str) -> nodes.Expr:
    """Parse a condition. Raises ExpressionInvalid."""
    body = _template("{{ (" + text + "\n) }}", text).body
    output = body[0] if len(body) == 1 else None
    if not isinstance(output, nodes.Output) or len(output.nodes) != 1:
        message = "this is not one expression"
        raise ExpressionInvalid(message)
    return output.nodes[0]


def _template(source: str, text: str) -> nodes.Template:
    if len(text) > LENGTH_MAX:
        message = f"an expression has at most {LENGTH_MAX} characters"
        raise ExpressionInvalid(message)
    try:
        return JINJA.parse(source)
    except TemplateError as error:
        raise ExpressionInvalid(str(error.message)) from error
    except (RecursionError, MemoryError) as error:
        message = "the expression is nested too deeply"
        raise ExpressionInvalid(message) from error


@lru_cache(maxsize=16384)
def compile_condition(text: str) -> Compiled:
    """Compile a condition once. Raises ExpressionInvalid."""
    try:
        return _compile(parse(text))
    except RecursionError as error:
        message = "the expression is nested too deeply"
        raise ExpressionInvalid(message) from error


@lru_cache(maxsize=16384)
def compile_text(text: str) -> Callable[[Scope], str]:
    """Compile a `because`; an unknown prints as such and never changes anything."""
    pieces = [piece for output in _outputs(text) for piece in output.nodes]
    compiled = [_piece(piece) for piece in pieces]
    return lambda scope: _bounded("".join(piece(scope) for piece in compiled), TEXT_MAX)


def _outputs(text: str) -> list[nodes.Output]:
    body = _template(text, text).body
    for node in body:
        if not isinstance(node, nodes.Output):
            message = f"a because holds text and {{{{ values }}}}, no {type(node).__name__.lower()}"
            raise ExpressionInvalid(message)
    return body  # type: ignore[return-value] - all are outputs, as just checked


def text_expressions(text: str) -> list[nodes.Expr]:
    """Every expression inside a `because`."""
    found = (piece for output in _outputs(text) for piece in output.nodes)
    return [piece for piece in found if not isinstance(piece, nodes.TemplateData)]


def _piece(node: nodes.Expr) -> Callable[[Scope], str]:
    if isinstance(node, nodes.TemplateData):
        return lambda _scope, data=node.data: data  # type: ignore[misc] - mypy wants no default
    compiled = _compile(node)
    return lambda scope: shown(compiled, scope)


def shown(compiled: Compiled, scope: Scope) -> str:
    """A value as text for a person: bounded, printable, unknown where it is."""
    try:
        value = settle(compiled(scope))
    except Touched as touched:
        return f"unknown ({touched.reason})"
    if isinstance(value, list | tuple):
        value = ", ".join(str(one) for one in value[:20])
    return _bounded("" if value in (None, Loose()) else str(value), SHOWN_MAX)


def _bounded(text: str, length: int) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text)
    return plain if len(plain) <= length else plain[: length - 1] + "…"


# --- one function a node kind -------------------------------------------------------------------


def _name(node: nodes.Name) -> Compiled:
    name = node.name

    def look_up(scope: Scope) -> Any:
        if name not in scope.names:
            raise Touched(name, "nothing here is called that")
        value = scope.names[name]
        return _Answer(name, value) if isinstance(value, Known | Absent | Unknown) else value

    return look_up


def _attribute(base: nodes.Expr, key: str) -> Compiled:
    compiled, root = _compile(base), root_name(base)

    def get(scope: Scope) -> Any:
        holder = settle(compiled(scope))
        if isinstance(holder, Loose):
            found = holder.get(key, {})
            return Loose(found) if isinstance(found, Mapping) else found
        if isinstance(holder, Mapping) and key in holder:
            return holder[key]
        raise Touched(root, f"it has no {key}")

    return get


def _item(node: nodes.Getitem) -> Compiled:
    if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        return _attribute(node.node, node.arg.value)
    message = "only names may stand in brackets"
    raise ExpressionInvalid(message)


def _test(node: nodes.Test) -> Compiled:
    if node.name not in TESTS or node.args:
        message = f"unknown test {node.name!r}"
        raise ExpressionInvalid(message, node.name)
    test, compiled = TESTS[node.name], _compile(node.node)
    return lambda scope: test(compiled(scope))


def _is_absent(value: Any) -> bool:
    if isinstance(value, _Answer) and isinstance(value.answer, Absent):
        return True
    settle(value)
    return False


def _is_none(value: Any) -> bool:
    return settle(value) in (None, Loose())


TESTS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {"absent": _is_absent, "none": _is_none}
)


def _filter(node: nodes.Filter) -> Compiled:
    if node.node is None or node.name not in FILTERS or node.args or node.kwargs:
        message = f"unknown filter {node.name!r}"
        raise ExpressionInvalid(message, node.name)
    filter_, compiled = FILTERS[node.name], _compile(node.node)
    return lambda scope: _typed(root_name(node), filter_, settle(compiled(scope)))


def _typed(name: str, function: Callable[..., Any], *values: Any) -> Any:
    """Call; values of the wrong type tell us nothing."""
    try:
        return function(*values)
    except (TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise Touched(name, f"it is not of a kind that can be used here ({error})") from error


FILTERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "lower": lambda value: value.lower(),
        "upper": lambda value: value.upper(),
        "length": len,
        "first": lambda value: value[0],
        "last": lambda value: value[-1],
    }
)


def _logic(node: nodes.And | nodes.Or) -> Compiled:
    left, right = _compile(node.left), _compile(node.right)
    deciding = isinstance(node, nodes.Or)

    def decide(scope: Scope) -> bool:
        try:
            if truth(left, scope) is deciding:
                return deciding
        except Touched:
            if truth(right, scope) is deciding:
                return deciding
            raise
        return truth(right, scope)

    return decide


def _not(node: nodes.Not) -> Compiled:
    compiled = _compile(node.node)
    return lambda scope: not truth(compiled, scope)


def _negative(node: nodes.Neg) -> Compiled:
    compiled, root = _compile(node.node), root_name(node.node)
    return lambda scope: _typed(root, lambda value: -value, settle(compiled(scope)))


def _constant(node: nodes.Const) -> Compiled:
    value = node.value
    return lambda _scope: value


def _list(node: nodes.List | nodes.Tuple) -> Compiled:
    items = [_compile(item) for item in node.items]
    return lambda scope: [settle(item(scope)) for item in items]


def _compare(node: nodes.Compare) -> Compiled:
    if len(node.ops) != 1:
        message = "compare two things at a time and join with and"
        raise ExpressionInvalid(message)
    operand = node.ops[0]
    compare, root = COMPARISONS[operand.op], root_name(node.expr)
    left, right = _compile(node.expr), _compile(operand.expr)
    return lambda scope: _typed(
        root, compare, *_comparable(settle(left(scope)), settle(right(scope)))
    )


def _comparable(left: Any, right: Any) -> tuple[Any, Any]:
    """Times compare as times, however they were written; true is not 1."""
    if isinstance(left, datetime) or isinstance(right, datetime):
        return _time(left), _time(right)
    if isinstance(left, bool) is not isinstance(right, bool) and not isinstance(right, list):
        return (left, None) if isinstance(left, bool) else (None, right)
    return left, right


def _time(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "eq": lambda left, right: left == right,
        "ne": lambda left, right: left != right,
        "lt": lambda left, right: left < right,
        "lteq": lambda left, right: left <= right,
        "gt": lambda left, right: left > right,
        "gteq": lambda left, right: left >= right,
        "in": lambda left, right: left in right,
        "notin": lambda left, right: left not in right,
    }
)


def _sum(node: nodes.Add | nodes.Sub) -> Compiled:
    left, right, root = _compile(node.left), _compile(node.right), root_name(node.left)
    add = isinstance(node, nodes.Add)

    def total(scope: Scope) -> Any:
        one, other = _comparable(settle(left(scope)), settle(right(scope)))
        return _typed(root, _add if add else _subtract, one, other)

    return total


def _add(left: Any, right: Any) -> Any:
    _not_text(left, right)
    return left + right


def _subtract(left: Any, right: Any) -> Any:
    _not_text(left, right)
    return left - right


def _not_text(*values: Any) -> None:
    if any(isinstance(value, str | list | tuple | Mapping) for value in values):
        message = "only numbers and times add up"
        raise TypeError(message)


def _call(node: nodes.Call) -> Compiled:
    name = node.node.name if isinstance(node.node, nodes.Name) else "this"
    if name not in FUNCTIONS or node.kwargs or node.dyn_args or node.dyn_kwargs:
        message = f"unknown function {name!r}"
        raise ExpressionInvalid(message, name)
    function, arity = FUNCTIONS[name]
    if len(node.args) != arity:
        message = f"{name} takes {arity} values"
        raise ExpressionInvalid(message, name)
    arguments = [_compile(argument) for argument in node.args]
    return lambda scope: _typed(
        name, function, scope, *(settle(argument(scope)) for argument in arguments)
    )


def _signed(scope: Scope, kind: Any, subject: Any) -> bool:
    subject_id = subject["id"] if isinstance(subject, Mapping) else subject
    if not isinstance(kind, str) or not isinstance(subject_id, str):
        message = "signed takes a kind and a subject"
        raise TypeError(message)
    found = scope.signed(kind, subject_id)
    scope.signature = found or scope.signature
    return found is not None


def _span(unit: str) -> Callable[[Scope, Any], timedelta]:
    return lambda _scope, count: timedelta(**{unit: count})


FUNCTIONS: Mapping[str, tuple[Callable[..., Any], int]] = MappingProxyType(
    {
        "signed": (_signed, 2),
        "minutes": (_span("minutes"), 1),
        "hours": (_span("hours"), 1),
        "days": (_span("days"), 1),
    }
)

KINDS: Mapping[type[nodes.Node], Callable[[Any], Compiled]] = MappingProxyType(
    {
        nodes.Name: _name,
        nodes.Getattr: lambda node: _attribute(node.node, node.attr),
        nodes.Getitem: _item,
        nodes.Test: _test,
        nodes.Filter: _filter,
        nodes.And: _logic,
        nodes.Or: _logic,
        nodes.Not: _not,
        nodes.Neg: _negative,
        nodes.Const: _constant,
        nodes.List: _list,
        nodes.Tuple: _list,
        nodes.Compare: _compare,
        nodes.Add: _sum,
        nodes.Sub: _sum,
        nodes.Call: _call,
    }
)


def _compile(node: nodes.Node) -> Compiled:
    kind = KINDS.get(type(node))
    if kind is None:
        message = f"{type(node).__name__.lower()} is no part of this language"
        raise ExpressionInvalid(message, type(node).__name__.lower())
    return kind(node)


def root_name(node: nodes.Node) -> str:
    """The first name an expression starts from, to say what an unknown was about."""
    found = node if isinstance(node, nodes.Name) else node.find(nodes.Name)
    return found.name if isinstance(found, nodes.Name) else "this"
