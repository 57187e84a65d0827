"""YAML 1.2 with a place for everything, and bounds on everything."""

import pytest

from triage.playbook.document import BYTES_MAX, read


def content(text):
    document, problems = read("p.yaml", text)
    assert document is not None, problems
    return document.content


def problem(text):
    (found,) = read("p.yaml", text)[1]
    return f"{found} [{found.rule}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: yes\nb: on\nc: no", {"a": "yes", "b": "on", "c": "no"}),
        ("a: true\nb: False\nc: TRUE", {"a": True, "b": False, "c": True}),
        ("%YAML 1.1\n---\na: yes", {"a": "yes"}),
        ("a: !!bool yes", {"a": "yes"}),
        ("a: 12\nb: 0x1F\nc: 1.5\nd: 1_000", {"a": 12, "b": 31, "c": 1.5, "d": 1000}),
        ("a: 012345678901", {"a": "012345678901"}),
        ("a: .nan\nb: .inf\nc: 1e999", {"a": ".nan", "b": ".inf", "c": "1e999"}),
        ("a: 2026-12-01T00:00:00Z", {"a": "2026-12-01T00:00:00Z"}),
        ("a: ~\nb: null\nc:", {"a": None, "b": None, "c": None}),
        ("\ufeffa: 1", {"a": 1}),
        ("a: |\n  two\n  lines\n", {"a": "two\nlines\n"}),
        ("true: 1", {"true": 1}),
    ],
)
def test_values_are_what_yaml_1_2_says(text, expected):
    assert content(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "p.yaml:1:1  the file is empty [yaml-shape]"),
        ("- a", "p.yaml:1:1  a playbook is a mapping of keys to values [yaml-shape]"),
        (
            "a:\n\t- b",
            (
                "p.yaml:2:1  this is no YAML: found character '\\t' that cannot start any"
                " token [yaml-syntax]"
            ),
        ),
        ("a: 'x", "p.yaml:1:6  this is no YAML: found unexpected end of stream [yaml-syntax]"),
        (
            "a: 1\n---\nb: 2",
            "p.yaml:2:1  this is no YAML: but found another document [yaml-syntax]",
        ),
        ("a: {b: 1, b: 2}", "p.yaml:1:11  'b' is here twice [yaml-twice]"),
        ("a: &x [1]\nb: *x", "p.yaml:1:4  anchors and aliases are not allowed here [yaml-alias]"),
        ("a: &x [*x]", "p.yaml:1:4  anchors and aliases are not allowed here [yaml-alias]"),
        ("a:\n  <<: {b: 1}", "p.yaml:2:3  merge keys are not allowed here [yaml-merge]"),
        ("a: !secret b", "p.yaml:1:4  tags such as '!secret' are not allowed here [yaml-tag]"),
        ("? [1]\n: 2", "p.yaml:1:3  a key is a word [yaml-key]"),
        (
            "a: " + "[" * 40 + "]" * 40,
            "p.yaml:1:36  it is nested too deeply or too large [yaml-depth]",
        ),
        ("[" * 2000, "p.yaml:1:1  it is nested too deeply [yaml-depth]"),
        (
            "a: [" + "0, " * 20_001 + "]",
            "p.yaml:1:59999  it is nested too deeply or too large [yaml-depth]",
        ),
        ("#" * (BYTES_MAX + 1), "p.yaml:1:1  a playbook has at most 256 KiB [yaml-size]"),
        (
            "a: \x07",
            (
                "p.yaml:1:1  this is no YAML: unacceptable character #x0007: special"
                " characters are not allowed [yaml-syntax]"
            ),
        ),
    ],
)
def test_what_is_no_document_says_where_and_why(text, expected):
    assert problem(text) == expected


def test_a_billion_laughs_are_refused_at_the_first():
    laughs = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{before}, *{before}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "anchors and aliases" in problem(laughs)


def test_every_key_and_value_has_a_place():
    document, _ = read("p.yaml", "rules:\n  - rule: first\n    when: a.b\n")
    assert document.place(("rules", 0, "when")) == (3, 11)
    assert document.key(("rules", 0, "when")) == (3, 5)
    assert document.place(("rules", 0, "because")) == (2, 5)
    assert document.place(("nowhere",)) == (1, 1)
