"""Signing with an OpenSSH private key, as `ssh-keygen -Y sign -n triage` does.

The format is OpenSSH's PROTOCOL.sshsig: the key signs a blob that names the namespace and the
hash of the message, and the armour carries key, namespace and signature.
"""

import base64
import hashlib
import shutil
import subprocess
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
OPENSSH = "ssh-keygen"


class KeySigner:
    """The signer port on a key file.

    A plain ed25519 key signs here. Anything else (a passphrase, an agent, a token, RSA) is what
    `ssh-keygen` is for: it asks on the terminal what it has to ask.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def sign(self, statement: bytes) -> str:
        key = self._plain_key()
        return self._by_openssh(statement) if key is None else sign_with(key, statement)

    def _plain_key(self) -> Ed25519PrivateKey | None:
        try:
            key = load_ssh_private_key(self._path.read_bytes(), password=None)
        except OSError as error:
            raise Unverified(f"cannot sign with {self._path}: {error.strerror}") from error
        except (ValueError, TypeError, UnsupportedAlgorithm):
            return None
        return key if isinstance(key, Ed25519PrivateKey) else None

    def _by_openssh(self, statement: bytes) -> str:
        program = shutil.which(OPENSSH)
        if program is None:
            raise Unverified(f"cannot sign with {self._path} without OpenSSH's {OPENSSH}")
        command = [program, "-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(self._path)]
        done = subprocess.run(command, input=statement, capture_output=True, check=False)  # noqa: S603 - fixed words and a path, no shell
        if done.returncode != 0:
            why = done.stderr.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
            raise Unverified(f"cannot sign with {self._path}: {why[-1]}")
        return done.stdout.decode()


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
