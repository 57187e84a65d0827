"""Heads signed and checked with OpenSSH keys."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from pathlib import Path

import sshsig
from sshsig.ssh_public_key import PublicKey

from triage.adapters.ssh import NAMESPACE
from triage.adapters.ssh.signer import MAGIC, KeySigner
from triage.domain.errors import Unverified
from triage.domain.head import Head, SignedHead

SCHEME = "ssh:"
VERSION_BYTES, LENGTH_BYTES = 4, 4


class SshHeads:
    """The head signer port on a key file."""

    def __init__(self, path: Path) -> None:
        self._signer = KeySigner(path)

    def sign(self, head: Head) -> SignedHead:
        signature = self._signer.sign(head.statement())
        return SignedHead(head=head, by=SCHEME + maker(signature), signature=signature)


class SshHeadVerifier:
    """The head verifier port on public key lines."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = tuple(keys)

    def verify(self, signed: SignedHead) -> None:
        by = SCHEME + maker(signed.signature)
        if by not in {SCHEME + fingerprint(key) for key in self._keys}:
            raise Unverified(f"{by} is no key that anchor.trusted names")
        try:
            keys = [PublicKey.from_openssh_str(key) for key in self._keys]
            sshsig.verify(signed.head.statement(), signed.signature, keys, namespace=NAMESPACE)
        except Exception as error:
            # The library raises many kinds for malformed input; all of them mean one thing.
            raise Unverified(f"{by} did not sign exactly this") from error


def fingerprint(key: str) -> str:
    """Name a public key line as `ssh-keygen -l` does; "" when it is none."""
    try:
        return _named(base64.b64decode(key.split()[1], validate=True))
    except (IndexError, binascii.Error, ValueError):
        return ""


def maker(armoured: str) -> str:
    """Name the key that a signature says it was made with. Raises Unverified for no signature.

    After the magic and a version comes the public key, behind its length (PROTOCOL.sshsig).
    """
    try:
        lines = [line for line in armoured.split("\n") if line and not line.startswith("-----")]
        blob = base64.b64decode("".join(lines), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unverified("it carries no signature") from error
    start = len(MAGIC) + VERSION_BYTES + LENGTH_BYTES
    length = int.from_bytes(blob[start - LENGTH_BYTES : start])
    if not blob.startswith(MAGIC) or len(blob) < start + length:
        raise Unverified("it carries no signature")
    return _named(blob[start : start + length])


def _named(blob: bytes) -> str:
    hashed = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return f"SHA256:{hashed}"
