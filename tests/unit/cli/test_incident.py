"""The commands around incidents, as a responder types them."""

import json

import pytest

from tests.findings import finding, imported

pytestmark = pytest.mark.slow

TAG = {"aws:cloudformation:stack-name": "shop"}


def of_stack(bucket: str) -> bytes:
    resource = {"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::{bucket}", "Tags": TAG}
    return imported(finding("S3.13", bucket, Resources=[resource]))


@pytest.fixture
def filled(desk):
    lines = b"\n".join(of_stack(f"shop-{n}") for n in range(3))
    desk.write("findings.jsonl", lines)
    desk.triage("run", "--once", "findings.jsonl", "--output", "jsonl")
    return desk


def incident(desk) -> dict[str, object]:
    (row,) = desk.triage("incident", "list", "-o", "json").json
    return row


def test_without_incidents_the_list_says_so(desk):
    assert desk.triage("incident", "list").answer == (0, "", "no open incidents\n")


def test_an_incident_is_listed_with_its_size_and_who_has_it(filled):
    row = incident(filled)
    assert (row["cases"], row["told"], row["with"]) == (3, "high", "nobody yet")


def test_an_incident_is_shown_with_its_members(filled):
    row = incident(filled)
    said = filled.triage("incident", "show", str(row["incident"])[:4], "-o", "json")
    page = json.loads(said.out)
    assert len(page["members"]) == 3
    assert {one["status"] for one in page["members"]} == {"escalated"}


def test_a_case_names_its_incident(filled):
    row = incident(filled)
    page = filled.triage("case", "show", str(row["leading"]), "-o", "json").json
    assert page["incident"] == row["incident"]


def test_a_case_is_taken_out(filled):
    row = incident(filled)
    page = filled.triage("incident", "show", str(row["incident"]), "-o", "json").json
    taken = next(one["case"] for one in page["members"] if one["case"] != row["leading"])
    said = filled.triage("incident", "unmerge", taken, "--by", "alice")
    assert (said.code, said.text) == (
        0,
        f"{taken} stands alone; the worker decides and tells it again\n",
    )
    assert "alone" not in filled.triage("case", "show", str(row["leading"])).text
    again = filled.triage("incident", "unmerge", taken, "--by", "alice")
    assert (again.code, again.err) == (
        1,
        f"triage: case {taken} is in no incident: it is told by itself already\n",
    )


def test_an_unknown_incident_is_a_sentence(desk):
    said = desk.triage("incident", "show", "zzz")
    assert (said.code, said.err) == (
        1,
        "triage: no incident zzz; `triage incident list` shows what there is\n",
    )
