"""Hostile input with structure: fixtures bent out of shape, wrapped, torn; near-playbooks.

Every folder of tests/fixtures/intake is drawn from, so a new reader is covered by its fixtures.
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "fixtures" / "intake"


def fixtures() -> dict[str, list[Any]]:
    """Every record of every kind, parsed, by folder."""
    found: dict[str, list[Any]] = {}
    for path in sorted(FIXTURES.glob("*/*.json")):
        if path.name != "expected.json":
            found.setdefault(path.parent.name, []).append(_parsed(path.read_bytes()))
    return found


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"))
    except ValueError:
        return body.decode("utf-8", "replace")


RECORDS = fixtures()
LONG = "x" * 3_000
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(
        [
            *("", "...", "null", " ", "\u202eevil", "\ud800", "a\0b", LONG, "[SAMPLE] hello"),
            *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "1e400", "NaN"),
            *("arn:aws:iam::111122223333:root", "arn:::::", "arn:aws::guardduty:x:y:z"),
            *("../../etc/passwd", "{{ 7 * 7 }}", "<script>", "|", "%7C", "[]", "{}"),
            *([], {}, [[]], [{}], [None], {"": None}, 10**40, -1, 1e308),
        ]
    ),
)
CASINGS: tuple[Callable[[str], str], ...] = (
    str.upper,
    str.lower,
    str.title,
    lambda name: name[:1].upper() + name[1:],
    "_".join,
)


def _containers(value: Any) -> list[Any]:
    found = [value]
    for container in found:
        children = container.values() if isinstance(container, dict) else container
        found.extend(child for child in children if isinstance(child, dict | list) and child)
    return found


@st.composite
def bent(draw: st.DrawFn) -> Any:
    """A fixture with a few of its fields replaced, removed, renamed or made lists of themselves."""
    kind = draw(st.sampled_from(sorted(RECORDS)))
    value = copy.deepcopy(draw(st.sampled_from(RECORDS[kind])))
    for _ in range(draw(st.integers(0, 4)) if isinstance(value, dict | list) and value else 0):
        container = draw(st.sampled_from(_containers(value)))
        if container:
            draw(st.sampled_from(BENDS))(draw, container)
    return value


def _place(draw: st.DrawFn, container: Any) -> Any:
    keys = list(container) if isinstance(container, dict) else list(range(len(container)))
    return draw(st.sampled_from(keys))


def _replace(draw: st.DrawFn, container: Any) -> None:
    container[_place(draw, container)] = copy.deepcopy(draw(ODD))


def _remove(draw: st.DrawFn, container: Any) -> None:
    del container[_place(draw, container)]


def _rename(draw: st.DrawFn, container: Any) -> None:
    place = _place(draw, container)
    if isinstance(container, dict):
        container[draw(st.sampled_from(CASINGS))(place)] = container.pop(place)


def _list(draw: st.DrawFn, container: Any) -> None:
    place = _place(draw, container)
    container[place] = [copy.deepcopy(container[place]) for _ in range(draw(st.integers(0, 3)))]


def _text(draw: st.DrawFn, container: Any) -> None:
    place = _place(draw, container)
    container[place] = json.dumps(container[place])


BENDS = (_replace, _remove, _rename, _list, _text)

WRAPPERS: tuple[Callable[[Any], Any], ...] = (
    lambda inner: [inner],
    lambda inner: [inner, 7, inner],
    lambda inner: {"Records": [{"body": json.dumps(inner), "eventSource": "aws:sqs"}]},
    lambda inner: {"Type": "Notification", "Message": json.dumps(inner)},
    lambda inner: {"Records": [{"Sns": {"Message": json.dumps(inner)}}]},
    lambda inner: {"Messages": [{"Body": json.dumps(inner)}]},
    lambda inner: {"Findings": [inner]},
    lambda inner: {"findings": inner},
    lambda inner: {"Events": [{"CloudTrailEvent": json.dumps(inner)}]},
    lambda inner: {"detail-type": "GuardDuty Finding", "detail": inner},
    lambda inner: {"detail-type": "Security Hub Findings - Imported", "detail": inner},
    lambda inner: {"report": inner},
)


@st.composite
def wrapped(draw: st.DrawFn) -> Any:
    """A bent record in a few wrappers."""
    value = draw(bent())
    for wrap in draw(st.lists(st.sampled_from(WRAPPERS), max_size=4)):
        value = wrap(value)
    return value


JSON = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner)
)


@st.composite
def torn(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """Bytes with a piece cut out, doubled or overwritten."""
    body = draw(whole)
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 40)))
    return body[:start] + draw(st.binary(max_size=6)) + body[end:]


def _bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


WHOLE = st.one_of(wrapped(), wrapped(), wrapped(), JSON).map(_bytes)
MESSAGES = st.one_of(WHOLE, WHOLE, WHOLE, torn(WHOLE), st.binary(max_size=200))

PLAYBOOK_TEXTS = [path.read_text() for path in sorted((ROOT / "playbooks").rglob("*.yaml"))]
PIECES = st.sampled_from(
    [
        *("- rule: x", "when: true", "when: ((((", "close: benign", "escalate: high", "&a [*a]"),
        *("match: {type: [{prefix: 3}]}", "because: '{{ 1/0 }}'", "!!python/object:os.system x"),
        *("resolve: []", "? a", "---", "<<: *b", "\t", "tests: [{}]", "key: [", "'", "limits: 7"),
        *("when: a.b.c.d", "when: x is absent", "evidence: {a: {ask: nothing}}", "because: {{"),
    ]
)


@st.composite
def nearly(draw: st.DrawFn) -> bytes:
    """A playbook that ships, with a few of its lines dropped, moved, indented or replaced."""
    lines = draw(st.sampled_from(PLAYBOOK_TEXTS)).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        before, line, after = lines[:at], lines[at], lines[at + 1 :]
        piece = " " * draw(st.integers(0, 6)) + draw(PIECES | st.text(max_size=12))
        middle = draw(st.sampled_from([[], [line, line], ["  " + line], [piece], [line, piece]]))
        lines = [*before, *middle, *after] or [""]
    return "\n".join(lines).encode("utf-8", "replace")


PLAYBOOKS = st.one_of(nearly(), nearly(), torn(nearly()), st.binary(max_size=200))
