"""Whatever the text: a playbook, or problems; an expression, or a reason why it is none."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.playbooks import SHIPPED, SOUND, checked
from tests.property.strategies import expressions
from triage.playbook.expression import compile_condition
from triage.playbook.problem import Severity
from triage.playbook.text import compile_text
from triage.playbook.values import ExpressionInvalid

ANY = settings(deadline=None, max_examples=examples(400))
TOKENS = st.sampled_from(
    [
        "a",
        "bucket.x",
        "ticket",
        "and",
        "or",
        "not",
        "in",
        "is",
        "absent",
        "none",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "|",
        "first",
        "==",
        "<",
        ">",
        "-",
        "+",
        "*",
        "**",
        "/",
        "//",
        "%",
        "~",
        ",",
        ".",
        ":",
        "'",
        '"',
        "\\",
        "0",
        "1",
        "9e999",
        "true",
        "if",
        "else",
        "for",
        "lambda",
        "signed(",
        "days(",
        "raw",
        "endraw",
        "\n",
        "�",
    ]
)
SNIPPETS = st.lists(TOKENS, max_size=25).map(" ".join)
WILD = st.one_of(st.text(max_size=60), SNIPPETS, expressions())


def reason(compile_, text):
    """Why it is none; "it is one" when it is."""
    try:
        compile_(text)
    except ExpressionInvalid as invalid:
        return str(invalid)
    return "it is one"


@ANY
@given(WILD)
def test_a_condition_compiles_or_says_why_not(text):
    assert reason(compile_condition, text)


@ANY
@given(WILD)
def test_a_because_compiles_or_says_why_not(text):
    assert reason(compile_text, text)


LINES = sorted({line for text in (SOUND, *SHIPPED.values()) for line in text.splitlines()})
BENT = st.lists(st.one_of(st.sampled_from(LINES), SNIPPETS, st.text(max_size=20)), max_size=30).map(
    "\n".join
)


@st.composite
def spliced(draw):
    """A shipped playbook with a piece of it replaced."""
    text = draw(st.sampled_from([SOUND, *SHIPPED.values()]))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 80)))
    return text[:start] + draw(st.one_of(WILD, st.just(""))) + text[end:]


@settings(deadline=None, max_examples=examples(150))
@given(st.one_of(BENT, spliced(), st.text(max_size=80)))
def test_any_file_is_a_playbook_or_has_an_error_with_a_place(text):
    found = checked(text)
    errors = [one for one in found.problems if one.severity is Severity.ERROR]
    assert (found.playbook is None) is bool(errors)
    assert all(one.line >= 1 and one.column >= 1 and "\n" not in str(one) for one in errors)
