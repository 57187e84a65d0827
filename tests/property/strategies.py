"""Expressions, answers, tickets and playbooks for properties: everything the language can say."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.builders import a_threat, a_ticket
from tests.playbooks import ASKS, a_playbook, absent, known, unknown
from triage.domain.decision import Priority
from triage.domain.severity import Severity
from triage.domain.ticket import FindingClass, Format, SourceStatus, Subject
from triage.domain.verdict import Verdict
from triage.playbook.syntax import CloseAs, EscalateTo, ResolveWith, Rule
from triage.questions.question import Field
from triage.remediations.vocabulary import VOCABULARY

WORDS = ("production", "person", "role", "S3.8", "22/tcp", "", "2026-11-20T09:00:00Z", "not a time")
NUMBERS = (0, 1, 45, -1, 0.5)


def _values(field: Field) -> st.SearchStrategy[Any]:
    """What a field may hold: its type, and now and then nothing or something else entirely."""
    own = {
        "boolean": st.booleans(),
        "number": st.sampled_from(NUMBERS),
        "string": st.sampled_from(WORDS),
        "time": st.sampled_from(WORDS),
        "list": st.lists(st.sampled_from(WORDS), max_size=3),
        "object": _objects(field.fields),
    }[field.type]
    # True values are drawn most often: a law about values is about these first.
    return st.one_of(own, own, own, st.none(), st.sampled_from((*WORDS, *NUMBERS, True, False)))


def _objects(fields: Mapping[str, Field]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: _values(one) for name, one in fields.items()})


def answers_to(name: str) -> st.SearchStrategy[Any]:
    """Every answer a question can have except Unknown."""
    fields = VOCABULARY.questions[ASKS[name].question].answer
    return st.one_of(_objects(fields).map(lambda value: known(**value)), st.just(absent()))


def all_answers() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {name: st.one_of(st.just(unknown()), answers_to(name)) for name in ASKS}
    )


def _paths() -> list[str]:
    found = []
    for name, ask in ASKS.items():
        for field, shape in VOCABULARY.questions[ask.question].answer.items():
            found += [f"{name}.{field}", *(f"{name}.{field}.{inner}" for inner in shape.fields)]
    return found


PATHS = (*_paths(), "change.session.mfa", "ticket.event.a", "ticket.event.a.b", "ticket.count")
CONSTANTS = ("true", "false", "0", "45", '"production"', '"person"', '"not a time"', "none")
FIXED = (
    'account.tier == "production"',
    'signed("public-website", subject)',
    'signed("public-website", ticket.principal)',
    'signed("public-website", change.principal)',
    "ticket.sample",
    "now - change.time > hours(2)",
    "change.time < now - days(1)",
    "-keys.unused_days < 0",
    "group.open_ports | length > 0",
    "(group.open_ports | first) == '22/tcp'",
    "ticket.event.a is none",
    "account.tier in [change.call, 'production']",
)
OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")


def expressions() -> st.SearchStrategy[str]:
    path = st.sampled_from(PATHS)
    side = st.one_of(path, path, st.sampled_from(CONSTANTS))
    presence = st.builds(
        "{} {}".format, st.sampled_from([*ASKS]), st.sampled_from(("is absent", "is not absent"))
    )
    compare = st.builds("{} {} {}".format, side, st.sampled_from(OPERATORS), side)
    leaf = st.one_of(path, presence, compare, st.sampled_from(FIXED), st.sampled_from(CONSTANTS))
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds("not ({})".format, inner),
            st.builds("({}) and ({})".format, inner, inner),
            st.builds("({}) or ({})".format, inner, inner),
        ),
        max_leaves=6,
    )


VERDICTS = (Verdict.NO_LONGER_PRESENT, Verdict.BENIGN, Verdict.TEST, Verdict.FALSE_POSITIVE)
CLOSES = st.sampled_from(VERDICTS).map(lambda verdict: CloseAs(verdict=verdict))
OUTCOMES = st.one_of(
    CLOSES,
    st.sampled_from(list(Priority)).map(lambda priority: EscalateTo(priority=priority)),
    st.just(ResolveWith(fixes=())),
)


@st.composite
def playbooks(draw: st.DrawFn, outcomes: st.SearchStrategy[Any] = OUTCOMES) -> Any:
    """A playbook that lint never saw: the laws hold for every one."""
    count = draw(st.integers(1, 3))
    rules = [
        Rule(
            name=f"rule {place}",
            because=draw(st.sampled_from(BECAUSE)),
            outcome=draw(outcomes),
            when=draw(st.one_of(expressions(), expressions(), st.none())),
        )
        for place in range(count)
    ]
    return a_playbook(*rules)


BECAUSE = (
    "it is so",
    "{{ bucket.explanation }}",
    "{{ change.principal.name }} at {{ change.time }}",
    "{{ signature.expires }} {{ nobody }}",
    "{{ now - change.time }} {{ ticket.event.a.b }}",
)
RECORDS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(WORDS)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("abAB"), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def tickets(draw: st.DrawFn) -> Any:
    """Tickets of every class, with records nobody expected."""
    make = draw(st.sampled_from((a_ticket, a_threat)))
    name = draw(st.sampled_from(("arn:aws:s3:::reports", "i-0abc", "", "arn:aws:iam::1:user/x")))
    return make(
        type=draw(st.sampled_from(("S3.8", "S3.2", "IAM.3", "Recon:EC2/Portscan"))),
        finding_class=draw(st.sampled_from(list(FindingClass))),
        severity=Severity(draw(st.integers(0, 100))),
        status=draw(st.sampled_from(list(SourceStatus))),
        format=draw(st.sampled_from(list(Format))),
        sample=draw(st.booleans()),
        subject=Subject(id=name, name=name),
        principal=draw(st.sampled_from((None, "arn:aws:iam::111122223333:user/alice", "x"))),
        record={"a": draw(RECORDS)},
        title=draw(st.text(max_size=20)),
    )
