"""Every backend of a port as a fixture parameter; the same suite runs on each."""

import pytest

from tests.stored import QUEUES, STORES, SteppingClock
from tests.trails import filled


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


@pytest.fixture(params=QUEUES)
def open_queue(request, tmp_path, clock):
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
