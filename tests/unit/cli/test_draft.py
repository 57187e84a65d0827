"""`triage playbook new`: asks, writes, and overwrites nothing."""

from tests.pasts import a_past


def test_a_new_playbook_passes_lint_and_test_at_once(desk):
    said = desk.triage("playbook", "new", "--type", "RDS.3", "--to", "mine")
    assert (said.code, said.err) == (0, "")
    path = "mine/rds-3.yaml"
    assert said.text.startswith(f"{path}: 4 tests hold")
    assert desk.triage("playbook", "lint", path).answer == (0, "", "1 sound, 0 problems\n")
    tested = desk.triage("playbook", "test", path, "--fail-under", "100")
    assert (tested.code, tested.err) == (0, "4 of 4 hold\n")


def test_it_overwrites_nothing(desk):
    desk.write("playbooks/mine.yaml", "mine")
    said = desk.triage("playbook", "new", "mine", "--type", "S3.8")
    assert (said.code, "is there already" in said.err) == (1, True)
    assert (desk.folder / "playbooks" / "mine.yaml").read_text() == "mine"


def test_it_asks_for_a_type_and_says_what_was_probably_meant(desk):
    said = desk.triage("playbook", "new", stdin=b"restricted-shh\n")
    assert said.code == 0
    assert "did you mean 'restricted-ssh'?" in said.err


def test_it_takes_the_type_of_a_case(desk, tmp_path):
    with a_past(tmp_path) as past:
        case = past.decided("open")
    desk.environment["TRIAGE_PATHS__DATA"] = "."
    assert desk.triage("playbook", "new", "from-a-case", "--case", case).code == 0
    assert 'type: ["S3.8"]' in (desk.folder / "playbooks" / "from-a-case.yaml").read_text()


def test_what_can_be_no_type_is_a_usage_error(desk):
    assert desk.triage("playbook", "new", "--type", "a\nb").code == 2
    assert desk.triage("playbook", "new", "--type", "S3.8", "--case", "x").code == 2
    bad = desk.triage("playbook", "new", "Not A Name", "--type", "S3.8")
    assert (bad.code, "words-with-hyphens" in bad.err) == (1, True)
