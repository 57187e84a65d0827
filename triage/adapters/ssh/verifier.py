"""Signatures of people, checked against the keys in people.toml."""

import sshsig
from sshsig.ssh_public_key import PublicKey

from triage.adapters.ssh import NAMESPACE
from triage.domain.errors import Unverified
from triage.domain.person import Person


class SshVerifier:
    """The verifier port on SSHSIG (`ssh-keygen -Y sign -n triage`)."""

    def verify(self, person: Person, statement: bytes, signature: str) -> None:
        try:
            keys = [PublicKey.from_openssh_str(key) for key in person.keys]
            sshsig.verify(statement, signature, keys, namespace=NAMESPACE)
        except Exception as error:
            # The library raises many kinds for malformed input; all of them mean one thing.
            why = str(error) or "no key of theirs made it"
            message = f"the signature is not {person.name}'s over exactly this: {why}"
            raise Unverified(message) from error


def unusable_because(key: str) -> str:
    """Say why no signature can be checked with an OpenSSH public key line; empty when one can."""
    try:
        PublicKey.from_openssh_str(key)
    except NotImplementedError:
        return "only ed25519 and RSA keys are read"
    except Exception as error:  # noqa: BLE001 - the library raises many kinds for malformed input
        return str(error) or "it is no OpenSSH public key"
    return ""
