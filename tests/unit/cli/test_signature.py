"""Writing a signature, signing it, seeing what it does and taking it back."""

import pytest

NEW = (
    *("signature", "new", "shop-www", "--kind", "public-website", "--account", "111122223333"),
    *("--type", "S3.8", "--because", "Pages.", "--by", "alice", "--key", "alice"),
)
SUBJECT = ("--subject", "arn:aws:s3:::shop-www")


@pytest.fixture
def signing(desk):
    """A desk with two people and a folder for what they sign."""
    desk.people("alice", "bob")
    desk.environment["TRIAGE_PATHS__SIGNATURES"] = str(desk.folder / "signatures")
    return desk


def test_it_counts_once_a_second_person_signs_and_no_longer_once_it_is_revoked(signing):
    assert "another person runs" in signing.triage(*NEW, *SUBJECT, "--per-day", "5").text
    assert "it needs two different people" in signing.triage("signature", "list").err
    signed = signing.triage("signature", "sign", "shop-www", "--by", "bob", "--key", "bob")
    assert "signed by bob" in signed.text
    (row,) = signing.triage("signature", "list", "-o", "json").json
    assert (row["id"], row["people"]) == ("shop-www", "alice bob")
    shown = signing.triage("signature", "show", "shop-www", "-o", "json").json
    assert (shown["state"], shown["today"], shown["per_day"]) == ("in force", 0, "5")
    assert shown["ground"] == "signed, not certified"
    revoked = signing.triage("signature", "revoke", "shop-www", "--by", "bob", "--because", "moved")
    assert revoked.code == 0
    assert "it was revoked" in signing.triage("signature", "list").err
    shown = signing.triage("signature", "show", "shop-www", "-o", "json").json
    assert (shown["state"], "moved" in shown["revoked"]) == ("counts for nothing", True)


def test_a_window_identities_and_actions_are_part_of_what_is_signed(signing):
    more = ("--window", "2026-12-01", "2026-12-02", "--identity", "AROAX", "--action", "s3:PutAcl")
    assert signing.triage(*NEW, *SUBJECT, *more).code == 0
    said = signing.triage("signature", "statement", "shop-www").json
    assert said["window"] == ["2026-12-01T00:00:00+00:00", "2026-12-02T00:00:00+00:00"]
    assert (said["identities"], said["actions"]) == (["AROAX"], ["s3:PutAcl"])


def test_whoever_asked_for_it_does_not_approve_it(signing):
    signing.triage(*NEW, *SUBJECT, "--requester", "bob")
    signing.triage("signature", "sign", "shop-www", "--by", "bob", "--key", "bob")
    assert "bob asked for it and cannot approve it" in signing.triage("signature", "list").err


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ('{"subject": {"name": [{"prefix": "www-"}]}}', "an attacker may have written it"),
        ('{"event": {"tags": ["x"]}}', "an attacker may have written it"),
        ('{"$or": [{"title": ["x"]}, {"region": ["x"]}]}', "an attacker may have written it"),
        ('{"status": ["open"]}', "proves nothing"),
        ('{"colour": ["red"]}', "a ticket has no such field"),
        ('{"source": [{"exists": true}]}', "its pattern matches 100% of all samples"),
        ('{"source": [{"prefx": "x"}]}', "its pattern is none"),
        ("source", "its pattern is none"),
    ],
)
def test_a_pattern_that_covers_what_others_choose_or_nearly_all_is_refused(signing, pattern, why):
    refused = signing.triage(*NEW, "--pattern", pattern)
    assert refused.code == 3
    assert why in refused.err
    assert not (signing.folder / "signatures").exists()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--days", "91"), "'--days'"),
        (("--per-day", "0"), "'--per-day'"),
    ],
)
def test_no_more_than_ninety_days_and_no_fewer_than_one_case(signing, more, why):
    refused = signing.triage(*NEW, *SUBJECT, *more)
    assert refused.code != 0
    assert why in refused.err


def test_no_id_twice_and_none_that_is_no_name(signing):
    signing.triage(*NEW, *SUBJECT)
    assert "is there already" in signing.triage(*NEW, *SUBJECT).err
    other = (*NEW[:2], "../www", *NEW[3:], *SUBJECT)
    assert "lower-case words-with-hyphens" in signing.triage(*other).err


def test_what_is_in_one_file_is_taken_out_of_it(signing):
    path = signing.write("signatures.toml", '[[signature]]\nid = "www"\n')
    signing.environment["TRIAGE_PATHS__SIGNATURES"] = path
    said = signing.triage("signature", "revoke", "www", "--by", "bob", "--because", "x")
    assert "take the entry out of the file" in said.err
    assert "name a folder" in signing.triage(*NEW, *SUBJECT).err


def test_a_file_that_is_no_signature_is_told_and_the_others_still_count(signing):
    signing.triage(*NEW, *SUBJECT)
    signing.triage("signature", "sign", "shop-www", "--by", "bob", "--key", "bob")
    signing.write("signatures/other.yaml", "id: other\n")
    said = signing.triage("signature", "list", "-o", "json")
    assert [row["id"] for row in said.json] == ["shop-www"]
    assert "signature other: 'kind' is missing" in said.err
    signing.write("signatures/other.yaml", "id: [\n")
    assert "other.yaml" in signing.triage("signature", "list").err
