"""What an expression may say: names and fields that exist, compared with what they can be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from jinja2 import nodes

from triage.playbook.document import Path
from triage.playbook.fields import MOOT, NAMES, WORDS, tainted
from triage.playbook.lint_kinds import misfits
from triage.playbook.page import Page
from triage.playbook.paths import Names, functions, names_of, readings
from triage.playbook.problem import nearest
from triage.playbook.syntax import Playbook
from triage.playbook.vocabulary import Vocabulary
from triage.playbook.words import FUNCTIONS
from triage.questions.question import Field


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


KINDS: Mapping[str, Callable[[object], bool]] = MappingProxyType(
    {
        "boolean": lambda value: isinstance(value, bool),
        "number": _number,
        "string": lambda value: isinstance(value, str),
        "time": lambda value: isinstance(value, str),
    }
)
"""Which constants a field of a type can equal; a list or an object equals none."""
OPEN = Field(type="any", meaning="whatever the vendor wrote")


@dataclass(frozen=True, slots=True)
class Words:
    """The names one playbook may use, and where problems with them are noted."""

    page: Page
    names: Mapping[str, Field]

    @classmethod
    def of(cls, page: Page, playbook: Playbook, vocabulary: Vocabulary) -> "Words":
        asked = {
            name: Field(
                type="object",
                meaning=vocabulary.questions[ask.question].phrase,
                fields=vocabulary.questions[ask.question].answer,
            )
            for name, ask in playbook.evidence.items()
        }
        return cls(page, {**NAMES, **asked})

    def check(self, node: nodes.Node, at: Path) -> set[str]:
        """Note what it reads that is not there, and give the names it reads."""
        chains = [reading.names for reading in readings(node)]
        for chain in dict.fromkeys(chains):
            self._resolve(chain, at)
        for test in _kind(node, nodes.Test):
            self._presence(test, at)
        for compare in _kind(node, nodes.Compare):
            self._comparison(compare, at)
        for misfit in misfits(node, self._field):
            self.page.say("wrong-kind", misfit, at)
        return {chain[0] for chain in chains}

    def condition(self, node: nodes.Node, at: Path) -> None:
        """Note what stands where only true and false have a meaning."""
        match node:
            case nodes.And() | nodes.Or():
                self.condition(node.left, at)
                self.condition(node.right, at)
            case nodes.Not(node=inner):
                self.condition(inner, at)
            case nodes.Const(value=bool()):
                pass
            case nodes.Const() | nodes.List() | nodes.Tuple() | nodes.Filter():
                self.page.say("no-condition", "this is neither true nor false; compare it", at)
            case _:
                self._yes_or_no(node, at)

    def close(self, node: nodes.Node, at: Path) -> None:
        """Note what no close may rest on: text somebody else wrote, the source's own word."""
        for reading in readings(node):
            names = reading.names
            if reading.presence and len(names) == 1:
                continue
            if names in MOOT:
                self.page.say(
                    "moot", f"a close must not rest on {_dotted(names)}: {MOOT[names]}", at
                )
            elif self._tainted(names) and not reading.identifies:
                message = f"a close must not rest on {_dotted(names)}"
                self.page.say("tainted", f"{message}: an attacker may have written it", at)

    def _tainted(self, names: Names) -> bool:
        field = self.names.get(names[0])
        for name in names[1:]:
            if field is None or field.tainted:
                break
            field = field.fields.get(name)
        return field is not None and tainted(field)

    def _resolve(self, names: Names, at: Path) -> None:
        if names[0] not in self.names:
            known = [*self.names, *FUNCTIONS]
            near = nearest(names[0], known)
            self.page.say("unknown-name", f"nothing is called {names[0]!r}", at, near=near)
            return
        field = self.names[names[0]]
        for place, name in enumerate(names[1:], start=1):
            if _open(field):
                return
            if name not in field.fields:
                near, holder = nearest(name, field.fields), _dotted(names[:place])
                self.page.say("unknown-field", f"{holder!r} has no {name!r}", at, near=near)
                return
            field = field.fields[name]

    def _field(self, names: Names | None) -> Field | None:
        field = self.names.get(names[0]) if names else None
        for name in (names or ())[1:]:
            if field is None or _open(field):
                return None
            field = field.fields.get(name)
        return field

    def _presence(self, test: nodes.Test, at: Path) -> None:
        names = names_of(test.node)
        if test.name == "absent" and (not names or len(names) > 1 or names[0] in NAMES):
            self.page.say("not-evidence", "only the answer to a question can be absent", at)

    def _yes_or_no(self, node: nodes.Node, at: Path) -> None:
        names = names_of(node)
        field = self._field(names)
        if names and field is not None and not _open(field) and field.type != "boolean":
            message = f"{_dotted(names)} is a {field.type}, neither true nor false; compare it"
            self.page.say("no-condition", message, at)

    def _comparison(self, node: nodes.Compare, at: Path) -> None:
        for operand in node.ops:
            self._against(node.expr, operand.expr, at)
            self._against(operand.expr, node.expr, at)

    def _against(self, side: nodes.Expr, other: nodes.Expr, at: Path) -> None:
        names = names_of(side)
        field = self._field(names)
        if names is None or field is None or _open(field):
            return
        for value in _constants(other):
            if not KINDS.get(field.type, _never)(value):
                message = f"{_dotted(names)} is a {field.type} and never equals {value!r}"
                self.page.say("wrong-kind", message, at)
            elif names in WORDS and value not in WORDS[names]:
                near, message = nearest(value, WORDS[names]), f"{_dotted(names)} is never {value!r}"
                self.page.say("unknown-word", message, at, near=near)


def _never(_value: object) -> bool:
    return False


def _open(field: Field) -> bool:
    return field.type in {"object", "any"} and not field.fields


def _dotted(names: Names) -> str:
    return ".".join(names)


def _constants(node: nodes.Expr) -> Iterator[Any]:
    match node:
        case nodes.Const(value=value):
            yield value
        case nodes.List(items=items) | nodes.Tuple(items=items):
            for item in items:
                yield from _constants(item)
        case _:
            return


def _kind(node: nodes.Node, kind: type[Any]) -> Iterator[Any]:
    if isinstance(node, kind):
        yield node
    yield from node.find_all(kind)


def signs(node: nodes.Node) -> bool:
    """Tell whether an expression asks for a signature anywhere."""
    return any(
        isinstance(call.node, nodes.Name) and call.node.name == "signed" for call in functions(node)
    )
