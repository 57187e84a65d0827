"""What a close rests on: derived from the rule's condition, never claimed by its author.

Only what the condition asserts for certain counts: its top-level `and` parts. Under an `or`, a
`not` or a filter nothing is certain, so nothing follows.
"""

from collections.abc import Iterator
from functools import lru_cache

from jinja2 import nodes

from triage.domain.decision import Ground
from triage.domain.verdict import Verdict
from triage.playbook.expression import parse
from triage.playbook.paths import names_of
from triage.playbook.syntax import Ask, CloseAs, Playbook, Rule
from triage.playbook.vocabulary import Vocabulary
from triage.questions.negates import ABSENT, Negation

Fact = tuple[str, str, object]
"""Evidence name, field, value: what one conjunct of a condition asserts."""


def ground_of(playbook: Playbook, rule: Rule, type_: str, vocabulary: Vocabulary) -> Ground:
    """Derive the ground of a closing rule for one finding type.

    "No longer present" speaks of the world, so only a proof carries it; no signature does.
    """
    facts, signed = conjuncts(rule.when or "true")
    if isinstance(rule.outcome, CloseAs) and rule.outcome.verdict is Verdict.NO_LONGER_PRESENT:
        proven = any(proves(playbook, fact, type_, vocabulary) for fact in facts)
        return Ground.PROOF if proven else Ground.LICENCE
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


@lru_cache(maxsize=16384)
def kinds_asked(when: str) -> frozenset[str]:
    """Which kinds of signature a condition asks for, wherever in it."""
    node = parse(when)
    calls = [*([node] if isinstance(node, nodes.Call) else []), *node.find_all(nodes.Call)]
    return frozenset(kind for call in calls if (kind := _kind(call)))


def _kind(call: nodes.Call) -> str:
    match call:
        case nodes.Call(node=nodes.Name(name="signed"), args=[nodes.Const(value=str(kind)), _]):
            return kind
        case _:
            return ""


def _split(node: nodes.Node) -> Iterator[nodes.Node]:
    if isinstance(node, nodes.And):
        yield from _split(node.left)
        yield from _split(node.right)
    else:
        yield node


def _fact(node: nodes.Node) -> Fact | None:
    match node:
        case nodes.Test(node=nodes.Name(name=name), name="absent"):
            return (name, ABSENT, True)
        case nodes.Not(node=inner):
            return _about(inner, value=False)
        case nodes.Compare(expr=inner, ops=[nodes.Operand(op="eq", expr=nodes.Const(value=value))]):
            return _about(inner, value=value)
        case _:
            return _about(node, value=True)


def _about(node: nodes.Node, *, value: object) -> Fact | None:
    match names_of(node):
        case (name, field):
            return (name, field, value)
        case _:
            return None


OWN = frozenset(
    {
        ("subject",),
        ("subject", "id"),
        ("ticket", "subject"),
        ("ticket", "subject", "id"),
        ("ticket", "principal"),
    }
)
"""Whom a signature may be about: the ticket's own subject, or whoever acted."""


def _is_signed(node: nodes.Node) -> bool:
    match node:
        case nodes.Call(node=nodes.Name(name="signed"), args=[nodes.Const(value=str()), whom]):
            return names_of(whom) in OWN
        case _:
            return False
