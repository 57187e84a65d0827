"""Everything a decision rests on besides the case itself, frozen and named by hash."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from triage.domain.account import Account, Organisation, Tier
from triage.domain.permission import Permission, licence_key
from triage.domain.person import Signature, Use
from triage.domain.policy import Policy
from triage.judgement.history import History
from triage.judgement.score import Model
from triage.playbook.loader import Loaded
from triage.playbook.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The world of one decision.

    `now` is the moment it is judged at, `licences` what each rule, by its meaning, may do in each
    tier (see domain/permission.py; one not listed is in shadow), `uses` what signatures did so far
    by their ids, `history` what people said of tickets before. Two equal contexts give equal
    decisions.
    """

    now: datetime
    playbooks: Loaded
    vocabulary: Vocabulary
    organisation: Organisation
    signatures: tuple[Signature, ...] = ()
    licences: Mapping[str, Permission] = field(default_factory=dict)
    uses: Mapping[str, Use] = field(default_factory=dict)
    history: History = field(default_factory=History)
    model: Model
    policy: Policy = field(default_factory=Policy)

    def at(self, now: datetime) -> "Context":
        """The same world at another moment."""
        return replace(self, now=now)

    def having(self, uses: Mapping[str, Use]) -> "Context":
        """The same world, knowing what these signatures did so far."""
        return replace(self, uses=uses)

    def knowing(self, history: History) -> "Context":
        """The same world, with what people said of tickets before."""
        return replace(self, history=history)

    def account(self, account_id: str) -> Account:
        return self.organisation.account(account_id)

    def licence(self, rule: str, tier: Tier) -> Permission:
        """What a rule, named by its meaning, may do in a tier."""
        return self.licences.get(licence_key(rule, tier), Permission())
