"""Nothing that somebody else wrote acts in a comment on a pull request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.cli.markdown import quoted, table


@pytest.mark.parametrize(
    "text",
    ["`x` <b>", "a|b", "a\\|b", "\n# heading\n", "@team", "[x](javascript:alert(1))", "\x1b[31m"],
)
def test_it_stays_one_code_span(text):
    shown = quoted(text)
    inner = shown.removeprefix("`").removesuffix("`")
    assert (shown[0], shown[-1]) == ("`", "`")
    assert not set(inner) & set("`|\\\n")
    assert inner.isprintable()


def test_nothing_is_a_dash_and_much_is_cut_short():
    assert (quoted(" "), quoted(None), len(quoted("x" * 999))) == ("-", "-", 162)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=3))
def test_a_row_has_as_many_cells_as_there_are_names(values):
    rows = [
        {str(at): value for at, value in enumerate(values)},
        dict.fromkeys("012"[: len(values)], 7),
    ]
    head, rule, *lines = table(rows)
    assert {line.count("|") for line in (head, rule, *lines)} == {len(values) + 1}
    assert len(lines) == 2
