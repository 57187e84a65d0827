"""Runs a sandbox until it is told to stop, for a person at a terminal."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

from triage.sandbox.limits import PUBLISHED
from triage.sandbox.server import Sandbox

SMALL = Path(__file__).parent / "scenarios" / "small.yaml"


def up(
    *, scenario: Path = SMALL, port: int, limited: bool, say: Callable[[str], None], stop: Event
) -> None:
    """Serve the scenario, say one `NAME=value` line per variable to set, and wait for `stop`.

    `limited` enforces AWS's published request limits. Raises SandboxBusy, ScenarioInvalid.
    """
    limits = PUBLISHED if limited else {}
    with Sandbox.start(scenario=scenario, port=port, limits=limits) as sandbox:
        for name, value in sandbox.environment().items():
            say(f"{name}={value}")
        stop.wait()
