"""What every test may ask for, and what CI does not let pass."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests import postgres
from tests.desk import Desk
from tests.examples import examples
from tests.worlds import Scene, a_scene
from triage.sandbox.server import Sandbox

settings.register_profile("triage", max_examples=examples(100), deadline=None)
settings.load_profile("triage")

BESIDE = ("shared", "corpus")
"""What is not part of the project and stands beside it; CI does not have it."""


SLOW_SECONDS = 600
"""How long a slow test may take: coverage and a busy machine stretch minutes, not only seconds."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give slow tests the time they need; a quick one that takes two minutes hangs."""
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOW_SECONDS))


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


@pytest.fixture
def desk(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """Give an operator's empty folder and the commands typed in it."""
    return Desk(tmp_path, capfdbinary, monkeypatch)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Databases that a test had go to the next."""
    yield
    postgres.take_back()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[Any]:
    """In CI a test that was skipped for want of a service has failed."""
    report = yield
    return _not_in_ci(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[Any]:
    """The same for a whole module."""
    report = yield
    return _not_in_ci(report)


def _not_in_ci(report: Any) -> Any:
    skipped = report.outcome == "skipped" and not hasattr(report, "wasxfail")
    in_ci = os.environ.get("CI") == "true"  # noqa: TID251 - it is CI that says so
    if not in_ci or not skipped:
        return report
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not any(word in reason for word in BESIDE):
        report.outcome = "failed"
        report.longrepr = f"in CI nothing is skipped, and this was: {reason}"
    return report
