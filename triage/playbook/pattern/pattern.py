"""EventBridge event patterns: which tickets a playbook speaks about.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html,
.../eb-create-pattern-operators.html, .../eb-event-patterns-arrays.html and
https://github.com/aws/event-ruler give the semantics: fields of an object must all match, values of
a list are alternatives, an array in the event matches when any of its elements does, fields of one
array must match in one element, operators see leaves only (an object is not there, as far as
`exists` goes, and an empty array neither), and true is not 1.

Where EventBridge's own engine leaves a way open, ours is: 300 and 300.0 are one number however they
were written; a name with a dot in it is one name; a field that stands both beside and inside `$or`
has to satisfy both; an empty prefix matches every text; host bits of a network are passed over.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from triage.playbook.pattern import atom
from triage.playbook.pattern.clause import Clause
from triage.playbook.pattern.consistency import Together
from triage.playbook.pattern.invalid import PatternInvalid, Place
from triage.playbook.pattern.leaves import Names
from triage.playbook.pattern.numbers import is_number
from triage.playbook.pattern.operators import OPERATORS, OR, RESERVED, operator

DEPTH_MAX = 16
BRANCHES_MAX = 1000
"""EventBridge refuses rules that `$or` multiplies into more combinations."""
ALTERNATIVES_MIN = 2
Branch = tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Any branch will do, of which all clauses must hold; `$or` makes more than one."""

    branches: tuple[Branch, ...]
    together: tuple[Together, ...]

    @classmethod
    def of(cls, branches: Sequence[Branch]) -> "Pattern":
        """Put the clauses of each branch together."""
        return cls(tuple(branches), tuple(Together.of(branch) for branch in branches))

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Tell whether an event, or a ticket's view, is meant."""
        return any(together.hold(event) for together in self.together)

    def exact(self, field: str) -> frozenset[str]:
        """The exact strings this pattern needs in a top-level field; empty when it is open."""
        named = [_strings(branch, field) for branch in self.branches]
        return frozenset().union(*named) if all(named) else frozenset()


def _strings(branch: Branch, field: str) -> frozenset[str]:
    found = (clause.strings for clause in branch if clause.path == (field,))
    return next((strings for strings in found if strings), frozenset())


def compile_pattern(match: Mapping[str, Any]) -> Pattern:
    """Compile a pattern. Raises PatternInvalid with the place of the first problem."""
    if not match:
        message = "match must name at least one field"
        raise PatternInvalid(message, ())
    return Pattern.of(_branches(match, (), (), inside_or=False))


def _branches(
    node: Mapping[str, Any], path: Names, place: Place, *, inside_or: bool
) -> list[Branch]:
    if len(place) > 2 * DEPTH_MAX or len(path) > DEPTH_MAX:
        message = f"a pattern is at most {DEPTH_MAX} levels deep"
        raise PatternInvalid(message, place)
    found: list[Branch] = [()]
    for key, value in node.items():
        here = (*place, str(key))
        options = _options(str(key), value, path, here, inside_or=inside_or)
        if len(found) * len(options) > BRANCHES_MAX:
            message = f"{OR} makes more than {BRANCHES_MAX} combinations; list values instead"
            raise PatternInvalid(message, here)
        found = [(*left, *right) for left in found for right in options]
    return found


def _options(key: str, value: Any, path: Names, here: Place, *, inside_or: bool) -> list[Branch]:
    if key == OR:
        return list(_alternatives(value, path, here))
    if key.startswith("$"):
        message = f"unknown operator {key!r}"
        raise PatternInvalid(message, here, key)
    if inside_or and key in RESERVED:
        message = f"{key!r} is an operator's word and names no field inside {OR}"
        raise PatternInvalid(message, here)
    if isinstance(value, Mapping) and value:
        return _branches(value, (*path, key), here, inside_or=inside_or)
    if isinstance(value, list) and value:
        return [(_clause((*path, key), value, here),)]
    message = f"{key} takes a list of values, such as [{value!r}]"
    raise PatternInvalid(message, here)


def _alternatives(value: Any, path: Names, here: Place) -> Iterator[Branch]:
    if not isinstance(value, list) or len(value) < ALTERNATIVES_MIN:
        message = f"{OR} takes a list of two patterns or more"
        raise PatternInvalid(message, here)
    for at, node in enumerate(value):
        if not isinstance(node, Mapping) or not node:
            message = f"what stands in {OR} is a pattern that names at least one field"
            raise PatternInvalid(message, (*here, at))
        yield from _branches(node, path, (*here, at), inside_or=True)


def _clause(path: Names, values: list[Any], place: Place) -> Clause:
    plain, operators = [], []
    for at, value in enumerate(values):
        if isinstance(value, Mapping):
            operators.append(operator(value, (*place, at), OPERATORS, ""))
        else:
            plain.append(_plain(value, (*place, at)))
    return Clause.of(path, [*([atom.exact(plain)] if plain else []), *operators])


def _plain(value: Any, place: Place) -> Any:
    if isinstance(value, list):
        message = "a list inside a list matches nothing; write its values side by side"
        raise PatternInvalid(message, place)
    if value is None or isinstance(value, str | bool) or is_number(value):
        return value
    message = "a value is a string, a number, true, false or null"
    raise PatternInvalid(message, place)
