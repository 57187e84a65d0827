"""What people say to repairs, as commands."""

import pytest

from tests.desk import Desk, a_report, body


@pytest.fixture
def case(desk: Desk) -> str:
    """One escalated case in the desk's folder, and alice with her key."""
    desk.people("alice")
    desk.write("one.json", body(a_report()))
    (row,) = desk.triage("run", "--once", "one.json", "-o", "jsonl").rows
    return str(row["case"])


def signed(desk: Desk) -> tuple[str, ...]:
    return ("--by", "alice", "--key", "alice")


def test_where_no_plan_waits_there_is_nothing_to_agree_to_or_to_refuse(desk, case):
    for words in (("approve",), ("reject", "--because", "no")):
        said = desk.triage(words[0], case, *signed(desk), *words[1:])
        assert said.code == 1
        assert f"no plan of case {case} waits for anybody; it is escalated" in said.err


def test_where_nothing_was_repaired_there_is_nothing_to_take_back(desk, case):
    said = desk.triage("revert", case, *signed(desk), "--wait", "0")
    assert said.code == 1
    assert f"no repair of case {case} is there to take back" in said.err


def test_everything_is_halted_until_somebody_lets_it_go_on(desk):
    said = desk.triage("halt", "--by", "alice", "--because", "drill")
    assert said.answer == (0, "halted every repair; `triage resume` lets it go on\n", "")
    assert desk.triage("resume", "--by", "alice").answer == (0, "every repair goes on\n", "")
    again = desk.triage("resume", "--by", "alice")
    assert again.answer == (0, "every repair was not halted\n", "")


def test_one_rule_is_halted_by_itself(desk):
    rule = ("--rule", "buckets: block it")
    said = desk.triage("halt", "--by", "alice", "--because", "wrong", *rule)
    assert said.answer == (0, "halted buckets: block it; `triage resume` lets it go on\n", "")
    assert desk.triage("resume", "--by", "a").text == "every repair was not halted\n"
    assert desk.triage("resume", "--by", "a", *rule).text == "buckets: block it goes on\n"


def test_effects_are_listed_tried_again_and_given_up(desk, case):
    effects = desk.triage("effect", "list", "--case", case, "-o", "jsonl").rows
    assert desk.triage("effect", "list").code == 0
    for row in effects:
        assert row["case"] == case
    unknown = desk.triage("effect", "retry", "zz")
    assert (unknown.code, unknown.err) == (
        1,
        "triage: no effect zz; `triage effect list` shows what there is\n",
    )
    assert desk.triage("effect", "abandon", "zz", "--by", "alice").code == 1
