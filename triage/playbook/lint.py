"""What is wrong with a playbook although its shape is right."""

from dataclasses import dataclass

from jinja2 import nodes

from triage.domain.verdict import Verdict
from triage.playbook.document import Path
from triage.playbook.expression import compile_condition, parse
from triage.playbook.ground import conjuncts, proves
from triage.playbook.lint_calls import lint_calls
from triage.playbook.lint_match import lint_match
from triage.playbook.lint_reach import lint_reach
from triage.playbook.lint_tests import lint_tests
from triage.playbook.lint_words import Words, signs
from triage.playbook.page import Page
from triage.playbook.pattern import PatternInvalid, compile_pattern
from triage.playbook.problem import nearest
from triage.playbook.syntax import CloseAs, Playbook, ResolveWith, Rule
from triage.playbook.text import compile_text, text_expressions
from triage.playbook.values import ExpressionInvalid
from triage.playbook.vocabulary import Vocabulary
from triage.playbook.words import FILTERS, FUNCTIONS, TESTS

HINTS = {
    "default": "default would turn an unknown into a value; let it be unknown",
    "defined": "an answer is always defined; ask `is absent`",
    "undefined": "an answer is always defined; ask `is absent`",
}
ANY_TYPE = ""
"""A type that no table lists: what proves it gone proves any."""
SPOKEN = (*TESTS, *FILTERS, *FUNCTIONS)


def lint(page: Page, playbook: Playbook, vocabulary: Vocabulary) -> None:
    """Note every problem of meaning."""
    lint_match(page, playbook)
    words = Words.of(page, playbook, vocabulary)
    used: set[str] = set()
    for rule in playbook.rules:
        checked = _Rule(page, playbook, vocabulary, words, rule, ("rules", rule.place))
        used |= checked.condition() | checked.because()
        checked.grounds()
    lint_reach(page, playbook)
    lint_calls(page, playbook, vocabulary)
    _names_twice(page, playbook)
    _without_effect(page, playbook)
    lint_tests(page, playbook, vocabulary)
    # A rule that could not be read may use it, so this is said once all else is right.
    for name in () if page.problems else playbook.evidence.keys() - used:
        message = f"{name!r} is asked for and never used"
        page.say("unused", message, ("evidence", name), key=True)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule being checked."""

    page: Page
    playbook: Playbook
    vocabulary: Vocabulary
    words: Words
    rule: Rule
    at: Path

    def condition(self) -> set[str]:
        """Check `when`; give the names it reads."""
        if self.rule.when is None:
            return set()
        at = (*self.at, "when")
        try:
            compile_condition(self.rule.when)
        except ExpressionInvalid as invalid:
            _misread(self.page, invalid, at)
            return set()
        node = parse(self.rule.when)
        self.words.condition(node, at)
        if isinstance(self.rule.outcome, CloseAs):
            self.words.close(node, at)
        return self.words.check(node, at)

    def because(self) -> set[str]:
        """Check `because`; give the names it tells of."""
        at = (*self.at, "because")
        try:
            compile_text(self.rule.because)
        except ExpressionInvalid as invalid:
            _misread(self.page, invalid, at)
            return set()
        told = [self.words.check(node, at) for node in text_expressions(self.rule.because)]
        return set().union(*told)

    def grounds(self) -> None:
        """Check that a close rests on what it seems to rest on."""
        node = _parsed(self.rule.when)
        if not isinstance(self.rule.outcome, CloseAs) or node is None:
            return
        gone = self.rule.outcome.verdict is Verdict.NO_LONGER_PRESENT
        if gone:
            self._proof()
        elif signs(node) and not conjuncts(self.rule.when or "true")[1]:
            message = (
                "this close is not by signature: signed(kind, subject), or ticket.principal, "
                "has to hold by itself, joined by `and`"
            )
            self.page.say("no-signature", message, (*self.at, "when"))

    def _proof(self) -> None:
        types, open_ = _types(self.playbook)
        facts = conjuncts(self.rule.when)[0] if self.rule.when else ()
        lacking = [one for one in types if not self._proves(facts, one)]
        open_ = open_ and not self._proves(facts, ANY_TYPE)
        if lacking or open_:
            what = ", ".join([*lacking, *(["whatever else matches"] if open_ else [])])
            message = f"nothing in this condition proves {what} gone; see docs/reference/proofs.md"
            self.page.say("no-proof", message, (*self.at, "when" if self.rule.when else "close"))

    def _proves(self, facts: tuple[tuple[str, str, object], ...], type_: str) -> bool:
        return any(proves(self.playbook, fact, type_, self.vocabulary) for fact in facts)


def _misread(page: Page, invalid: ExpressionInvalid, at: Path) -> None:
    if invalid.word in HINTS:
        page.say("no-default", HINTS[invalid.word], at)
        return
    near = nearest(invalid.word, SPOKEN) if invalid.word else ""
    page.say("expression", str(invalid), at, near=near)


def _parsed(when: str | None) -> nodes.Node | None:
    try:
        return parse(when or "true")
    except ExpressionInvalid:
        return None


def _types(playbook: Playbook) -> tuple[list[str], bool]:
    """The types it names, and whether others match as well."""
    try:
        named = compile_pattern(playbook.match).exact("type")
    except PatternInvalid:
        named = frozenset()
    return sorted(named), not named


def _names_twice(page: Page, playbook: Playbook) -> None:
    seen: set[str] = set()
    for rule in playbook.rules:
        if rule.name in seen:
            message = f"there is a rule {rule.name!r} already"
            page.say("rule-twice", message, ("rules", rule.place, "rule"))
        seen.add(rule.name)


def _without_effect(page: Page, playbook: Playbook) -> None:
    """`ask_in` and `per_hour` bound repairs, and whoever wrote them thought of some."""
    if any(isinstance(rule.outcome, ResolveWith) for rule in playbook.rules):
        return
    for name in ("ask_in", "per_hour"):
        if getattr(playbook.limits, name):
            message = f"{name!r} bounds repairs and no rule here repairs; a close obeys at_most"
            page.say("no-effect", message, ("limits", name), key=True)
