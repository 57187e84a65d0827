"""Every lint rule on one bad playbook: the exact problem, its place, its id.

Each case changes one thing in a playbook nothing is wrong with; `OLD -> NEW`.
"""

from dataclasses import replace

import pytest

from tests.playbooks import SHIPPED, SOUND, checked, problems
from triage.adapters.aws.apis import ServiceModels
from triage.playbook.check import check
from triage.playbook.problem import Severity
from triage.remediations.vocabulary import VOCABULARY

WITH_APIS = replace(VOCABULARY, apis=ServiceModels())

CASES = {
    # shape
    "unknown-key": (
        ("rules:", "rulez:"),
        "p.yaml:8:1  unknown key 'rulez'; did you mean 'rules'?",
    ),
    "missing-key": (("owner: somebody\n", ""), "p.yaml:1:1  'owner' is missing here"),
    "missing-rules": (
        (SOUND[SOUND.index("rules:") : SOUND.index("tests:")], "rules: []\n"),
        "p.yaml:8:8  a playbook has at least one rule",
    ),
    "wrong-type": (("title: A playbook", "title: [1]"), "p.yaml:2:8  'title' takes text"),
    "wrong-type-when": (
        ("when: bucket.public_access_blocked", "when: true"),
        "p.yaml:10:11  'when' takes text",
    ),
    "bad-name": (
        ("playbook: a-playbook", "playbook: A Playbook"),
        "p.yaml:1:11  a playbook's name is lower-case words-with-hyphens",
    ),
    "bad-name-answer": (
        (
            "bucket: { ask: s3.public_access }",
            "bucket: { ask: s3.public_access }\n  now: { ask: account }",
        ),
        "p.yaml:8:3  'now' cannot name an answer",
    ),
    "bad-name-word": (
        (
            "bucket: { ask: s3.public_access }",
            "bucket: { ask: s3.public_access }\n  not: { ask: account }",
        ),
        "p.yaml:8:3  'not' cannot name an answer",
    ),
    "unknown-question": (
        ("ask: s3.public_access", "ask: s3.public_acess"),
        "p.yaml:7:18  unknown question 's3.public_acess'; did you mean 's3.public_access'?",
    ),
    "unknown-parameter": (
        ("ask: s3.public_access", "ask: s3.public_access, buckt: x"),
        "p.yaml:7:36  unknown key 'buckt'; did you mean 'bucket'?",
    ),
    "wrong-parameter": (
        ("ask: s3.public_access", "ask: s3.public_access, bucket: 5"),
        "p.yaml:7:44  'bucket' takes a string",
    ),
    "outcome-none": (
        ("    close: no longer present\n", ""),
        "p.yaml:9:5  a rule has exactly one of close, resolve and escalate",
    ),
    "outcome-two": (
        ("    close: no longer present\n", "    close: no longer present\n    escalate: low\n"),
        "p.yaml:9:5  a rule has exactly one of close, resolve and escalate",
    ),
    "outcome-resolve": (
        ("close: no longer present\n    b", "resolve: s3.block_public_access\n    b"),
        "p.yaml:11:14  resolve takes a list such as [{ fix: s3.block_public_access }]",
    ),
    "unknown-verdict": (
        ("close: no longer present\n    b", "close: no longer there\n    b"),
        (
            "p.yaml:11:12  unknown verdict to close with 'no longer there'; did you mean"
            " 'no longer present'?"
        ),
    ),
    "unknown-priority": (
        ("close: no longer present\n    b", "escalate: urgent\n    b"),
        "p.yaml:11:15  unknown priority 'urgent'",
    ),
    "unknown-fix": (
        ("close: no longer present\n    b", "resolve: [{ fix: s3.block_public }]\n    b"),
        "p.yaml:11:22  unknown fix 's3.block_public'; did you mean 's3.block_public_access'?",
    ),
    "unknown-level": (
        ("tests:", "limits: { at_most: automatic }\ntests:"),
        "p.yaml:13:20  unknown level 'automatic'; did you mean 'auto'?",
    ),
    "unknown-tier": (
        ("tests:", "limits: { ask_in: [prod] }\ntests:"),
        "p.yaml:13:20  unknown tier 'prod'",
    ),
    "per-hour": (
        ("tests:", "limits: { per_hour: true }\ntests:"),
        "p.yaml:13:21  'per_hour' takes a whole number above 0",
    ),
    # match
    "pattern": (
        ('type: ["S3.8"]', "type: [{ prefx: S3 }]"),
        "p.yaml:5:17  unknown operator 'prefx'; did you mean 'prefix'?",
    ),
    "match-key": (
        ('type: ["S3.8"]', 'type: ["S3.8"], regoin: [x]'),
        "p.yaml:5:26  unknown key 'regoin'; did you mean 'region'?",
    ),
    "match-inner-key": (
        ('type: ["S3.8"]', 'type: ["S3.8"], account: { teir: [production] }'),
        "p.yaml:5:37  unknown key 'teir'; did you mean 'tier'?",
    ),
    "match-word": (
        ('type: ["S3.8"]', 'type: ["S3.8"], source: [guardduti]'),
        "p.yaml:5:35  it is never 'guardduti'; did you mean 'guardduty'?",
    ),
    "match-word-but": (
        ('type: ["S3.8"]', 'type: ["S3.8"], source: [{ anything-but: guardduti }]'),
        "p.yaml:5:35  it is never 'guardduti'; did you mean 'guardduty'?",
    ),
    "match-kind": (
        ('type: ["S3.8"]', 'type: ["S3.8"], account: { id: [111122223333] }'),
        "p.yaml:5:42  account.id is a string and never equals 111122223333; write '111122223333'",
    ),
    "match-object": (
        ('type: ["S3.8"]', 'type: ["S3.8"], account: [x]'),
        "p.yaml:5:36  account has fields; name one of them",
    ),
    "match-tainted": (
        ('type: ["S3.8"]', 'type: ["S3.8"], subject: { name: [{ prefix: www }] }'),
        (
            "p.yaml:5:43  a playbook that closes must not match on subject.name: an attacker may"
            " have written it"
        ),
    ),
    "match-record": (
        ('type: ["S3.8"]', 'type: ["S3.8"], event: { a: { b: [c] } }'),
        (
            "p.yaml:5:33  a playbook that closes must not match on event: an attacker may"
            " have written it"
        ),
    ),
    "match-moot": (
        ('type: ["S3.8"]', 'type: ["S3.8"], status: [resolved]'),
        (
            "p.yaml:5:34  a playbook that closes must not match on status: what a source says of"
            " its own finding proves nothing"
        ),
    ),
    # expressions
    "expression": (
        ("when: bucket.public_access_blocked", "when: bucket.public_access_blocked =="),
        "p.yaml:10:11  unexpected end",
    ),
    "expression-default": (
        ("when: bucket.public_access_blocked", "when: bucket.acl_public | default(true)"),
        "p.yaml:10:11  default would turn an unknown into a value; let it be unknown",
    ),
    "expression-defined": (
        ("when: bucket.public_access_blocked", "when: bucket.acl_public is defined"),
        "p.yaml:10:11  an answer is always defined; ask `is absent`",
    ),
    "expression-filter": (
        ("when: bucket.public_access_blocked", "when: bucket.explanation | lenght == 3"),
        "p.yaml:10:11  unknown filter 'lenght'; did you mean 'length'?",
    ),
    "expression-because": (
        ("{{ bucket.explanation }}", "{% if x %}{% endif %}"),
        "p.yaml:12:14  a because holds text and {{ values }}, no if",
    ),
    "unknown-name": (
        ("{{ bucket.explanation }}", "{{ bukcet.explanation }}"),
        "p.yaml:12:14  nothing is called 'bukcet'; did you mean 'bucket'?",
    ),
    "unknown-field": (
        ("{{ bucket.explanation }}", "{{ bucket.explantion }}"),
        "p.yaml:12:14  'bucket' has no 'explantion'; did you mean 'explanation'?",
    ),
    "unknown-field-ticket": (
        ("{{ bucket.explanation }}", "{{ ticket.subject.nam }}"),
        "p.yaml:12:14  'ticket.subject' has no 'nam'; did you mean 'name'?",
    ),
    "unknown-field-inner": (
        ("{{ bucket.explanation }}", "{{ bucket.explanation.more }}"),
        "p.yaml:12:14  'bucket.explanation' has no 'more'",
    ),
    "no-condition": (
        (
            "when: bucket.public_access_blocked",
            "when: bucket.public_access_blocked and bucket.explanation",
        ),
        "p.yaml:10:11  bucket.explanation is a string, neither true nor false; compare it",
    ),
    "no-condition-filter": (
        ("when: bucket.public_access_blocked", "when: bucket.public_access_blocked and not 5"),
        "p.yaml:10:11  this is neither true nor false; compare it",
    ),
    "wrong-kind": (
        (
            "when: bucket.public_access_blocked",
            'when: bucket.public_access_blocked and bucket.acl_public == "no"',
        ),
        "p.yaml:10:11  bucket.acl_public is a boolean and never equals 'no'",
    ),
    "unknown-word": (
        (
            "when: bucket.public_access_blocked",
            'when: bucket.public_access_blocked and account.tier in ["production", "prodution"]',
        ),
        "p.yaml:10:11  account.tier is never 'prodution'; did you mean 'production'?",
    ),
    "not-evidence": (
        (
            "when: bucket.public_access_blocked",
            "when: bucket.public_access_blocked and bucket.acl_public is absent",
        ),
        "p.yaml:10:11  only the answer to a question can be absent",
    ),
    # what a close may rest on
    "moot": (
        (
            "when: bucket.public_access_blocked",
            'when: bucket.public_access_blocked and ticket.status == "resolved"',
        ),
        (
            "p.yaml:10:11  a close must not rest on ticket.status: what a source says of its own"
            " finding proves nothing"
        ),
    ),
    "no-proof": (
        ("when: bucket.public_access_blocked", "when: not bucket.acl_public"),
        "p.yaml:10:11  nothing in this condition proves S3.8 gone; see docs/reference/proofs.md",
    ),
    "no-proof-or": (
        (
            "when: bucket.public_access_blocked",
            "when: bucket.public_access_blocked or bucket.acl_public",
        ),
        "p.yaml:10:11  nothing in this condition proves S3.8 gone; see docs/reference/proofs.md",
    ),
    "no-proof-none": (
        ("    when: bucket.public_access_blocked\n", ""),
        "p.yaml:10:12  nothing in this condition proves S3.8 gone; see docs/reference/proofs.md",
    ),
    "no-proof-other-subject": (
        ("ask: s3.public_access", "ask: s3.public_access, bucket: www"),
        "p.yaml:10:11  nothing in this condition proves S3.8 gone; see docs/reference/proofs.md",
    ),
    "no-proof-open": (
        ('type: ["S3.8"]', 'type: ["S3.8", { prefix: "S3." }]'),
        (
            "p.yaml:10:11  nothing in this condition proves whatever else matches gone;"
            " see docs/reference/proofs.md"
        ),
    ),
    "unreachable": (
        (
            "tests:",
            (
                "  - rule: again\n    when: bucket.public_access_blocked\n    escalate: low\n"
                '    because: "."\ntests:'
            ),
        ),
        "p.yaml:13:5  this rule is never reached: 'blocked now' above it asks the same",
    ),
    "unreachable-always": (
        (
            "rules:\n",
            'rules:\n  - rule: always\n    when: "true"\n    escalate: low\n    because: "."\n',
        ),
        "p.yaml:13:5  this rule is never reached: 'always' above it always holds",
    ),
    "unreachable-never": (
        (
            "tests:",
            '  - rule: never\n    when: "false"\n    escalate: low\n    because: "."\ntests:',
        ),
        "p.yaml:14:11  this rule never holds",
    ),
    "rule-twice": (
        (
            "tests:",
            (
                "  - rule: blocked now\n    when: bucket.acl_public\n    escalate: low\n"
                '    because: "."\ntests:'
            ),
        ),
        "p.yaml:13:11  there is a rule 'blocked now' already",
    ),
    # tests
    "test-key": (
        ("    ticket: {", "    tickt: {"),
        "p.yaml:15:5  unknown key 'tickt'; did you mean 'ticket'?",
    ),
    "test-sample": (
        ("like: securityhub-s3.8", "like: securityhub-s3.9"),
        "p.yaml:15:21  unknown sample 'securityhub-s3.9'; did you mean 'securityhub-s3.8'?",
    ),
    "test-change": (
        ("like: securityhub-s3.8", "like: securityhub-s3.8, sevrity: low"),
        "p.yaml:15:39  unknown key 'sevrity'; did you mean 'severity'?",
    ),
    "test-evidence": (
        ("evidence: { bucket: {", "evidence: { buckt: {"),
        "p.yaml:16:17  unknown key 'buckt'; did you mean 'bucket'?",
    ),
    "test-field": (
        ("{ public_access_blocked: true }", "{ public_acces_blocked: true }"),
        "p.yaml:16:27  unknown key 'public_acces_blocked'; did you mean 'public_access_blocked'?",
    ),
    "test-answer": (
        ("{ public_access_blocked: true }", "unkown"),
        "p.yaml:16:25  unknown answer 'unkown'; did you mean 'unknown'?",
    ),
    "test-signature": (
        ("    expect:", "    signatures: [{ knd: x }, y]\n    expect:"),
        "p.yaml:17:30  a signature is written { kind: its kind }",
    ),
    "test-expect": (
        ("expect: { close: no longer present }", "expect: { clos: benign }"),
        "p.yaml:17:15  unknown key 'clos'; did you mean 'close'?",
    ),
    "test-rule": (
        ("expect: { close: no longer present }", "expect: { rule: blocked }"),
        "p.yaml:17:21  unknown rule 'blocked'; did you mean 'blocked now'?",
    ),
    "test-shape": (
        ("  - test: it ends", "  - tset: it ends"),
        "p.yaml:14:5  a test is a mapping that begins with `test: its claim`",
    ),
}


def test_the_playbook_they_start_from_has_no_problem():
    assert checked(SOUND).problems == ()


@pytest.mark.parametrize("case", CASES)
def test_a_problem_is_named_with_its_place_and_the_nearest_right_word(case):
    (old, new), expected = CASES[case]
    assert SOUND.count(old) == 1, "the case must change one thing"
    found = checked(SOUND.replace(old, new))
    assert expected in [str(one) for one in found.problems]
    assert found.playbook is None


@pytest.mark.parametrize(
    "when",
    [
        'ticket.title == "x"',
        'ticket["title"] == "x"',
        'ticket.subject.name == "x"',
        'ticket["subject"]["name"] == "x"',
        'subject.name == "x"',
        'subject.id == "x"',
        'ticket.principal == "x"',
        'change.principal.name == "x"',
        'change.user_agent == "x"',
        'item.configuration.a.b == "x"',
        'item.tags.owner == "x"',
        'ticket.event.service.x == "x"',
        "ticket.event.service.x is none",
        'ticket.title | lower == "x"',
        '"x" in activity.calls',
        '(activity.ips | first) == "x"',
        'change.call in [ticket.title, "x"]',
        'signed("x", ticket.title) or signed(ticket.title, subject)',
        "change.principal == none",
        "subject == none",
    ],
)
def test_no_close_rests_on_text_that_somebody_else_may_have_written(when):
    text = SOUND.replace(
        "evidence:\n  bucket: { ask: s3.public_access }\n",
        "evidence:\n  bucket: { ask: s3.public_access }\n"
        "  change: { ask: cloudtrail.last_change }\n"
        "  item: { ask: config.item_at }\n  activity: { ask: cloudtrail.principal_activity }\n",
    )
    closing = text.replace(
        "when: bucket.public_access_blocked",
        f"when: >-\n      bucket.public_access_blocked and ({when})",
    )
    assert [one for one in checked(closing).problems if one.rule == "tainted"]
    escalating = closing.replace("close: no longer present\n    b", "escalate: low\n    b")
    assert not [one for one in checked(escalating).problems if one.rule == "tainted"]


@pytest.mark.parametrize(
    "when",
    [
        'signed("public-website", "arn:aws:s3:::www")',
        'signed("public-website", subject.name)',
        'signed("public-website", subject) or bucket.acl_public',
        'not signed("public-website", subject)',
        "signed(account.tier, subject)",
        '(signed("public-website", subject) == true)',
    ],
)
def test_a_close_that_only_seems_signed_is_told_so(when):
    text = SOUND.replace("when: bucket.public_access_blocked", f"when: {when!r}").replace(
        "close: no longer present\n    b", "close: benign\n    b"
    )
    assert "no-signature" in {one.rule for one in checked(text).problems}


@pytest.mark.parametrize(
    "when",
    [
        'signed("public-website", subject)',
        'signed("public-website", ticket.subject.id) and account.tier != "production"',
        'bucket.acl_public and signed("public-website", ticket.principal)',
    ],
)
def test_a_close_by_signature_has_no_problem(when):
    text = SOUND.replace("when: bucket.public_access_blocked", f"when: {when!r}").replace(
        "close: no longer present\n    b", "close: benign\n    b"
    )
    assert not [one for one in checked(text).problems if one.severity is Severity.ERROR]


def test_all_problems_of_a_file_are_told_together_in_the_order_of_their_places():
    text = SOUND.replace("rules:", "rulez: 1\nrules:").replace("close: no", "close: yes no")
    text = text.replace("title: A playbook", "title: 5").replace("like: s", "like: z")
    found = checked(text).problems
    assert [(one.line, one.rule) for one in found] == [
        (2, "wrong-type"),
        (8, "unknown-key"),
        (12, "unknown-word"),
        (16, "unknown-word"),
        (18, "unknown-word"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        (
            "bucket: { ask: s3.public_access }\n",
            "bucket: { ask: s3.public_access }\n  who: { ask: account }\n",
            "p.yaml:8:3  warning: 'who' is asked for and never used",
        ),
        (
            SOUND[SOUND.index("tests:") :],
            "",
            (
                "p.yaml:8:1  warning: it has no tests: say what it does to a ticket, and to one it"
                " knows nothing of"
            ),
        ),
        (
            "tests:",
            "limits: { per_hour: 5 }\ntests:",
            (
                "p.yaml:13:11  warning: 'per_hour' bounds repairs and no rule here repairs; a close"
                " obeys at_most"
            ),
        ),
    ],
)
def test_a_warning_does_not_keep_a_playbook_from_loading(old, new, warning):
    found = checked(SOUND.replace(old, new))
    assert [str(one) for one in found.problems] == [warning]
    assert found.playbook is not None


@pytest.mark.parametrize("path", SHIPPED)
def test_what_ships_has_no_problem(path):
    assert [str(one) for one in check(path, SHIPPED[path], WITH_APIS).problems] == []


def test_a_long_wrong_word_is_shown_in_part():
    (found,) = checked(SOUND.replace("like: securityhub-s3.8", "like: " + "x" * 500)).problems
    assert len(str(found)) < 120


def test_what_stands_in_or_is_checked_like_what_stands_beside_it():
    match = '{ $or: [{ typ: ["S3.8"] }, { title: ["x"] }, { type: [{ sufix: "8" }] }] }'
    found = problems(SOUND.replace('{ type: ["S3.8"] }', match))
    assert [one.partition("  ")[2] for one in found if ":5:" in one] == [
        "unknown key 'typ'; did you mean 'type'?",
        "a playbook that closes must not match on title: an attacker may have written it",
        "unknown operator 'sufix'; did you mean 'suffix'?",
    ]


def test_a_close_has_to_prove_the_types_of_every_alternative():
    match = '{ $or: [{ type: ["S3.8"] }, { type: ["EC2.19"], region: ["a"] }] }'
    found = problems(SOUND.replace('{ type: ["S3.8"] }', match))
    assert any("proves EC2.19 gone" in one for one in found)
