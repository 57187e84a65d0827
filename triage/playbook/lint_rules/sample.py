"""The playbook that the samples of lint rules are parts of."""

import re

SAMPLE = """\
playbook: a-playbook
title: A playbook
owner: somebody
why: Because.
match: { type: ["S3.8"] }
evidence:
  bucket: { ask: s3.public_access }
rules:
  - rule: blocked now
    when: bucket.public_access_blocked
    close: no longer present
    because: "{{ bucket.explanation }}"
tests:
  - test: it ends
    ticket: { like: securityhub-s3.8 }
    evidence: { bucket: { public_access_blocked: true } }
    expect: { close: no longer present }
"""
HEAD = re.compile(r"^(?=[\w-]+:)", flags=re.MULTILINE)


def sections(text: str) -> dict[str, str]:
    """The top-level parts of a text by their keys."""
    parts = [part for part in HEAD.split(text) if part.strip()]
    return {part.partition(":")[0]: part for part in parts}


def spliced(fragment: str) -> str:
    """The sample with these parts in place of its own."""
    return "".join((sections(SAMPLE) | sections(fragment)).values())
