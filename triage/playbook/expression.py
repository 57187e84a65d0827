"""Conditions and texts: Jinja2's syntax, three values, nothing executed.

Jinja2 only parses. What it parsed is compiled into closures over a short list of node kinds, so
there is no attribute, call, filter or loop beyond the tables below, whatever a playbook says.

The law: an expression that has a value while an answer is unknown has the same value whatever
that answer turns out to be. `and` and `or` may decide without an unknown side (`unknown and
false` is false); everything else that touches an unknown raises Touched.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from jinja2 import Environment, StrictUndefined, TemplateError, nodes
from jinja2.parser import Parser

from triage.domain.evidence import Absent, Known, Unknown
from triage.playbook.paths import names_of
from triage.playbook.values import (
    Compiled,
    ExpressionInvalid,
    Lacking,
    Loose,
    Scope,
    Touched,
    Unopened,
    look_into,
    settle,
)
from triage.playbook.words import (
    COMPARISONS,
    FILTERS,
    FUNCTIONS,
    TESTS,
    add,
    comparable,
    negative,
    subtract,
    typed,
)

Parsed = TypeVar("Parsed", bound=nodes.Node)
LENGTH_MAX = 4000
DEPTH_MAX = 64
TOO_DEEP = "the expression is nested too deeply"
JINJA = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - it never renders


Condition = Callable[[Scope], bool]


def _condition(node: nodes.Node) -> Condition:
    """Compile what must be true or false. Anything else (text, none) is no answer, so unknown."""
    compiled, root = compile_node(node), root_name(node)

    def holds(scope: Scope) -> bool:
        value = settle(compiled(scope))
        if not isinstance(value, bool):
            raise Touched(root, "it is neither true nor false")
        return value

    return holds


@lru_cache(maxsize=16384)
def parse(text: str) -> nodes.Expr:
    """Parse a condition. Raises ExpressionInvalid."""
    return _read(text, lambda: _one_expression(text))


def _one_expression(text: str) -> nodes.Expr:
    parser = Parser(JINJA, text, state="variable")
    found = parser.parse_expression()
    if not parser.stream.eos:
        message = "this is not one expression"
        raise ExpressionInvalid(message)
    return found


def parse_template(text: str) -> nodes.Template:
    """Parse what Jinja2 calls a template. Raises ExpressionInvalid."""
    return _read(text, lambda: JINJA.parse(text))


def _read(text: str, parse_: Callable[[], Parsed]) -> Parsed:
    if len(text) > LENGTH_MAX:
        message = f"an expression has at most {LENGTH_MAX} characters"
        raise ExpressionInvalid(message)
    if "\\" in text:
        message = "there are no backslashes in this language"
        raise ExpressionInvalid(message)
    try:
        found = parse_()
    except TemplateError as error:
        told = str(error.message).replace("'end of template'", "end")
        raise ExpressionInvalid(told) from error
    except (RecursionError, MemoryError) as error:
        raise ExpressionInvalid(TOO_DEEP) from error
    _not_too_deep(found)
    return found


def _not_too_deep(node: nodes.Node) -> None:
    """Bound the depth, so that neither lint nor a worker deep in its stack runs out of it."""
    level: list[nodes.Node] = [node]
    for _ in range(DEPTH_MAX):
        level = [child for parent in level for child in parent.iter_child_nodes()]
        if not level:
            return
    raise ExpressionInvalid(TOO_DEEP)


@lru_cache(maxsize=16384)
def compile_condition(text: str) -> Condition:
    """Compile a condition once. Raises ExpressionInvalid; the condition raises Touched."""
    return _condition(parse(text))


# --- one function a node kind -------------------------------------------------------------------


def _name(node: nodes.Name) -> Compiled:
    name = node.name

    def look_up(scope: Scope) -> Any:
        if name not in scope.names:
            raise Touched(name, "nothing here is called that")
        value = scope.names[name]
        return Unopened(name, value) if isinstance(value, Known | Absent | Unknown) else value

    return look_up


def _attribute(node: nodes.Getattr | nodes.Getitem, base: nodes.Expr, key: str) -> Compiled:
    compiled, root = compile_node(base), root_name(base)
    path = ".".join((names_of(node) or (root, key))[2:]) or key

    def get(scope: Scope) -> Any:
        opened = compiled(scope)
        if isinstance(opened, Lacking):
            return Lacking(path)
        holder = settle(opened)
        if isinstance(holder, Loose):
            return look_into(holder, key, path)
        if isinstance(holder, Mapping) and key in holder:
            return holder[key]
        raise Touched(root, f"it has no {key}")

    return get


def _item(node: nodes.Getitem) -> Compiled:
    if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        return _attribute(node, node.node, node.arg.value)
    message = "only names may stand in brackets"
    raise ExpressionInvalid(message)


def _test(node: nodes.Test) -> Compiled:
    if node.name not in TESTS or node.args:
        message = f"unknown test {node.name!r}"
        raise ExpressionInvalid(message, node.name)
    test, compiled = TESTS[node.name], compile_node(node.node)
    return lambda scope: test(compiled(scope))


def _filter(node: nodes.Filter) -> Compiled:
    if node.node is None or node.name not in FILTERS or node.args or node.kwargs:
        message = f"unknown filter {node.name!r}"
        raise ExpressionInvalid(message, node.name)
    filter_, compiled = FILTERS[node.name], compile_node(node.node)
    return lambda scope: typed(root_name(node), filter_, settle(compiled(scope)))


def _logic(node: nodes.And | nodes.Or) -> Compiled:
    left, right = _condition(node.left), _condition(node.right)
    deciding = isinstance(node, nodes.Or)

    def decide(scope: Scope) -> bool:
        try:
            if left(scope) is deciding:
                return deciding
        except Touched:
            if right(scope) is deciding:
                return deciding
            raise
        return right(scope)

    return decide


def _not(node: nodes.Not) -> Compiled:
    holds = _condition(node.node)
    return lambda scope: not holds(scope)


def _negative(node: nodes.Neg) -> Compiled:
    compiled, root = compile_node(node.node), root_name(node.node)
    return lambda scope: typed(root, negative, settle(compiled(scope)))


def _constant(node: nodes.Const) -> Compiled:
    value = node.value
    return lambda _scope: value


def _list(node: nodes.List | nodes.Tuple) -> Compiled:
    items = [compile_node(item) for item in node.items]
    return lambda scope: [settle(item(scope)) for item in items]


def _compare(node: nodes.Compare) -> Compiled:
    if len(node.ops) != 1:
        message = "compare two things at a time and join with and"
        raise ExpressionInvalid(message)
    operand = node.ops[0]
    compare, root = COMPARISONS[operand.op], root_name(node.expr)
    left, right = compile_node(node.expr), compile_node(operand.expr)

    def decide(one: Any, other: Any) -> bool:
        return compare(*comparable(one, other))

    return lambda scope: typed(root, decide, settle(left(scope)), settle(right(scope)))


def _sum(node: nodes.Add | nodes.Sub) -> Compiled:
    left, right, root = compile_node(node.left), compile_node(node.right), root_name(node.left)
    combine = add if isinstance(node, nodes.Add) else subtract

    def total(one: Any, other: Any) -> Any:
        return combine(*comparable(one, other))

    return lambda scope: typed(root, total, settle(left(scope)), settle(right(scope)))


def _call(node: nodes.Call) -> Compiled:
    name = node.node.name if isinstance(node.node, nodes.Name) else "this"
    if name not in FUNCTIONS or node.kwargs or node.dyn_args or node.dyn_kwargs:
        message = f"unknown function {name!r}"
        raise ExpressionInvalid(message, name)
    function, arity = FUNCTIONS[name]
    if len(node.args) != arity:
        message = f"{name} takes {arity} values"
        raise ExpressionInvalid(message, name)
    arguments = [compile_node(argument) for argument in node.args]
    return lambda scope: typed(
        name, function, scope, *(settle(argument(scope)) for argument in arguments)
    )


KINDS: Mapping[type[nodes.Node], Callable[[Any], Compiled]] = MappingProxyType(
    {
        nodes.Name: _name,
        nodes.Getattr: lambda node: _attribute(node, node.node, node.attr),
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


def compile_node(node: nodes.Node) -> Compiled:
    """Compile one node and what is below it. Raises ExpressionInvalid."""
    kind = KINDS.get(type(node))
    if kind is None:
        message = f"{type(node).__name__.lower()} is no part of this language"
        raise ExpressionInvalid(message, type(node).__name__.lower())
    return kind(node)


def root_name(node: nodes.Node) -> str:
    """The first name an expression starts from, to say what an unknown was about."""
    found = node if isinstance(node, nodes.Name) else node.find(nodes.Name)
    return found.name if isinstance(found, nodes.Name) else "this"
