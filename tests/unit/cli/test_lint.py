"""`triage playbook lint` as people and programs meet it: places, suggestions, exit codes, SARIF."""

import json

import jsonschema
import pytest

from tests.playbooks import SOUND
from triage.playbook.lint_rules import RULES

SUGGEST = (
    'rules:\n  - rule: open\n    when: bucket.acl_public\n    escalate: high\n    because: "."\n'
    "    suggest:\n      - fix: aws.call\n        call: s3.put_bucket_versioning\n"
    "        parameters: { Bucket: logs, VersioningConfiguration: { Status: Enabled } }\n"
)
ALWAYS = 'rules:\n  - { rule: all, escalate: low, because: "{{ bucket.explanation }}" }\n'
CHANGE = (
    "bucket: { ask: s3.public_access }\n",
    "bucket: { ask: s3.public_access }\n  change: { ask: cloudtrail.last_change }\n",
)
WHEN = "when: bucket.public_access_blocked"

NINE = {
    "filter for match": (
        [("match: {", "filter: {")],
        ("p.yaml", 5, 1, "unknown-key", "write 'match'"),
    ),
    "a misspelt operator": (
        [('["S3.8"]', "[{ prefx: S3 }]")],
        ("p.yaml", 5, 17, "pattern", "write 'prefix'"),
    ),
    "a misspelt parameter": (
        [("rules:\n", SUGGEST), ("Bucket: logs", "Buckt: logs")],
        ("p.yaml", 16, 23, "call-parameter", "write 'Bucket'"),
    ),
    "a wrong enum": (
        [("rules:\n", SUGGEST), ("Status: Enabled", "Status: Enable")],
        ("p.yaml", 16, 72, "call-value", "write 'Enabled'"),
    ),
    "a rule after an unconditional one": (
        [("rules:\n", ALWAYS)],
        ("p.yaml", 10, 5, "unreachable", RULES["unreachable"].instead),
    ),
    "when on a name no evidence defines": (
        [(WHEN, "when: bukcet.public_access_blocked")],
        ("p.yaml", 10, 11, "unknown-name", "write 'bucket'"),
    ),
    "a user agent deciding a close": (
        [CHANGE, (WHEN, 'when: change.user_agent == "terraform"')],
        ("p.yaml", 11, 11, "tainted", RULES["tainted"].instead),
    ),
    "default around an answer": (
        [(WHEN, "when: bucket.public_access_blocked | default(true)")],
        ("p.yaml", 10, 11, "no-default", RULES["no-default"].instead),
    ),
}
SIGNATURE = """\
[[signature]]
id = "shop-www"
kind = "public-website"
subject = "arn:aws:s3:::shop-www"
account = "111122223333"
types = ["S3.8"]
because = "The pages of the shop."
signed = 2026-11-01T00:00:00Z
expires = 2036-11-01T00:00:00Z
by = { alice = "...", bob = "..." }
"""


def _changed(text, changes):
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def _found(said):
    return [
        (row["path"], row["line"], row["column"], row["rule"], row["suggestion"])
        for row in said.rows
    ]


@pytest.mark.parametrize("case", NINE)
def test_a_mistake_is_found_where_it_is_with_what_to_write_instead(desk, case):
    changes, expected = NINE[case]
    path = desk.write("p.yaml", _changed(SOUND, changes))
    said = desk.triage("playbook", "lint", path, "-o", "jsonl")
    assert said.code == 1
    *place, suggestion = expected
    assert any(list(row[:4]) == place and suggestion in row[4] for row in _found(said)), said.text


def test_a_signature_without_expiry_is_found_where_it_is(desk):
    path = desk.write("p.yaml", SOUND)
    signed = desk.write("signatures.toml", SIGNATURE.replace("expires =", "# expires ="))
    said = desk.triage("playbook", "lint", path, "--signatures", signed, "-o", "jsonl")
    assert said.code == 1
    assert _found(said) == [
        ("signatures.toml", 1, 1, "signature-expiry", RULES["signature-expiry"].instead)
    ]


def test_signatures_are_linted_where_they_are_configured(desk):
    broad = SIGNATURE.replace('["S3.8"]', '["S3.*"]')
    desk.write("books/p.yaml", SOUND)
    desk.environment["TRIAGE_PATHS__PLAYBOOKS"] = "books"
    desk.environment["TRIAGE_PATHS__SIGNATURES"] = desk.write("signatures.toml", broad)
    said = desk.triage("playbook", "lint")
    assert said.code == 1
    assert "signatures.toml:6:9  'S3.*' covers more than its signers saw" in said.text
    assert "signatures.toml:9:11  it runs for 3653 days, and 90 is the most" in said.text


def test_the_table_tells_the_rule_and_what_to_do(desk):
    path = desk.write("p.yaml", SOUND.replace("owner:", "ownr:"))
    assert desk.triage("playbook", "lint", path).answer == (
        1,
        (
            "p.yaml:1:1  'owner' is missing here  (missing-key): add the key that is named\n"
            "p.yaml:3:1  unknown key 'ownr'; did you mean 'owner'?  (unknown-key)\n"
        ),
        "0 sound, 2 problems\n",
    )


def test_a_warning_counts_unless_it_is_allowed(desk):
    path = desk.write("p.yaml", SOUND[: SOUND.index("tests:")])
    assert desk.triage("playbook", "lint", path).code == 1
    assert desk.triage("playbook", "lint", path, "--allow-warnings").code == 0


def test_wrong_usage_and_what_is_not_there_have_codes_of_their_own(desk):
    assert desk.triage("playbook", "lint", "--nonsense").code == 2
    assert desk.triage("playbook", "lint", "gone.yaml").code == 3
    path = desk.write("p.yaml", SOUND)
    assert desk.triage("playbook", "lint", path, "--signatures", "gone.toml").code == 3


# --- SARIF ----------------------------------------------------------------------------------------

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
RULE = {
    "type": "object",
    "required": ["id", "shortDescription", "fullDescription", "help"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "name": {"type": "string", "maxLength": 255},
        **dict.fromkeys(("shortDescription", "fullDescription", "help"), TEXT),
        "defaultConfiguration": {"properties": {"level": {"enum": ["note", "warning", "error"]}}},
        "properties": {"properties": {"tags": {"type": "array", "maxItems": 20}}},
    },
}
COUNT = {"type": "integer", "minimum": 1}
PLACE = {
    "type": "object",
    "required": ["artifactLocation", "region"],
    "properties": {
        "artifactLocation": {
            "required": ["uri"],
            "properties": {"uri": {"type": "string", "pattern": "^[^/][^:]*$"}},
        },
        "region": {
            "required": ["startLine", "startColumn"],
            "properties": {"startLine": COUNT, "startColumn": COUNT},
        },
    },
}
RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "message", "level", "locations", "partialFingerprints"],
    "properties": {
        "ruleId": {"enum": list(RULES)},
        "level": {"enum": ["note", "warning", "error"]},
        "message": TEXT,
        "locations": {
            "type": "array",
            "minItems": 1,
            "items": {"required": ["physicalLocation"], "properties": {"physicalLocation": PLACE}},
        },
        "partialFingerprints": {"type": "object", "minProperties": 1},
    },
}
CODE_SCANNING = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "maxItems": 20,
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "properties": {
                            "driver": {
                                "required": ["name", "version", "rules"],
                                "properties": {"rules": {"type": "array", "items": RULE}},
                            }
                        }
                    },
                    "results": {"type": "array", "items": RESULT},
                },
            },
        },
    },
}
"""What code scanning requires of a log, as its page on SARIF support lists it."""


def test_sarif_holds_what_code_scanning_requires(desk):
    desk.write("books/p.yaml", SOUND.replace("owner:", "ownr:"))
    said = desk.triage("playbook", "lint", "books", "-o", "sarif")
    assert said.code == 1
    jsonschema.Draft202012Validator(CODE_SCANNING).validate(said.json)
    (run,) = said.json["runs"]
    told = [
        (
            one["ruleId"],
            run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"],
            one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            one["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for one in run["results"]
    ]
    assert told == [
        ("missing-key", "missing-key", "books/p.yaml", 1),
        ("unknown-key", "unknown-key", "books/p.yaml", 3),
    ]


def test_a_finding_keeps_its_fingerprint_when_lines_move_above_it(desk):
    wrong = SOUND.replace("owner:", "ownr:")
    logs = [
        desk.triage("playbook", "lint", desk.write("p.yaml", text), "-o", "sarif").json
        for text in (wrong, "# moved\n\n" + wrong)
    ]
    first, second = (
        [one["partialFingerprints"] for one in log["runs"][0]["results"]] for log in logs
    )
    assert first == second
    assert len({json.dumps(one) for one in first}) == len(first)


def test_nothing_found_is_an_empty_log(desk):
    said = desk.triage("playbook", "lint", desk.write("p.yaml", SOUND), "-o", "sarif")
    assert (said.code, said.json["runs"][0]["results"]) == (0, [])
    jsonschema.Draft202012Validator(CODE_SCANNING).validate(said.json)
