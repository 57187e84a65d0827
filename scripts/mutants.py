"""What can be changed in a source file by one small mistake: the mutants that tests should notice.

The mistakes are those of mutmut (https://mutmut.readthedocs.io): a comparison, a sign or a joint
is another one, a number is one more, a text has something around it, an argument is None or
missing, a value is None, a case of a `match` is gone. Left alone are docstrings, annotations,
decorators, what no type checker lets happen (`assert_never`), and what runs on import.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Edit = Callable[[], None]
"""Makes the mistake in the tree that it was found in."""
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
COMBINED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Div,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.Pow: ast.Mult,
}
METHODS = {
    "lower": "upper",
    "upper": "lower",
    "lstrip": "rstrip",
    "rstrip": "lstrip",
    "find": "rfind",
    "rfind": "find",
    "split": "rsplit",
    "rsplit": "split",
    "partition": "rpartition",
    "rpartition": "partition",
    "removeprefix": "removesuffix",
    "removesuffix": "removeprefix",
}
UNREACHABLE = frozenset({"assert_never"})
SKIPPED = frozenset({"annotation", "returns", "decorator_list", "type_params"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: the `number`-th of a file, on a line of the statement that begins on another."""

    number: int
    line: int
    statement: int
    what: str


@dataclass(frozen=True, slots=True)
class _Site:
    node: ast.AST
    statement: int
    what: str
    edit: Edit


def mutants(source: str) -> list[Mutant]:
    """List every mistake that can be made in a file."""
    return [
        Mutant(number, getattr(site.node, "lineno", site.statement), site.statement, site.what)
        for number, site in enumerate(_sites(ast.parse(source)))
    ]


def mutated(source: str, number: int) -> ast.Module:
    """The file with one mistake in it."""
    tree = ast.parse(source)
    list(_sites(tree))[number].edit()
    return ast.fix_missing_locations(tree)


def _sites(tree: ast.Module) -> Iterator[_Site]:
    functions = (ast.FunctionDef, ast.Lambda)
    for node in tree.body:
        for function in _outermost(node, functions):
            yield from _within(function, function.lineno)


def _outermost(
    node: ast.AST, kinds: tuple[type[ast.FunctionDef], type[ast.Lambda]]
) -> Iterator[ast.FunctionDef | ast.Lambda]:
    if isinstance(node, kinds):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _outermost(child, kinds)


def _within(node: ast.AST, statement: int) -> Iterator[_Site]:
    if isinstance(node, ast.Call) and _name(node.func) in UNREACHABLE:
        return
    here = node.lineno if isinstance(node, ast.stmt) else statement
    for what, edit in EDITS.get(type(node), _none)(node):
        yield _Site(node, here, what, edit)
    for name, value in ast.iter_fields(node):
        if name in SKIPPED:
            continue
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.AST) and not _said(node, name, index, child):
                yield from _within(child, here)


def _said(node: ast.AST, name: str, index: int, child: ast.AST) -> bool:
    """Whether it is a docstring, or the text of an f-string, which has no place of its own."""
    doc = isinstance(node, ast.FunctionDef | ast.ClassDef) and name == "body" and index == 0
    text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
    return (doc and text) or isinstance(node, ast.JoinedStr | ast.FormattedValue) or _pattern(child)


def _pattern(child: ast.AST) -> bool:
    return isinstance(child, ast.pattern)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


Found = Iterator[tuple[str, Edit]]


def _put(node: ast.AST, name: str, value: object) -> Edit:
    return lambda: setattr(node, name, value)


def _put_at(values: list[ast.expr], index: int, value: ast.expr) -> Edit:
    return lambda: values.__setitem__(index, value)


def _nothing() -> ast.expr:
    return ast.Constant(value=None)


def _none(_node: ast.AST) -> Found:
    yield from ()


def _constant(node: ast.Constant) -> Found:
    match node.value:
        case bool(value):
            yield f"{value} → {not value}", _put(node, "value", not value)
        case int(value) | float(value):
            yield f"{value} → {value + 1}", _put(node, "value", value + 1)
        case str(value):
            yield f"{value[:20]!r} → XX", _put(node, "value", f"XX{value}XX")
        case _:
            return


def _compare(node: ast.Compare) -> Found:
    for index, operator in enumerate(node.ops):
        if other := COMPARED.get(type(operator)):
            changed = [*node.ops[:index], other(), *node.ops[index + 1 :]]
            what = f"{type(operator).__name__} → {other.__name__}"
            yield what, _put(node, "ops", changed)


def _joint(node: ast.BoolOp) -> Found:
    other = ast.Or if isinstance(node.op, ast.And) else ast.And
    yield f"{type(node.op).__name__} → {other.__name__}", _put(node, "op", other())


def _not(node: ast.UnaryOp) -> Found:
    if isinstance(node.op, ast.Not):
        twice = ast.UnaryOp(op=ast.Not(), operand=node.operand)
        yield "not gone", _put(node, "operand", twice)


def _sum(node: ast.BinOp | ast.AugAssign) -> Found:
    if other := COMBINED.get(type(node.op)):
        yield f"{type(node.op).__name__} → {other.__name__}", _put(node, "op", other())


def _assigned(node: ast.Assign | ast.AnnAssign | ast.NamedExpr) -> Found:
    if node.value is not None and not _is_none(node.value):
        yield "value → None", _put(node, "value", _nothing())


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _call(node: ast.Call) -> Found:
    for index, argument in enumerate(node.args):
        if not _is_none(argument) and not isinstance(argument, ast.Starred):
            yield f"argument {index + 1} → None", _put_at(node.args, index, _nothing())
        if len(node.args) + len(node.keywords) > 1:
            fewer = [*node.args[:index], *node.args[index + 1 :]]
            yield f"argument {index + 1} gone", _put(node, "args", fewer)
    for keyword in node.keywords:
        if keyword.arg and not _is_none(keyword.value):
            yield f"{keyword.arg} → None", _put(keyword, "value", _nothing())
            others = [one for one in node.keywords if one is not keyword]
            yield f"{keyword.arg} gone", _put(node, "keywords", others)


def _method(node: ast.Attribute) -> Found:
    if other := METHODS.get(node.attr):
        yield f"{node.attr} → {other}", _put(node, "attr", other)


def _lambda(node: ast.Lambda) -> Found:
    if not _is_none(node.body):
        yield "lambda → None", _put(node, "body", _nothing())


def _match(node: ast.Match) -> Found:
    for index, case in enumerate(node.cases):
        if len(node.cases) > 1 and not _never(case):
            others = [*node.cases[:index], *node.cases[index + 1 :]]
            yield f"case {index + 1} gone", _put(node, "cases", others)


def _never(case: ast.match_case) -> bool:
    calls = [one for one in ast.walk(case) if isinstance(one, ast.Call)]
    return any(_name(one.func) in UNREACHABLE for one in calls)


EDITS: dict[type[ast.AST], Callable[..., Found]] = {
    ast.Constant: _constant,
    ast.Compare: _compare,
    ast.BoolOp: _joint,
    ast.UnaryOp: _not,
    ast.BinOp: _sum,
    ast.AugAssign: _sum,
    ast.Assign: _assigned,
    ast.AnnAssign: _assigned,
    ast.NamedExpr: _assigned,
    ast.Call: _call,
    ast.Attribute: _method,
    ast.Lambda: _lambda,
    ast.Match: _match,
}
"""The mistakes that can be made in a node, by its kind."""
