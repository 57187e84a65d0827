"""Every backend of a port as a fixture parameter; the same suite runs on each."""

from pathlib import Path

import pytest

from tests.stored import QUEUES, REGION, STORES, SteppingClock
from tests.trails import filled

HERE = Path(__file__).parent
ON_BOTH = ("test_case_store", "test_outbox", "test_schemas", "test_switches")
"""Suites that the quick run makes on both stores; the slow run makes all of them."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        params = getattr(item, "callspec", None)
        second = params is not None and "postgres" in params.params.values()
        if second and item.path.parent == HERE and item.path.stem not in ON_BOTH:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(params=STORES)
def open_again(request, tmp_path):
    """Open the same store once more, with connections of its own, as another process would."""
    with STORES[request.param](tmp_path) as first:
        yield lambda: STORES[request.param](tmp_path)
        del first


@pytest.fixture
def store(open_again):
    with open_again() as opened:
        yield opened


@pytest.fixture
def clock():
    return SteppingClock()


@pytest.fixture
def local_sqs(sandbox, clock, monkeypatch):
    """The sandbox's SQS, going by the test's clock."""
    for name, value in sandbox.environment(region=REGION).items():
        monkeypatch.setenv(name, value)
    before = sandbox.keep_time(clock)
    yield sandbox
    sandbox.keep_time(before)


@pytest.fixture(params=QUEUES)
def open_queue(request, tmp_path, clock):
    if request.param == "sqs":
        request.getfixturevalue("local_sqs")
    with QUEUES[request.param](tmp_path, clock, 30.0):
        yield lambda: QUEUES[request.param](tmp_path, clock, 30.0)


@pytest.fixture
def queue(open_queue):
    with open_queue() as opened:
        yield opened


@pytest.fixture
def archive_of(tmp_path):
    """Archives of given files, closed again."""
    opened = []

    def make(files, **options):
        opened.append(filled(tmp_path / f"{len(opened)}", files, **options))
        return opened[-1]

    yield make
    for archive in opened:
        archive.close()
