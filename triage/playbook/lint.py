"""What is wrong with a playbook although its shape is right."""

from collections.abc import Iterator, Mapping

from jinja2 import nodes

from triage.domain.verdict import Verdict
from triage.playbook.build import RESERVED
from triage.playbook.document import Path
from triage.playbook.expression import compile_condition, parse
from triage.playbook.ground import conjuncts, proves
from triage.playbook.page import Page
from triage.playbook.pattern import OPERATORS, PatternInvalid, compile_pattern
from triage.playbook.problem import Severity, did_you_mean
from triage.playbook.syntax import CloseAs, Playbook, Rule
from triage.playbook.text import compile_text, text_expressions
from triage.playbook.values import ExpressionInvalid
from triage.playbook.view import TAINTED
from triage.playbook.vocabulary import Vocabulary
from triage.questions.question import Field

TICKET_FIELDS = (
    *("source", "format", "type", "class", "severity", "account", "region", "subject"),
    *("title", "count", "status", "sample", "product", "principal", "occurred", "event"),
)
FUNCTION_NAMES = frozenset({"signed", "minutes", "hours", "days"})
HINTS = {
    "default": "default would turn an unknown into a value; let it be unknown",
    "defined": "an answer is always defined; ask `is absent`",
    "undefined": "an answer is always defined; ask `is absent`",
}


def lint(page: Page, playbook: Playbook, vocabulary: Vocabulary) -> None:
    """Note every problem of meaning."""
    _match(page, playbook)
    used: set[str] = set()
    for index, rule in enumerate(playbook.rules):
        at: Path = ("rules", index)
        used |= _condition(page, playbook, rule, vocabulary, at)
        used |= _because(page, playbook, rule, vocabulary, at)
        _proof(page, playbook, rule, vocabulary, at)
    _unreachable(page, playbook)
    _names_twice(page, playbook)
    for name in playbook.evidence.keys() - used:
        message = f"{name!r} is asked for and never used"
        page.say("unused", message, ("evidence", name), key=True, severity=Severity.WARNING)


def _match(page: Page, playbook: Playbook) -> None:
    page.keys(playbook.match, TICKET_FIELDS, ("match",))
    try:
        compile_pattern(playbook.match)
    except PatternInvalid as invalid:
        words = [*OPERATORS, "=", "<", "<=", ">", ">="]
        hint = did_you_mean(invalid.word, words) if invalid.word else ""
        page.say("pattern", f"{invalid}{hint}", ("match", *invalid.path))


def _condition(
    page: Page, playbook: Playbook, rule: Rule, vocabulary: Vocabulary, at: Path
) -> set[str]:
    if rule.when is None:
        return set()
    try:
        compile_condition(rule.when)
        node = parse(rule.when)
    except ExpressionInvalid as invalid:
        page.say("expression", _explained(invalid), (*at, "when"))
        return set()
    if isinstance(rule.outcome, CloseAs):
        _tainted(page, playbook, node, vocabulary, (*at, "when"))
    return _names(page, playbook, node, vocabulary, (*at, "when"))


def _explained(invalid: ExpressionInvalid) -> str:
    return HINTS.get(invalid.word, str(invalid))


def _because(
    page: Page, playbook: Playbook, rule: Rule, vocabulary: Vocabulary, at: Path
) -> set[str]:
    try:
        compile_text(rule.because)
        found = text_expressions(rule.because)
    except ExpressionInvalid as invalid:
        page.say("expression", _explained(invalid), (*at, "because"))
        return set()
    return {
        name
        for node in found
        for name in _names(page, playbook, node, vocabulary, (*at, "because"))
    }


def _names(
    page: Page, playbook: Playbook, node: nodes.Node, vocabulary: Vocabulary, at: Path
) -> set[str]:
    used = set()
    known = [*playbook.evidence, *(RESERVED - {"absent"}), *FUNCTION_NAMES]
    for name in {found.name for found in _walk(node) if isinstance(found, nodes.Name)}:
        used.add(name)
        if name not in known:
            page.say("unknown-name", f"nothing is called {name!r}{did_you_mean(name, known)}", at)
    for name, field in _fields(node):
        fields = _fields_of(playbook, name, vocabulary)
        if fields is not None and field not in fields:
            hint = did_you_mean(field, fields)
            page.say("unknown-field", f"{name!r} has no {field!r}{hint}", at)
    return used


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _fields(node: nodes.Node) -> Iterator[tuple[str, str]]:
    for found in _walk(node):
        if isinstance(found, nodes.Getattr) and isinstance(found.node, nodes.Name):
            yield found.node.name, found.attr


def _fields_of(
    playbook: Playbook, name: str, vocabulary: Vocabulary
) -> Mapping[str, Field] | tuple[str, ...] | None:
    if name in playbook.evidence:
        return vocabulary.questions[playbook.evidence[name].question].answer
    return TICKET_FIELDS if name == "ticket" else None


def _tainted(
    page: Page, playbook: Playbook, node: nodes.Node, vocabulary: Vocabulary, at: Path
) -> None:
    for name, field in _fields(node):
        fields = _fields_of(playbook, name, vocabulary)
        told = isinstance(fields, Mapping) and field in fields and fields[field].tainted
        if told or (name == "ticket" and field in TAINTED):
            message = f"a close must not rest on {name}.{field}: an attacker may have written it"
            page.say("tainted", message, at)


def _proof(page: Page, playbook: Playbook, rule: Rule, vocabulary: Vocabulary, at: Path) -> None:
    if not _claims_proof(rule):
        return
    types = _types(playbook)
    facts = conjuncts(rule.when)[0] if rule.when and _sound(rule.when) else ()
    lacking = [
        type_
        for type_ in types
        if not any(proves(playbook, fact, type_, vocabulary) for fact in facts)
    ]
    if lacking or not types:
        what = ", ".join(lacking) or "whatever matches"
        message = f"nothing in this condition proves {what} gone; see docs/reference/proofs.md"
        page.say("no-proof", message, (*at, "when" if rule.when else "close"))


def _claims_proof(rule: Rule) -> bool:
    outcome = rule.outcome
    return isinstance(outcome, CloseAs) and outcome.verdict is Verdict.NO_LONGER_PRESENT


def _sound(when: str) -> bool:
    try:
        parse(when)
    except ExpressionInvalid:
        return False
    return True


def _types(playbook: Playbook) -> list[str]:
    values = playbook.match.get("type", [])
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []


def _unreachable(page: Page, playbook: Playbook) -> None:
    always = next((n for n, rule in enumerate(playbook.rules) if rule.when is None), None)
    for index in range(len(playbook.rules) if always is None else always + 1, len(playbook.rules)):
        name = playbook.rules[always or 0].name
        message = f"this rule is never reached: {name!r} above it always holds"
        page.say("unreachable", message, ("rules", index))


def _names_twice(page: Page, playbook: Playbook) -> None:
    seen: set[str] = set()
    for index, rule in enumerate(playbook.rules):
        if rule.name in seen:
            page.say("rule-twice", f"there is a rule {rule.name!r} already", ("rules", index))
        seen.add(rule.name)
