"""What a responder sees of a case that rests on evidence, with AWS at the other end."""

from tests.desk import Desk
from tests.findings import ACCOUNT, REGION, finding, imported, organisation
from triage.sandbox.server import Sandbox


def worked_through(desk: Desk, sandbox: Sandbox, denied: tuple[str, ...] = ()) -> str:
    found = finding()
    sandbox.load(organisation([found], public_access_block="all"))
    for service in denied:
        sandbox.faults.add("deny", service=service)
    desk.environment |= sandbox.environment(ACCOUNT, REGION) | {"TRIAGE_AWS__ROLE": "TriageRead"}
    desk.write("one.json", imported(found))
    (row,) = desk.triage("run", "--once", "one.json", "-o", "jsonl").rows
    return row["case"]


def test_a_close_shows_its_ground_and_the_answers_it_rests_on(desk, sandbox):
    case = worked_through(desk, sandbox)
    assert "closed as no longer present by proof" in desk.triage("case", "list").text
    told = desk.triage("case", "explain", case, "-o", "json").json
    assert told["ground"] == "proof"
    assert any("public_access_blocked=True" in one and "[s3" in one for one in told["answers"])
    assert desk.triage("case", "replay", case).err == "the same bytes\n"


def test_an_escalation_shows_what_could_not_be_found_out(desk, sandbox):
    case = worked_through(desk, sandbox, denied=("s3", "s3control"))
    told = desk.triage("case", "explain", case, "-o", "json").json
    assert told["decision"] == "escalate"
    assert any("could not find out" in one for one in told["rulings"])
    assert any("unknown (" in one for one in told["answers"])
    page = desk.triage("case", "show", case).text
    assert "could not find out" in page
