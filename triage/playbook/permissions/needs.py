"""Which actions a set of playbooks needs: to read what it asks, and to apply what it names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from triage.domain.api import Apis
from triage.domain.ticket import Source
from triage.playbook.fixes import Fix
from triage.playbook.lint_scope import sources_of
from triage.playbook.permissions.actions import action_of
from triage.playbook.syntax import Playbook, ResolveWith
from triage.playbook.vocabulary import Vocabulary

AT_SOURCE = "source.finding"
"""Asked of every ticket before anything closes, whatever its playbook asks."""
HOME: Mapping[Source, frozenset[str]] = MappingProxyType(
    {
        Source.GUARDDUTY: frozenset({"guardduty:ListDetectors", "guardduty:GetFindings"}),
        Source.INSPECTOR: frozenset({"inspector2:ListFindings"}),
        Source.CONFIG: frozenset({"config:GetComplianceDetailsByResource"}),
        Source.CLOUDTRAIL: frozenset({"cloudtrail:LookupEvents"}),
        Source.MACIE: frozenset({"macie2:GetFindings"}),
        Source.ACCESS_ANALYZER: frozenset({"access-analyzer:GetFinding"}),
        Source.CLOUDWATCH: frozenset({"cloudwatch:DescribeAlarms"}),
        Source.CLOUDFORMATION: frozenset({"cloudformation:DescribeStacks"}),
        Source.INCIDENT_RESPONSE: frozenset({"security-ir:GetCase"}),
    }
)
"""What confirms a finding at one source only; what is in none of these may confirm any's."""


COPIES = frozenset({"securityhub:BatchUpdateFindings"})
"""What closes the copy of any source's finding that Security Hub keeps."""
PASSING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"ssm.start_automation_execution": ("iam:PassRole",)}
)
"""What a call takes besides its own action, where it hands a role to a service."""
CLOSES: Mapping[Source, frozenset[str]] = MappingProxyType(
    {
        Source.GUARDDUTY: frozenset(
            {
                "guardduty:ListDetectors",
                "guardduty:GetAdministratorAccount",
                "guardduty:ArchiveFindings",
                "guardduty:UpdateFindingsFeedback",
            }
        ),
        Source.ACCESS_ANALYZER: frozenset({"access-analyzer:UpdateFindings"}),
    }
)
"""What closes a finding at one source only (triage/closing)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Actions, each with what it is for: questions or fixes, and the playbooks that name them.

    `closing` is what closing the findings where they came from takes.
    """

    reading: Mapping[str, tuple[str, ...]]
    acting: Mapping[str, tuple[str, ...]]
    closing: Mapping[str, tuple[str, ...]]


def needs(playbooks: Iterable[Playbook], vocabulary: Vocabulary, apis: Apis) -> Needs:
    """Collect what the playbooks need; nothing for fixes that people make by hand."""
    listed = list(playbooks)
    reading = [pair for playbook in listed for pair in _reading(playbook, vocabulary)]
    acting = [pair for playbook in listed for pair in _acting(playbook, vocabulary, apis)]
    closing = [pair for playbook in listed for pair in _closing(playbook)]
    return Needs(reading=_gathered(reading), acting=_gathered(acting), closing=_gathered(closing))


def _gathered(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for action, why in pairs:
        found.setdefault(action, set()).add(why)
    return {action: tuple(sorted(found[action])) for action in sorted(found)}


def _reading(playbook: Playbook, vocabulary: Vocabulary) -> Iterable[tuple[str, str]]:
    for ask in playbook.evidence.values():
        for action in vocabulary.questions[ask.question].iam_actions:
            yield action, f"{playbook.name} asks {ask.question}"
    confirming = vocabulary.questions.get(AT_SOURCE)
    sources = set(sources_of(playbook))
    elsewhere = [HOME[one] for one in HOME if one not in sources]
    own = [HOME[one] for one in HOME if one in sources]
    spared = frozenset[str]().union(*elsewhere) - frozenset[str]().union(*own)
    for action in confirming.iam_actions if confirming else ():
        if action not in spared:
            yield action, f"{playbook.name} is confirmed at its source"


def _closing(playbook: Playbook) -> Iterable[tuple[str, str]]:
    """People may close whatever a playbook is about, so that every playbook counts."""
    own = [CLOSES[one] for one in sources_of(playbook) if one in CLOSES]
    for action in COPIES.union(*own):
        yield action, f"what {playbook.name} is about is closed at its source"


def _acting(playbook: Playbook, vocabulary: Vocabulary, apis: Apis) -> Iterable[tuple[str, str]]:
    for rule in playbook.rules:
        repairs = rule.outcome.fixes if isinstance(rule.outcome, ResolveWith) else ()
        for named in (*repairs, *rule.suggest):
            for action in actions_of_fix(vocabulary.fixes[named.fix], apis):
                yield action, f"{playbook.name} names {named.fix}"


def actions_of_fix(fix: Fix, apis: Apis) -> frozenset[str]:
    """What its calls need; what it declares itself where it declares no calls."""
    if fix.by_hand:
        return frozenset()
    calls = [one.call for one in fix.calls]
    derived = frozenset(action for one in calls if (action := action_of(one, apis)))
    return derived.union(*(PASSING.get(one, ()) for one in calls)) or frozenset(fix.iam_actions)
