"""Why a pattern matches or not, and why a condition is true, false or unknown."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from jinja2 import nodes

from triage.domain.evidence import Absent, Known, Unknown
from triage.playbook.evaluate import Facts, scope_of
from triage.playbook.expression import compile_node, parse
from triage.playbook.page import short
from triage.playbook.paths import Names, readings
from triage.playbook.pattern import compile_pattern
from triage.playbook.pattern.atom import Atom
from triage.playbook.pattern.clause import Clause
from triage.playbook.pattern.leaves import MISSING, leaf
from triage.playbook.pattern.pattern import Branch
from triage.playbook.syntax import EscalateTo, Playbook, Rule
from triage.playbook.unparse import unparse
from triage.playbook.values import Lacking, Loose, Scope, Touched, Unopened, settle

APART: Final = "fields of objects in one list have to match in one of these, and do in none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One pattern: how many of its clauses hold, and the first that does not."""

    playbook: str
    matches: bool
    held: int
    failing: str = ""


class Value(StrEnum):
    """What became of a rule. The last two were not evaluated."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"
    PASSED_OVER = "passed over"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """One rule: its value, and the operands that made it so."""

    playbook: str
    rule: str
    value: Value
    operands: tuple[str, ...] = ()


# --- patterns -------------------------------------------------------------------------------------


def tried(playbook: Playbook, view: Mapping[str, Any]) -> Tried:
    """Try a pattern clause by clause; of several branches, the one that came furthest is told."""
    pattern = compile_pattern(playbook.match)
    branches = [_branch(playbook, branch, view) for branch in pattern.branches]
    furthest = max(branches, key=lambda one: (one.matches, one.held))
    if furthest.matches and not pattern.matches(view):
        return Tried(playbook=playbook.name, matches=False, held=furthest.held, failing=APART)
    return furthest


def _branch(playbook: Playbook, branch: Branch, view: Mapping[str, Any]) -> Tried:
    for held, clause in enumerate(branch):
        found = leaf(view, clause.path)
        if not _holds(clause, found):
            failing = f"{'.'.join(clause.path)} is {_shown(found)}, not {_wanted(clause.atoms)}"
            return Tried(playbook=playbook.name, matches=False, held=held, failing=failing)
    return Tried(playbook=playbook.name, matches=True, held=len(branch))


def _holds(clause: Clause, found: Any) -> bool:
    return any(map(clause.holds, found)) if isinstance(found, list) else clause.holds(found)


def _shown(found: Any) -> str:
    return "not there" if found is MISSING else short(found)


def _wanted(atoms: Iterable[Atom]) -> str:
    return " or ".join(_atom(one) for one in atoms)


def _atom(one: Atom) -> str:
    operand = one.operand
    if isinstance(operand, frozenset) and all(isinstance(inner, Atom) for inner in operand):
        return f"{one.word} {_wanted(sorted(operand, key=repr))}"
    match operand:
        case frozenset():
            words = sorted(map(str, operand))
        case tuple():
            words = [" ".join(map(str, pair)) for pair in operand]
        case _:
            words = [str(operand)]
    return f"{one.word} {short(', '.join(words))}"


# --- rules ----------------------------------------------------------------------------------------


def ruled(playbook: Playbook, facts: Facts) -> Iterator[Ruled]:
    """Every rule of a playbook on one ticket, in order, as `evaluate` goes through them."""
    decided, unknown = False, False
    for rule in playbook.rules:
        if decided:
            yield Ruled(playbook=playbook.name, rule=rule.name, value=Value.NOT_REACHED)
        elif unknown and not isinstance(rule.outcome, EscalateTo):
            yield Ruled(
                playbook=playbook.name,
                rule=rule.name,
                value=Value.PASSED_OVER,
                operands=("a rule above it is unknown, so that only escalations are tried",),
            )
        else:
            one = _ruled(playbook, rule, scope_of(facts))
            decided, unknown = one.value is Value.TRUE, unknown or one.value is Value.UNKNOWN
            yield one


def _ruled(playbook: Playbook, rule: Rule, scope: Scope) -> Ruled:
    if rule.when is None:
        always = ("it holds always",)
        return Ruled(playbook=playbook.name, rule=rule.name, value=Value.TRUE, operands=always)
    node = parse(rule.when)
    return Ruled(
        playbook=playbook.name,
        rule=rule.name,
        value=_value(node, scope),
        operands=tuple(dict.fromkeys(_operands(node, scope))),
    )


def _value(node: nodes.Node, scope: Scope) -> Value:
    try:
        found = settle(compile_node(node)(scope))
    except Touched:
        return Value.UNKNOWN
    return Value(str(found).lower()) if isinstance(found, bool) else Value.UNKNOWN


def _operands(node: nodes.Node, scope: Scope) -> Iterator[str]:
    """The parts that decide: of an `and` that is false, the side that is, and so on down."""
    match node:
        case nodes.And() | nodes.Or():
            yield from _deciding(node, scope)
        case nodes.Not(node=inner) if isinstance(inner, nodes.And | nodes.Or | nodes.Not):
            yield from _operands(inner, scope)
        case _:
            yield _operand(node, scope)


def _deciding(node: nodes.And | nodes.Or, scope: Scope) -> Iterator[str]:
    whole = _value(node, scope)
    sides = [side for side in (node.left, node.right) if _value(side, scope) is whole]
    alone = whole is (Value.TRUE if isinstance(node, nodes.Or) else Value.FALSE)
    for side in sides[:1] if alone else sides:
        yield from _operands(side, scope)


def _operand(node: nodes.Node, scope: Scope) -> str:
    told = f"{unparse(node)} is {_value(node, scope)}"
    found = [f"{'.'.join(one.names)} is {_read(one.names, scope)}" for one in readings(node)]
    detail = "; ".join(one for one in dict.fromkeys(found) if one.lower() != told)
    return f"{told} ({detail})" if detail else told


def _read(names: Names, scope: Scope) -> str:
    """What stands there, in words."""
    value: Any = scope.names.get(names[0], Lacking(names[0]))
    for name in names[1:]:
        value = _step(value, name)
    match value:
        case Known(value=found):
            return short(dict(found))
        case Absent():
            return "absent"
        case Unknown(reason=reason):
            return f"unknown ({reason})"
        case Lacking() | Unopened():
            return "not there"
        case _:
            return short(value)


def _step(value: Any, name: str) -> Any:
    match value:
        case Absent() | Unknown() | Lacking():
            return value
        case Known(value=found):
            return found.get(name, Lacking(name))
        case Loose():
            alike = [one for one in value if one.lower() == name.lower()]
            found = value.get(name, value[alike[0]] if len(alike) == 1 else Lacking(name))
            return Loose(found) if isinstance(found, Mapping) else found
        case Mapping():
            return value.get(name, Lacking(name))
        case _:
            return Lacking(name)
