"""Sigma rules over CloudTrail as playbooks: what they mean here, and what they cannot."""

import sys

import pytest

from tests.builders import a_ticket, an_account
from tests.playbooks import checked, facts
from triage.adapters.sigma.rule import read_sigma
from triage.domain.detection import Inexpressible
from triage.domain.ticket import Format, Source
from triage.playbook.evaluate import evaluate
from triage.playbook.imports.from_detection import playbook_of
from triage.playbook.pattern import compile_pattern
from triage.playbook.view import ticket_view
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.rehearse import rehearse

HEAD = """\
title: Somebody opens a door
id: 0b6f0c62-6f52-4f0a-9d3e-2a6a6c2b7a10
status: test
description: A door is opened.
references: [https://example.com/doors]
logsource: { product: aws, service: cloudtrail }
falsepositives: [Carpenters]
level: high
detection:
"""


def sigma(detection):
    return HEAD + "".join(f"  {line}\n" for line in detection.strip().splitlines())


def imported(detection):
    found = checked(playbook_of(read_sigma("r.yml", sigma(detection)), "detection"))
    assert found.problems == ()
    return found.playbook


def speaks(playbook, record):
    """Whether it escalates a ticket with this record, for certain."""
    ticket = a_ticket(source=Source.CLOUDTRAIL, format=Format.NATIVE, record=record)
    if not compile_pattern(playbook.match).matches(ticket_view(ticket, an_account())):
        return False
    ruling = evaluate(playbook, facts(ticket=ticket))
    assert ruling.unknowns == ()
    return ruling.rule is not None


NAME = "selection:\n  eventName"
DOOR = "s:\n  requestParameters.door.name: front\n  eventSource: d.com\ncondition: s"
HOME = "filter:\n  user: Me\n  place: Home\ncondition: selection and not filter"
FILTERS = """\
f1:
  b|startswith: x
f2:
  e|endswith: x
f3:
  c|contains: x
f4:
  n|gt: 3
f5:
  t|exists: true
f6:
  z: null
f7:
  r: false
condition: selection and not 1 of f*"""
TWO = "s1:\n  eventName: A\ns2:\n  eventName: B\n  userAgent|contains: bad\ncondition: 1 of s*"
BUT = "userAgent: x\nfilter:\n  eventName: OpenDoor\ncondition: selection and not filter"
BOTH = "selection:\n  user|contains: a\nother:\n  user: [abc, xyz]\ncondition: all of them"
MANY = "".join(f"s{n}:\n  a{n}: x\n  b{n}: y\n" for n in range(7))
CASES = {
    "equals, whatever the case": (
        f"{NAME}: OpenDoor\ncondition: selection",
        [{"eventName": "OpenDoor"}, {"eventName": "opendoor"}],
        [{"eventName": "OpenDoors"}, {}, {"eventName": ["x"]}],
    ),
    "a list is either": (
        f"{NAME}: [OpenDoor, OpenWindow]\ncondition: selection",
        [{"eventName": "OpenDoor"}, {"eventName": "OpenWindow"}],
        [{"eventName": "Open"}],
    ),
    "cased": (
        f"{NAME}|cased: OpenDoor\ncondition: selection",
        [{"eventName": "OpenDoor"}],
        [{"eventName": "opendoor"}],
    ),
    "startswith": (
        f"{NAME}|startswith: Open\ncondition: selection",
        [{"eventName": "openDoor"}],
        [{"eventName": "ReOpen"}],
    ),
    "endswith": (
        f"{NAME}|endswith: Door\ncondition: selection",
        [{"eventName": "Opendoor"}],
        [{"eventName": "DoorOpened"}],
    ),
    "contains": (
        f"{NAME}|contains: Door\ncondition: selection",
        [{"eventName": "Opendoors"}],
        [{"eventName": "Window"}, {}],
    ),
    "contains, without letters": (
        f"{NAME}|contains: '42'\ncondition: selection",
        [{"eventName": "x42x"}],
        [{"eventName": "4-2"}],
    ),
    "contains all": (
        f"{NAME}|contains|all: [open, door]\ncondition: selection",
        [{"eventName": "DoorOpens"}],
        [{"eventName": "door"}, {"eventName": "open"}],
    ),
    "fields inside fields, both of them": (
        DOOR,
        [{"requestParameters": {"door": {"name": "FRONT"}}, "eventSource": "d.com"}],
        [
            {"requestParameters": {"door": {"name": "front"}}},
            {"eventSource": "d.com"},
        ],
    ),
    "wildcards inside": (
        "selection:\n  sourceIPAddress: '10.*.1'\ncondition: selection",
        [{"sourceIPAddress": "10.0.0.1"}],
        [{"sourceIPAddress": "10.0.0.2"}],
    ),
    "anything": (
        f"{NAME}: '*'\ncondition: selection",
        [{"eventName": ""}],
        [{}],
    ),
    "networks": (
        "selection:\n  sourceIPAddress|cidr: 10.0.0.0/8\ncondition: selection",
        [{"sourceIPAddress": "10.1.2.3"}],
        [{"sourceIPAddress": "11.1.2.3"}, {"sourceIPAddress": "ec2.amazonaws.com"}],
    ),
    "numbers": (
        "selection:\n  count|gte: 3\n  other: 5\ncondition: selection",
        [{"count": 3, "other": 5}, {"count": 4, "other": "5"}],
        [{"count": 2, "other": 5}, {"count": 3, "other": 6}],
    ),
    "true and false, written either way": (
        "selection:\n  readOnly: false\ncondition: selection",
        [{"readOnly": False}, {"readOnly": "False"}],
        [{"readOnly": True}, {"readOnly": "true"}, {"readOnly": 0}],
    ),
    "null": (
        "selection:\n  eventName: A\n  errorCode: null\ncondition: selection",
        [{"eventName": "A"}, {"eventName": "A", "errorCode": None}],
        [{"eventName": "A", "errorCode": "Denied"}],
    ),
    "exists": (
        "selection:\n  errorCode|exists: true\n  other|exists: false\ncondition: selection",
        [{"errorCode": "Denied"}],
        [{}, {"errorCode": "Denied", "other": "x"}],
    ),
    "a regular expression that is plain": (
        f"{NAME}|re: '^Open.*Door$'\ncondition: selection",
        [{"eventName": "OpenTheDoor"}],
        [{"eventName": "OpenDoors"}, {"eventName": "openDoor"}],
    ),
    "a regular expression without anchors": (
        f"{NAME}|re: 'a\\.b'\ncondition: selection",
        [{"eventName": "xa.by"}],
        [{"eventName": "xaxby"}],
    ),
    "not": (
        "selection:\n  eventName: A\nfilter:\n  userAgent: Me\ncondition: selection and not filter",
        [{"eventName": "A"}, {"eventName": "A", "userAgent": "You"}],
        [{"eventName": "A", "userAgent": "me"}, {"userAgent": "You"}],
    ),
    "not all of several": (
        f"{NAME}: A\n{HOME}",
        [{"eventName": "A", "user": "me"}, {"eventName": "A", "place": "home", "user": "you"}],
        [{"eventName": "A", "user": "me", "place": "home"}],
    ),
    "not beginning, ending, holding, more than, there": (
        f"{NAME}: A\n{FILTERS}",
        [{"eventName": "A", "z": "1"}, {"eventName": "A", "z": "1", "b": "ax", "n": 3}],
        [
            {"eventName": "A"},
            *({"eventName": "A", "z": "1", "b": "xa"}, {"eventName": "A", "z": "1", "e": "ax"}),
            *({"eventName": "A", "z": "1", "c": "axa"}, {"eventName": "A", "z": "1", "n": 4}),
            *({"eventName": "A", "z": "1", "t": "x"}, {"eventName": "A", "z": "1", "r": False}),
        ],
    ),
    "either of two selections": (
        TWO,
        [{"eventName": "A"}, {"eventName": "b", "userAgent": "BADLY"}],
        [{"eventName": "B", "userAgent": "good"}, {"eventName": "B"}, {"userAgent": "bad"}],
    ),
    "all of them": (
        "s1:\n  eventName: A\ns2:\n  user: B\ncondition: all of them",
        [{"eventName": "A", "user": "B"}],
        [{"eventName": "A"}, {"user": "B"}],
    ),
    "two things of one field": (
        f"{NAME}|startswith: Open\n  {BUT}",
        [{"eventName": "OpenWindow", "userAgent": "x"}],
        [{"eventName": "OpenDoor", "userAgent": "x"}],
    ),
    "holding one thing and being another": (
        BOTH,
        [{"user": "ABC"}],
        [{"user": "xyz"}, {"user": "a"}],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_rule_means_here_what_it_means_there(case):
    detection, matching, others = CASES[case]
    playbook = imported(detection)
    assert [record for record in matching if not speaks(playbook, record)] == []
    assert [record for record in others if speaks(playbook, record)] == []


@pytest.mark.parametrize("case", CASES)
def test_the_tests_that_come_with_an_imported_rule_hold(case):
    playbook = imported(CASES[case][0])
    ran = [one.problem for one in rehearse(playbook, VOCABULARY)]
    assert ran == [""] * max(len(ran), 1)


@pytest.mark.parametrize(
    ("detection", "sentence"),
    [
        ("selection:\n  - foo\ncondition: selection", "r.yml:9:1  a word without a field"),
        ("s:\n  a|re: 'x+'\ncondition: s", "r.yml:11:5  a: of regular expressions only plain text"),
        ("s:\n  a|re|i: 'x'\ncondition: s", "r.yml:11:5  a: flags of a regular expression"),
        ("s:\n  a: 'x?y'\ncondition: s", "r.yml:11:5  a: `?` and placeholders"),
        ("s:\n  a: 'x*y'\ncondition: s", "r.yml:11:5  a: an asterisk inside a text compares case"),
        ("s:\n  a|fieldref: b\ncondition: s", "r.yml:11:5  a: SigmaFieldReference"),
        ("s:\n  b: x\nf:\n  a|cidr: 10.0.0.0/8\ncondition: s and not f", "r.yml:13:5  a: nobody"),
        ("s:\n  a|contains: '\"x'\ncondition: s", "r.yml:11:5  '\"x': a condition holds no quotes"),
        (
            "s:\n  a|startswith: x\nt:\n  a|endswith: y\ncondition: s and t",
            "r.yml:11:5  a: a pattern cannot say both of these of one field",
        ),
        (
            "s:\n  a: x\n  a.b: y\ncondition: s",
            "r.yml:12:5  a.b is asked for inside a field that has a value",
        ),
        ("s:\n  a: x\ncondition: [s, s]", "r.yml:12:3  it has several conditions"),
        ("s:\n  a: x\ncondition: t", "r.yml:1:1  pySigma cannot read it: "),
        ("s:\n  a: x\ncondition: s | count() > 5", "r.yml:1:1  pySigma cannot read it: "),
        (
            f"{MANY}condition: {' and '.join(f'not s{n}' for n in range(7))}",
            "r.yml:11:5  it has 128 alternatives, and 64 are the most",
        ),
    ],
)
def test_what_cannot_be_said_is_an_error_with_its_place(detection, sentence):
    with pytest.raises(Inexpressible) as raised:
        playbook_of(read_sigma("r.yml", sigma(detection)), "detection")
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize("text", ["", "- a", "title: [", "title: x\n", "a: !!python/none\n"])
def test_what_is_no_rule_is_an_error(text):
    with pytest.raises(Inexpressible, match="pySigma cannot read it"):
        read_sigma("r.yml", text)


def test_another_log_source_is_an_error():
    text = sigma("s:\n  a: x\ncondition: s").replace("service: cloudtrail", "service: guardduty")
    with pytest.raises(Inexpressible, match="only rules over product aws"):
        read_sigma("r.yml", text)


@pytest.mark.parametrize(
    ("level", "priority"),
    [("critical", "critical"), ("informational", "low"), ("medium", "medium")],
)
def test_the_level_becomes_the_priority(level, priority):
    text = sigma("s:\n  a: x\ncondition: s").replace("level: high", f"level: {level}")
    written = playbook_of(read_sigma("r.yml", text), "detection")
    assert checked(written).playbook.rules[0].outcome.priority == priority


def test_text_of_the_rule_is_never_a_template():
    text = sigma("s:\n  a: x\ncondition: s").replace("opens a door", '"{{ now }} {% x %}"')
    found = checked(playbook_of(read_sigma("r.yml", text), "detection")).playbook
    assert "now" in found.title
    assert "now" not in found.rules[0].because


# --- the command ---------------------------------------------------------------------------------


def test_the_command_writes_a_playbook_that_lints_and_holds(desk):
    rule = desk.write("r.yml", sigma(CASES["either of two selections"][0]))
    said = desk.triage("playbook", "import", "sigma", rule, "--owner", "blue", "--to", "p.yaml")
    assert said.code == 0
    assert desk.triage("playbook", "lint", "p.yaml").answer == (0, "", "1 sound, 0 problems\n")
    tested = desk.triage("playbook", "test", "p.yaml")
    assert tested.code == 0
    assert "2 of 2 hold" in tested.err
    again = desk.triage("playbook", "import", "sigma", rule, "--to", "p.yaml")
    assert again.code == 1
    assert "p.yaml: File exists" in again.err
    assert desk.triage("playbook", "import", "sigma", rule).text.startswith("# From the Sigma rule")


def test_the_command_says_what_it_cannot(desk):
    rule = desk.write("r.yml", sigma("s:\n  a: 'x?y'\ncondition: s"))
    said = desk.triage("playbook", "import", "sigma", rule)
    assert said.code == 1
    assert said.err.startswith("triage: r.yml:11:5  a: `?`")
    assert desk.triage("playbook", "import", "sigma", "gone.yml").code == 3


def test_without_pysigma_the_command_says_what_brings_it(desk, monkeypatch):
    monkeypatch.setitem(sys.modules, "sigma.conditions", None)
    monkeypatch.delitem(sys.modules, "triage.adapters.sigma.rule")
    rule = desk.write("r.yml", sigma("s:\n  a: x\ncondition: s"))
    said = desk.triage("playbook", "import", "sigma", rule)
    assert said.code == 3
    assert "pySigma is not installed; `pip install 'triage-engine[sigma]'`" in said.err
