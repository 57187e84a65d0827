"""The chains of a node as one Python function: a test that is written out costs a fifth of a call.

Source is put together from numbers alone. Operands, tests and tables are given to it by name, so
nothing that an author or an event wrote is ever a part of it. A test that is written out is for
strings, or whole numbers; whatever else a leaf is goes to the test itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from triage.playbook.index.tree import Chain, Check, Node, Run
from triage.playbook.pattern.atom import Test
from triage.playbook.pattern.leaves import MISSING

UNREAD: Final = object()
SHARED = "answers[{number}] if {number} in answers else answers.setdefault({number}, {asked})"
NESTED_MAX = 40
"""Checks that stand inside one another, at most; the rest of a chain is asked as one."""
WRITTEN: Mapping[str, str] = {
    "exact": "{leaf} in {operand} if {leaf}.__class__ is str else {test}({leaf})",
    "prefix": "{leaf}.startswith({operand}) if {leaf}.__class__ is str else {test}({leaf})",
    "suffix": "{leaf}.endswith({operand}) if {leaf}.__class__ is str else {test}({leaf})",
    "equals-ignore-case": "{leaf}.lower() == {operand} if {leaf}.__class__ is str"
    " else {test}({leaf})",
    "exists": "({leaf} is not missing) is {operand}",
}
"""How an atom is written out, by its word."""


def compiled(node: Node) -> Run:
    """Compile a node's chains; twice at once does no harm, since both are the same."""
    node.run = Writer().function(node.chains)
    return node.run


class Writer:
    """Writes one function."""

    def __init__(self) -> None:
        self.lines = ["def run(read, reader, answers, hits):"]
        self.names: dict[str, Any] = {"unread": UNREAD, "missing": MISSING}

    def function(self, chains: Sequence[Chain]) -> Run:
        """Write and compile the function of these chains."""
        self._write(chains, (), 1)
        # Nothing but what is written above, and names given to it.
        exec("\n".join(self.lines), self.names)  # noqa: S102
        run: Run = self.names["run"]
        return run

    def _write(self, chains: Sequence[Chain], loaded: tuple[int, ...], depth: int) -> None:
        pad = " " * depth
        if depth > NESTED_MAX:
            for number, checks in chains:
                asked = self._named(_all(checks))
                self.lines.append(f"{pad}if {asked}(reader): hits.append({number:d})")
            return
        for check, rest in _grouped(chains):
            if check is None:
                self.lines += [f"{pad}hits.append({number:d})" for number, _ in rest]
                continue
            if check.field not in loaded:
                loaded = (*loaded, check.field)
                leaf = f"f{check.field}"
                self.lines += [
                    f"{pad}{leaf} = read[{check.field}]",
                    f"{pad}if {leaf} is unread: {leaf} = reader({check.field})",
                ]
            self.lines.append(f"{pad}if {self._condition(check)}:")
            self._write(rest, loaded, depth + 1)

    def _condition(self, check: Check) -> str:
        atoms = check.clause.atoms
        leaf, test = f"f{check.field}", self._named(_of_leaves(check.clause.holds))
        form = WRITTEN.get(atoms[0].word) if len(atoms) == 1 else None
        if form is not None:
            return form.format(leaf=leaf, operand=self._named(atoms[0].operand), test=test)
        asked = f"{test}({leaf})"
        return asked if check.shared is None else SHARED.format(number=check.shared, asked=asked)

    def _named(self, value: Any) -> str:
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name


def _of_leaves(test: Test) -> Test:
    """Make a test of one leaf one of several as well."""

    def holds(leaf: Any) -> bool:
        return any(map(test, leaf)) if isinstance(leaf, list) else test(leaf)

    return holds


def _all(checks: Sequence[Check]) -> Callable[[Callable[[int], Any]], bool]:
    tests = [(check.field, _of_leaves(check.clause.holds)) for check in checks]
    return lambda reader: all(test(reader(field)) for field, test in tests)


def _grouped(chains: Sequence[Chain]) -> Iterator[tuple[Check | None, list[Chain]]]:
    """Group chains by their first check, in the order in which these come up."""
    groups: dict[Check | None, list[Chain]] = {}
    for number, checks in chains:
        first = checks[0] if checks else None
        groups.setdefault(first, []).append((number, checks[1:]))
    yield from groups.items()
