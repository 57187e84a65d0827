"""What a close rests on: derived from the rule's condition, never claimed by its author."""

from collections.abc import Iterator
from functools import lru_cache

from jinja2 import nodes

from triage.domain.decision import Ground
from triage.domain.verdict import Verdict
from triage.playbook.expression import parse
from triage.playbook.syntax import Ask, CloseAs, Playbook, Rule
from triage.playbook.vocabulary import Vocabulary
from triage.questions.negates import ABSENT, Negation

Fact = tuple[str, str, object]
"""Evidence name, field, value: what one conjunct of a condition asserts."""


def ground_of(playbook: Playbook, rule: Rule, type_: str, vocabulary: Vocabulary) -> Ground:
    """Derive the ground of a closing rule for one finding type."""
    facts, signed = conjuncts(rule.when or "true")
    closes_gone = isinstance(rule.outcome, CloseAs) and (
        rule.outcome.verdict is Verdict.NO_LONGER_PRESENT
    )
    if closes_gone and any(proves(playbook, fact, type_, vocabulary) for fact in facts):
        return Ground.PROOF
    return Ground.SIGNATURE if signed else Ground.LICENCE


def proves(playbook: Playbook, fact: Fact, type_: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a conjunct negates the finding's own condition, about its own subject."""
    name, field, value = fact
    ask = playbook.evidence.get(name)
    if ask is None or not _about_the_subject(ask, vocabulary):
        return False
    wanted = Negation(question=ask.question, field=field, value=value)
    return any(_equal(wanted, one) for one in vocabulary.negations(type_))


def _equal(wanted: Negation, one: Negation) -> bool:
    return wanted == one and type(wanted.value) is type(one.value)


def _about_the_subject(ask: Ask, vocabulary: Vocabulary) -> bool:
    question = vocabulary.questions.get(ask.question)
    if question is None:
        return False
    return not any(
        question.parameters[name].subject for name in ask.parameters if name in question.parameters
    )


@lru_cache(maxsize=16384)
def conjuncts(when: str) -> tuple[tuple[Fact, ...], bool]:
    """Split a condition at its top-level `and`s: what it asserts, and whether it is signed."""
    parts = list(_split(parse(when)))
    facts = tuple(fact for part in parts if (fact := _fact(part)) is not None)
    return facts, any(_is_signed(part) for part in parts)


def _split(node: nodes.Node) -> Iterator[nodes.Node]:
    if isinstance(node, nodes.And):
        yield from _split(node.left)
        yield from _split(node.right)
    else:
        yield node


def _fact(node: nodes.Node) -> Fact | None:
    match node:
        case nodes.Getattr(node=nodes.Name(name=name), attr=field):
            return (name, field, True)
        case nodes.Not(node=nodes.Getattr(node=nodes.Name(name=name), attr=field)):
            return (name, field, False)
        case nodes.Test(node=nodes.Name(name=name), name="absent"):
            return (name, ABSENT, True)
        case nodes.Compare(
            expr=nodes.Getattr(node=nodes.Name(name=name), attr=field),
            ops=[nodes.Operand(op="eq", expr=nodes.Const(value=value))],
        ):
            return (name, field, value)
        case _:
            return None


def _is_signed(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name == "signed"
    )
