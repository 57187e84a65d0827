"""A ticket unlike what the certificate was earned on goes to a person, whatever its score."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

SUPPORT_MIN = 20
Likeness = tuple[str, ...]
"""What makes tickets alike: finding type, principal class, resource type; one element a trait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """How many calibration clusters stand behind each likeness."""

    counts: tuple[tuple[Likeness, int], ...] = ()
    least: int = SUPPORT_MIN
    _known: frozenset[Likeness] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        known = frozenset(likeness for likeness, count in self.counts if count >= self.least)
        object.__setattr__(self, "_known", known)

    @classmethod
    def of(cls, seen: Iterable[Likeness], least: int = SUPPORT_MIN) -> "Support":
        """Count what calibration saw, once a cluster."""
        return cls(counts=tuple(sorted(Counter(seen).items())), least=least)

    def novel(self, likeness: Likeness) -> bool:
        """Too rare, or never seen: nothing that was measured speaks for it."""
        return likeness not in self._known
