"""What its source does not confirm, or no longer does, is neither closed nor changed."""

from dataclasses import replace

import pytest

from tests.closer import Closer
from tests.findings import finding, imported, organisation
from tests.repairs.mender import FREELY, Mender
from triage.domain.account import Tier

ASKING = replace(FREELY, ask_in=(Tier.DEVELOPMENT,))
SUPPRESSED = {"Workflow": {"Status": "SUPPRESSED"}}


@pytest.fixture
def mender(scene):
    Closer(scene)
    return Mender(scene)


def waiting(mender):
    mender.under(ASKING)
    case = mender.decide()
    mender.work()
    assert mender.case(case).status == "waiting"
    return case


def at_hub(mender, **changes):
    hub = mender.scene.sandbox.client("securityhub", "111111111111", "eu-west-1")
    named = [{name: finding()[name] for name in ("Id", "ProductArn")}]
    hub.batch_update_findings(FindingIdentifiers=named, **changes)


def test_a_plan_that_waited_is_not_made_once_its_source_says_otherwise(mender):
    case = waiting(mender)
    at_hub(mender, **SUPPRESSED)
    mender.scene.forget_cache()
    mender.approve(case)
    mender.work()
    assert mender.block() is None
    why = "its source calls it suppressed by now"
    assert mender.data(case, "unplanned")["because"] == why
    assert mender.case(case).status == "escalated"
    assert why in mender.scene.notifier.told[-1].text


@pytest.mark.slow
def test_a_source_that_does_not_answer_lets_nothing_be_changed(mender):
    case = waiting(mender)
    mender.scene.forget_cache()
    mender.scene.sandbox.faults.add("throttle", service="securityhub")
    mender.approve(case)
    for _ in range(10):
        mender.work(1000)
    assert mender.block() is None
    assert "could not confirm it at its source" in mender.data(case, "unplanned")["because"]
    assert mender.case(case).status == "escalated"


@pytest.mark.slow
def test_a_plan_that_waited_is_made_when_its_source_still_says_so(mender):
    case = waiting(mender)
    mender.scene.forget_cache()
    mender.scene.sandbox.faults.add("throttle", service="securityhub", times=1)
    mender.approve(case)
    mender.work()
    assert mender.block() is None
    mender.work(60)
    assert mender.block() is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("there", "why"),
    [
        ([finding(**SUPPRESSED)], "its source calls it suppressed"),
        ([finding(RecordState="ARCHIVED")], "its source calls it resolved"),
        ([finding(bucket="another")], "its source does not confirm it"),
        ([finding(Resources=[{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::other"}])], "confirm"),
        ([finding(AwsAccountId="444455556666")], "its source does not confirm it"),
    ],
    ids=["suppressed", "archived", "unknown there", "another resource", "another account"],
)
def test_only_what_its_source_has_active_is_repaired(mender, there, why):
    mender.scene.load(organisation(there))
    mender.scene.submit(imported(finding()))
    (case,) = mender.scene.decide_due()
    assert case.decided["decision"] == "escalate"
    assert any(why in reason for reason in case.decided["reasons"])
    mender.work()
    assert mender.block() is None
