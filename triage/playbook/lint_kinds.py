"""What every part of an expression is, and what it can never be put together with.

Nothing is said of what is not known: a vendor's record, the elements of a list.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from jinja2 import nodes

from triage.playbook.page import article
from triage.playbook.paths import Names, names_of
from triage.questions.question import Field

Resolve = Callable[[Names | None], Field | None]
"""What a chain of names leads to; None where that is not known."""
SPANS = frozenset({"minutes", "hours", "days"})
TEXTS = frozenset({"lower", "upper"})
SIZED = frozenset({"string", "list", "object"})
TAKES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "lower": frozenset({"string"}),
        "upper": frozenset({"string"}),
        "length": SIZED,
        "first": frozenset({"string", "list"}),
        "last": frozenset({"string", "list"}),
    }
)
"""What each filter can be put on."""
ADDS, TIMES = frozenset({"number", "time", "span"}), frozenset({"time", "string"})
ORDERED = frozenset({"number", "time", "span", "string"})
ORDERING = frozenset({"lt", "lteq", "gt", "gteq"})
MEMBERSHIP = frozenset({"in", "notin"})
HOLDS = frozenset({"string", "list"})


def misfits(node: nodes.Node, resolve: Resolve) -> Iterator[str]:
    """A sentence for everything below a node that never has a value."""
    for inner in _all(node):
        check = CHECKS.get(type(inner))
        if check is not None:
            yield from check(inner, resolve)


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all(child)


def kind_of(node: nodes.Node, resolve: Resolve) -> str | None:
    """boolean, number, string, time, span, list or object; None where it cannot be said."""
    find = KINDS.get(type(node))
    return find(node, resolve) if find else None


def _named(node: nodes.Node, resolve: Resolve) -> str | None:
    field = resolve(names_of(node))
    return None if field is None or field.type == "any" else field.type


def _constant(node: nodes.Const, _resolve: Resolve) -> str | None:
    match node.value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case _:
            return None


def _filtered(node: nodes.Filter, resolve: Resolve) -> str | None:
    if node.name in TEXTS:
        return "string"
    if node.name == "length":
        return "number"
    return "string" if node.node and kind_of(node.node, resolve) == "string" else None


def _called(node: nodes.Call, _resolve: Resolve) -> str | None:
    name = node.node.name if isinstance(node.node, nodes.Name) else ""
    return "span" if name in SPANS else "boolean" if name == "signed" else None


def _sum(node: nodes.Add | nodes.Sub, resolve: Resolve) -> str | None:
    sides = [kind_of(node.left, resolve), kind_of(node.right, resolve)]
    if None in sides:
        return None
    if "time" in sides and {*sides} <= TIMES:
        return "span"
    return "time" if "time" in sides else sides[0]


KINDS: Mapping[type[nodes.Node], Callable[..., str | None]] = MappingProxyType(
    {
        nodes.Name: _named,
        nodes.Getattr: _named,
        nodes.Getitem: _named,
        nodes.Const: _constant,
        nodes.List: lambda _node, _resolve: "list",
        nodes.Tuple: lambda _node, _resolve: "list",
        nodes.Filter: _filtered,
        nodes.Call: _called,
        nodes.Add: _sum,
        nodes.Sub: _sum,
        **dict.fromkeys(
            (nodes.Compare, nodes.And, nodes.Or, nodes.Not, nodes.Test),
            lambda _node, _resolve: "boolean",
        ),
    }
)


def _filter(node: nodes.Filter, resolve: Resolve) -> Iterator[str]:
    kind = kind_of(node.node, resolve) if node.node else None
    takes = TAKES.get(node.name, frozenset())
    if kind and takes and kind not in takes:
        yield f"{node.name} takes {_or(takes)}, and {_name(node.node)} is {article(kind)}"


def _adding(node: nodes.Add | nodes.Sub, resolve: Resolve) -> Iterator[str]:
    for side in (node.left, node.right):
        kind = kind_of(side, resolve)
        # A text may be a time that somebody wrote out.
        if kind and kind not in ADDS and kind != "string":
            yield f"only numbers and times add up, and {_name(side)} is {article(kind)}"


def _compared(node: nodes.Compare, resolve: Resolve) -> Iterator[str]:
    for operand in node.ops:
        left, right = kind_of(node.expr, resolve), kind_of(operand.expr, resolve)
        if operand.op in MEMBERSHIP:
            if right and right not in HOLDS:
                yield f"in takes a list or a text, and {_name(operand.expr)} is {article(right)}"
        elif left and right:
            yield from _pair(node.expr, operand, left, right)


def _pair(left: nodes.Expr, operand: nodes.Operand, one: str, other: str) -> Iterator[str]:
    if operand.op in ORDERING and not {one, other} <= ORDERED:
        wrong, kind = (left, one) if one not in ORDERED else (operand.expr, other)
        yield f"{_name(wrong)} is {article(kind)}, and that has no order"
    elif {one, other} != {"time", "string"} and one != other and not _constants(left, operand.expr):
        sides = f"{_name(left)} is {article(one)} and {_name(operand.expr)} {article(other)}"
        yield f"{sides}: they never compare"


def _constants(*sides: nodes.Expr) -> bool:
    """Constants compared with a field are told with their value, elsewhere."""
    return any(isinstance(side, nodes.Const | nodes.List | nodes.Tuple) for side in sides) and any(
        names_of(side) for side in sides
    )


CHECKS: Mapping[type[nodes.Node], Callable[..., Iterator[str]]] = MappingProxyType(
    {
        nodes.Filter: _filter,
        nodes.Add: _adding,
        nodes.Sub: _adding,
        nodes.Compare: _compared,
    }
)


def _name(node: nodes.Node | None) -> str:
    names = names_of(node) if node is not None else None
    return ".".join(names) if names else "this"


def _or(words: frozenset[str]) -> str:
    return " or ".join(map(article, sorted(words)))
