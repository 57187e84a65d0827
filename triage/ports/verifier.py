"""Checking that a person said something."""

from typing import Protocol

from triage.domain.person import Person


class Verifier(Protocol):
    """Verifies detached signatures (OpenSSH SSHSIG, namespace `triage`)."""

    def verify(self, person: Person, statement: bytes, signature: str) -> None:
        """Return when one of the person's keys signed exactly `statement`; raise Unverified."""


class Signer(Protocol):
    """Signs as somebody, with a key this machine holds."""

    def sign(self, statement: bytes) -> str:
        """Return an armoured signature over `statement`. Raises Unverified without a key."""
