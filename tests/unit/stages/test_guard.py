"""What the guards say of a plan."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON
from triage.domain.account import Tier
from triage.domain.plan import Block, Call, Permission, Plan, State, Step, Target, plan_as_json
from triage.domain.plan import plan_from_json as again
from triage.domain.policy import Freeze, Policy, policy_as_json, policy_from_json
from triage.stages.guard import (
    Counts,
    Judgement,
    Situation,
    Word,
    guard,
    situation_as_json,
    situation_from_json,
)

ARN = "arn:aws:iam::111122223333:user/staff/bob"
ELSEWHERE = "arn:aws:iam::111122223333:user/lab/bob"
PLAN = Plan(
    fix="iam.deny_user",
    target=Target(account="111122223333", region="eu-west-1", id="bob", arn="x"),
    steps=(
        Step(
            call=Call(service="iam", operation="put_user_policy", parameters={"UserName": "bob"}),
            permission=Permission(actions=("iam:PutUserPolicy",), resources=(ARN,)),
            event="iam:PutUserPolicy",
            logged={"userName": "bob"},
            shows={"deny": True},
            says="deny bob everything",
        ),
    ),
    before=State(facts={"arn": ARN, "deny": None}, as_of=NOON),
    reads=(),
    wanted={"deny": True},
    risk="Whatever works as bob stops.",
)
FREEZE = Freeze(start=NOON, end=NOON + timedelta(days=1), because="year's end")
CALM = Situation(
    now=NOON,
    policy=Policy(repairs=True, per_hour=5, per_hour_fix=4, per_hour_account=3, freezes=(FREEZE,)),
    tier=Tier.DEVELOPMENT,
    known_accounts=100,
)
BEFORE = replace(CALM, now=NOON - timedelta(seconds=1))


def tagged(**tags: str) -> Plan:
    return replace(PLAN, before=replace(PLAN.before, tags=tags))


def running(document: str, **parameters: str) -> Plan:
    told = {name: [value] for name, value in parameters.items()}
    given = {"document": document, "parameters": told}
    return replace(PLAN, target=replace(PLAN.target, given=given))


def test_a_runbook_that_the_operator_lists_may_run_with_a_role_of_the_engine():
    plan = running("AWSSupport-ContainIAMPrincipal", AutomationAssumeRole="carol")
    assert guard(plan, replace(BEFORE, protected=("carol",))).word is Word.GO
    assert again(plan_as_json(plan)) == plan


def test_nothing_stands_against_a_plan_in_calm_times():
    assert guard(PLAN, BEFORE) == Judgement(word=Word.GO)


@pytest.mark.parametrize(
    ("plan", "changes", "why"),
    [
        (PLAN, {"protected": ("bob",)}, "bob is protected"),
        (PLAN, {"protected": (ARN,)}, f"{ARN} is protected"),
        (PLAN, {"protected": (ELSEWHERE.replace("/lab", ""),)}, "bob is protected"),
        (PLAN, {"stopped": "two misses"}, "its rule is stopped: two misses"),
        (PLAN, {"tier": Tier.MANAGEMENT}, "nothing is changed in a management account"),
        (tagged(**{"triage:protected": ""}), {}, "so it is protected"),
        (running("AWS-RunPatchBaseline"), {}, "does not allow the runbook AWS-RunPatchBaseline"),
        (
            running("AWSSupport-ContainIAMPrincipal", PrincipalName="carol"),
            {"protected": ("carol",)},
            "carol is protected",
        ),
        (tagged(terraform="true"), {}, "Terraform owns it"),
        (tagged(ManagedBy="OpenTofu"), {}, "Terraform owns it"),
        (tagged(**{"aws:cloudformation:stack-name": "web"}), {}, "the CloudFormation stack web"),
    ],
)
def test_what_no_approval_overcomes(plan, changes, why):
    judged = guard(plan, replace(BEFORE, **changes))
    assert judged.word is Word.NO
    assert why in judged.because[0]


@pytest.mark.parametrize(
    "tags", [{"terraform": "false"}, {"ManagedBy": "hand"}, {"team": "terraform"}]
)
def test_a_tag_that_only_looks_like_it_manages_nothing(tags):
    assert guard(tagged(**tags), BEFORE).word is Word.GO


BLOCKING = replace(PLAN, blocks=Block(range="192.31.196.7/32", seconds=3600))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ours": ("office",)}, "192.31.196.7/32 is our own: office"),
        ({"of_aws": ("AMAZON", "EC2")}, "192.31.196.7/32 is AWS's (AMAZON, EC2)"),
    ],
)
def test_no_approval_blocks_what_is_ours_or_aws(changes, why):
    judged = guard(BLOCKING, replace(BEFORE, **changes))
    assert judged.word is Word.NO
    assert why in judged.because[0]
    assert guard(PLAN, replace(BEFORE, **changes)).word is Word.GO


def test_the_playbook_may_change_what_its_code_would_put_back():
    assert guard(tagged(terraform="true"), replace(BEFORE, even_if_managed=True)).word is Word.GO


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"tier": Tier.PRODUCTION}, "in production somebody agrees first"),
        ({"rule_asks": True}, "its playbook wants"),
        ({"now": NOON}, "changes are frozen until"),
        ({"counts": Counts(hour=5)}, "the organisation has been repaired 5 times"),
        ({"counts": Counts(hour_fix=4)}, "this fault has been repaired 4 times"),
        ({"counts": Counts(hour_account=3)}, "the account has been repaired 3 times"),
        ({"counts": Counts(hour_rule=2), "rule_per_hour": 2}, "the rule has repaired 2 times"),
    ],
)
def test_what_one_person_may_agree_to(changes, why):
    judged = guard(PLAN, replace(BEFORE, **changes))
    assert (judged.word, judged.needs) == (Word.ASK, 1)
    assert why in judged.because[0]


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        (Counts(hour=4, hour_fix=3, hour_account=2, hour_rule=1, accounts=19), Word.GO),
        (Counts(accounts=20), Word.ASK),
    ],
)
def test_a_limit_is_met_exactly(counts, word):
    assert guard(PLAN, replace(BEFORE, counts=counts, rule_per_hour=2)).word is word


def test_two_people_agree_to_what_is_irreversible_or_touches_the_fleet():
    fleet = replace(BEFORE, counts=Counts(accounts=20))
    assert guard(PLAN, fleet).needs == 2
    for_ever = replace(PLAN, one_way="a password that is lost stays lost")
    assert guard(for_ever, replace(BEFORE, tier=Tier.PRODUCTION)).needs == 2


def test_a_few_accounts_are_no_fleet():
    few = replace(BEFORE, known_accounts=3, counts=Counts(accounts=2))
    assert guard(PLAN, few).word is Word.GO


def test_a_situation_and_a_plan_are_read_back_equal():
    whole = replace(
        CALM,
        ours=("office",),
        of_aws=("EC2",),
        protected=("bob",),
        counts=Counts(hour=1, accounts=2),
        stopped="why",
    )
    assert situation_from_json(situation_as_json(whole)) == whole
    assert policy_from_json(policy_as_json(CALM.policy)) == CALM.policy
    assert again(plan_as_json(PLAN)) == PLAN
    assert again(plan_as_json(BLOCKING)) == BLOCKING
    given = replace(PLAN, target=replace(PLAN.target, given={"range": "192.31.196.7/32"}))
    assert again(plan_as_json(given)) == given
    assert len({PLAN.digest, BLOCKING.digest, given.digest}) == 3


def test_a_situation_of_before_there_were_blocks_is_read_still():
    row = situation_as_json(CALM)
    older = {name: value for name, value in row.items() if name not in {"ours", "of_aws"}}
    assert situation_from_json(older) == CALM
