"""A playbook as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.domain.account import Tier
from triage.domain.decision import Level, Priority, Suggestion
from triage.domain.json import canonical
from triage.domain.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One piece of evidence: a question of the vocabulary and its parameters."""

    question: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    name: str = field(init=False, compare=False, repr=False)
    """Equal asks of two playbooks have the same, so that they are asked once."""

    def __post_init__(self) -> None:
        parameters = canonical(dict(self.parameters)).decode() if self.parameters else ""
        object.__setattr__(self, "name", self.question + parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAs:
    """Close with this verdict; the ground is derived, never written."""

    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveWith:
    """Repair with these fixes."""

    fixes: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalateTo:
    """To a person, this soon."""

    priority: Priority


Outcome = CloseAs | ResolveWith | EscalateTo


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`when` (None holds always) leads to `outcome`, for the reason `because` gives.

    `place` is its index in the file's list, broken rules counted.
    """

    name: str
    because: str
    outcome: Outcome
    when: str | None = None
    suggest: tuple[Suggestion, ...] = ()
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an author allows at the most; it can only lower.

    `at_most` bounds closes and repairs, `ask_in` (tiers in which a person agrees first) and
    `per_hour` (beyond it somebody agrees first) repairs alone.
    """

    at_most: Level = Level.AUTO
    ask_in: tuple[Tier, ...] = ()
    per_hour: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A test that travels with a playbook, as written; stages/rehearse.py gives it meaning.

    `place` is its index in the file's list, `line` where it starts.
    """

    name: str
    content: Mapping[str, Any]
    place: int
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """One YAML file. `evidence` maps the names that rules use to what is asked.

    `false_positives` and `evasions` are sentences for whoever reads or changes it: what raises the
    finding without harm, and how somebody hostile would get past the rules.
    """

    name: str
    title: str
    owner: str
    why: str
    references: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    evasions: tuple[str, ...] = ()
    match: Mapping[str, Any]
    evidence: Mapping[str, Ask] = field(default_factory=dict)
    rules: tuple[Rule, ...]
    limits: Limits = field(default_factory=Limits)
    tests: tuple[Example, ...] = ()
    path: str = ""
