"""What the session of a plan may do: its own calls on its own resource, and no second one."""

import re

import pytest

from tests.repairs.evaluator import allows
from tests.repairs.example import ACCOUNT, REGION
from tests.repairs.workshop import workshop
from triage.adapters.aws.clients import Role
from triage.adapters.aws.cloud import POLICY_CHARACTERS_MAX, AwsClouds, session_policy
from triage.adapters.aws.limits import AwsLimits
from triage.domain.json import canonical
from triage.domain.plan import Permission, Refused
from triage.playbook.permissions.resources import EVERYTHING, resources_of
from triage.remediations.catalogue import CATALOGUE

NAMES = sorted(CATALOGUE)
READING = re.compile(r"(Get|List|Describe|Head|BatchGet|Lookup)")


@pytest.fixture
def plans(sandbox, monkeypatch):
    """The plan of a fix, and the way back where there is one."""
    for name, value in sandbox.environment(ACCOUNT, REGION).items():
        monkeypatch.setenv(name, value)

    def of(name):
        role = Role(name="triage-act", external_id="triage-tests")
        work = workshop(sandbox, AwsClouds(role, AwsLimits(), REGION), name)
        plan = work.plan()
        work.apply(plan)
        back = work.way_back(plan)
        return [plan] if isinstance(back, Refused) else [plan, back]

    return of


def another(arn: str) -> str:
    """The same kind of resource under another name; ids that AWS adds stand at the end."""
    return f"{arn[:-2]}-2/1" if arn.endswith("/*") else f"{arn}-2"


def holdable(action: str) -> bool:
    """Whether IAM can hold an action to a resource at all; a setting of an account is none."""
    return resources_of(action, "aws") != EVERYTHING


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_session_may_make_its_plans_writes_and_none_to_a_second_resource(plans, name):
    for plan in plans(name):
        policy = session_policy(plan.scope)
        assert len(canonical(policy)) <= POLICY_CHARACTERS_MAX
        for step in plan.steps:
            for action in filter(holdable, step.permission.actions):
                own = step.permission.resources[0]
                assert allows(policy, action, own)
                assert not allows(policy, action, another(own))
                assert not allows(policy, action, own.replace(ACCOUNT, "444455556666") + "x")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_what_is_allowed_everywhere_only_reads(plans, name):
    for plan in plans(name):
        wide = [one for one in plan.scope if "*" in one.resources]
        actions = {action for one in wide for action in one.actions if holdable(action)}
        assert [one for one in actions if not READING.match(one.partition(":")[2])] == []


def test_a_session_for_one_bucket_cannot_touch_a_second():
    scope = (
        Permission(actions=("s3:PutBucketPublicAccessBlock",), resources=("arn:aws:s3:::reports",)),
    )
    policy = session_policy(scope)
    assert allows(policy, "s3:PutBucketPublicAccessBlock", "arn:aws:s3:::reports")
    assert not allows(policy, "s3:PutBucketPublicAccessBlock", "arn:aws:s3:::reports-2")
    assert not allows(policy, "s3:PutBucketPublicAccessBlock", "arn:aws:s3:::report")
    assert not allows(policy, "s3:DeleteBucket", "arn:aws:s3:::reports")
