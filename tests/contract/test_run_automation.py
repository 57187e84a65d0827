"""A runbook of Systems Manager: run once, believed when it says Success, and run back by itself."""

from dataclasses import replace

import pytest

from tests.repairs.automation import GIVEN, RUNBOOK, TAKES
from tests.repairs.catalogue import EXAMPLES
from tests.repairs.example import ACCOUNT, REGION
from tests.repairs.workshop import Workshop
from triage.adapters.aws.clients import Role
from triage.adapters.aws.cloud import AwsClouds
from triage.adapters.aws.limits import AwsLimits
from triage.domain.plan import Refused
from triage.domain.ticket import Subject
from triage.questions.question import CannotAsk
from triage.remediations import remediation as fixing
from triage.remediations.remediation import Proven, Unproven

NAME = "ssm.run_automation"
pytestmark = pytest.mark.slow


@pytest.fixture
def at_work(sandbox, monkeypatch):
    """Stand before an account with one runbook, and a playbook that names it so."""
    for name, value in sandbox.environment(ACCOUNT, REGION).items():
        monkeypatch.setenv(name, value)

    def at(runbook=None, subject=None, **parameters):
        known = EXAMPLES[NAME]
        told = {"name": RUNBOOK, "version": "7", "parameters": TAKES, **(runbook or {})}
        example = replace(
            known,
            inside={"runbooks": [told]},
            subject=subject or known.subject,
            parameters={**known.parameters, **parameters},
        )
        sandbox.reset(example.scenario)
        clouds = AwsClouds(Role(name="triage-act"), AwsLimits(), REGION)
        return Workshop(sandbox=sandbox, clouds=clouds, name=NAME, example=example)

    return at


def refused(work):
    said = fixing.plan(NAME, work.fix, work.target, work.state())
    assert isinstance(said, Refused)
    return said.because


def test_the_same_plan_is_the_same_run_and_its_way_back_names_its_backup(at_work):
    work = at_work()
    plan = work.plan()
    (step,) = plan.steps
    parameters = step.call.parameters["Parameters"]
    assert parameters["PrincipalName"] == ["mallory"]
    assert parameters["DryRun"] == ["false"]
    work.apply(plan)
    work.client()("ssm").start_automation_execution(**step.call.parameters)
    (run,) = work.client()("ssm").describe_automation_executions()[
        "AutomationExecutionMetadataList"
    ]
    back = work.way_back(plan)
    (step,) = back.steps
    asked = step.call.parameters["Parameters"]
    assert asked["Action"] == ["Restore"]
    assert asked["BackupS3KeyName"][0].endswith(f"/{run['AutomationExecutionId']}.json")
    assert {**asked, "Action": ["Contain"]} == {
        **parameters,
        "BackupS3KeyName": asked["BackupS3KeyName"],
    }


def test_a_run_under_way_is_no_proof_until_it_ends_in_success(at_work):
    work = at_work({"looks": 2})
    plan = work.plan()
    work.apply(plan)
    shown = [work.verify(plan) for _ in range(3)]
    told = [one.because if isinstance(one, Unproven) else "" for one in shown]
    assert told == ['not as wanted: run is "InProgress"'] * 2 + [""]
    assert isinstance(shown[-1], Proven)


@pytest.mark.parametrize("ends", ["Failed", "CompletedWithFailure"])
def test_a_run_that_ends_otherwise_proves_nothing_and_is_not_run_again(at_work, ends):
    work = at_work({"ends": ends})
    plan = work.plan()
    work.apply(plan)
    assert isinstance(work.verify(plan), Unproven)
    assert refused(work).endswith(f"is {ends}, and a person has to look first")


def test_what_somebody_else_ran_about_it_is_looked_at_first(at_work):
    work = at_work()
    asked = {"PrincipalName": ["mallory"], "Action": ["Contain"], "PrincipalType": ["IAM role"]}
    work.client()("ssm").start_automation_execution(DocumentName=RUNBOOK, Parameters=asked)
    assert "a person has to look first" in refused(work)
    other = {**asked, "PrincipalName": ["somebody-else"]}
    work = at_work()
    work.client()("ssm").start_automation_execution(DocumentName=RUNBOOK, Parameters=other)
    assert work.plan().steps


def test_what_could_not_work_is_refused_before_it_is_run(at_work):
    assert refused(at_work({"status": "Deleting"})).endswith("it is Deleting")
    given = {**GIVEN, "Colour": "red"}
    assert refused(at_work(parameters=given)).endswith("takes no parameter Colour")
    given = {**GIVEN, "DryRun": True}
    assert "would only try" in refused(at_work(parameters=given))
    given = {name: GIVEN[name] for name in GIVEN if name != "AutomationAssumeRole"}
    assert "needs AutomationAssumeRole" in refused(at_work(parameters=given))


def test_without_a_way_back_or_its_backup_it_says_why(at_work):
    work = at_work(restore=None)
    plan = work.plan()
    why = "its playbook names no parameters for the way back"
    assert plan.one_way == why
    work.apply(plan)
    assert work.way_back(plan) == Refused(because=f"{NAME} cannot be taken back: {why}")
    work = at_work({"backup": False})
    plan = work.plan()
    work.apply(plan)
    assert "did not tell where it left its backup" in work.way_back(plan).because


@pytest.mark.parametrize(
    "parameters",
    [
        {"version": "$DEFAULT"},
        {"version": "latest"},
        {"document": "a b"},
        {"parameters": "[1]"},
        {"subject": Subject(id="x", name="x", kind="Other")},
        {"resource": "mallory; rm -rf"},
    ],
)
def test_what_names_no_pinned_runbook_or_no_plain_resource_is_no_plan(at_work, parameters):
    with pytest.raises(CannotAsk):
        _ = at_work(**parameters).target
