"""An operator's folder and the commands typed in it, in this process or as one of their own."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog

from triage.cli import main

ROOT = Path(__file__).resolve().parent.parent
NOWHERE = "http://127.0.0.1:9"
SECONDS = 60


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def answer(self) -> tuple[int, str, str]:
        return self.code, self.text, self.err


@dataclass
class Desk:
    """A folder with Triage's files in it. AWS is nowhere unless `environment` says where."""

    folder: Path
    capture: pytest.CaptureFixture[bytes]
    monkeypatch: pytest.MonkeyPatch
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def key(self, name: str, kind: str = "ed25519") -> str:
        """Make a key pair with OpenSSH's own tool and give the public line."""
        command = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", name]
        subprocess.run(command, cwd=self.folder, check=True, stdin=subprocess.DEVNULL)
        return (self.folder / f"{name}.pub").read_text().strip()

    def people(self, *names: str) -> None:
        """List people with a key each, and say so in triage.toml."""
        entries = [f'[people.{name}]\nkeys = ["{self.key(name)}"]\n' for name in names]
        self.write("people.toml", "\n".join(entries))
        self.environment["TRIAGE_PATHS__PEOPLE"] = "people.toml"

    def triage(self, *words: str, stdin: bytes = b"") -> Said:
        """Run a command in this process."""
        before = signal.getsignal(signal.SIGINT)
        with self.monkeypatch.context() as patch:
            patch.chdir(self.folder)
            for name, value in self._environment().items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["triage", *words])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            self.capture.readouterr()
            code = _code()
        signal.signal(signal.SIGINT, before)
        structlog.reset_defaults()
        out, err = self.capture.readouterr()
        return Said(code, out, err.decode())

    def process(self, *words: str, stdin: bytes = b"") -> Said:
        """Run a command as a process of its own."""
        done = subprocess.run(
            self.command(words),
            cwd=self.folder,
            env=self._surroundings(),
            input=stdin,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr.decode())

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start a command and leave it running."""
        return subprocess.Popen(
            self.command(words),
            cwd=self.folder,
            env=self._surroundings(),
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    @staticmethod
    def command(words: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "triage", *words]

    def _surroundings(self) -> Mapping[str, str]:
        kept = ("PATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE")
        outside = os.environ  # noqa: TID251 - a child starts from ours
        measured = [name for name in outside if name.startswith("COVERAGE_")]
        given = {name: outside[name] for name in (*kept, *measured) if name in outside}
        home = {"HOME": str(self.folder), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
        return {**given, **home, **self._environment()}

    def _environment(self) -> Mapping[str, str]:
        nowhere = {
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_ENDPOINT_URL": NOWHERE,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        return {**nowhere, **self.environment}


def _code() -> int:
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def a_report(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A message by a person: no playbook speaks about it, so nothing has to be looked up."""
    fields = {
        "id": f"r{number}",
        "title": "Somebody asks for my password",
        "text": "On the phone.",
        "reporter": "bob@example.com",
        "account": "111122223333",
        "reported_at": "2026-11-20T12:00:00Z",
    }
    return {"report": fields | changes}


def body(message: object) -> bytes:
    """A message as it arrives."""
    return json.dumps(message).encode()


def lines(*messages: object) -> bytes:
    """A message a line."""
    return b"".join(body(message) + b"\n" for message in messages)
