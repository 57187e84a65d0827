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


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A statement by two people that an exact identity doing an exact thing is expected.

    `kind` is what playbooks ask for (`public-website`, `scanner`), `subject` the exact subject
    id, `types` the finding types and `account` the account it covers; `people` are the verified
    signers, at least two different ones. `days` from `signed` to `expires` is at most 90.
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

    def covers(self, kind: str, subject: str, account: str, type_: str, now: datetime) -> bool:
        """Exactly this kind, subject, account and type, signed by two people, and in force."""
        exact = (self.kind, self.subject, self.account) == (kind, subject, account)
        in_force = self.signed <= now < self.expires
        return exact and in_force and type_ in self.types and len(set(self.people)) > 1

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
        }

    def statement(self) -> bytes:
        """The exact bytes that each of its people signs."""
        return canonical(self.as_record())


SAID = ("chain", "verdict", "reason", "by", "confidence", "blind")


def verdict_statement(case: str, said: Record) -> bytes:
    """The exact bytes a person signs to give a verdict; `chain` ties it to what they saw.

    Verdicts from before there was confidence are signed without.
    """
    return canonical({"case": case, **{name: said[name] for name in SAID if name in said}})
