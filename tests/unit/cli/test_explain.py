"""`triage playbook explain`: a case from its record, a file as it stands."""

from tests.pasts import BASE, a_past, s3_8


def test_a_case_is_explained_from_its_record(desk, tmp_path):
    with a_past(tmp_path) as past:
        case = past.decided("open")
    desk.environment["TRIAGE_PATHS__DATA"] = "."
    said = desk.triage("playbook", "explain", case, "-o", "json")
    assert said.code == 0
    found = said.json
    assert found["decision"]["decision"] == "escalate"
    assert found["patterns"] == [
        {"playbook": "bucket-block", "matches": True, "held": 1, "failing": ""}
    ]
    assert [(one["rule"], one["value"]) for one in found["rules"]] == [
        ("crown jewels", "false"),
        ("blocked now", "false"),
        ("still open", "true"),
    ]
    bucket = next(one for one in found["answers"] if one["names"] == ["bucket"])
    assert (bucket["is"], bucket["age_seconds"], bucket["source"]) == ("known", 0.0, "test")
    closes = {
        "if": ["bucket.public_access_blocked were True", "its source confirmed it"],
        "then": "close as no longer present by proof",
    }
    assert closes in found["otherwise"]


def test_a_file_is_explained_as_it_stands_for_people(desk):
    desk.write("all/one.yaml", BASE)
    desk.write("ticket.json", s3_8("reports"))
    said = desk.triage("playbook", "explain", "ticket.json", "--playbooks", "all")
    assert said.code == 0
    for heading in ("PATTERNS", "ANSWERS", "RULES", "would change"):
        assert heading in said.text
    assert "it was not asked" in said.text


def test_what_a_close_was_checked_for_is_shown(desk, tmp_path):
    with a_past(tmp_path) as past:
        case = past.decided("blocked", blocked=True)
    desk.environment["TRIAGE_PATHS__DATA"] = "."
    said = desk.triage("playbook", "explain", case)
    assert "CHECKS OF THE CLOSE" in said.text
    assert "close as no longer present by proof" in said.text


def test_no_such_case_is_a_sentence(desk):
    said = desk.triage("playbook", "explain", "nothing")
    assert (said.code, "no case nothing" in said.err) == (1, True)
