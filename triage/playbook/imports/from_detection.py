"""A detection as a playbook that escalates: its pattern, what no pattern says, its first test."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from triage.domain.decision import Priority
from triage.domain.detection import Detection
from triage.playbook.expression import Condition, compile_condition
from triage.playbook.imports.branches import Branch, branches, conditions, patterns
from triage.playbook.pattern import OR, compile_pattern
from triage.playbook.values import Loose, Scope, Touched

RULE = "as the detection describes"
LIKE = "cloudtrail-console-login"
"""The sample whose record the first test changes into what the detection describes."""
BECAUSE = (
    "{{ ticket.principal }} called {{ ticket.event.eventName }} of {{ ticket.event.eventSource }}"
    " from {{ ticket.event.sourceIPAddress }}."
)
NAME_MAX = 80
TESTS_MAX = 8
EPOCH = datetime.fromtimestamp(0, UTC)
LISTED = frozenset({"rules", "tests", OR})
"""Keys whose values stand below one another."""
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ -][A-Za-z0-9]+)*")
WORDS = frozenset(["true", "false", "null", "yes", "no", "on", "off", "none"])


def playbook_of(detection: Detection, owner: str) -> str:
    """Write the playbook. Raises Inexpressible with the place of what cannot be said."""
    found = branches(detection.condition, detection.path)
    priority = detection.level if detection.level in set(Priority) else Priority.MEDIUM
    rule = {"rule": RULE, "when": conditions(found), "escalate": str(priority), "because": BECAUSE}
    content = {
        "playbook": _name(detection.title),
        "title": _line(detection.title),
        "owner": owner,
        "why": _why(detection),
        "references": list(detection.references),
        "match": {"source": ["cloudtrail"], **_match(found)},
        "rules": [{key: value for key, value in rule.items() if value}],
        "tests": [_test(*one, str(priority)) for one in enumerate(_shown(found))],
    }
    origin = _line(detection.id) or "of this title"
    return f"# From the Sigma rule {origin}.\n" + "".join(
        f"{gap}{_written(key, value, 0)}"
        for key, value in content.items()
        if value
        for gap in ["\n" if key in {"match", "rules", "tests"} else ""]
    )


def _name(title: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:NAME_MAX].strip("-")
    return f"sigma-{words}" if words else "sigma-rule"


def _line(text: str) -> str:
    return " ".join(text.split())


def _why(detection: Detection) -> str:
    known = "; ".join(_line(one) for one in detection.false_positives)
    told = f" False positives: {known}." if known else ""
    return f"{_line(detection.description)}{told}"


def _match(found: tuple[Branch, ...]) -> Mapping[str, Any]:
    listed = list(patterns(found))
    if len(listed) == 1:
        return {"event": listed[0]}
    return {OR: [{"event": one} for one in listed]}


def _shown(found: tuple[Branch, ...]) -> list[Branch]:
    """Alternatives whose sample does what it should; a test for each is enough to go on from."""
    condition = compile_condition(conditions(found) or "true")
    return [one for one in found if _holds(one, condition)][:TESTS_MAX]


def _holds(branch: Branch, condition: Condition) -> bool:
    record = _filled(branch.sample)
    scope = Scope(names={"ticket": {"event": Loose(record)}}, signed=_nobody, now=EPOCH)
    try:
        return compile_pattern(branch.pattern).matches(record) and condition(scope)
    except Touched:
        return False


def _filled(record: Mapping[str, Any]) -> dict[str, Any]:
    """A sample without what is to be taken out of a record."""
    return {
        key: _filled(value) if isinstance(value, Mapping) else value
        for key, value in record.items()
        if value is not None
    }


def _nobody(_kind: str, _subject: str) -> None:
    return None


def _test(place: int, branch: Branch, priority: str) -> Mapping[str, Any]:
    return {
        "test": f"an event as the detection describes goes to a person{_another(place)}",
        "ticket": {"like": LIKE, "event": branch.sample},
        "expect": {"escalate": priority, "rule": RULE},
    }


def _another(place: int) -> str:
    return f" in way {place + 1}" if place else ""


def _written(key: str, value: Any, depth: int) -> str:
    """A key and its value as YAML: mappings as blocks, everything else as JSON would write it."""
    pad, word = "  " * depth, key if re.fullmatch(r"[\w$.-]+", key) else json.dumps(key)
    if key == "when":
        return f"{pad}{word}: >-\n{pad}  {value}\n"
    if isinstance(value, Mapping) and value:
        inner = "".join(_written(str(name), one, depth + 1) for name, one in value.items())
        return f"{pad}{word}:\n{inner}"
    if key in LISTED:
        return f"{pad}{word}:\n" + "".join(_item(one, depth + 1) for one in value)
    return f"{pad}{word}: {_flow(value)}\n"


def _item(value: Mapping[str, Any], depth: int) -> str:
    lines = "".join(_written(str(name), one, depth + 1) for name, one in value.items())
    at = 2 * depth
    return f"{lines[:at]}- {lines[at + 2 :]}"


def _flow(value: Any) -> str:
    """A value on one line; words that no reader of YAML takes for anything else stand bare."""
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
