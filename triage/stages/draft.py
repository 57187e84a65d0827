"""A first playbook for a finding type, with tests: sound as it stands, and meant to be changed.

Where a table says what proves the type gone, it closes by that proof; an exposure or a threat it
only tells to people, for no look at the present says anything about the past.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from triage.domain.ticket import FindingClass
from triage.intake.classes import EXPOSURES, of_control, of_inspector, of_macie, of_rule
from triage.playbook.samples import SAMPLES
from triage.playbook.vocabulary import Vocabulary
from triage.questions.negates import ABSENT, NEGATES, Negation

NAME_MAX: Final = 60
TYPE_MAX: Final = 200
CONTROL: Final = re.compile(r"(PCI\.)?[A-Za-z0-9]+\.\d+")
RULE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
MACIE: Final = re.compile(r"(Policy|SensitiveData):.*(S3|Object).*")
CALL: Final = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")
DETECTION: Final = re.compile(r"[A-Za-z]+:[A-Za-z0-9]+/.+")
PLAIN: Final = re.compile(r"[a-z]+(-[a-z0-9]+)+")
"""A name that YAML cannot take for a number, a date or a truth."""
LOUDER: Final = '    when: account.tier == "production"\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a type is written, a sample that is told alike, and which statement it makes."""

    sample: str
    finding_class: FindingClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A playbook as text, and its name, which is also its file's."""

    name: str
    text: str


def known_types() -> frozenset[str]:
    """Every finding type that some table of ours names."""
    return frozenset({*NEGATES, *EXPOSURES, *(ticket.type for ticket in SAMPLES.values())})


def nearest(type_: str) -> str | None:
    """The known type that was probably meant, where this one is not known."""
    known = known_types()
    if type_ in known:
        return None
    return next(iter(get_close_matches(type_, sorted(known))), None)


def draft(type_: str, owner: str, vocabulary: Vocabulary, name: str = "") -> Draft:
    """Write one. Raises ValueError for what cannot be a finding type."""
    if not type_.strip() or len(type_) > TYPE_MAX or not type_.isprintable():
        raise ValueError(f"a finding type is 1 to {TYPE_MAX} characters that can be printed")
    called, shape = name or name_of(type_), _shape(type_)
    proof = _proof(type_, vocabulary) if shape.finding_class is FindingClass.POSTURE else None
    parts = [_head(called, type_, owner)]
    parts += _proven(type_, shape, proof, vocabulary) if proof else _told(type_, shape)
    return Draft(name=called, text="".join(parts))


def name_of(type_: str) -> str:
    """A type as words with hyphens."""
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", type_)
    return "-".join(words).lower()[:NAME_MAX].strip("-") or "new-playbook"


def _shape(type_: str) -> Shape:
    own = next((name for name, ticket in SAMPLES.items() if ticket.type == type_), None)
    if own is not None:
        return Shape(sample=own, finding_class=SAMPLES[own].finding_class)
    return next(shape for shape in _shapes(type_))


def _shapes(type_: str) -> Iterator[Shape]:
    if CONTROL.fullmatch(type_):
        yield Shape(sample="securityhub-s3.8", finding_class=of_control(type_))
    if MACIE.fullmatch(type_) and not DETECTION.fullmatch(type_):
        yield Shape(sample="macie-sensitive-data", finding_class=of_macie(type_))
    if DETECTION.fullmatch(type_):
        yield Shape(sample="guardduty-port-probe", finding_class=FindingClass.THREAT)
    if CALL.fullmatch(type_):
        yield Shape(sample="cloudtrail-attach-user-policy", finding_class=FindingClass.THREAT)
    if RULE.fullmatch(type_):
        yield Shape(sample="config-restricted-ssh", finding_class=of_rule(type_))
    # Of a type that is written like no other nothing is taken for granted.
    yield Shape(sample="report", finding_class=of_inspector(type_))


def _proof(type_: str, vocabulary: Vocabulary) -> Negation | None:
    """The first thing that proves it gone and is a true or false field of an answer."""
    return next(
        (
            one
            for one in vocabulary.negations(type_)
            if one.field != ABSENT
            and isinstance(one.value, bool)
            and vocabulary.questions[one.question].answer[one.field].type == "boolean"
            and not any(
                parameter.required
                for parameter in vocabulary.questions[one.question].parameters.values()
            )
        ),
        None,
    )


def _head(name: str, type_: str, owner: str) -> str:
    return f"""\
# yaml-language-server: $schema=../../docs/schema/playbook.json
playbook: {name if PLAIN.fullmatch(name) else _quoted(name)}
title: {_quoted(f"What to do about {type_}")}
owner: {_quoted(owner)}
why: Say here what goes wrong when nobody looks, and what is usually harmless about it.

match:
  type: [{_quoted(type_)}]
"""


def _proven(type_: str, shape: Shape, proof: Negation, vocabulary: Vocabulary) -> Iterator[str]:
    question = vocabulary.questions[proof.question]
    answer = proof.question.partition(".")[2].replace(".", "_")
    told = "{{ " + f"{answer}.explanation" + " }}" if "explanation" in question.answer else ""
    holds = f"{answer}.{proof.field}" if proof.value else f"not {answer}.{proof.field}"
    yield f"""
evidence: # docs/reference/questions.md lists what can be asked
  {answer}: {{ ask: {proof.question} }}

rules: # tried in order; the first that holds decides
  - rule: it is not so any more
    when: {holds}
    close: no longer present
    because: {_quoted(f"Looked at live, it is as it should be. {told}".strip())}
  - rule: still so in production
{LOUDER}    escalate: high
    because: {_quoted(f"It is still so, and {{{{ account.name }}}} is production. {told}".strip())}
  - rule: still so
    escalate: medium
    because: {_quoted(f"It is still so. {told}".strip())}

tests:
"""
    good, bad = (
        _known(answer, proof.field, value=value, told=told)
        for value in (bool(proof.value), not proof.value)
    )
    expect = "close: no longer present, ground: proof, rule: it is not so any more"
    yield _test("what is as it should be closes by proof", type_, shape, expect, good)
    expect = "escalate: high, rule: still so in production"
    yield _test("what is not goes to a person, sooner in production", type_, shape, expect, bad,
                tier="production")  # fmt: skip
    expect = "escalate: medium, rule: still so"
    yield _test("and elsewhere as well", type_, shape, expect, bad)
    expect = f"escalate: any, because: {_quoted(f'could not find out {question.phrase}')}"
    yield _test("what nobody can find out never closes", type_, shape, expect,
                f"{answer}: unknown")  # fmt: skip


def _known(answer: str, field: str, *, value: bool, told: str) -> str:
    explanation = ", explanation: looked" if told else ""
    return f"{answer}: {{ {field}: {str(value).lower()}{explanation} }}"


def _told(type_: str, shape: Shape) -> Iterator[str]:
    yield f"""
# evidence: what could be asked is in docs/reference/questions.md

rules: # tried in order; the first that holds decides
  - rule: in production
{LOUDER}    escalate: high
    because: "{{{{ subject.name }}}} is in {{{{ account.name }}}}, which is production."
  - rule: elsewhere
    escalate: medium
    because: "{{{{ subject.name }}}} is in {{{{ account.name }}}}, which is not production."

tests:
"""
    expect = "escalate: high, rule: in production"
    yield _test("production is looked at sooner", type_, shape, expect, tier="production")
    expect = "escalate: medium, rule: elsewhere"
    yield _test("elsewhere it can wait a little", type_, shape, expect)


def _test(
    claim: str, type_: str, shape: Shape, expect: str, evidence: str = "", tier: str = "development"
) -> str:
    sample = SAMPLES[shape.sample]
    changes = [
        f"like: {shape.sample}",
        *([f"type: {_quoted(type_)}"] if sample.type != type_ else []),
        *([f"class: {shape.finding_class}"] if sample.finding_class != shape.finding_class else []),
        f"account: {{ tier: {tier} }}",
    ]
    lines = [
        f"  - test: {claim}",
        f"    ticket: {{ {', '.join(changes)} }}",
        *([f"    evidence: {{ {evidence} }}"] if evidence else []),
        f"    expect: {{ {expect} }}",
    ]
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    """Text as YAML reads it back, whatever is in it: JSON's strings are YAML's."""
    return json.dumps(text, ensure_ascii=False)
