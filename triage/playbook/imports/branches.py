"""A condition as alternatives of fields that all have to hold: what an event pattern can say."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from triage.domain.detection import All, Compared, Condition, Inexpressible, No, Some
from triage.playbook.imports.literals import THERE, Literal, Unsayable, literal, name_of

BRANCHES_MAX = 64
"""More alternatives than anybody reads."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Fields that all have to hold; `beside` are conditions that no pattern of them says."""

    literals: tuple[Literal, ...]
    beside: tuple[str, ...]

    @property
    def pattern(self) -> Mapping[str, Any]:
        """The event pattern of the record."""
        found: dict[str, Any] = {}
        for one in self.literals:
            _put(found, one.path, list(one.values))
        return found

    @property
    def sample(self) -> Mapping[str, Any]:
        """A record, as small as can be, that this is meant to match."""
        found: dict[str, Any] = {}
        for one in self.literals:
            _put(found, one.path, one.sample)
        return found

    @property
    def whole(self) -> str:
        """All of it as a condition, but for what only a pattern can say."""
        said = [one.when for one in self.literals if one.when]
        return " and ".join(dict.fromkeys([*said, *self.beside]))


def _put(into: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    *outer, last = path
    for key in outer:
        into = into.setdefault(key, {})
    into[last] = value


def branches(condition: Condition, path: str) -> tuple[Branch, ...]:
    """Take a condition apart. Raises Inexpressible with the place of what cannot be said."""
    return tuple(_branch(one, path) for one in _alternatives(condition, path, holds=True))


def _alternatives(
    condition: Condition, path: str, *, holds: bool
) -> tuple[tuple[Literal, ...], ...]:
    match condition:
        case Compared():
            try:
                return ((literal(condition, holds=holds),),)
            except Unsayable as error:
                raise Inexpressible(path, condition.place, str(error)) from error
        case No(part=part):
            return _alternatives(part, path, holds=not holds)
        case All(parts=parts) | Some(parts=parts):
            inner = [_alternatives(part, path, holds=holds) for part in parts]
            either = isinstance(condition, Some) is holds
            return _either(inner) if either else _each(inner, _first(condition), path)


def _first(condition: Condition) -> tuple[int, int]:
    while not isinstance(condition, Compared):
        condition = condition.part if isinstance(condition, No) else condition.parts[0]
    return condition.place


def _either(
    inner: Iterable[tuple[tuple[Literal, ...], ...]],
) -> tuple[tuple[Literal, ...], ...]:
    """Alternatives beside one another; those of one field become one list of values."""
    found: list[tuple[Literal, ...]] = []
    for one in (branch for alternatives in inner for branch in alternatives):
        last = found[-1] if found else ()
        if merged := _merged(last, one):
            found[-1] = merged
        else:
            found.append(one)
    return tuple(found)


def _merged(one: tuple[Literal, ...], other: tuple[Literal, ...]) -> tuple[Literal, ...] | None:
    if len(one) != 1 or len(other) != 1 or one[0].path != other[0].path:
        return None
    left, right = one[0], other[0]
    if left.needed is not right.needed:
        return None
    when = f"({left.when} or {right.when})" if left.when and right.when else ""
    values = (*left.values, *(value for value in right.values if value not in left.values))
    return (replace(left, values=values, when=when),)


def _each(
    inner: list[tuple[tuple[Literal, ...], ...]], place: tuple[int, int], path: str
) -> tuple[tuple[Literal, ...], ...]:
    count = 1
    for alternatives in inner:
        count *= len(alternatives)
    if count > BRANCHES_MAX:
        why = f"it has {count} alternatives, and {BRANCHES_MAX} are the most"
        raise Inexpressible(path, place, why)
    return tuple(tuple(literal for part in parts for literal in part) for parts in product(*inner))


def _branch(literals: tuple[Literal, ...], path: str) -> Branch:
    """A pattern names a field once: what else is said of it goes beside."""
    _apart(literals, path)
    kept: dict[tuple[str, ...], Literal] = {}
    beside: list[str] = []
    for one in sorted(literals, key=lambda one: one.needed):
        before = kept.get(one.path)
        if before is None:
            kept[one.path] = one
        elif both := _both(before, one):
            kept[one.path] = both
        elif one.when:
            beside.append(one.when)
        elif before.when:
            kept[one.path] = one
            beside.append(before.when)
        else:
            why = f"{one.compared.field}: a pattern cannot say both of these of one field"
            raise Inexpressible(path, one.compared.place, why)
    beside += [one.when for one in literals if one.needed]
    return Branch(tuple(kept.values()), tuple(dict.fromkeys(beside)))


def _apart(literals: tuple[Literal, ...], path: str) -> None:
    """Refuse a field that is both a value and what other fields lie in."""
    paths = {one.path for one in literals}
    for one in literals:
        if any(one.path[:length] in paths for length in range(1, len(one.path))):
            why = f"{one.compared.field} is asked for inside a field that has a value"
            raise Inexpressible(path, one.compared.place, why)


def _both(one: Literal, other: Literal) -> Literal | None:
    """Both as one list of values, where that can be said."""
    if one.values == other.values:
        return replace(one, sample=_longer(one.sample, other.sample))
    if other.values == THERE:
        return replace(one, sample=_longer(one.sample, other.sample)) if not other.needed else None
    return None


def _longer(one: Any, other: Any) -> Any:
    both = isinstance(one, str) and isinstance(other, str) and other not in one
    return f"{one}{other}" if both else one if one is not None else other


def conditions(found: Iterable[Branch]) -> str:
    """What has to hold beside the pattern; empty when the pattern says it all."""
    listed = list(found)
    if not any(branch.beside for branch in listed):
        return ""
    if len({branch.beside for branch in listed}) == 1:
        return " and ".join(listed[0].beside)
    return " or ".join(f"({branch.whole or _anything(branch)})" for branch in listed)


def _anything(branch: Branch) -> str:
    """A condition that holds wherever the branch does, where none says it exactly."""
    names = (name_of(one.path) for one in branch.literals if one.sample is not None)
    return next((f"{name} is not none" for name in names), "true")


def patterns(found: Iterable[Branch]) -> Iterator[Mapping[str, Any]]:
    """The pattern of every branch, each once."""
    seen: list[Mapping[str, Any]] = []
    for branch in found:
        if branch.pattern not in seen:
            seen.append(branch.pattern)
            yield branch.pattern
