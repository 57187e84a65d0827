"""How two outcomes differ, and that words alone make no difference."""

from dataclasses import replace

import pytest

from tests.builders import a_ticket
from tests.playbooks import CALM, a_context
from triage.domain.decision import Close, Escalate, Ground, Priority, Resolve, Suggestion
from triage.domain.evidence import Evidence
from triage.domain.verdict import Verdict
from triage.stages.compare import Closing, compare, outcome
from triage.stages.conclude import Conclusion
from triage.stages.matter import Matter

LOW = Escalate(priority=Priority.LOW, reasons=("a",))
HIGH = Escalate(priority=Priority.HIGH, reasons=("b",))
FIX = Escalate(priority=Priority.LOW, reasons=("c",), would="resolve: s3.block_public_access")
SHUT = Close(verdict=Verdict.BENIGN, ground=Ground.SIGNATURE, rule="p: r", reasons=("d",))
GONE = replace(SHUT, verdict=Verdict.NO_LONGER_PRESENT, ground=Ground.PROOF)
REPAIR = Resolve(
    fixes=(Suggestion(fix="s3.block_public_access"),),
    rule="p: r",
    reasons=("e",),
    priority=Priority.LOW,
)


def outcome_of(decision):
    ticket, context = a_ticket(), a_context()
    matter = Matter(ticket=ticket, evidence=Evidence(), opinion=CALM, context=context)
    return outcome(
        Conclusion(
            ticket=ticket,
            evidence=Evidence(),
            rulings=(),
            opinion=CALM,
            decision=decision,
            matter=matter,
        )
    )


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (LOW, replace(LOW, reasons=("in other words",)), None),
        (LOW, HIGH, "priority up"),
        (HIGH, LOW, "priority down"),
        (LOW, SHUT, "escalate → close"),
        (SHUT, HIGH, "close → escalate"),
        (LOW, FIX, "escalate → would resolve"),
        (FIX, REPAIR, "would resolve → resolve"),
        (REPAIR, SHUT, "resolve → close"),
        (SHUT, GONE, "close, but otherwise"),
        (SHUT, replace(SHUT, reasons=("in other words",)), None),
        (REPAIR, replace(REPAIR, fixes=(Suggestion(fix="other"),)), "resolve, but otherwise"),
    ],
)
def test_a_flip_has_one_kind(before, after, kind):
    flip = compare(outcome_of(before), outcome_of(after))
    assert (flip and flip.kind) == kind


def test_closing_is_ordered_by_danger():
    ladder = [Closing.NO, Closing.UNLICENSED, Closing.UNCONFIRMED, Closing.YES]
    assert sorted(Closing, key=lambda one: one.rank) == ladder
