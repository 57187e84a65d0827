"""What operators do with licences: look, raise by a step, lower."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.domain.account import Tier
from triage.domain.decision import Level
from triage.domain.errors import TriageError
from triage.domain.permission import licence_key
from triage.domain.person import People
from triage.domain.ticket import Ticket
from triage.engine.decoys import Decoys
from triage.engine.granting import PROMISE, Evidence, evidence, lowered, reviewers, signed
from triage.engine.labelling import Seen
from triage.engine.licences import Held, hashes_of, held
from triage.engine.rules import Rules
from triage.engine.stepping import step_up
from triage.judgement.certificate import WINDOW
from triage.judgement.labels import EMBARGO
from triage.judgement.licence import Licence
from triage.judgement.noise import Flips
from triage.playbook.meaning import meaning
from triage.ports.clock import Clock
from triage.ports.closes import Closes
from triage.ports.grants import Grants
from triage.ports.verifier import Signer, Verifier


class NoSuchRule(TriageError):
    """No playbook has it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no rule is called {name!r}; `triage case show` names rules like that")


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceDesk:
    """`seen` gives the decisions of cases that changed since a moment, labels and all.

    `taught` is until when labels taught the model: they, and a day more, certify nothing.
    `attacks` are recorded ones. `rules` are under the licences that are in force.
    """

    grants: Grants
    closes: Closes
    rules: Rules
    people: People
    verifier: Verifier
    clock: Clock
    seen: Callable[[datetime], Sequence[Seen]]
    taught: datetime | None = None
    attacks: Sequence[Ticket] = ()

    @property
    def decoys(self) -> Decoys:
        """The recorded attacks, to be tried on licences as they are."""
        return Decoys(attacks=self.attacks, rules=lambda: self.rules, clock=self.clock)

    def held(self) -> Mapping[str, Held]:
        return held(self.grants.all())

    def named(self, name: str, tier: str) -> Held:
        """The licence of a rule as it is written today. Raises NoSuchRule."""
        rule = self._rule(name)
        fresh = Held(name=name, licence=Licence(rule=rule, tier=tier))
        return self.held().get(licence_key(rule, Tier(tier)), fresh)

    def _rule(self, name: str) -> str:
        for playbook in self.rules.loaded.playbooks:
            for rule in playbook.rules:
                if f"{playbook.name}: {rule.name}" == name:
                    return meaning(playbook, rule)
        raise NoSuchRule(name)

    def allows(self, one: Held) -> Level:
        """How far it goes right now."""
        return one.permission(self.clock.now(), hashes_of(self.rules, one.licence.rule)).level

    def missing(self, one: Held) -> str:
        """Count what the next look waits for; this costs no look."""
        found = self._evidence(one)
        needed = one.licence.looks.needed(PROMISE)
        return f"{len(found.attacks)} of {needed} labelled attacks"

    @property
    def flips(self) -> Flips:
        """How often people call a real ticket harmless, as far as that is known today."""
        return reviewers(self.seen(self.clock.now() - 2 * WINDOW))

    def grant(self, name: str, tier: str, by: str, signer: Signer) -> tuple[Held, str]:
        """One step up. Returns the licence after it, and why it is no step, where it is none.

        Raises NoSuchRule, LicenceRefused, LicenceMoved and Unverified.
        """
        before = self.named(name, tier)
        hashes = hashes_of(self.rules, before.licence.rule)
        step = step_up(before, self._evidence(before), hashes, by, frozen=self._frozen(before))
        if step.grant is None:
            return before, step.why_not
        event = step.grant
        if not step.why_not:
            event = signed(event, self.people, signer, self.verifier)
        self.grants.add(event)
        return self.named(name, tier), step.why_not

    def revoke(self, name: str, tier: str, to: Level, because: str, by: str) -> Held:
        """Lower it at once. Raises NoSuchRule and LicenceMoved."""
        before = self.named(name, tier)
        self.grants.add(lowered(before, to, because, by, self.clock.now()))
        return self.named(name, tier)

    def _evidence(self, one: Held) -> Evidence:
        return self.evidence(one, self.seen(self.clock.now() - 2 * WINDOW))

    def evidence(self, one: Held, found: Sequence[Seen]) -> Evidence:
        """What these decisions say about one licence right now."""
        now = self.clock.now()
        starts = [now - WINDOW, one.licence.fell, self.taught and self.taught + EMBARGO]
        start = max(moment for moment in starts if moment is not None)
        return evidence(found, one.licence.rule, one.licence.tier, start, now)

    def _frozen(self, one: Held) -> bool:
        now = self.clock.now()
        found = self.closes.since(now - WINDOW, rule=one.licence.rule, tier=one.licence.tier)
        return any(closed.overdue(now) for closed in found)
