"""One file being checked: its document and the problems found so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from triage.playbook.document import Document, Path
from triage.playbook.lint_rules import severity
from triage.playbook.problem import Problem, asked, nearest

T = TypeVar("T")
SHOWN_MAX = 60
ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("filter", "filters", "pattern", "detection", "where", "query"), "match"),
        **dict.fromkeys(("if", "condition", "conditions"), "when"),
        **dict.fromkeys(("steps", "actions", "decisions"), "rules"),
        **dict.fromkeys(("questions", "enrich", "enrichment", "facts", "lookups"), "evidence"),
        **dict.fromkeys(("id", "uid"), "playbook"),
        **dict.fromkeys(("description", "summary", "purpose"), "why"),
        **dict.fromkeys(("author", "team"), "owner"),
        **dict.fromkeys(("reason", "message"), "because"),
        **dict.fromkeys(("remediate", "remediation", "repair"), "resolve"),
        **dict.fromkeys(("priority", "page", "notify"), "escalate"),
        "name": "title",
    }
)
"""What other tools call the keys of a playbook."""


def short(value: object) -> str:
    """What was written, as one short piece of a sentence."""
    shown = repr(value)
    return shown if len(shown) <= SHOWN_MAX else shown[: SHOWN_MAX - 1] + "…"


def article(kind: str) -> str:
    """A kind with its article: a text, an object."""
    return f"{'an' if kind[:1] in set('aeiou') else 'a'} {kind}"


def _meant(key: str, words: list[str]) -> str:
    elsewhere = ELSEWHERE.get(str(key).lower(), "")
    return nearest(key, words) or (elsewhere if elsewhere in words else "")


@dataclass
class Page:
    """Collects problems with their places, so that all are reported together."""

    path: str
    document: Document
    problems: list[Problem] = field(default_factory=list)

    def say(
        self,
        rule: str,
        message: str,
        at: Path,
        *,
        key: bool = False,
        near: str = "",
    ) -> None:
        """Note a problem at a value, or at its key; `near` is the word that was probably meant."""
        line, column = self.document.key(at) if key else self.document.place(at)
        self.problems.append(
            Problem(
                path=self.path,
                rule=rule,
                message=f"{message}{asked(near)}",
                line=line,
                column=column,
                severity=severity(rule),
                suggestion=near,
            )
        )

    def keys(self, node: Iterable[str], known: Iterable[str], at: Path) -> None:
        """Every key must be known."""
        words = list(known)
        for key in node:
            if key not in words:
                message, near = f"unknown key {short(key)}", _meant(key, words)
                self.say("unknown-key", message, (*at, key), key=True, near=near)

    def needs(self, node: Mapping[str, Any], wanted: Iterable[str], at: Path) -> None:
        """Every one of these keys must be there."""
        for key in wanted:
            if key not in node:
                self.say("missing-key", f"{key!r} is missing here", at)

    def text(self, node: Mapping[str, Any], key: str, at: Path) -> str:
        """A string, or an empty one and a problem."""
        return self._typed(node, key, at, str, "text", "")

    def mapping(self, node: Mapping[str, Any], key: str, at: Path) -> Mapping[str, Any]:
        """A mapping, or an empty one and a problem."""
        return self._typed(node, key, at, dict, "a mapping", {})

    def list(self, node: Mapping[str, Any], key: str, at: Path) -> list[Any]:
        """A list, or an empty one and a problem."""
        return self._typed(node, key, at, list, "a list", [])

    def _typed(
        self, node: Mapping[str, Any], key: str, at: Path, type_: type[T], word: str, default: T
    ) -> T:
        value = node.get(key, default)
        if isinstance(value, type_):
            return value
        self.say("wrong-type", f"{key!r} takes {word}", (*at, key))
        return default

    def word(self, value: Any, words: Iterable[str], what: str, at: Path) -> str | None:
        """One of these words, or None and a problem that names the nearest."""
        known = [str(word) for word in words]
        if isinstance(value, str) and value in known:
            return value
        near = nearest(value, known) if isinstance(value, str) else ""
        self.say("unknown-word", f"unknown {what} {short(value)}", at, near=near)
        return None
