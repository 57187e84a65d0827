"""One trace a ticket, off by default, and nothing of what a ticket says in it."""

import json
import subprocess
import sys
from collections import Counter
from contextlib import closing

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.desk import ROOT
from tests.engines import an_engine, finding
from triage.adapters.otel.tracing import OtelTracing, open_tracing
from triage.ports.tracing import Untraced


@pytest.fixture
def collected():
    return InMemorySpanExporter()


@pytest.fixture
def tracing(collected):
    with closing(OtelTracing(SimpleSpanProcessor(collected))) as opened:
        yield opened


def worked_on(folder, tracing):
    """Receive two tickets, one of them twice; decide; tell people."""
    with an_engine(folder, "bob") as engine:
        engine.change(tracing=tracing)
        engine.submit(finding("one"), finding("two"))
        engine.submit(finding("one"))
        first, second = engine.decide()
        engine.run_effects()
        return first.id, second.id


def test_one_trace_a_ticket_with_everything_below_its_receipt(tmp_path, tracing, collected):
    cases = worked_on(tmp_path, tracing)
    spans = collected.get_finished_spans()
    counted = Counter(one.name for one in spans if one.name != "reads")
    assert counted == {"receive": 3, "decide": 2, "effect": 2}
    for case in cases:
        mine = [one for one in spans if one.context.trace_id == _trace(spans, case)]
        (root,) = [one for one in mine if one.parent is None]
        assert (root.name, root.attributes["triage.reception"]) == ("receive", "new")
        (decide,) = [one for one in mine if one.name == "decide"]
        reads = [one for one in mine if one.name == "reads"]
        above = {one.name: one.parent.span_id for one in mine if one is not root}
        expected = dict.fromkeys(above, root.context.span_id)
        assert above == {**expected, "reads": decide.context.span_id}
        assert decide.attributes["triage.decision"] == "escalate"
        assert reads[0].attributes["triage.failed"] == reads[0].attributes["triage.count"]


def _about(span):
    return span.attributes.get("triage.case")


def _trace(spans, case):
    (name,) = {one.context.trace_id for one in spans if _about(one) == case}
    return name


def test_nothing_of_what_a_ticket_says_leaves_the_house(tmp_path, tracing, collected):
    worked_on(tmp_path, tracing)
    told = json.dumps([dict(one.attributes) for one in collected.get_finished_spans()])
    for text in ("111111111111", "arn:", "S3 general purpose", "eu-west-1", "bob"):
        assert text not in told


def test_the_trace_of_a_case_is_the_same_in_every_process_and_sampled_as_a_whole(monkeypatch):
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    seen = {}
    for collected in (InMemorySpanExporter(), InMemorySpanExporter()):
        with closing(OtelTracing(SimpleSpanProcessor(collected))) as tracing:
            for number in range(40):
                with tracing.part(f"case{number}", "decide", {}), tracing.inside("reads", {}):
                    pass
        for one in collected.get_finished_spans():
            seen.setdefault(one.context.trace_id, []).append(one.name)
    assert 5 < len(seen) < 35
    assert {tuple(sorted(names)) for names in seen.values()} == {
        ("decide", "decide", "reads", "reads")
    }


def test_what_is_raised_inside_a_part_goes_through_and_fails_it(tracing, collected):
    with pytest.raises(OSError, match="full"), tracing.part("c", "effect", {}):
        raise OSError("full")
    (span,) = collected.get_finished_spans()
    assert not span.status.is_ok


def test_inside_of_nothing_nothing_is_told(tracing, collected):
    with tracing.inside("reads", {}) as part:
        part.note({"failed": 1})
    assert collected.get_finished_spans() == ()


def test_without_traces_the_same_work_is_done(tmp_path):
    assert len(worked_on(tmp_path, Untraced())) == 2


def test_what_has_not_left_is_handed_over_at_the_end(collected):
    tracing = open_tracing(collected)
    with tracing.part("c", "decide", {}):
        pass
    tracing.close()
    assert [one.name for one in collected.get_finished_spans()] == ["decide"]


@pytest.mark.parametrize(("enabled", "imported"), [("false", "False"), ("true", "True")])
def test_off_nothing_of_it_is_imported(tmp_path, enabled, imported):
    script = (
        "import sys; from contextlib import ExitStack\n"
        "from triage.wiring.bootstrap import settings\n"
        "from triage.wiring.operating import tracing\n"
        "with ExitStack() as stack: tracing(settings(), stack)\n"
        "print('opentelemetry' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={
            "PYTHONPATH": str(ROOT),
            "TRIAGE_TRACING__ENABLED": enabled,
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == imported
