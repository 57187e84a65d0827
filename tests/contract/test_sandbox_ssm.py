"""Systems Manager Automation in the sandbox, driven by a real boto3 client over HTTP."""

import pytest
from botocore.exceptions import ClientError

from triage.sandbox.server import Sandbox

ONE = "111111111111"
BOOK = {"name": "Contain", "version": "3", "parameters": ["Action"]}
TOKEN = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def ssm(sandbox: Sandbox):
    sandbox.load({"accounts": {ONE: {"runbooks": [BOOK, {**BOOK, "name": "Other"}]}}})
    return sandbox.client("ssm", ONE, "us-east-1")


def code(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"]


def test_one_token_is_one_run_and_never_another(ssm):
    asked = {"DocumentName": "Contain", "ClientToken": TOKEN, "Parameters": {"Action": ["Contain"]}}
    first = ssm.start_automation_execution(**asked)["AutomationExecutionId"]
    assert ssm.start_automation_execution(**asked)["AutomationExecutionId"] == first
    changed = {**asked, "Parameters": {"Action": ["Restore"]}}
    assert code(ssm.start_automation_execution, **changed) == "IdempotentParameterMismatch"
    other = ssm.start_automation_execution(DocumentName="Other")["AutomationExecutionId"]
    listed = ssm.describe_automation_executions()["AutomationExecutionMetadataList"]
    assert [one["AutomationExecutionId"] for one in listed] == [other, first]
    only = [{"Key": "DocumentNamePrefix", "Values": ["Cont"]}]
    listed = ssm.describe_automation_executions(Filters=only)["AutomationExecutionMetadataList"]
    assert [one["AutomationExecutionId"] for one in listed] == [first]
    (text,) = ssm.get_automation_execution(AutomationExecutionId=first)["AutomationExecution"][
        "Outputs"
    ]["Contain.Output"]
    assert text.endswith(f"/{first}.json.")


def test_what_is_not_there_is_refused_as_aws_refuses_it(ssm):
    start, described = ssm.start_automation_execution, ssm.describe_document
    assert code(start, DocumentName="None-Such") == "AutomationDefinitionNotFoundException"
    versions = code(start, DocumentName="Contain", DocumentVersion="9")
    assert versions == "AutomationDefinitionVersionNotFoundException"
    unknown = code(start, DocumentName="Contain", Parameters={"Colour": ["red"]})
    assert unknown == "InvalidAutomationExecutionParametersException"
    assert code(described, Name="None-Such") == "InvalidDocument"
    assert code(described, Name="Contain", DocumentVersion="9") == "InvalidDocumentVersion"
    missing = code(ssm.get_automation_execution, AutomationExecutionId=TOKEN)
    assert missing == "AutomationExecutionNotFoundException"


def test_what_the_sandbox_lacks_it_says(ssm):
    tagged = {"DocumentName": "Contain", "Tags": [{"Key": "a", "Value": "b"}]}
    assert code(ssm.start_automation_execution, **tagged) == "NotImplementedInSandbox"
    odd = [{"Key": "ExecutionStatus", "Values": ["Success"]}]
    assert code(ssm.describe_automation_executions, Filters=odd) == "NotImplementedInSandbox"
