"""The text of a `because`: shows what is known, says what is not, changes nothing."""

from collections.abc import Callable
from functools import lru_cache

from jinja2 import nodes

from triage.playbook.expression import compile_node, parse_template
from triage.playbook.values import Compiled, ExpressionInvalid, Scope, Touched, settle

TEXT_MAX = 600
SHOWN_MAX = 200


@lru_cache(maxsize=16384)
def compile_text(text: str) -> Callable[[Scope], str]:
    """Compile a `because`; an unknown prints as such and never changes anything."""
    pieces = [piece for output in _outputs(text) for piece in output.nodes]
    compiled = [_piece(piece) for piece in pieces]
    return lambda scope: _bounded("".join(piece(scope) for piece in compiled), TEXT_MAX)


def _outputs(text: str) -> list[nodes.Output]:
    outputs = []
    for node in parse_template(text).body:
        if not isinstance(node, nodes.Output):
            kind = type(node).__name__.lower()
            raise ExpressionInvalid(f"a because holds text and {{{{ values }}}}, no {kind}")
        outputs.append(node)
    return outputs


def text_expressions(text: str) -> list[nodes.Expr]:
    """Every expression inside a `because`."""
    found = (piece for output in _outputs(text) for piece in output.nodes)
    return [piece for piece in found if not isinstance(piece, nodes.TemplateData)]


@lru_cache(maxsize=16384)
def names_in(text: str) -> frozenset[str]:
    """Every name that a `because` tells of."""
    expressions = text_expressions(text)
    return frozenset(
        found.name for node in expressions for found in _with_children(node, nodes.Name)
    )


def _with_children(node: nodes.Node, kind: type[nodes.Name]) -> list[nodes.Name]:
    return [*([node] if isinstance(node, kind) else []), *node.find_all(kind)]


def _piece(node: nodes.Expr) -> Callable[[Scope], str]:
    if isinstance(node, nodes.TemplateData):
        text = str(node.data)
        return lambda _scope: text
    compiled = compile_node(node)
    return lambda scope: shown(compiled, scope)


def shown(compiled: Compiled, scope: Scope) -> str:
    """A value as text for a person: bounded, printable, unknown where it is."""
    try:
        value = settle(compiled(scope))
    except Touched as touched:
        return f"unknown ({touched.reason})"
    if isinstance(value, list | tuple):
        value = ", ".join(str(one) for one in value[:20])
    return _bounded("none" if value is None else str(value), SHOWN_MAX)


def _bounded(text: str, length: int) -> str:
    plain = text if text.isprintable() else "".join(map(_printable, text))
    return plain if len(plain) <= length else plain[: length - 1] + "…"


def _printable(char: str) -> str:
    return char if char.isprintable() else " "
