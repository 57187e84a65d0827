"""One field of a pattern: where it is and which of its values will do."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from triage.playbook.pattern.atom import Atom, Test, either
from triage.playbook.pattern.leaves import MISSING, Names


@dataclass(frozen=True, slots=True)
class Clause:
    """Any of the atoms will do. Equal to every other clause that asks the same of the field."""

    path: Names
    atoms: tuple[Atom, ...]
    holds: Test = field(compare=False, repr=False)
    """Whether one leaf, or MISSING, will do."""

    @classmethod
    def of(cls, path: Names, atoms: Iterable[Atom]) -> "Clause":
        """Every atom once; `numeric` with `=` says the same as the number itself."""
        once = tuple(dict.fromkeys(atoms))
        return cls(path, once, either([atom.holds for atom in once]))

    @property
    def strings(self) -> frozenset[str]:
        """The strings that will do, when nothing but exact strings does; else empty."""
        if len(self.atoms) != 1 or self.atoms[0].word != "exact":
            return frozenset()
        keys = frozenset(one.what for one in self.atoms[0].sought)
        text = frozenset(one for one in keys if isinstance(one, str))
        return text if len(text) == len(keys) else frozenset()

    @property
    def absent(self) -> bool:
        """Tell whether a field that is not there will do."""
        return self.holds(MISSING)
