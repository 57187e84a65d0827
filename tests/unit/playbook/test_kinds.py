"""What kind of value an expression has, and which expressions never have one."""

import pytest
from jinja2 import Environment, nodes

from triage.playbook.expression import parse
from triage.playbook.lint_kinds import kind_of, misfits
from triage.questions.question import Field

FIELDS = {
    ("flag",): "boolean",
    ("count",): "number",
    ("name",): "string",
    ("items",): "list",
    ("at",): "time",
    ("thing",): "object",
    ("loose",): "any",
}


def resolve(names):
    return Field(type=FIELDS[names], meaning="") if names in FIELDS else None


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("flag", "boolean"),
        ("loose", None),
        ("elsewhere", None),
        ("true", "boolean"),
        ("5", "number"),
        ("'x'", "string"),
        ("none", None),
        ("(1, 2)", "list"),
        ("[1]", "list"),
        ("count | length", "number"),
        ("count | lower", "string"),
        ("name | first", "string"),
        ("items | first", None),
        ("loose | first", None),
        ("minutes(5)", "span"),
        ("signed('a', name)", "boolean"),
        ("other(5)", None),
        ("count + 1", "number"),
        ("at - at", "span"),
        ("at - '2026-11-20T00:00:00Z'", "span"),
        ("'2026-11-20T00:00:00Z' - at", "span"),
        ("at - minutes(5)", "time"),
        ("count - count", "number"),
        ("name - name", "string"),
        ("at + minutes(5)", "time"),
        ("minutes(5) + at", "time"),
        ("count + loose", None),
        ("count > 1", "boolean"),
        ("flag and flag", "boolean"),
        ("flag or flag", "boolean"),
        ("not flag", "boolean"),
        ("flag is absent", "boolean"),
    ],
)
def test_an_expression_has_a_kind_where_one_can_be_said(expression, kind):
    assert kind_of(parsed(expression), resolve) == kind


def parsed(expression):
    """Parse what need not be a condition."""
    (output,) = Environment(autoescape=True).parse("{{ " + expression + " }}").body
    assert isinstance(output, nodes.Output)
    return output.nodes[0]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("flag | lower == 'x'", ["lower takes a string, and flag is a boolean"]),
        ("count | length == 1", [
            "length takes a list or an object or a string, and count is a number"]),
        ("count | first == 1", ["first takes a list or a string, and count is a number"]),
        ("flag + 1 == loose", ["only numbers and times add up, and flag is a boolean"]),
        ("1 - items > 0", ["only numbers and times add up, and items is a list"]),
        ("at - '2026-11-20T00:00:00Z' > minutes(5)", []),
        ("'2026-11-20T00:00:00Z' - at > minutes(5)", []),
        ("at - minutes(5) > minutes(5)", ["this is a time and this a span: they never compare"]),
        ("name in count", ["in takes a list or a text, and count is a number"]),
        ("name not in flag", ["in takes a list or a text, and flag is a boolean"]),
        ("count in name", []),
        ("name in loose", []),
        ("flag > count", ["flag is a boolean, and that has no order"]),
        ("count >= items", ["items is a list, and that has no order"]),
        ("flag == count", ["flag is a boolean and count a number: they never compare"]),
        ("thing == items", ["thing is an object and items a list: they never compare"]),
        ("count < name", ["count is a number and name a string: they never compare"]),
        ("at < name", []),
        ("name == at", []),
        ("count == count", []),
        ("flag == loose", []),
        ("(count + 1) == 'x'", ["this is a number and this a string: they never compare"]),
        ("count == 'x'", []),
        ("'x' == count", []),
        ("'x' == 5", ["this is a string and this a number: they never compare"]),
        ("not (flag == count and name == count)", [
            "flag is a boolean and count a number: they never compare",
            "name is a string and count a number: they never compare"]),
    ],
)  # fmt: skip
def test_what_never_has_a_value_is_told(when, told):
    assert list(misfits(parse(when), resolve)) == told
