"""Which key is meant where a ticket names only its user."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.builders import NOON, a_ticket, an_account
from triage.domain.plan import Call, Refused, State
from triage.domain.ticket import Subject
from triage.questions.question import Asking, CannotAsk
from triage.remediations import iam_deactivate_access_key as fix

ARN = "arn:aws:iam::111122223333:user/bob"
ONE, TWO = "AKIAEXAMPLEBOB000001", "AKIAEXAMPLEBOB000002"


@dataclass
class Keys:
    """IAM with bob and these keys."""

    keys: dict[str, str] = field(default_factory=dict)

    def call(self, call: Call) -> dict[str, Any]:
        if call.operation == "get_user":
            return {"User": {"Arn": ARN}}
        listed = [{"AccessKeyId": key, "Status": one} for key, one in self.keys.items()]
        return {"AccessKeyMetadata": listed}


def target(subject: str = ARN):
    ticket = a_ticket(subject=Subject(id=subject, name="bob", kind="AwsIamUser"))
    return fix.target_of(Asking(ticket=ticket, account=an_account(), now=NOON))


def planned(**keys: str):
    seen = fix.inspect(Keys(keys), target())
    return fix.plan(target(), State(facts=seen.facts, as_of=NOON))


def test_the_one_active_key_of_a_user_is_meant():
    change = planned(**{ONE: "Inactive", TWO: "Active"})
    (step,) = change.steps
    assert step.call.parameters == {"UserName": "bob", "AccessKeyId": TWO, "Status": "Inactive"}


def test_nobody_guesses_which_of_two_active_keys_is_meant():
    assert isinstance(planned(**{ONE: "Active", TWO: "Active"}), Refused)


def test_a_user_without_an_active_key_needs_nothing():
    assert planned(**{ONE: "Inactive"}).steps == ()


def test_a_sessions_key_cannot_be_set_inactive():
    with pytest.raises(CannotAsk, match="session"):
        target("ASIAEXAMPLEBOB000001")
