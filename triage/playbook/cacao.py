"""A playbook as a CACAO 2.0 playbook, for tools that read those.

https://docs.oasis-open.org/cacao/security-playbooks/v2.0/security-playbooks-v2.0.html

CACAO's conditions know two values and its steps no unknown answer, so what is written is for people
to follow: every look-up and every rule is a manual step, and a rule that nobody can tell does not
hold.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from triage.domain.decision import Suggestion
from triage.playbook.syntax import CloseAs, EscalateTo, Outcome, Playbook, ResolveWith, Rule
from triage.playbook.vocabulary import Vocabulary

SPEC = "cacao-2.0"
OURS = UUID("6f1a3c52-0d3b-5c7e-9a41-7a0f2f6f8f10")
"""The name space of our ids: the same playbook has the same ids every time."""
NAME_MAX = 200
Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Steps:
    """What a playbook's steps are called, and who does them."""

    playbook: Playbook

    def id(self, kind: str, what: str) -> str:
        return f"{kind}--{uuid5(OURS, f'{self.playbook.name}/{kind}/{what}')}"

    @property
    def owner(self) -> str:
        return f"organization--{uuid5(OURS, f'organization/{self.playbook.owner}')}"

    @property
    def start(self) -> str:
        return self.id("start", "")

    @property
    def end(self) -> str:
        return self.id("end", "")

    def manual(self, name: str, command: str, then: str, **more: Any) -> Step:
        """One thing that somebody does."""
        return {
            "type": "action",
            "name": name[:NAME_MAX],
            "commands": [{"type": "manual", "command": command}],
            "agent": self.owner,
            "on_completion": then,
            **more,
        }


def cacao(playbook: Playbook, vocabulary: Vocabulary, now: datetime) -> Mapping[str, Any]:
    """Write it as one JSON object."""
    steps = _Steps(playbook)
    moment = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
    return {
        "type": "playbook",
        "spec_version": SPEC,
        "id": f"playbook--{uuid5(OURS, playbook.name)}",
        "name": playbook.title,
        "description": playbook.why,
        "playbook_types": _types(playbook),
        "created_by": f"identity--{uuid5(OURS, f'identity/{playbook.owner}')}",
        "created": moment,
        "modified": moment,
        "labels": [playbook.name],
        "external_references": [{"name": one, "url": one} for one in playbook.references],
        "playbook_variables": {
            _variable(place): {"type": "bool", "description": f"Whether {rule.name!r} holds."}
            for place, rule in enumerate(playbook.rules)
        },
        "agent_definitions": {steps.owner: {"type": "organization", "name": playbook.owner}},
        "workflow_start": steps.start,
        "workflow": dict(_workflow(steps, vocabulary)),
    }


def _types(playbook: Playbook) -> list[str]:
    repairs = any(isinstance(rule.outcome, ResolveWith) for rule in playbook.rules)
    return ["investigation", *(["remediation"] if repairs else [])]


def _variable(place: int) -> str:
    return f"__rule_{place + 1}_holds__"


def _workflow(steps: _Steps, vocabulary: Vocabulary) -> Iterator[tuple[str, Step]]:
    rules = [_judging(steps, place) for place in range(len(steps.playbook.rules))]
    asks = [steps.id("action", f"ask/{name}") for name in steps.playbook.evidence]
    after = [*asks, *rules, steps.id("action", "unknown")]
    yield steps.start, {"type": "start", "on_completion": after[0]}
    for place, (name, ask) in enumerate(steps.playbook.evidence.items()):
        phrase = vocabulary.questions[ask.question].phrase
        given = ", ".join(f"{key}: {value}" for key, value in ask.parameters.items())
        told = f"Find out {phrase} ({ask.question}{', ' if given else ''}{given}); call it {name}."
        yield after[place], steps.manual(f"Find out {phrase}", told, after[place + 1])
    for place, rule in enumerate(steps.playbook.rules):
        yield from _rule(steps, rule, place, after[len(asks) + place + 1])
    nobody = "No rule holds for certain: a person decides, and says what could not be found out."
    yield after[-1], steps.manual("Hand it to a person", nobody, steps.end)
    yield steps.end, {"type": "end"}


def _judging(steps: _Steps, place: int) -> str:
    return steps.id("action", f"judge/{place}")


def _rule(steps: _Steps, rule: Rule, place: int, otherwise: str) -> Iterator[tuple[str, Step]]:
    """Judge whether it holds; do what it says, or go on to the next."""
    branch, doing = steps.id("if-condition", str(place)), steps.id("action", f"do/{place}")
    judged = f"Tell whether this holds; what is unknown does not: {rule.when or 'always'}"
    yield (
        _judging(steps, place),
        steps.manual(f"Judge: {rule.name}", judged, branch, out_args=[_variable(place)]),
    )
    yield (
        branch,
        {
            "type": "if-condition",
            "name": rule.name[:NAME_MAX],
            "condition": f"{_variable(place)}:value = 'true'",
            "on_true": doing,
            "on_false": otherwise,
        },
    )
    yield doing, steps.manual(f"Do: {rule.name}", _told(rule), steps.end)


def _told(rule: Rule) -> str:
    consider = f" Consider {_fixes(rule.suggest)}." if rule.suggest else ""
    return f"{_outcome(rule.outcome)}{consider} Because: {rule.because}"


def _outcome(outcome: Outcome) -> str:
    match outcome:
        case CloseAs(verdict=verdict):
            return f"Close it as {verdict}."
        case ResolveWith(fixes=fixes):
            return f"Repair it with {_fixes(fixes)}, and prove that it worked."
        case EscalateTo(priority=priority):
            return f"Hand it to a person, priority {priority}."


def _fixes(fixes: tuple[Suggestion, ...]) -> str:
    return ", ".join(one.fix for one in fixes)
