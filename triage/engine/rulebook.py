"""The rules in force: replaced whole while the engine runs, never half.

The engine asks once per batch (World.latest), so every decision of a batch, and every step of one
decision, rests on one set.
"""

from collections.abc import Mapping
from threading import Lock

from triage.domain.account import Organisation
from triage.domain.permission import Permission
from triage.domain.person import Signature
from triage.engine.rules import Rules
from triage.playbook.loader import Loaded


class Rulebook:
    """Hands out the current rules. Safe to ask and to change from several threads."""

    def __init__(self, rules: Rules) -> None:
        self._lock = Lock()
        self._rules = rules

    def current(self) -> Rules:
        with self._lock:
            return self._rules

    def reorganise(self, organisation: Organisation) -> bool:
        """Put another organisation map in force; False when it says nothing new."""
        with self._lock:
            if self._rules.organisation == organisation:
                return False
            self._rules = self._rules.under(organisation)
            return True

    def attest(self, signatures: tuple[Signature, ...]) -> bool:
        """Put other signatures in force; False when they are the same."""
        with self._lock:
            if self._rules.signatures == signatures:
                return False
            self._rules = self._rules.attested(signatures)
            return True

    def rewrite(self, files: Mapping[str, str], loaded: Loaded) -> None:
        """Put another set of playbooks in force; `loaded` is what a check of `files` found."""
        with self._lock:
            self._rules = self._rules.with_playbooks(files, loaded)

    def license(self, licences: Mapping[str, Permission]) -> bool:
        """Put other licences in force; False when they say nothing new."""
        with self._lock:
            if self._rules.licences == licences:
                return False
            self._rules = self._rules.with_licences(licences)
        return True
