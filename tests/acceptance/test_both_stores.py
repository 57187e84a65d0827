"""The same tickets on SQLite and on PostgreSQL: the same record, byte for byte."""

import gzip
import json
from collections import Counter
from contextlib import contextmanager
from itertools import islice, zip_longest

import pytest

from tests.desk import ROOT
from tests.engines import NoEvidence, an_engine
from tests.stored import STORES
from triage.adapters.files.messages import messages
from triage.adapters.storage import verify
from triage.domain.evidence import Got, Missing
from triage.engine.limits import Limits
from triage.questions.resource_kinds import KINDS

FIXTURES = ROOT / "tests" / "fixtures" / "intake"
CORPUS = ROOT.parent / "shared" / "corpus"
BATCH = 100
CODES = {kind.read: min(kind.gone) for kind in KINDS if kind.gone}


class GoneEvidence(NoEvidence):
    """Security Hub confirms what it told; every resource that can be looked up is gone."""

    def __init__(self, findings):
        self.findings = findings

    def fetch(self, reads, *, deadline, fresh):
        unknown = super().fetch(reads, deadline=deadline, fresh=fresh)
        return {one: self._answer(one, fresh) or failed for one, failed in unknown.items()}

    def _answer(self, read, as_of):
        if read.kind in CODES:
            return Missing(code=CODES[read.kind], as_of=as_of, source=read.kind)
        known = self.findings.get(read.argument("finding"))
        if known and read.kind == "securityhub.get_findings":
            return Got(payload={"Findings": [known]}, as_of=as_of, source=read.kind)
        return None


def findings_in(body):
    """Every Security Hub finding of a message, by its id."""
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    event = content if isinstance(content, dict) else {}
    detail = event.get("detail")
    listed = detail.get("findings", []) if isinstance(detail, dict) else [event]
    return {one["Id"]: one for one in listed if "ProductArn" in one and "Id" in one}


def own_fixtures():
    return messages([str(FIXTURES)])


def corpus():
    """Every record of the corpus as a message."""
    for path in sorted(CORPUS.glob("*.jsonl.gz")):
        with gzip.open(path) as lines:
            yield from (json.dumps(json.loads(line)["record"]).encode() for line in lines)


@contextmanager
def recorded(folder, backend, bodies):
    """Yield a store after every message was decided and answered by nobody."""
    folder.mkdir()
    with an_engine(folder, "first", "second", backend=backend) as engine:
        # One thread: which of two effects ends first is nobody's decision.
        known = {}
        engine.change(limits=Limits(threads=1), evidence=GoneEvidence(known))
        rest = iter(bodies)
        while batch := list(islice(rest, BATCH)):
            known.update(pair for body in batch for pair in findings_in(body).items())
            engine.submit(*batch)
            while engine.decide():
                pass
        engine.pass_time(minutes=20)
        yield engine


def differences(one, other):
    """Everything that is on record and differs, and how often which decision was made."""
    wrong, decisions = [], Counter()
    for chain, twin in zip_longest(one.store.cases.chains(), other.store.cases.chains()):
        wrong += [] if chain == twin else [(chain, twin)]
        decisions[json.loads(chain.state)["decided"]["decision"]] += 1
    for read in (incidents, quarantined, counts, told):
        wrong += [] if read(one) == read(other) else [read.__name__]
    return wrong, decisions


def incidents(engine):
    return engine.store.incidents.incidents(at_most=1_000_000)


def quarantined(engine):
    found = engine.store.quarantine.list(at_most=1_000_000)
    return {entry.id: (entry, engine.store.quarantine.show(entry.id)[1]) for entry in found}


def counts(engine):
    return engine.store.cases.count()


def told(engine):
    return sorted(engine.notifier.told)


def compared(tmp_path, bodies):
    one, other = (recorded(tmp_path / backend, backend, bodies()) for backend in STORES)
    with one as sqlite, other as postgres:
        problems = [
            problem for each in (sqlite, postgres) for problem in verify(each.store).problems
        ]
        wrong, decisions = differences(sqlite, postgres)
        return [*problems, *wrong], decisions, len(quarantined(sqlite))


def test_both_stores_record_and_decide_a_part_of_the_fixtures_alike(tmp_path):
    wrong, decisions, *_ = compared(tmp_path, lambda: islice(own_fixtures(), 0, None, 9))
    assert wrong == []
    assert set(decisions) == {"escalate", "close"}


@pytest.mark.slow
def test_both_stores_record_and_decide_every_fixture_alike(tmp_path):
    wrong, decisions, *_ = compared(tmp_path, own_fixtures)
    assert wrong == []
    assert decisions["escalate"] > 150
    assert decisions["close"] > 3


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not part of the project")
def test_both_stores_record_and_decide_the_whole_corpus_alike(tmp_path):
    wrong, decisions, kept = compared(tmp_path, corpus)
    assert wrong == []
    assert decisions["escalate"] > 2_000
    assert decisions["close"] > 10
    assert kept > 30_000
