"""An expression as text again, for people: what of a condition is being talked about."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from jinja2 import nodes

SIGNS: Final[Mapping[str, str]] = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
    "in": "in",
    "notin": "not in",
}
WORDS: Final[Mapping[object, str]] = {True: "true", False: "false", None: "none"}


def unparse(node: nodes.Node) -> str:
    """Write a node; equal in meaning to what was parsed, though not always letter by letter."""
    return KINDS[type(node)](node)


def _listed(items: list[nodes.Expr]) -> str:
    return ", ".join(unparse(item) for item in items)


def _constant(node: nodes.Const) -> str:
    value = node.value
    if isinstance(value, str):
        quote = "'" if '"' in value else '"'
        return f"{quote}{value}{quote}"
    special = value is None or isinstance(value, bool)
    return WORDS[value] if special else repr(value)


def _joined(word: str) -> Callable[[Any], str]:
    return lambda node: f"{_inner(node.left)} {word} {_inner(node.right)}"


def _inner(node: nodes.Node) -> str:
    text = unparse(node)
    return f"({text})" if isinstance(node, nodes.And | nodes.Or | nodes.Not) else text


def _compare(node: nodes.Compare) -> str:
    rest = (f"{SIGNS[operand.op]} {_inner(operand.expr)}" for operand in node.ops)
    return " ".join([_inner(node.expr), *rest])


def _test(node: nodes.Test) -> str:
    return f"{_inner(node.node)} is {node.name}"


def _not(node: nodes.Not) -> str:
    inner = node.node
    if isinstance(inner, nodes.Test):
        return f"{_inner(inner.node)} is not {inner.name}"
    return f"not {_inner(inner)}"


KINDS: Mapping[type[nodes.Node], Callable[[Any], str]] = MappingProxyType(
    {
        nodes.Name: lambda node: str(node.name),
        nodes.Getattr: lambda node: f"{unparse(node.node)}.{node.attr}",
        nodes.Getitem: lambda node: f"{unparse(node.node)}[{unparse(node.arg)}]",
        nodes.Test: _test,
        nodes.Filter: lambda node: f"{_inner(node.node)} | {node.name}",
        nodes.And: _joined("and"),
        nodes.Or: _joined("or"),
        nodes.Not: _not,
        nodes.Neg: lambda node: f"-{_inner(node.node)}",
        nodes.Const: _constant,
        nodes.List: lambda node: f"[{_listed(node.items)}]",
        nodes.Tuple: lambda node: f"[{_listed(node.items)}]",
        nodes.Compare: _compare,
        nodes.Add: _joined("+"),
        nodes.Sub: _joined("-"),
        nodes.Call: lambda node: f"{unparse(node.node)}({_listed(node.args)})",
    }
)
