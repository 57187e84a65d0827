#!/usr/bin/env python3
"""Write the references of the playbook language from the tables that it runs on.

usage: scripts/reference.py [--check] [--help]

Writes docs/reference/{language,questions,proofs,fixes,metrics,playbooks,sources}.md,
docs/reference/lint/ and docs/schema/playbook.json. Every sample is evaluated first; a word without
one, or one that is untrue, is an error. With --check nothing is written, and it fails when what is
there is not what would be written.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.catalogue import catalogue  # noqa: E402 - the path comes first
from scripts.reference_lint import lint_pages  # noqa: E402
from scripts.reference_sources import sources_page  # noqa: E402
from triage.adapters.prometheus.vocabulary import METRICS  # noqa: E402
from triage.domain.evidence import Absent, Known  # noqa: E402
from triage.domain.verdict import CLOSING  # noqa: E402
from triage.playbook.expression import compile_condition  # noqa: E402
from triage.playbook.fields import MOOT, NAMES, TICKET, WORDS, rows, tainted  # noqa: E402
from triage.playbook.fixes import Fix  # noqa: E402
from triage.playbook.pattern import OPERATORS, compile_pattern  # noqa: E402
from triage.playbook.samples import SAMPLES  # noqa: E402
from triage.playbook.schema import schema  # noqa: E402
from triage.playbook.values import Scope  # noqa: E402
from triage.playbook.words import FILTERS, FUNCTIONS, TESTS  # noqa: E402
from triage.questions.negates import ABSENT, EVERY, NEGATES, Negation  # noqa: E402
from triage.questions.question import Field, Parameter  # noqa: E402
from triage.remediations.vocabulary import VOCABULARY  # noqa: E402

HEAD = "<!-- Written by scripts/reference.py from the code's own tables; change those. -->\n"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

PATTERNS: Mapping[str, tuple[str, Any, Any]] = {
    "exact": ('["S3.8", "S3.2"]', "S3.8", "S3.80"),
    "exact number": ("[300]", 3.0e2, "300"),
    "exact true, false": ("[true]", True, 1),
    "null": ("[null]", None, ""),
    "empty": ('[""]', "", " "),
    "prefix": ('[{"prefix": "S3."}]', "S3.8", "s3.8"),
    "prefix, any case": ('[{"prefix": {"equals-ignore-case": "s3."}}]', "S3.8", "EC2.19"),
    "suffix": ('[{"suffix": ".8"}]', "S3.8", "S3.80"),
    "suffix, any case": ('[{"suffix": {"equals-ignore-case": ".PNG"}}]', "a.png", "a.gif"),
    "equals-ignore-case": ('[{"equals-ignore-case": "alice"}]', "Alice", "Alice2"),
    "wildcard": ('[{"wildcard": "arn:aws:iam::*:role/*"}]', "arn:aws:iam::1:role/a", "role/a"),
    "wildcard, an asterisk": (r'[{"wildcard": "a\\*c"}]', "a*c", "abc"),
    "anything-but": ('[{"anything-but": ["S3.8"]}]', "S3.2", "S3.8"),
    "anything-but number": ('[{"anything-but": [22, 3389]}]', 443, 22),
    "anything-but prefix": ('[{"anything-but": {"prefix": "S3."}}]', "EC2.19", "S3.8"),
    "anything-but suffix": ('[{"anything-but": {"suffix": [".png", ".gif"]}}]', "a.exe", "a.gif"),
    "anything-but equals-ignore-case": (
        '[{"anything-but": {"equals-ignore-case": ["root"]}}]',
        "alice",
        "ROOT",
    ),
    "anything-but wildcard": ('[{"anything-but": {"wildcard": "*/lib/*"}}]', "/bin/sh", "/lib/c"),
    "numeric": ('[{"numeric": [">", 0, "<=", 5]}]', 5, 0),
    "exists": ('[{"exists": true}]', "", {"an": "object"}),
    "cidr": ('[{"cidr": "10.0.0.0/8"}]', "10.1.2.3", "11.1.2.3"),
    "cidr of IPv6": ('[{"cidr": "2001:db8::/32"}]', "2001:db8::7", "2001:db9::7"),
}
"""Operator: a pattern for one field, a value it matches, a value it does not."""
WHOLE: Mapping[str, tuple[str, Any, Any]] = {
    "fields": (
        '{"type": ["S3.8"], "account": {"tier": ["production"]}}',
        {"type": "S3.8", "account": {"tier": "production"}},
        {"type": "S3.8", "account": {"tier": "sandbox"}},
    ),
    "a list in the ticket": (
        '{"event": {"ports": [22]}}',
        {"event": {"ports": [80, 22]}},
        {"event": {"ports": [80]}},
    ),
    "objects in a list": (
        '{"event": {"tags": {"key": ["stage"], "value": ["prod"]}}}',
        {"event": {"tags": [{"key": "stage", "value": "prod"}]}},
        {"event": {"tags": [{"key": "stage", "value": "test"}, {"key": "x", "value": "prod"}]}},
    ),
    "$or": (
        '{"$or": [{"type": ["S3.8"]}, {"severity": {"score": [{"numeric": [">", 80]}]}}]}',
        {"type": "EC2.19", "severity": {"score": 90}},
        {"type": "EC2.19", "severity": {"score": 10}},
    ),
    "exists: false": (
        '{"event": {"errorCode": [{"exists": false}]}}',
        {"event": {}},
        {"event": {"errorCode": "AccessDenied"}},
    ),
}
"""What patterns do as a whole: a pattern, what it matches, what it does not."""

EXPRESSIONS: Mapping[str, tuple[str, str]] = {
    "a field": ("bucket.blocked", "of an answer, the ticket, the account; it has to be true"),
    'a["field"]': ('bucket["blocked"]', "the same, for names with dots or slashes in them"),
    "and": ("bucket.blocked and change is absent", "false when either side is false"),
    "or": ("bucket.blocked or change.late", "true when either side is true"),
    "not": ("not bucket.open", "the opposite; unknown stays unknown"),
    "== !=": ('account.tier == "production"', "equal; true is not 1"),
    "< <= > >=": ("bucket.count >= 3", "in order: numbers, texts, times"),
    "in": ('account.tier in ["production", "staging"]', "one of a list, or a part of a text"),
    "not in": ('"22/tcp" not in bucket.ports', "none of a list"),
    "is absent": ("change is absent", "the answer is proven to be nothing"),
    "is none": ("bucket.owner is none", "the field is there and empty, or a record lacks it"),
    "lower": ('bucket.name | lower == "reports"', "in lower case"),
    "upper": ('bucket.name | upper == "REPORTS"', "in upper case"),
    "length": ("bucket.ports | length == 1", "how many"),
    "first": ('bucket.ports | first == "443/tcp"', "the first of a list"),
    "last": ('bucket.ports | last == "443/tcp"', "the last of a list"),
    "signed": ('signed("public-website", subject)', "two people signed exactly this, in force"),
    "now": ("now - bucket.since > days(7)", "the moment of the decision; times subtract"),
    "minutes": ("now - bucket.since > minutes(5)", "a span"),
    "hours": ("now - bucket.since > hours(5)", "a span"),
    "days": ("now - bucket.since >= days(10)", "a span"),
}
"""Word: a condition that holds in the sample world below, and what the word means."""
ANSWERS = {
    "bucket": Known(
        value={
            "blocked": True,
            "open": False,
            "count": 3,
            "ports": ["443/tcp"],
            "name": "Reports",
            "owner": None,
            "since": "2026-11-10T12:00:00Z",
        },
        source="sample",
        as_of=NOON,
    ),
    "change": Absent(source="sample", as_of=NOON),
}


class Untrue(ValueError):
    """A sample does not do what the page says of it."""


def table(head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    cells = [list(head), *([["---"] * len(list(head))]), *[list(line) for line in lines]]
    return "".join(f"| {' | '.join(_cell(one) for one in line)} |\n" for line in cells)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def code(text: str) -> str:
    """Text as code."""
    return f"`{text}`" if text else ""


def language() -> str:
    """The words of patterns and expressions, each on one sample."""
    return "\n".join(
        [
            HEAD,
            "# The playbook language\n",
            "[How to write a playbook](../how-to/write-a-playbook.md) shows it at work.\n",
            "## match: EventBridge patterns\n",
            "Fields of a pattern must all match, the values of a list are alternatives, and a list",
            "in the ticket matches when any of its elements does; fields of objects in one list",
            "must match in one of them. `event:` reaches into the vendor's own record. `$or` takes",
            "two patterns or more, and makes 1,000 combinations at most. Operators see values: an",
            "object is none, so `exists` calls it missing, and so is an empty list. Numbers are",
            "compared from -5.0e9 to 5.0e9, six digits behind the point.\n",
            table(["", "pattern", "matches", "does not match"], _wholes()),
            table(["operator", "pattern", "matches", "does not match"], _patterns()),
            "## when: three values\n",
            "A condition is true, false or unknown. It is unknown as soon as it needs something",
            "that is: an answer nobody could find out, an absent one (except in `is absent`), a",
            "field that a record lacks (except in `is none`), or values that do not go together.",
            "After an unknown rule only `escalate` rules are tried. `default` and `is defined` do",
            "not exist.\n",
            table(["word", "a condition that holds", "meaning"], _expressions()),
            "## Names\n",
            "Besides the names that `evidence` gives. *Others' text*: somebody else may have",
            "written it: it may escalate and no close may rest on it, in `when` or in `match`.\n",
            table(["name", "type", "meaning", ""], _names()),
            "## Verdicts a playbook may close with\n",
            "\n".join(f"- `{verdict}`" for verdict in sorted(CLOSING)) + "\n",
            "## limits\n",
            "- `at_most`: `shadow`, `suggest` or `auto`. Below `auto` nothing closes; a person",
            "  gets the ticket and what would have been done.",
            "- `ask_in`: tiers in which a person agrees before a *repair*. `per_hour`: how many",
            "  *repairs* without asking. Where repairs are off, each is a suggestion;",
            "  they bound no close, and lint says so where nothing repairs.\n",
            "## Samples for tests\n",
            table(["like", "type", "class"], _samples()),
        ]
    )


def _patterns() -> Iterable[list[str]]:
    if missing := set(OPERATORS) - set(PATTERNS):
        raise Untrue(f"no sample of {', '.join(sorted(missing))}")
    for word, (text, matching, other) in PATTERNS.items():
        pattern = compile_pattern({"field": json.loads(text)})
        if not pattern.matches({"field": matching}) or pattern.matches({"field": other}):
            raise Untrue(text)
        yield [word, code(text), code(json.dumps(matching)), code(json.dumps(other))]


def _wholes() -> Iterable[list[str]]:
    for word, (text, matching, other) in WHOLE.items():
        pattern = compile_pattern(json.loads(text))
        if not pattern.matches(matching) or pattern.matches(other):
            raise Untrue(text)
        yield [word, code(text), code(json.dumps(matching)), code(json.dumps(other))]


def _expressions() -> Iterable[list[str]]:
    told = " ".join(EXPRESSIONS)
    if missing := [word for word in (*TESTS, *FILTERS, *FUNCTIONS) if word not in told]:
        raise Untrue(f"no sample of {', '.join(missing)}")
    names = {**ANSWERS, "account": {"tier": "production"}, "subject": {"id": "x"}, "now": NOON}
    for word, (text, meaning) in EXPRESSIONS.items():
        scope = Scope(names=names, signed=_everything_is_signed, now=NOON)
        if compile_condition(text)(scope) is not True:
            raise Untrue(text)
        yield [code(word), code(text), meaning]


def _everything_is_signed(kind: str, subject: str) -> Any:
    return (kind, subject)


def _names() -> Iterable[list[str]]:
    for name, field in rows({**NAMES, "ticket": Field(type="object", meaning="the ticket")}):
        yield _field_row(name, field)
    for name, field in rows(TICKET, "ticket."):
        if not name.startswith(("ticket.account.", "ticket.subject.")):
            yield _field_row(name, field)


def _field_row(name: str, field: Field) -> list[str]:
    names = tuple(name.split("."))
    words = ", ".join(WORDS.get(names, ()))
    meaning = f"{field.meaning} ({words})" if words else field.meaning
    note = "others' text" if tainted(field) else MOOT.get(names, "")
    return [code(name), field.type, meaning, note]


def _samples() -> Iterable[list[str]]:
    for name, ticket in SAMPLES.items():
        yield [code(name), code(ticket.type), str(ticket.finding_class)]


def questions() -> str:
    """Every question, its parameters and its answer."""
    parts = [
        HEAD,
        "# Questions\n",
        "What `evidence:` may ask. An answer is known (with these fields), absent (proven not to",
        "be there) or unknown. *Scarce* ones are looked up only once a rule needs them.\n",
    ]
    for name, question in sorted(VOCABULARY.questions.items()):
        scarce = " Scarce." if question.scarce else ""
        actions = ", ".join(code(action) for action in question.iam_actions) or "none"
        parts += [
            f"## {name}\n",
            f"Finds out {question.phrase}. Fresh for {question.fresh_seconds} s.{scarce}\n",
            f"IAM actions: {actions}.\n",
        ]
        if question.parameters:
            parts.append(table(["parameter", "type", "meaning"], _parameters(question.parameters)))
        answer = [_field_row(path, field) for path, field in rows(question.answer)]
        parts.append(table(["field", "type", "meaning", ""], answer))
    return "\n".join(parts)


def _parameters(parameters: Mapping[str, Parameter]) -> Iterable[list[str]]:
    for name, one in parameters.items():
        other = "; proves nothing about the ticket's own" if one.subject else ""
        yield [code(name), one.type, one.meaning + other]


def proofs() -> str:
    """What proves which finding type gone."""
    lines = [
        [type_, code(one.question), _condition(one.field, one.value)]
        for type_, negations in _negated()
        for one in negations
    ]
    return "\n".join(
        [
            HEAD,
            "# Proofs\n",
            "`close: no longer present` needs one of these as a condition of its own (joined by",
            "`and`), asked about the ticket's own subject, for every type in `match`. Under `or`,",
            "`not (…)` or a filter nothing is proven. A source that says PASSED, RESOLVED,",
            "archived or suppressed proves nothing. An exposure has a past that no look at the",
            "present covers, so its proof still goes to a person",
            "([why](../decisions/0002-exposures-close-by-signature-only.md)).\n",
            table(["finding type", "question", "condition, for an answer `a`"], lines),
        ]
    )


def _negated() -> Iterable[tuple[str, tuple[Negation, ...]]]:
    yield "every type", EVERY
    yield from ((code(type_), NEGATES[type_]) for type_ in sorted(NEGATES))


def _condition(field: str, value: object) -> str:
    if field == ABSENT:
        return code("a is absent")
    return code(f"a.{field}" if value is True else f"not a.{field}")


def fixes() -> str:
    """What `resolve` and `suggest` may name."""
    applied = [one for one in sorted(VOCABULARY.fixes.items()) if one[1].applied]
    passed_on = [one for one in sorted(VOCABULARY.fixes.items()) if not one[1].applied]
    parts = [
        HEAD,
        "# Fixes\n",
        "What `resolve:` and `suggest:` may name.\n",
        "## Applied by the engine\n",
        "Each shows its proof, and its undo or why it has none.\n",
        *(line for name, fix in applied for line in _fix(name, fix)),
        "## Passed on to people\n",
        "The engine suggests these and applies none of them.\n",
        *(line for name, fix in passed_on for line in _fix(name, fix)),
    ]
    return "\n".join(parts)


def metrics() -> str:
    """Every metric with its type and labels."""
    rows = [
        [
            ", ".join(code(name) for name in one.series),
            one.kind,
            code(", ".join(one.labels)),
            one.meaning,
        ]
        for one in METRICS
    ]
    return "\n".join(
        [
            HEAD,
            "# Metrics\n",
            "[How to operate Triage](../how-to/operate.md) says what to watch. Counters and the",
            "histogram are of one process; gauges are of the store, alike from every process on",
            "it, so take their `max`. Labels hold our own words only.\n",
            table(["metric", "type", "labels", "meaning"], rows),
        ]
    )


def _fix(name: str, fix: Fix) -> Iterable[str]:
    yield f"### {name}\n"
    yield f"{fix.summary}\n"
    yield f"- scope: {fix.scope}"
    yield f"- risk: {fix.risk}"
    if fix.one_way:
        yield f"- no way back: {fix.one_way}"
    if fix.leaves:
        yield f"- a person has the case as well: {fix.leaves}"
    if fix.calls:
        yield f"- calls: {', '.join(code(one.call) for one in fix.calls)}"
    yield f"- IAM actions: {', '.join(map(code, fix.iam_actions)) or 'its own'}\n"
    if fix.parameters:
        yield table(["parameter", "type", "meaning"], _parameters(fix.parameters))


def pages() -> dict[Path, str]:
    """Every page by where it belongs."""
    reference = ROOT / "docs" / "reference"
    described = json.dumps(schema(VOCABULARY), indent=1, sort_keys=False) + "\n"
    return {
        reference / "language.md": language(),
        reference / "questions.md": questions(),
        reference / "proofs.md": proofs(),
        reference / "fixes.md": fixes(),
        reference / "playbooks.md": HEAD + "\n" + catalogue(),
        reference / "metrics.md": metrics(),
        reference / "sources.md": sources_page(),
        ROOT / "docs" / "schema" / "playbook.json": described,
        **lint_pages(reference / "lint"),
    }


def main() -> int:
    """Write the pages, or say which are stale."""
    wanted = pages()
    stale = [
        path
        for path, text in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale; run scripts/reference.py", file=sys.stderr)
        return 1 if stale else 0
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(stale)} of {len(wanted)} pages were stale")
    return 0


if __name__ == "__main__":
    if "--help" in sys.argv:
        print(__doc__)
        raise SystemExit(0)
    raise SystemExit(main())
