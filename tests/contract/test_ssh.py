"""Signatures: ours are OpenSSH's, OpenSSH's are ours, and nothing else counts."""

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from triage.adapters.ssh.signer import KeySigner, public_line, sign_with
from triage.adapters.ssh.verifier import SshVerifier, unusable_because
from triage.domain.errors import Unverified
from triage.domain.person import Person

SAID = b'{"case":"abc","verdict":"benign"}'


def keygen(folder: Path, *words: str, said: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    command = ["ssh-keygen", *words]
    return subprocess.run(command, cwd=folder, input=said, capture_output=True, check=False)


def a_key(folder: Path, kind: str = "ed25519", passphrase: str = "") -> tuple[Path, str]:
    made = keygen(folder, "-q", "-t", kind, "-N", passphrase, "-C", "a b", "-f", kind)
    assert made.returncode == 0, made.stderr
    return folder / kind, (folder / f"{kind}.pub").read_text()


def alice(*keys: str) -> Person:
    return Person(name="alice", keys=keys)


def signed_by_openssh(folder: Path, key: Path, namespace: str = "triage") -> str:
    made = keygen(folder, "-q", "-Y", "sign", "-n", namespace, "-f", str(key), said=SAID)
    assert made.returncode == 0, made.stderr
    return made.stdout.decode()


def test_openssh_accepts_what_we_sign(tmp_path):
    key, public = a_key(tmp_path)
    (tmp_path / "allowed").write_text(f"alice {public}")
    (tmp_path / "sig").write_text(KeySigner(key).sign(SAID))
    words = ["-Y", "verify", "-f", "allowed", "-I", "alice", "-n", "triage", "-s", "sig"]
    assert keygen(tmp_path, *words, said=SAID).returncode == 0
    assert keygen(tmp_path, *words, said=SAID + b" ").returncode != 0


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_we_accept_what_openssh_signs(tmp_path, kind):
    key, public = a_key(tmp_path, kind)
    assert unusable_because(public) == ""
    SshVerifier().verify(alice(public), SAID, signed_by_openssh(tmp_path, key))


def test_one_of_several_keys_is_enough(tmp_path):
    _, other = a_key(tmp_path, "rsa")
    key, public = a_key(tmp_path)
    SshVerifier().verify(alice(other, public), SAID, KeySigner(key).sign(SAID))


@pytest.mark.parametrize(
    "case", ["other words", "other key", "no key", "other namespace", "no armour", "nothing"]
)
def test_nothing_else_is_a_signature(tmp_path, case):
    key, public = a_key(tmp_path)
    good = signed_by_openssh(tmp_path, key)
    stranger = Ed25519PrivateKey.generate()
    person, said, signature = {
        "other words": (alice(public), SAID + b" ", good),
        "other key": (alice(public), SAID, sign_with(stranger, SAID)),
        "no key": (alice(), SAID, good),
        "other namespace": (alice(public), SAID, signed_by_openssh(tmp_path, key, "git")),
        "no armour": (alice(public), SAID, good.replace("-----BEGIN", "")),
        "nothing": (alice(public), SAID, ""),
    }[case]
    with pytest.raises(Unverified, match="not alice's over exactly this"):
        SshVerifier().verify(person, said, signature)


def test_every_changed_byte_of_a_signature_breaks_it():
    key = Ed25519PrivateKey.generate()
    first, *armoured, last, end = sign_with(key, SAID).split("\n")
    blob = base64.b64decode("".join(armoured))
    for at in range(len(blob) - 64, len(blob)):
        changed = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        armour = "\n".join([first, base64.b64encode(changed).decode(), last, end])
        with pytest.raises(Unverified):
            SshVerifier().verify(alice(public_line(key)), SAID, armour)


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_a_key_with_a_passphrase_is_openssh_s_business(tmp_path, monkeypatch, kind):
    key, public = a_key(tmp_path, kind, passphrase="swordfish")
    asks = tmp_path / "asks"
    asks.write_text("#!/bin/sh\necho $TOLD\n")
    asks.chmod(0o700)
    monkeypatch.setenv("SSH_ASKPASS", str(asks))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.setenv("TOLD", "swordfish")
    SshVerifier().verify(alice(public), SAID, KeySigner(key).sign(SAID))
    monkeypatch.setenv("TOLD", "wrong")
    with pytest.raises(Unverified, match="incorrect passphrase"):
        KeySigner(key).sign(SAID)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unverified, match="without OpenSSH's ssh-keygen"):
        KeySigner(key).sign(SAID)


def test_a_key_that_is_none_says_so(tmp_path):
    with pytest.raises(Unverified, match="No such file"):
        KeySigner(tmp_path / "gone").sign(SAID)
    (tmp_path / "text").write_text("hello")
    (tmp_path / "text").chmod(0o600)
    with pytest.raises(Unverified, match="cannot sign with"):
        KeySigner(tmp_path / "text").sign(SAID)


def test_a_public_key_that_cannot_be_used_says_why(tmp_path):
    _, public = a_key(tmp_path, "ecdsa")
    assert unusable_because(public) == "only ed25519 and RSA keys are read"
    assert unusable_because("hello")
    assert unusable_because("ssh-ed25519 AAAA")
    assert unusable_because("")
