"""What is exported is a CACAO 2.0 playbook: its parts, its references, and where it ends."""

import json
from datetime import UTC, datetime
from functools import lru_cache

import jsonschema
import pytest

from tests.playbooks import SHIPPED, SOUND, checked
from triage.playbook.cacao import cacao
from triage.remediations.vocabulary import VOCABULARY

NOW = datetime(2026, 11, 20, 12, 30, 5, 678_000, tzinfo=UTC)
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
TEXT = {"type": "string", "minLength": 1}
TYPES = ("notification", "detection", "investigation", "prevention", "mitigation", "remediation")


def an_id(kind):
    return {"type": "string", "pattern": f"^{kind}--{UUID}$"}


STEP = {
    "oneOf": [
        {
            "required": ["type", "on_completion"],
            "properties": {"type": {"const": "start"}},
        },
        {"properties": {"type": {"const": "end"}}, "required": ["type"], "maxProperties": 1},
        {
            "required": ["type", "commands", "agent", "on_completion"],
            "properties": {
                "type": {"const": "action"},
                "agent": an_id("organization"),
                "commands": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "required": ["type", "command"],
                        "properties": {"type": {"const": "manual"}, "command": TEXT},
                    },
                },
            },
        },
        {
            "required": ["type", "condition", "on_true", "on_false"],
            "properties": {"type": {"const": "if-condition"}, "condition": TEXT},
        },
    ]
}
PLAYBOOK = {
    "type": "object",
    "required": [
        *("type", "spec_version", "id", "name", "created_by", "created", "modified"),
        *("workflow_start", "workflow", "agent_definitions", "playbook_variables"),
    ],
    "properties": {
        "type": {"const": "playbook"},
        "spec_version": {"const": "cacao-2.0"},
        "id": an_id("playbook"),
        "name": TEXT,
        "created_by": an_id("identity"),
        "created": TIME,
        "modified": TIME,
        "playbook_types": {"type": "array", "items": {"enum": TYPES}, "uniqueItems": True},
        "external_references": {"type": "array", "items": {"required": ["name"]}},
        "workflow_start": an_id("start"),
        "workflow": {
            "type": "object",
            "patternProperties": {f"^(start|end|action|if-condition)--{UUID}$": STEP},
            "additionalProperties": False,
        },
        "playbook_variables": {
            "type": "object",
            "patternProperties": {"^__[a-z0-9_]+__$": {"properties": {"type": {"const": "bool"}}}},
            "additionalProperties": False,
        },
    },
}
"""What the specification requires of the parts that we write, in our own words."""
SOME = sorted(SHIPPED)[::4]
ROADS = ("on_completion", "on_true", "on_false")


@lru_cache
def playbook(text):
    return checked(text).playbook


def exported(text):
    return cacao(playbook(text), VOCABULARY, NOW)


def roads(document):
    """Every way through the workflow, as lists of steps."""
    workflow = document["workflow"]
    open_ = [[document["workflow_start"]]]
    while open_:
        way = open_.pop()
        onward = [workflow[way[-1]][road] for road in ROADS if road in workflow[way[-1]]]
        assert len(way) == len(set(way)), "it goes round in circles"
        if not onward:
            yield way
        open_ += [[*way, step] for step in onward]


@pytest.mark.parametrize("path", SOME)
def test_a_shipped_playbook_has_the_parts_that_cacao_requires(path):
    document = exported(SHIPPED[path])
    jsonschema.Draft202012Validator(PLAYBOOK).validate(document)
    for id_, step in document["workflow"].items():
        assert id_.startswith(f"{step['type']}--")
        assert {step[road] for road in ROADS if road in step} <= document["workflow"].keys()
        assert (
            step.get("agent", next(iter(document["agent_definitions"])))
            in (document["agent_definitions"])
        )
        assert set(step.get("out_args", ())) <= document["playbook_variables"].keys()


@pytest.mark.parametrize("path", SOME)
def test_every_way_ends_and_every_step_is_on_one(path):
    document = exported(SHIPPED[path])
    found = list(roads(document))
    assert {way[-1].partition("--")[0] for way in found} == {"end"}
    assert {step for way in found for step in way} == document["workflow"].keys()
    rules = len(playbook(SHIPPED[path]).rules)
    assert len(found) == rules + 1, "one way a rule, and one where none holds"


def test_the_same_playbook_has_the_same_ids_and_another_has_others():
    assert exported(SOUND) == exported(SOUND)
    other = exported(SOUND.replace("playbook: a-playbook", "playbook: b-playbook"))
    assert not exported(SOUND)["workflow"].keys() & other["workflow"].keys()


def test_the_words_of_the_rules_are_there(desk):
    said = desk.triage("playbook", "export", "cacao", desk.write("p.yaml", SOUND))
    assert said.code == 0
    commands = [
        step["commands"][0]["command"]
        for step in said.json["workflow"].values()
        if step["type"] == "action"
    ]
    asked = "whether public access to the bucket is blocked (s3.public_access); call it bucket."
    assert sorted(commands) == [
        "Close it as no longer present. Because: {{ bucket.explanation }}",
        f"Find out {asked}",
        "No rule holds for certain: a person decides, and says what could not be found out.",
        "Tell whether this holds; what is unknown does not: bucket.public_access_blocked",
    ]
    assert json.loads(said.out)["created"].endswith("Z")


def test_a_broken_playbook_is_not_exported(desk):
    said = desk.triage("playbook", "export", "cacao", desk.write("p.yaml", "a: b"))
    assert (said.code, said.out) == (1, b"")
    assert "p.yaml: name one sound playbook; there are 0" in said.err


def test_what_is_exported_says_what_the_playbook_says_of_itself():
    document = exported(SOUND)
    steps = ("start", "action", "if-condition", "end")
    kinds = [id_.partition("--")[0] for id_ in document["workflow"]]
    assert set(kinds) <= set(steps)
    ids = ("id", "created_by", "workflow_start", "workflow", "agent_definitions")
    assert {name: value for name, value in document.items() if name not in ids} == {
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "name": "A playbook",
        "description": "Because.",
        "playbook_types": ["investigation"],
        "created": "2026-11-20T12:30:05.678Z",
        "modified": "2026-11-20T12:30:05.678Z",
        "labels": ["a-playbook"],
        "external_references": [],
        "playbook_variables": document["playbook_variables"],
    }
    (owner,) = document["agent_definitions"].values()
    assert owner == {"type": "organization", "name": "somebody"}
    (variable,) = document["playbook_variables"].values()
    assert variable == {"type": "bool", "description": "Whether 'blocked now' holds."}
