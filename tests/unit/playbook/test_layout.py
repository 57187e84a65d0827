"""One way to write a playbook: nothing it says changes, no comment is lost, and twice is once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.playbooks import SHIPPED, SOUND
from triage.playbook.document import read
from triage.playbook.writing.layout import Unwritable, formatted

MESSY = """\
# head
title: 'A title'   \n\
# about the name
playbook: x
owner: 'it''s'
rules:
  # the first
  - because: "."
    # the outcome
    escalate: low
    rule: a
    when: >-
      a and   \n\
      b


  - escalate: low   # beside
    rule: b
    because: |
      text  \n\

      more
match: { type: ['S3.8'], why: 'say "so"' }
evidence:
  b:
    calls: [a]
    ask: x
tests:
  - ticket: { like: x }
    expect:
      rule: b
      close: benign
    test: one
# tail
"""
TIDY = """\
# head
# about the name
playbook: x
title: "A title"
owner: 'it''s'

match: { type: ["S3.8"], why: 'say "so"' }

evidence:
  b:
    ask: x
    calls: [a]

rules:
  # the first
  - rule: a
    when: >-
      a and   \n\
      b
    # the outcome
    escalate: low
    because: "."

  - rule: b
    escalate: low   # beside
    because: |
      text  \n\

      more

tests:
  - test: one
    ticket: { like: x }
    expect:
      close: benign
      rule: b
# tail
"""


def said(text):
    return read("p.yaml", text)[0].content


def test_keys_quotes_and_empty_lines_have_one_form():
    assert formatted(MESSY) == TIDY


@pytest.mark.parametrize("text", [TIDY, SOUND])
def test_what_is_tidy_stays_as_it_is(text):
    once = formatted(text)
    assert formatted(once) == once
    assert said(once) == said(text)


@pytest.mark.parametrize("path", SHIPPED)
def test_what_ships_is_tidy(path):
    assert formatted(SHIPPED[path]) == SHIPPED[path]


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("a: 1\r\nb: 2\r\n\r\n\r\n", "a: 1\nb: 2\n"),
        ("a: 1\n\n\n\nb: 2", "a: 1\n\nb: 2\n"),
        ("{ title: 'x', playbook: y }", '{ title: "x", playbook: y }\n'),
        ("title: 'a\\b'\n", "title: 'a\\b'\n"),
        ("limits: { per_hour: 1 }\nowner: x\n", "owner: x\n\nlimits: { per_hour: 1 }\n"),
        ("rules: []\nunknown: 1\nowner: x\n", "owner: x\n\nrules: []\nunknown: 1\n"),
        ("- a\n- b\n", "- a\n- b\n"),
    ],
)
def test_small_things_have_one_form_too(text, tidy):
    assert formatted(text) == tidy


@pytest.mark.parametrize("text", ["", "a: [", "a: 1\n\tb: 2\n"])
def test_what_is_no_yaml_is_an_error(text):
    with pytest.raises(Unwritable, match="this is no YAML"):
        formatted(text)


@settings(max_examples=8)
@given(data=st.data())
def test_shuffled_keys_come_back_in_order_and_say_the_same(data):
    text = SHIPPED[data.draw(st.sampled_from(sorted(SHIPPED)))]
    head, *parts = _top(text)
    once = formatted(head + "".join(data.draw(st.permutations(parts))))
    assert said(once) == said(text)
    assert formatted(once) == once
    assert sorted(once.split()) == sorted(text.split())


def _top(text):
    """A shipped playbook cut before each of its top-level keys."""
    parts, lines = [""], text.splitlines(keepends=True)
    for line in lines:
        if line[:1].isalpha():
            parts.append("")
        parts[-1] += line
    return parts


def test_the_command_writes_or_only_tells(desk):
    path = desk.write("books/p.yaml", MESSY)
    told = desk.triage("playbook", "fmt", "--check", "books")
    assert told.answer == (1, f"{path}\n", "would change: 1 of 1\n")
    assert (desk.folder / path).read_text() == MESSY
    assert desk.triage("playbook", "fmt", "books").answer == (0, f"{path}\n", "changed: 1 of 1\n")
    assert (desk.folder / path).read_text() == TIDY
    assert desk.triage("playbook", "fmt", "--check", "books").answer == (
        0,
        "",
        "would change: 0 of 1\n",
    )


def test_the_command_leaves_what_it_cannot_read(desk):
    path = desk.write("p.yaml", "a: [")
    said_ = desk.triage("playbook", "fmt", path)
    assert said_.code == 1
    assert said_.err.startswith("p.yaml: this is no YAML")
    assert desk.triage("playbook", "fmt", "gone").code == 3
    assert Path(desk.folder / path).read_text() == "a: ["
