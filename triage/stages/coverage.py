"""What the tests of a playbook leave out: rules that no test decides by, and parts of its match.

A part of a match (the plain values of one list together, or one operator) is exercised when some
test would not have found the playbook without it: it held, and it decided. Of tests that do not
hold nothing follows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from triage.playbook.document import Path, read
from triage.playbook.page import short
from triage.playbook.pattern import compile_pattern
from triage.playbook.syntax import Example, Playbook
from triage.playbook.view import ticket_view
from triage.stages.rehearse import ExampleInvalid, Rehearsal, account_of, tickets_of

NEVER: Final = "\N{NULL}never"
"""No ticket says this, so a clause of it alone holds for none."""
PERCENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One rule, or one part of the match, by its place in the file."""

    place: Path
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What no test exercises, and the line it stands on."""

    path: str
    line: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many parts a playbook has, and those that no test exercises."""

    parts: int
    missing: tuple[Part, ...]

    def gaps(self, path: str, text: str) -> tuple[Gap, ...]:
        """Say where in the file's text they are."""
        document, _ = read(path, text) if self.missing else (None, [])
        return tuple(
            Gap(path=path, line=document.place(one.place)[0] if document else 1, what=one.what)
            for one in self.missing
        )


def percent(parts: int, missing: int) -> float:
    """How much is exercised; of nothing, all."""
    return PERCENT * (parts - missing) / parts if parts else float(PERCENT)


def cover(playbook: Playbook, ran: Sequence[Rehearsal]) -> Coverage:
    """Compare what a playbook has with what its tests went through."""
    held = [one for one in ran if not one.problem]
    decided = {one.rule for one in held}
    lines = {one.line for one in held}
    views = [view for one in playbook.tests if one.line in lines for view in _views(one)]
    parts = [*_parts(playbook.match, ("match",))]
    rules = [
        Part(place=("rules", rule.place), what=f"no test decides by the rule {short(rule.name)}")
        for rule in playbook.rules
        if rule.name not in decided
    ]
    return Coverage(
        parts=len(parts) + len(playbook.rules),
        missing=(*(one for one in parts if not _decides(playbook, one, views)), *rules),
    )


def _views(example: Example) -> Sequence[Mapping[str, Any]]:
    try:
        tickets = [ticket for _, ticket in tickets_of(example)]
        return [ticket_view(one, account_of(example, one)) for one in tickets]
    except (ExampleInvalid, LookupError, ValueError, TypeError, AttributeError):
        return ()


def _parts(node: Any, place: Path) -> Iterator[Part]:
    """Parts of a match, in the order of the file: the values of one list, or one operator."""
    for key, value in node.items():
        here = (*place, key)
        if isinstance(value, Mapping):
            yield from _parts(value, here)
        elif key == "$or":
            for at, option in enumerate(value):
                yield from _parts(option, (*here, at))
        else:
            yield from _of_list(value, here)


def _of_list(values: Sequence[Any], here: Path) -> Iterator[Part]:
    name = ".".join(str(step) for step in here[1:])
    plain = [at for at, value in enumerate(values) if not isinstance(value, Mapping)]
    if plain:
        shown = short([values[at] for at in plain])
        yield Part(place=(*here, plain[0]), what=f"no test needs {name}: {shown}")
    for at, value in enumerate(values):
        if isinstance(value, Mapping):
            yield Part(place=(*here, at), what=f"no test needs {name}: {short(dict(value))}")


def _decides(playbook: Playbook, part: Part, views: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether some ticket is matched, and would not be without this part."""
    whole = compile_pattern(playbook.match)
    without = compile_pattern(_without(playbook.match, part.place[1:]))
    return any(view and whole.matches(view) and not without.matches(view) for view in views)


def _without(node: Any, place: Path) -> Any:
    """The match with one part in which nothing can hold."""
    step, *rest = place
    if isinstance(node, list) and not rest:
        taken = {step} if isinstance(node[int(step)], Mapping) else _plain(node)
        return [NEVER, *(value for at, value in enumerate(node) if at not in taken)]
    if isinstance(node, list):
        return [_without(one, tuple(rest)) if at == step else one for at, one in enumerate(node)]
    return {key: _without(one, tuple(rest)) if key == step else one for key, one in node.items()}


def _plain(values: Sequence[Any]) -> set[Any]:
    return {at for at, value in enumerate(values) if not isinstance(value, Mapping)}
