"""The mistakes that scripts/mutate.py makes: each one small, each one compiling, none elsewhere."""

import ast

import pytest

from scripts import lines_run, mutate
from scripts.mutants import mutants, mutated

SOURCE = '''
LIMIT = 3
def judge(a: int, b: str = "x") -> bool:
    """It judges."""
    %s
'''


def made(line):
    """Every mutant of one line, as code."""
    source = SOURCE % line
    trees = [mutated(source, one.number) for one in mutants(source)]
    return [ast.unparse(tree).splitlines()[-1].strip() for tree in trees]


@pytest.mark.parametrize(
    ("line", "others"),
    [
        ("return a < LIMIT", ["return a <= LIMIT"]),
        ("return a is None", ["return a is not None"]),
        ("return a and b", ["return a or b"]),
        ("return not a", ["return not not a"]),
        ("return a + LIMIT", ["return a - LIMIT"]),
        ("return True", ["return False"]),
        ("return 7", ["return 8"]),
        ("return b.lower()", ["return b.upper()"]),
        ("c = a", ["c = None"]),
        ("return f(a)", ["return f(None)"]),
        ("return f(a, key=b)", ["return f(None, key=b)", "return f(key=b)", "return f(a, key=None)",
                                "return f(a)"]),
        ("return lambda: a", ["return lambda: None"]),
        ("return f'{a} is 1'", []),
        ("assert_never(a)", []),
    ],
)  # fmt: skip
def test_a_line_has_these_mistakes(line, others):
    assert [one for one in made(line) if one in others] == others
    # Of the default of `b`, which stands in the head, there is one more.
    assert len(made(line)) == len(others) + 1


def test_a_case_may_be_gone_but_not_the_one_that_cannot_be():
    source = SOURCE % (
        "match a:\n        case 1:\n            pass\n        case 2:\n            pass\n"
        "        case never:\n            assert_never(never)"
    )
    assert [one.what for one in mutants(source)][1:] == ["case 1 gone", "case 2 gone"]


def test_what_runs_on_import_has_none():
    assert mutants("LIMIT = 3\nNAMES = dict(a=1)\n") == []


def test_the_code_of_a_live_function_is_replaced(tmp_path, monkeypatch):
    path = tmp_path / "judging.py"
    path.write_text("def judge(a):\n    return a < 3\n")
    space = {}
    exec(compile(path.read_text(), str(path), "exec"), space)  # noqa: S102 - a function of our own
    judge = space["judge"]
    assert judge(3) is False
    assert mutate.make(path, 0, mutate.alive([path])) == 1
    assert judge(3) is True


def test_a_share_comes_with_its_interval():
    assert mutate.interval(85, 100) == (0.767, 0.907)
    assert mutate.interval(300, 300) == (0.987, 1.0)


def test_code_of_another_file_on_the_same_line_is_left_alone(tmp_path):
    paths = [tmp_path / name for name in ("a.py", "b.py")]
    spaces = []
    for path in paths:
        path.write_text("def judge(a):\n    return a < 3\n")
        spaces.append({})
        exec(compile(path.read_text(), str(path), "exec"), spaces[-1])  # noqa: S102 - our own
    mutate.make(paths[0], 0, mutate.alive(paths))
    assert [space["judge"](3) for space in spaces] == [True, False]


def test_where_a_mistake_takes_a_function_away_the_others_are_not_mixed_up():
    before, after = (
        compile(f"def f():\n    g({inner})\n    return lambda: 2\n", "x", "exec")
        for inner in ("lambda: 1, 0", "0")
    )
    assert [old.co_qualname for old, _ in mutate.pairs(before, after)] == ["f"]


def test_the_time_of_a_test_is_its_own_and_that_of_what_it_needs():
    told = "0.02s call     a.py::t[x y]\n0.01s setup    a.py::t[x y]\n a.py::u PASSED\n1s call  b"
    assert lines_run.durations(told) == {"a.py::t[x y]": 0.03, "b": 1.0}
