"""Recorded attacks, scored as live tickets are: would a licence let one of them close?

Nothing of it is a case, and what it shows is never pooled with people's verdicts. A rule's own
conditions are taken as met: an attack that only they would stop counts as closed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from triage.domain.account import Tier
from triage.domain.message import Message
from triage.domain.ticket import Ticket
from triage.engine.rules import Rules
from triage.judgement.canary import Canary
from triage.ports.clock import Clock
from triage.stages.classify import classify
from triage.stages.matter import likeness
from triage.stages.normalise import normalise


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoys:
    """Attacks by the tickets that told of them, and the rules that live tickets are judged by."""

    attacks: Sequence[Ticket]
    rules: Callable[[], Rules]
    clock: Clock

    def decoyed(self, rule: str, tier: str) -> bool:
        """Whether the licence of a rule in a tier would let any of them close right now."""
        return any(one.closed for one in self.replay(rule, tier))

    def replay(self, rule: str, tier: str) -> Iterator[Canary]:
        """Score every one of them, as if it were about an account of that tier."""
        context = self.rules().at(self.clock.now())
        permission = context.licence(rule, Tier(tier))
        for ticket in self.attacks:
            account = replace(context.account(ticket.account), tier=Tier(tier))
            opinion = classify(ticket, account, context.model, context.history)
            why_not = permission.why_not(opinion.score, likeness(ticket), context.now)
            yield Canary(name=ticket.key, closed=why_not is None and not opinion.veto)


def attacks(bodies: Sequence[bytes], now: datetime) -> Sequence[Ticket]:
    """The tickets among recorded messages; what cannot be read is no canary."""
    messages = (
        Message(id=f"canary {place}", body=body, received=now) for place, body in enumerate(bodies)
    )
    parts = [part for message in messages for part in normalise(message).parts]
    return [part for part in parts if isinstance(part, Ticket)]
