"""Rules about signatures."""

from collections.abc import Mapping

from triage.playbook.lint_rules.rule import LintRule, Of
from triage.playbook.problem import Severity


def _entry(**changes: str) -> str:
    rows = {
        "id": '"shop-www"',
        "kind": '"public-website"',
        "subject": '"arn:aws:s3:::shop-www"',
        "account": '"111122223333"',
        "types": '["S3.8"]',
        "because": '"The pages of the shop."',
        "signed": "2026-11-01T00:00:00Z",
        "expires": "2027-01-15T00:00:00Z",
        "by": '{ alice = "...", bob = "..." }',
    } | changes
    lines = [f"{key} = {value}" for key, value in rows.items() if value]
    return "\n".join(["[[signature]]", *lines, ""])


SOUND = _entry()

RULES: Mapping[str, LintRule] = {
    "signature-entry": LintRule(
        says="A signature lacks something, or has a key or value that means nothing.",
        why="An entry that does not hold counts for nothing, and nobody is told at night.",
        instead="every key that deploy/signatures.toml.example shows, with a value of its type",
        wrong=_entry(subject="", subjct='"arn:aws:s3:::shop-www"'),
        right=SOUND,
        of=Of.SIGNATURES,
    ),
    "signature-people": LintRule(
        says="A signature is not by two people.",
        why="One person, or one stolen key, could then close whatever they like.",
        instead="two people of people.toml sign the same statement: `triage signature sign`",
        wrong=_entry(by='{ alice = "..." }'),
        right=SOUND,
        of=Of.SIGNATURES,
    ),
    "signature-expiry": LintRule(
        says="A signature has no expiry, or one beyond 90 days.",
        why="What nobody has to look at again stays, long after its reason went away.",
        instead="`expires` at most 90 days after `signed`",
        wrong=_entry(expires=""),
        right=SOUND,
        of=Of.SIGNATURES,
    ),
    "signature-broad": LintRule(
        says="A signature covers nearly everything.",
        why="A wildcard closes what its signers never saw.",
        instead="the exact subject, account and finding types",
        wrong=_entry(subject='"arn:aws:s3:::*"'),
        right=SOUND,
        of=Of.SIGNATURES,
    ),
    "signature-kind": LintRule(
        says="A signature is of a kind that no playbook asks for.",
        why="It would never cover anything, and whoever signed it believes that it does.",
        instead='a kind that some rule asks for: `when: signed("public-website", subject)`',
        wrong=_entry(kind='"public-webpage"'),
        right=SOUND,
        severity=Severity.WARNING,
        of=Of.SIGNATURES,
    ),
    "signature-over": LintRule(
        says="A signature has expired.",
        why="It counts for nothing and makes the file longer to review.",
        instead="sign it again if it still holds; otherwise leave it out",
        wrong=_entry(signed="2025-11-01T00:00:00Z", expires="2026-01-15T00:00:00Z"),
        right=SOUND,
        severity=Severity.WARNING,
        of=Of.SIGNATURES,
    ),
}
