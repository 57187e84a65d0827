"""From a document to a playbook. Says everything that is wrong with its shape and words."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from triage.domain.account import Tier
from triage.domain.decision import Level, Priority, Suggestion
from triage.domain.json import canonical
from triage.domain.verdict import CLOSING, Verdict
from triage.playbook.document import Path
from triage.playbook.fields import NAMES
from triage.playbook.lint_tests import AT_SOURCE
from triage.playbook.page import Page
from triage.playbook.syntax import (
    Ask,
    CloseAs,
    EscalateTo,
    Example,
    Limits,
    Outcome,
    Playbook,
    ResolveWith,
    Rule,
)
from triage.playbook.vocabulary import Vocabulary
from triage.playbook.words import FUNCTIONS
from triage.questions.question import Parameter

PLAYBOOK = (
    *("playbook", "language", "title", "owner", "why", "references"),
    *("false_positives", "evasions"),
    *("match", "evidence", "rules", "limits", "tests"),
)
LANGUAGES = (1, 2)
"""Versions of the language that are read; `triage playbook migrate` writes the last."""
REQUIRED = ["playbook", "title", "owner", "why", "match", "rules"]
RULE = ["rule", "when", "because", "close", "resolve", "escalate", "suggest"]
OUTCOMES = ("close", "resolve", "escalate")
LIMITS = ["at_most", "ask_in", "per_hour"]
SPOKEN = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "is",
        "if",
        "else",
        "true",
        "false",
        "none",
        "True",
        "False",
        "None",
        "absent",
    ]
)
"""Words of the expressions themselves."""
RESERVED = frozenset({*NAMES, *FUNCTIONS, *SPOKEN, AT_SOURCE})
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "number": (int, float),
    "string": str,
    "time": str,
    "list": list,
    "object": dict,
}


def build(page: Page, vocabulary: Vocabulary) -> Playbook:
    """Read every part; what could not be read is a problem and left out."""
    root = page.document.content
    page.keys(root, PLAYBOOK, ())
    page.needs(root, REQUIRED, ())
    _language(page, root)
    name = page.text(root, "playbook", ())
    if name and not KEBAB.fullmatch(name):
        page.say("bad-name", "a playbook's name is lower-case words-with-hyphens", ("playbook",))
    return Playbook(
        name=name,
        title=page.text(root, "title", ()),
        owner=page.text(root, "owner", ()),
        why=page.text(root, "why", ()),
        references=_sentences(page, root, "references"),
        false_positives=_sentences(page, root, "false_positives"),
        evasions=_sentences(page, root, "evasions"),
        match=page.mapping(root, "match", ()),
        evidence=dict(_evidence(page, page.mapping(root, "evidence", ()), vocabulary)),
        rules=tuple(_rules(page, page.list(root, "rules", ()), vocabulary)),
        limits=_limits(page, page.mapping(root, "limits", ())),
        tests=tuple(_tests(page, page.list(root, "tests", ()))),
        path=page.path,
    )


def _sentences(page: Page, root: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(one) for one in page.list(root, key, ()))


def _language(page: Page, root: Mapping[str, Any]) -> None:
    """The version of the language; the first was written before there was a word for it."""
    version = root.get("language", LANGUAGES[0])
    if isinstance(version, bool) or version not in LANGUAGES:
        known = ", ".join(map(str, LANGUAGES))
        page.say("unknown-word", f"the language is one of {known}", ("language",))


def _evidence(
    page: Page, node: Mapping[str, Any], vocabulary: Vocabulary
) -> Iterable[tuple[str, Ask]]:
    for name, content in node.items():
        at = ("evidence", name)
        if name in RESERVED or not name.isidentifier():
            page.say("bad-name", f"{name!r} cannot name an answer", at, key=True)
        if not isinstance(content, dict):
            page.say("wrong-type", "write { ask: question }", at)
            continue
        page.needs(content, ["ask"], at)
        ask = page.word(content.get("ask"), vocabulary.questions, "question", (*at, "ask"))
        if ask is not None:
            known = vocabulary.questions[ask].parameters
            yield name, Ask(question=ask, parameters=_parameters(page, content, known, "ask", at))


def _parameters(
    page: Page, node: Mapping[str, Any], known: Mapping[str, Parameter], head: str, at: Path
) -> dict[str, object]:
    page.keys(node, [head, *known], at)
    for name, parameter in known.items():
        if parameter.required and name not in node:
            page.say("missing-key", f"{name!r} is missing here: {parameter.meaning}", at)
        if name in node and not _fits(node[name], parameter.type):
            page.say("wrong-type", f"{name!r} takes a {parameter.type}", (*at, name))
    return {name: value for name, value in node.items() if name in known}


def _fits(value: object, type_: str) -> bool:
    return isinstance(value, TYPES[type_]) and isinstance(value, bool) is (type_ == "boolean")


def _rules(page: Page, nodes: list[Any], vocabulary: Vocabulary) -> Iterable[Rule]:
    if not nodes:
        page.say("missing-key", "a playbook has at least one rule", ("rules",))
    for index, node in enumerate(nodes):
        at = ("rules", index)
        if not isinstance(node, dict):
            page.say("wrong-type", "a rule is a mapping that begins with `rule: its name`", at)
            continue
        page.keys(node, RULE, at)
        page.needs(node, ["rule", "because"], at)
        outcome = _outcome(page, node, vocabulary, at)
        if outcome is not None:
            yield Rule(
                name=page.text(node, "rule", at),
                because=page.text(node, "because", at),
                outcome=outcome,
                when=page.text(node, "when", at) if "when" in node else None,
                suggest=_fixes(page, page.list(node, "suggest", at), vocabulary, (*at, "suggest")),
                place=index,
            )


def _outcome(
    page: Page, node: Mapping[str, Any], vocabulary: Vocabulary, at: Path
) -> Outcome | None:
    named = [word for word in OUTCOMES if word in node]
    if len(named) != 1:
        page.say("outcome", "a rule has exactly one of close, resolve and escalate", at)
        return None
    word = named[0]
    return _OUTCOMES[word](page, node[word], vocabulary, (*at, word))


def _close(page: Page, value: Any, _vocabulary: Vocabulary, at: Path) -> Outcome | None:
    word = page.word(value, sorted(CLOSING), "verdict to close with", at)
    return CloseAs(verdict=Verdict(word)) if word else None


def _resolve(page: Page, value: Any, vocabulary: Vocabulary, at: Path) -> Outcome | None:
    if not isinstance(value, list) or not value:
        page.say("outcome", "resolve takes a list such as [{ fix: s3.block_public_access }]", at)
        return None
    fixes = _fixes(page, value, vocabulary, at)
    return ResolveWith(fixes=fixes) if fixes else None


def _escalate(page: Page, value: Any, _vocabulary: Vocabulary, at: Path) -> Outcome | None:
    word = page.word(value, Priority, "priority", at)
    return EscalateTo(priority=Priority(word)) if word else None


_OUTCOMES = {"close": _close, "resolve": _resolve, "escalate": _escalate}


def _fixes(
    page: Page, nodes: list[Any], vocabulary: Vocabulary, at: Path
) -> tuple[Suggestion, ...]:
    found = (_fix(page, node, vocabulary, (*at, index)) for index, node in enumerate(nodes))
    return tuple(fix for fix in found if fix is not None)


def _fix(page: Page, node: Any, vocabulary: Vocabulary, at: Path) -> Suggestion | None:
    if not isinstance(node, dict):
        page.say("wrong-type", "a fix is written { fix: its name }", at)
        return None
    name = page.word(node.get("fix"), vocabulary.fixes, "fix", (*at, "fix"))
    if name is None:
        return None
    parameters = _parameters(page, node, vocabulary.fixes[name].parameters, "fix", at)
    pairs = tuple((key, _as_text(value)) for key, value in sorted(parameters.items()))
    return Suggestion(fix=name, parameters=pairs)


def _as_text(value: object) -> str:
    return canonical(value).decode() if isinstance(value, dict | list) else str(value)


def _limits(page: Page, node: Mapping[str, Any]) -> Limits:
    at: Path = ("limits",)
    page.keys(node, LIMITS, at)
    level = page.word(node.get("at_most", "auto"), Level, "level", (*at, "at_most"))
    tiers = [
        page.word(tier, Tier, "tier", (*at, "ask_in", index))
        for index, tier in enumerate(page.list(node, "ask_in", at))
    ]
    per_hour = node.get("per_hour")
    if per_hour is not None and not (_fits(per_hour, "number") and int(per_hour) == per_hour >= 1):
        page.say("wrong-type", "'per_hour' takes a whole number above 0", (*at, "per_hour"))
        per_hour = None
    return Limits(
        at_most=Level(level) if level else Level.SHADOW,
        ask_in=tuple(Tier(tier) for tier in tiers if tier),
        per_hour=per_hour,
    )


def _tests(page: Page, nodes: list[Any]) -> Iterable[Example]:
    for index, node in enumerate(nodes):
        at = ("tests", index)
        if not isinstance(node, dict) or not isinstance(node.get("test"), str):
            page.say("wrong-type", "a test is a mapping that begins with `test: its claim`", at)
            continue
        line, _ = page.document.place(at)
        yield Example(name=node["test"], content=node, place=index, line=line)
