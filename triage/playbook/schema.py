"""The JSON Schema of a playbook, from the tables the checker reads: for editors.

An editor completes and underlines by it; what it cannot say (that a condition proves something,
that a rule is never reached) is lint's to say. https://json-schema.org/draft-07
"""

from collections.abc import Iterable, Mapping
from typing import Any

from triage.domain.account import Tier
from triage.domain.decision import Ground, Level, Priority
from triage.domain.verdict import CLOSING
from triage.playbook.build import KEBAB, LANGUAGES, REQUIRED
from triage.playbook.fields import TICKET, WORDS
from triage.playbook.lint_tests import ACCOUNT, ANSWERS, SIGNATURE
from triage.playbook.pattern import OR
from triage.playbook.pattern.operators import EXCLUDABLE
from triage.playbook.pattern.pattern import ALTERNATIVES_MIN
from triage.playbook.samples import CHANGES, SAMPLES
from triage.playbook.vocabulary import Vocabulary
from triage.questions.question import Field, Parameter

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": TEXT}
KINDS: Mapping[str, str] = {
    "boolean": "boolean",
    "number": "number",
    "string": "string",
    "time": "string",
    "list": "array",
    "object": "object",
}


def schema(vocabulary: Vocabulary) -> Schema:
    """Describe a whole file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A Triage playbook",
        **_object(
            {
                "playbook": {"type": "string", "pattern": f"^{KEBAB.pattern}$"},
                "language": {"enum": list(LANGUAGES)},
                "title": TEXT,
                "owner": TEXT,
                "why": TEXT,
                **dict.fromkeys(("references", "false_positives", "evasions"), TEXTS),
                "match": _pattern(TICKET, ("ticket",)),
                "evidence": {"type": "object", "additionalProperties": _asks(vocabulary)},
                "rules": {"type": "array", "minItems": 1, "items": _rule(vocabulary)},
                "limits": _limits(),
                "tests": {"type": "array", "items": _test()},
            },
            REQUIRED,
        ),
    }


def _object(properties: Mapping[str, Any], required: Iterable[str] = ()) -> Schema:
    described: Schema = {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
    }
    return described | ({"required": list(required)} if required else {})


def _words(words: Iterable[str]) -> Schema:
    return {"enum": [str(word) for word in words]}


def _anything(names: Iterable[str]) -> Schema:
    return {name: {} for name in names}


def _pattern(fields: Mapping[str, Field], path: tuple[str, ...]) -> Schema:
    named = {name: _place(field, (*path, name)) for name, field in fields.items()}
    return _object({**named, OR: _either(named)})


def _either(named: Mapping[str, Schema]) -> Schema:
    """Patterns beside one another; an editor follows them one level deep."""
    inner = _object({**named, OR: {"type": "array", "minItems": ALTERNATIVES_MIN}})
    return {
        "type": "array",
        "minItems": ALTERNATIVES_MIN,
        "items": {**inner, "minProperties": 1},
        "description": "any of these patterns",
    }


def _place(field: Field, path: tuple[str, ...]) -> Schema:
    if field.fields:
        return {**_pattern(field.fields, path), "description": field.meaning}
    if field.type == "object":
        return {"type": "object", "description": field.meaning}
    words = WORDS.get(path)
    value = _words(words) if words else {"type": [KINDS[field.type], "null"]}
    return {
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": [value, {**_object(OPERANDS), "maxProperties": 1}]},
        "description": field.meaning,
    }


def _or_list(one: Schema) -> Schema:
    return {"anyOf": [one, {"type": "array", "minItems": 1, "items": one}]}


def _lone(properties: Mapping[str, Schema]) -> Schema:
    return {**_object(properties), "minProperties": 1, "maxProperties": 1}


IGNORING_CASE = _lone({"equals-ignore-case": TEXT})
OPERANDS: Mapping[str, Schema] = {
    "prefix": {"anyOf": [TEXT, IGNORING_CASE]},
    "suffix": {"anyOf": [TEXT, IGNORING_CASE]},
    "equals-ignore-case": TEXT,
    "wildcard": TEXT,
    "anything-but": {
        "anyOf": [
            _or_list({"type": ["string", "number"]}),
            _lone(dict.fromkeys(EXCLUDABLE, _or_list(TEXT))),
        ]
    },
    "numeric": {"type": "array", "minItems": 2, "maxItems": 4},
    "exists": {"type": "boolean"},
    "cidr": TEXT,
}
"""What each operator takes; a test holds it against the operators there are."""


def _asks(vocabulary: Vocabulary) -> Schema:
    return {
        "oneOf": [
            _with("ask", name, question.parameters, f"could not find out {question.phrase}")
            for name, question in vocabulary.questions.items()
        ]
    }


def _fixes(vocabulary: Vocabulary) -> Schema:
    options = [
        _with("fix", name, fix.parameters, fix.summary) for name, fix in vocabulary.fixes.items()
    ]
    return {"type": "array", "minItems": 1, "items": {"oneOf": options}}


def _with(head: str, name: str, parameters: Mapping[str, Parameter], meaning: str) -> Schema:
    given = {
        key: {"type": KINDS[one.type], "description": one.meaning}
        for key, one in parameters.items()
    }
    required = [head, *(key for key, one in parameters.items() if one.required)]
    return {**_object({head: {"const": name}, **given}, required), "description": meaning}


def _rule(vocabulary: Vocabulary) -> Schema:
    outcomes = {
        "close": _words(sorted(CLOSING)),
        "resolve": _fixes(vocabulary),
        "escalate": _words(Priority),
    }
    described = _object(
        {"rule": TEXT, "when": TEXT, "because": TEXT, **outcomes, "suggest": _fixes(vocabulary)},
        ["rule", "because"],
    )
    return {**described, "oneOf": [{"required": [name]} for name in outcomes]}


def _limits() -> Schema:
    return _object(
        {
            "at_most": _words(Level),
            "ask_in": {"type": "array", "items": _words(Tier)},
            "per_hour": {"type": "integer", "minimum": 1},
        }
    )


def _test() -> Schema:
    answer = {"anyOf": [_words(ANSWERS), {"type": "object"}]}
    ticket = {"like": _words(SAMPLES), **_anything(CHANGES)}
    ticket["account"] = _object({**_anything(ACCOUNT), "tier": _words(Tier)})
    expect = {
        "close": _words(sorted(CLOSING)),
        "escalate": _words(["any", *Priority]),
        "resolve": {"type": ["array", "string"]},
        "ground": _words(Ground),
        **dict.fromkeys(("rule", "because", "would"), TEXT),
    }
    return _object(
        {
            "test": TEXT,
            "at": {},
            "also": TEXTS,
            "ticket": _object(ticket, ["like"]),
            "evidence": {"type": "object", "additionalProperties": answer},
            "signatures": {
                "type": "array",
                "items": _object(_anything(SIGNATURE), ["kind"]),
            },
            "expect": {**_object(expect), "minProperties": 1},
        },
        ["test", "ticket", "expect"],
    )
