"""What is wrong with a playbook although its shape is right."""

from dataclasses import dataclass

from jinja2 import nodes

from triage.domain.verdict import Verdict
from triage.playbook.document import Path
from triage.playbook.expression import compile_condition, parse
from triage.playbook.ground import conjuncts, proves
from triage.playbook.lint_match import lint_match
from triage.playbook.lint_tests import lint_tests
from triage.playbook.lint_words import Words, signs
from triage.playbook.page import Page
from triage.playbook.problem import Severity, did_you_mean
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
    _unreachable(page, playbook)
    _names_twice(page, playbook)
    _without_effect(page, playbook)
    lint_tests(page, playbook, vocabulary)
    # A rule that could not be read may use it, so this is said once all else is right.
    for name in () if page.problems else playbook.evidence.keys() - used:
        message = f"{name!r} is asked for and never used"
        page.say("unused", message, ("evidence", name), key=True, severity=Severity.WARNING)


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
            self.page.say("expression", _explained(invalid), at)
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
            self.page.say("expression", _explained(invalid), at)
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


def _explained(invalid: ExpressionInvalid) -> str:
    hint = did_you_mean(invalid.word, SPOKEN) if invalid.word else ""
    return HINTS.get(invalid.word, f"{invalid}{hint}")


def _parsed(when: str | None) -> nodes.Node | None:
    try:
        return parse(when or "true")
    except ExpressionInvalid:
        return None


def _types(playbook: Playbook) -> tuple[list[str], bool]:
    """The types it names, and whether others match as well."""
    values = playbook.match.get("type", [])
    listed = values if isinstance(values, list) else []
    named = [one for one in listed if isinstance(one, str)]
    return named, not named or len(named) < len(listed)


def _unreachable(page: Page, playbook: Playbook) -> None:
    for index, rule in enumerate(playbook.rules):
        above = next((one for one in playbook.rules[:index] if _covers(one, rule)), None)
        if above is not None:
            why = "always holds" if _always(above) else "asks the same"
            message = f"this rule is never reached: {above.name!r} above it {why}"
            page.say("unreachable", message, ("rules", rule.place))
        if isinstance(node := _parsed(rule.when), nodes.Const) and node.value is False:
            page.say("unreachable", "this rule never holds", ("rules", rule.place, "when"))


def _covers(above: Rule, rule: Rule) -> bool:
    return _always(above) or (above.when is not None and above.when == rule.when)


def _always(rule: Rule) -> bool:
    node = _parsed(rule.when)
    return isinstance(node, nodes.Const) and node.value is True


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
            page.say("no-effect", message, ("limits", name), key=True, severity=Severity.WARNING)
