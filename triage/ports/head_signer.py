"""Vouching for heads, and telling who did."""

from typing import Protocol

from triage.domain.head import Head, SignedHead


class HeadSigner(Protocol):
    """Signs with a key that whoever can write the store should not have."""

    def sign(self, head: Head) -> SignedHead:
        """Sign its statement. Raises Unverified when the key cannot be used."""


class HeadVerifier(Protocol):
    """Knows the keys that count."""

    def verify(self, signed: SignedHead) -> None:
        """Return when a key that counts signed exactly this head; raise Unverified."""
