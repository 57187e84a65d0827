"""Signed heads for scripts/kill.py: workers export them as they go, and the audit compares."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 120
ROOT = Path(__file__).resolve().parent.parent
SETTINGS = """
[anchor]
place = "{heads}"
key = "{key}"
trusted = ['{trusted}']
interval_minutes = 0.1
"""


@dataclass(frozen=True, kw_only=True)
class Notary:
    """A key and a file of heads, in the folder of a run."""

    folder: Path

    @classmethod
    def beside(cls, folder: Path) -> "Notary":
        """Make a key there."""
        notary = cls(folder=folder)
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "kill", "-f", notary._key]
        subprocess.run(made, check=True)
        return notary

    @property
    def _key(self) -> Path:
        return self.folder / "heads.key"

    @property
    def _heads(self) -> Path:
        return self.folder / "heads.jsonl"

    @property
    def settings(self) -> str:
        trusted = self._key.with_suffix(".key.pub").read_text().strip()
        return SETTINGS.format(heads=self._heads, key=self._key, trusted=trusted)

    def judge(self, count: Counter[str]) -> list[str]:
        """Anchor what is left, then audit against every head that left during the run."""
        exported = self._lines()
        self._anchor()
        report = json.loads(self._asked("verify", "--against", str(self._heads)).stdout)
        count["heads"], count["anchored"] = self._lines(), report["anchored"]
        none = [] if exported else ["no head left while workers were killed"]
        left = report["events"] - report["anchored"]
        return none + ([f"{left} events were never anchored"] if left else []) + report["problems"]

    def _anchor(self) -> None:
        """Anchor all there is; whoever was killed last may still hold the lease."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self._asked("anchor").returncode and time.monotonic() < until:
            time.sleep(2)

    def _lines(self) -> int:
        return len(self._heads.read_text().splitlines()) if self._heads.exists() else 0

    def _asked(self, *words: str) -> subprocess.CompletedProcess[str]:
        told = {"PYTHONPATH": str(ROOT), "TRIAGE_CONFIG": str(self.folder / "triage.toml")}
        command = [sys.executable, "-m", "triage", "audit", *words, "--output", "json"]
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **told},  # noqa: TID251 - it inherits what this process has
            capture_output=True,
            text=True,
            check=False,
        )
