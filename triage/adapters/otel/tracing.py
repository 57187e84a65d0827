"""The tracing port on OpenTelemetry's SDK, set up by its own environment (OTEL_*).

A ticket is worked on by several processes, at any time: its trace and the span everything is below
are named after the case, so that nobody has to hand them on. Whether a trace is sampled follows
from its name too, so that all of it is or none.
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from opentelemetry import trace
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags
from typing_extensions import override

from triage import __version__
from triage.ports.tracing import NOTHING, Fields, Span

CASE = "triage.case"
PREFIX = "triage."
NAMED: ContextVar[SpanContext | None] = ContextVar("named", default=None)
"""What the next root span has to be called."""


class CaseIds(IdGenerator):
    """Names the first span of a case after it, and every other one at random."""

    def __init__(self) -> None:
        self._random = RandomIdGenerator()

    @override
    def generate_trace_id(self) -> int:
        named = NAMED.get()
        return named.trace_id if named else self._random.generate_trace_id()

    @override
    def generate_span_id(self) -> int:
        named = NAMED.get()
        return named.span_id if named else self._random.generate_span_id()


class OtelTracing:
    """The tracing port. `processor` takes what is finished."""

    def __init__(self, processor: SpanProcessor) -> None:
        resource = Resource.create({SERVICE_NAME: "triage", SERVICE_VERSION: __version__})
        self._provider = TracerProvider(resource=resource, id_generator=CaseIds())
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("triage", __version__)

    @contextmanager
    def part(self, case: str, name: str, fields: Fields) -> Iterator[Span]:
        above = trace.set_span_in_context(NonRecordingSpan(self._root(case)))
        attributes = {CASE: case, **_attributes(fields)}
        with self._tracer.start_as_current_span(name, above, attributes=attributes) as span:
            yield _Noting(span)

    @contextmanager
    def inside(self, name: str, fields: Fields) -> Iterator[Span]:
        if not trace.get_current_span().get_span_context().is_valid:
            yield NOTHING
            return
        with self._tracer.start_as_current_span(name, attributes=_attributes(fields)) as span:
            yield _Noting(span)

    def received(self, case: str, began: datetime, ended: datetime, fields: Fields) -> None:
        root = self._root(case)
        first = fields.get("reception") == "new"
        above = trace.INVALID_SPAN if first else NonRecordingSpan(root)
        token = NAMED.set(root if first else None)
        try:
            span = self._tracer.start_span(
                "receive",
                trace.set_span_in_context(above),
                kind=SpanKind.CONSUMER,
                attributes={CASE: case, **_attributes(fields)},
                start_time=_nanoseconds(began),
            )
        finally:
            NAMED.reset(token)
        span.end(_nanoseconds(ended))

    def close(self) -> None:
        self._provider.shutdown()

    def _root(self, case: str) -> SpanContext:
        hashed = hashlib.sha256(f"triage case {case}".encode()).digest()
        trace_id, span_id = int.from_bytes(hashed[:16]), int.from_bytes(hashed[16:24])
        asked = self._provider.sampler.should_sample(None, trace_id, "receive")
        sampled = asked.decision is Decision.RECORD_AND_SAMPLE
        flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
        return SpanContext(trace_id, span_id, is_remote=True, trace_flags=flags)


class _Noting:
    """The span port."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def note(self, fields: Fields) -> None:
        self._span.set_attributes(_attributes(fields))


def _attributes(fields: Fields) -> dict[str, str | int | float | bool]:
    return {PREFIX + name: value for name, value in fields.items()}


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000) * 1000


def open_tracing(exporter: SpanExporter | None = None) -> OtelTracing:
    """Open tracing to an OTLP collector over HTTP, or to `exporter`."""
    return OtelTracing(BatchSpanProcessor(exporter or _otlp()))


def _otlp() -> SpanExporter:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - it brings HTTP along
        OTLPSpanExporter,
    )

    return OTLPSpanExporter()
