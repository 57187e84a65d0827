"""What the tests of a playbook may say. What they mean is for stages/rehearse.py."""

from collections.abc import Mapping
from typing import Any

from triage.domain.decision import Ground, Priority
from triage.domain.verdict import CLOSING
from triage.playbook.document import Path
from triage.playbook.page import Page
from triage.playbook.samples import CHANGES, SAMPLES
from triage.playbook.syntax import Example, Playbook
from triage.playbook.vocabulary import Vocabulary
from triage.questions.question import Field

TEST = ("test", "at", "ticket", "also", "evidence", "signatures", "expect")
EXPECT = ("close", "escalate", "resolve", "ground", "rule", "because", "would")
SIGNATURE = ("kind", "subject", "account", "types", "expires", "people")
ACCOUNT = ("name", "tier", "owner", "listed")
AT_SOURCE = "source"
"""In a test's evidence: what the finding's own source says, asked or not."""
SOURCE_QUESTION = "source.finding"
ANSWERS = ("unknown", "absent")


def lint_tests(page: Page, playbook: Playbook, vocabulary: Vocabulary) -> None:
    """Note every word in a test that means nothing."""
    if not playbook.tests:
        message = "it has no tests: say what it does to a ticket, and to one it knows nothing of"
        page.say("untested", message, ("rules",), key=True)
    for example in playbook.tests:
        at: Path = ("tests", example.place)
        page.keys(example.content, TEST, at)
        page.needs(example.content, ["ticket", "expect"], at)
        _ticket(page, page.mapping(example.content, "ticket", at), (*at, "ticket"))
        page.list(example.content, "also", at)
        _evidence(page, playbook, example, vocabulary)
        _signatures(page, page.list(example.content, "signatures", at), (*at, "signatures"))
        _expect(page, playbook, page.mapping(example.content, "expect", at), (*at, "expect"))
        _listed(page, page.mapping(example.content, "expect", at), (*at, "expect"))


def _ticket(page: Page, node: Mapping[str, Any], at: Path) -> None:
    page.keys(node, ["like", *CHANGES], at)
    page.word(node.get("like"), SAMPLES, "sample", (*at, "like"))
    page.keys(page.mapping(node, "account", at), ACCOUNT, (*at, "account"))


def _evidence(page: Page, playbook: Playbook, example: Example, vocabulary: Vocabulary) -> None:
    at: Path = ("tests", example.place, "evidence")
    given = page.mapping(example.content, "evidence", at[:-1])
    page.keys(given, [*playbook.evidence, AT_SOURCE], at)
    for name, answer in given.items():
        ask = playbook.evidence.get(name)
        question = vocabulary.questions.get(ask.question if ask else SOURCE_QUESTION)
        if isinstance(answer, dict):
            _answer(page, answer, question.answer if question else {}, (*at, name))
        else:
            page.word(answer, ANSWERS, "answer", (*at, name))


def _answer(page: Page, answer: Mapping[str, Any], fields: Mapping[str, Field], at: Path) -> None:
    if not fields:
        return
    page.keys(answer, fields, at)
    for name, value in answer.items():
        if name in fields and isinstance(value, dict):
            _answer(page, value, fields[name].fields, (*at, name))


def _signatures(page: Page, nodes: list[Any], at: Path) -> None:
    for index, node in enumerate(nodes):
        if not isinstance(node, dict):
            page.say("wrong-type", "a signature is written { kind: its kind }", (*at, index))
            continue
        page.keys(node, SIGNATURE, (*at, index))
        page.needs(node, ["kind"], (*at, index))


def _expect(page: Page, playbook: Playbook, node: Mapping[str, Any], at: Path) -> None:
    page.keys(node, EXPECT, at)
    words = {
        "close": sorted(CLOSING),
        "escalate": ["any", *Priority],
        "ground": [*Ground],
        "rule": [rule.name for rule in playbook.rules],
    }
    for name, known in words.items():
        if name in node:
            page.word(node[name], known, name, (*at, name))


def _listed(page: Page, node: Mapping[str, Any], at: Path) -> None:
    """Since the second version of the language, repairs are expected as a list."""
    if page.document.content.get("language", 1) != 1 and isinstance(node.get("resolve"), str):
        page.say("wrong-type", "'resolve' takes a list of fixes", (*at, "resolve"))
