"""What the outside of a message says about the record inside."""

from dataclasses import dataclass
from datetime import datetime

from triage.domain.json import Record
from triage.intake.fields import Fields
from triage.intake.times import not_after

REGION_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """When and around what a record arrived.

    `envelope` is the EventBridge event without its detail, or empty. It may come from the
    delegated administrator's account: what the record itself says goes first. `body` names the
    stored bytes the record can be read from again.
    """

    received: datetime
    body: str
    envelope: Record

    def account(self) -> str:
        return Fields(self.envelope).text("account")

    def region(self) -> str:
        return Fields(self.envelope).text("region")

    def time(self) -> datetime:
        """When EventBridge says it happened, else when the message was received."""
        return not_after(Fields(self.envelope).time("time") or self.received, self.received)

    def or_now(self, *times: datetime | None) -> datetime:
        """Pick the first of the record's own times, else the delivery's; never in the future."""
        own = next((time for time in times if time is not None), self.time())
        return not_after(own, self.received)


def region_of(*candidates: str) -> str | None:
    """Pick the first text that can be a Region of any cloud; None when none can."""
    return next((text for text in candidates if _is_region(text)), None)


def _is_region(text: str) -> bool:
    return text[:1].isalpha() and REGION_ALPHABET.issuperset(text)
