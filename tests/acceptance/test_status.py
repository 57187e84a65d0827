"""`triage status` as an operator types it, on a store where something happened."""

from tests.desk import a_report, body, lines


def test_it_is_a_page_for_people_and_a_record_for_programs(desk):
    desk.write("one.json", body(a_report()))
    desk.write("triage.toml", '[paths]\ndata = "data"\n')
    desk.triage("run", "--once", "one.json", "--data", "data")
    desk.triage("audit", "anchor")
    desk.write("two.jsonl", lines(a_report(2), a_report(3)))
    desk.triage("submit", "two.jsonl")
    seen = desk.triage("status", "-o", "json").json
    assert seen["inbox"]["messages"] == 2
    assert seen["inbox"]["oldest_seconds"] >= 0
    assert seen["due"] == {"cases": 0, "oldest_seconds": None}
    assert (seen["cases"], seen["unanswered"]) == ({"escalated": 1}, {})
    assert seen["leases"] == seen["budgets"] == []
    assert seen["anchors"]["events"] == 2
    assert seen["anchors"]["exported_seconds"] is None
    text = desk.triage("status").text
    assert "inbox             2 messages, the oldest for " in text
    assert "anchors           2 events, no head exported" in text
    assert (seen["halted"], "HALTED" in text) == ({}, False)
    desk.triage("halt", "--by", "alice", "--because", "drill")
    seen = desk.triage("status", "-o", "json").json
    assert (seen["halted"]["all"]["by"], seen["halted"]["all"]["because"]) == ("alice", "drill")
    assert "every repair, halted by alice since " in desk.triage("status").text
