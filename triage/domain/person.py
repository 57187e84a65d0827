"""People and their keys: who may say what a ticket was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triage.domain.json import Record, canonical

DAYS_MAX = 90
"""How long a signature may run."""
PEOPLE_MIN = 2
"""How many different people it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody listed in `people.toml`; `keys` are OpenSSH public key lines."""

    name: str
    keys: tuple[str, ...] = ()
    email: str = ""
    manager: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everyone listed, by name."""

    people: Mapping[str, Person] = field(default_factory=dict)

    def get(self, name: str) -> Person | None:
        return self.people.get(name)


PER_DAY = 20
"""Cases that a signature closes a day where it does not say: more than that is worth a look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A statement by two people that an exact identity doing an exact thing is expected.

    `kind` is what playbooks ask for (`public-website`, `scanner`), `subject` the exact subject
    id, `types` the finding types and `account` the account it covers; `people` are the verified
    signers, at least two different ones. `days` from `signed` to `expires` is at most 90.

    Where `identities` (ARNs or unique ids), `actions` (as `iam:CreateUser` or the bare call) or a
    `window` are given, who acted, what they called and when it began have to be found among them.
    `pattern` is an EventBridge pattern over the ticket as JSON, in the place of a `subject`.
    `requester` asked for it and is none of its people. It closes `per_day` cases a day at most.
    """

    id: str
    kind: str
    subject: str
    account: str
    types: tuple[str, ...]
    because: str
    signed: datetime
    expires: datetime
    people: tuple[str, ...]
    actions: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    pattern: str = ""
    window: tuple[datetime, datetime] | None = None
    requester: str = ""
    per_day: int = PER_DAY

    @property
    def acted(self) -> bool:
        """Whether it speaks of who acted or what they did, which has to be looked up."""
        return bool(self.identities or self.actions)

    def in_force(self, now: datetime) -> bool:
        """Signed by two people, begun and not over."""
        return self.signed <= now < self.expires and len(set(self.people)) > 1

    def covers(self, kind: str, subject: str, account: str, type_: str, now: datetime) -> bool:
        """Exactly this kind, subject, account and type, signed by two people, and in force.

        One with a pattern has no subject; whether the pattern matches is for whoever asks.
        """
        named = self.kind == kind and self.account == account and type_ in self.types
        return named and (self.subject == subject or bool(self.pattern)) and self.in_force(now)

    def as_record(self) -> Record:
        return {
            "id": self.id,
            "kind": self.kind,
            "subject": self.subject,
            "account": self.account,
            "types": list(self.types),
            "because": self.because,
            "signed": self.signed.isoformat(),
            "expires": self.expires.isoformat(),
            "actions": list(self.actions),
            "identities": list(self.identities),
            "pattern": self.pattern,
            "window": [one.isoformat() for one in self.window] if self.window else None,
            "requester": self.requester,
            "per_day": self.per_day,
        }

    def statement(self) -> bytes:
        """The exact bytes that each of its people signs."""
        return canonical(self.as_record())


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a signature did so far: cases it spoke for `today` (UTC), and whether one was real."""

    today: int = 0
    missed: bool = False


SAID = ("chain", "verdict", "reason", "by", "confidence", "blind", "severity")


def verdict_statement(case: str, said: Record) -> bytes:
    """The exact bytes a person signs to give a verdict; `chain` ties it to what they saw.

    Verdicts from before there was confidence are signed without.
    """
    return canonical({"case": case, **{name: said[name] for name in SAID if name in said}})
