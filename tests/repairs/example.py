"""What a fix needs for the laws to be tried on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.builders import NOON, a_ticket, an_account
from triage.domain.ticket import Subject
from triage.questions.question import Asking

ACCOUNT, REGION = "111122223333", "eu-west-1"


@dataclass(frozen=True, kw_only=True)
class Example:
    """A sandbox in which something is to be repaired.

    `inside` is what the account holds, `subject` what the ticket is about. `meddle` changes the
    repaired resource as somebody else might, so that taking the repair back would undo their work.
    """

    inside: Mapping[str, Any]
    subject: Subject
    meddle: Callable[[Callable[[str], Any]], object]
    parameters: Mapping[str, object] = field(default_factory=dict)

    @property
    def scenario(self) -> Mapping[str, Any]:
        return {"region": REGION, "accounts": {ACCOUNT: dict(self.inside)}}

    @property
    def asking(self) -> Asking:
        """The ticket, put to the fix."""
        return Asking(
            ticket=a_ticket(subject=self.subject),
            account=an_account(),
            now=NOON,
            parameters=self.parameters,
        )
