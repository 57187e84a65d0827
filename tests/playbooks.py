"""Playbooks, answers and worlds for tests: say only what the test is about."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.builders import NOON, a_ticket, an_account
from triage.domain.account import Account, Organisation, Tier
from triage.domain.decision import Decision, Level
from triage.domain.evidence import Absent, Answer, Evidence, Known, Unknown
from triage.domain.permission import Permission, licence_key
from triage.domain.person import Signature
from triage.domain.ticket import Ticket
from triage.judgement.score import Model, Opinion
from triage.playbook.check import Checked, check
from triage.playbook.evaluate import Facts
from triage.playbook.index import Index
from triage.playbook.lint_rules.sample import SAMPLE
from triage.playbook.loader import Loaded
from triage.playbook.meaning import meaning
from triage.playbook.syntax import Ask, CloseAs, Outcome, Playbook, Rule
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.context import Context
from triage.stages.decide import decide
from triage.stages.enrich import SOURCE
from triage.stages.match import rule
from triage.stages.matter import Matter

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in sorted(ROOT.glob("playbooks/*/*.yaml"))
}
LATER = NOON + timedelta(hours=1)
NO_MODEL = Model(name="none", intercept=-10.0, weights={}, veto_at=1.0)
CALM = Opinion(score=0.0, veto=False, shares=())
CONFIRMED = {
    "confirmed": True,
    "status": "open",
    "severity": 0,
    "sample": False,
    "updated": "",
    "began": NOON.isoformat(),
}
ASKS = {
    "bucket": Ask(question="s3.public_access"),
    "change": Ask(question="cloudtrail.last_change"),
    "group": Ask(question="ec2.security_group"),
    "keys": Ask(question="iam.user_keys"),
}
SOUND = SAMPLE
"""The smallest playbook that nothing is wrong with."""


def checked(text: str) -> Checked:
    return check("p.yaml", text, VOCABULARY)


def problems(text: str) -> list[str]:
    return [str(problem) for problem in checked(text).problems]


def known(at: datetime = LATER, **fields: Any) -> Known:
    return Known(value=fields, source="test", as_of=at)


def absent(at: datetime = LATER) -> Absent:
    return Absent(source="test", as_of=at)


def unknown(reason: str = "the look-up was throttled") -> Unknown:
    return Unknown(reason=reason)


def a_rule(when: str | None, outcome: Outcome, name: str = "a rule", because: str = ".") -> Rule:
    return Rule(name=name, because=because, outcome=outcome, when=when)


def a_playbook(*rules: Rule, **changes: Any) -> Playbook:
    fields: dict[str, Any] = {
        "name": "a-playbook",
        "title": "A playbook",
        "owner": "somebody",
        "why": "Because.",
        "match": {"type": ["S3.8"]},
        "evidence": ASKS,
        "rules": rules,
    }
    return Playbook(**(fields | changes))


def a_signature(ticket: Ticket, **changes: Any) -> Signature:
    """Two people sign that this ticket's subject is a public website."""
    fields: dict[str, Any] = {
        "id": "s1",
        "kind": "public-website",
        "subject": ticket.subject.id,
        "account": ticket.account,
        "types": (ticket.type,),
        "because": "it is one",
        "signed": NOON - timedelta(days=1),
        "expires": NOON + timedelta(days=30),
        "people": ("alice", "bob"),
    }
    return Signature(**(fields | changes))


def facts(
    answers: Mapping[str, Answer] | None = None,
    ticket: Ticket | None = None,
    account: Account | None = None,
    signatures: Iterable[Signature] = (),
) -> Facts:
    return Facts(
        ticket=ticket or a_ticket(),
        account=account or an_account(),
        answers=answers or {},
        signatures=tuple(signatures),
        questions=VOCABULARY.questions,
        now=LATER,
    )


def a_context(
    *playbooks: Playbook,
    signatures: Iterable[Signature] = (),
    level: Level = Level.SHADOW,
    account: Account | None = None,
    organisation: Organisation | None = None,
) -> Context:
    """A world in which every closing rule of these playbooks has a licence of this level."""
    owner = account or an_account()
    closing = [
        (one, rule_)
        for one in playbooks
        for rule_ in one.rules
        if isinstance(rule_.outcome, CloseAs)
    ]
    return Context(
        now=LATER,
        playbooks=Loaded(
            playbooks=playbooks, index=Index.of(playbooks), problems=(), digest="d" * 64
        ),
        vocabulary=VOCABULARY,
        organisation=organisation or Organisation(accounts={owner.id: owner}),
        signatures=tuple(signatures),
        licences={
            licence_key(meaning(one, rule_), tier): Permission(level=level)
            for one, rule_ in closing
            for tier in Tier
        },
        model=NO_MODEL,
    )


def decided(
    ticket: Ticket,
    context: Context,
    answers: Mapping[str, Answer],
    source: Answer | None = None,
    opinion: Opinion = CALM,
) -> Decision:
    """Decide with answers by the names the playbooks gave them."""
    playbooks = context.playbooks.playbooks
    given = {
        ask.name: answers[name]
        for playbook in playbooks
        for name, ask in playbook.evidence.items()
        if name in answers
    }
    at_source = source or known(**CONFIRMED | {"sample": ticket.sample})
    evidence = Evidence(answers={**given, SOURCE.name: at_source})
    matter = Matter(ticket=ticket, evidence=evidence, opinion=opinion, context=context)
    return decide(matter, rule(ticket, playbooks, evidence, context))
