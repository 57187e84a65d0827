"""The sandbox as a fixture: one per worker process, empty again for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds import Scene, a_scene
from triage.sandbox.server import Sandbox


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    """Serve on a free port; use `sandbox` instead, which is reset."""
    with Sandbox.start() as server:
        yield server


@pytest.fixture
def sandbox(sandbox_server: Sandbox) -> Sandbox:
    """Give an empty sandbox: `sandbox.load(...)` what the test needs."""
    sandbox_server.reset()
    sandbox_server.limits.per_second = {}
    return sandbox_server


@pytest.fixture
def scene(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Give a whole engine whose AWS is the sandbox."""
    with a_scene(sandbox, tmp_path, monkeypatch) as made:
        yield made
