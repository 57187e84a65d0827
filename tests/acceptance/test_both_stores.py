"""The same tickets on SQLite and on PostgreSQL: the same record, byte for byte."""

import pytest

from tests.desk import ROOT
from tests.engines import an_engine
from tests.stored import STORES
from triage.adapters.files.messages import messages
from triage.adapters.storage import verify
from triage.engine.limits import Limits

FIXTURES = ROOT / "tests" / "fixtures" / "intake"
BATCH = 50


def recorded(folder, backend):
    """Everything that is on record after every fixture was decided and answered by nobody."""
    bodies = list(messages([str(FIXTURES)]))
    with an_engine(folder, "first", "second", backend=backend) as engine:
        # One thread: which of two effects ends first is nobody's decision.
        engine.change(limits=Limits(threads=1))
        for start in range(0, len(bodies), BATCH):
            engine.submit(*bodies[start : start + BATCH])
            while engine.decide():
                pass
        engine.pass_time(minutes=20)
        assert verify(engine.store).problems == ()
        return {
            "chains": list(engine.store.cases.chains()),
            "incidents": engine.store.incidents.incidents(at_most=1000),
            "quarantine": {one.id: one for one in engine.store.quarantine.list(at_most=1000)},
            "counts": engine.store.cases.count(),
            "told": sorted(engine.notifier.told),
        }


@pytest.mark.slow
def test_every_store_records_and_decides_every_fixture_alike(tmp_path):
    found = {}
    for backend in STORES:
        (tmp_path / backend).mkdir()
        found[backend] = recorded(tmp_path / backend, backend)
    one, other = found.values()
    assert len(one["chains"]) > 150
    assert one == other
