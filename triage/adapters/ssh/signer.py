"""Signing with an OpenSSH private key, as `ssh-keygen -Y sign -n triage` does.

The format is OpenSSH's PROTOCOL.sshsig: the key signs a blob that names the namespace and the
hash of the message, and the armour carries key, namespace and signature.
"""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_private_key,
)

from triage.adapters.ssh import NAMESPACE
from triage.domain.errors import Unverified

MAGIC = b"SSHSIG"
VERSION = 1
HASH = b"sha512"
LINE = 70


class KeySigner:
    """The signer port on a key file; `passphrase` is asked only when the key has one."""

    def __init__(self, path: Path, passphrase: Callable[[], str] | None = None) -> None:
        self._path = path
        self._passphrase = passphrase

    def sign(self, statement: bytes) -> str:
        return sign_with(self._key(), statement)

    def _key(self) -> Ed25519PrivateKey:
        try:
            text = self._path.read_bytes()
            key = self._load(text)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise Unverified(f"cannot sign with {self._path}: {error}") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise Unverified(f"{self._path} is no ed25519 key; make one with ssh-keygen -t ed25519")
        return key

    def _load(self, text: bytes) -> object:
        try:
            return load_ssh_private_key(text, password=None)
        except TypeError:
            if self._passphrase is None:
                raise
            return load_ssh_private_key(text, password=self._passphrase().encode())


def sign_with(key: Ed25519PrivateKey, statement: bytes) -> str:
    """Sign with a key at hand; the armour is what ssh-keygen -Y verify reads."""
    hashed = hashlib.sha512(statement).digest()
    namespace = _string(NAMESPACE.encode())
    told = namespace + _string(b"") + _string(HASH)
    signature = _string(b"ssh-ed25519") + _string(key.sign(MAGIC + told + _string(hashed)))
    public = _string(b"ssh-ed25519") + _string(_raw(key))
    blob = MAGIC + VERSION.to_bytes(4) + _string(public) + told + _string(signature)
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + LINE] for at in range(0, len(text), LINE)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def public_line(key: Ed25519PrivateKey) -> str:
    """The line that goes into people.toml."""
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return line.decode()


def _raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _string(value: bytes) -> bytes:
    return len(value).to_bytes(4) + value
