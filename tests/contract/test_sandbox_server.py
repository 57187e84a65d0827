"""Starting, stopping, resetting, and steering a sandbox from another process."""

import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from triage.sandbox.log import LOGGED_MAX, Logged, RequestLog
from triage.sandbox.server import Sandbox, SandboxBusy

ONE = "111111111111"
BUCKETS: Mapping[str, Any] = {"accounts": {ONE: {"buckets": [{"name": "invoices"}]}}}

OTHER_PROCESS = """
import boto3
print(boto3.client("sts").get_caller_identity()["Account"])
try:
    boto3.client("s3control").get_public_access_block(AccountId="222222222222")
except Exception as error:
    print(type(error).__name__)
"""

SERVES = """
import threading
from triage.sandbox.server import Sandbox
from triage.sandbox.up import up

stop = threading.Event()
def say(line):
    print(line)
    if line.startswith("AWS_SHARED"):
        stop.set()
up(port=0, limited=True, say=say, stop=stop)
import warnings
with Sandbox.start(scenario={}) as again:
    again.stop()
print("threads", threading.active_count())
"""


def admin(sandbox: Sandbox, method: str, path: str, document: object = None) -> tuple[int, Any]:
    place = urlsplit(sandbox.endpoint).netloc
    body = json.dumps(document).encode() if document is not None else None
    with closing(http.client.HTTPConnection(place, timeout=20)) as connection:
        connection.request(method, f"/sandbox-api/{path}", body=body)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def run(code: str, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**environment, "PATH": os.defpath, "PYTHONPATH": os.getcwd()},  # noqa: PTH109
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_its_environment_makes_another_process_take_it_for_aws(sandbox: Sandbox) -> None:
    environment = sandbox.environment("222222222222")
    said = run(OTHER_PROCESS, environment).split()
    assert said == ["222222222222", "NoSuchPublicAccessBlockConfiguration"]
    assert sandbox.requests.named("sts.GetCallerIdentity")[-1].account == "222222222222"


def test_it_serves_until_told_to_stop_and_leaves_nothing() -> None:
    said = run(SERVES, {})
    assert "AWS_ENDPOINT_URL=http://127.0.0.1:" in said
    assert said.splitlines()[-1] == "threads 1"


def test_a_second_one_in_a_process_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxBusy, match="already runs"):
        Sandbox.start()
    assert sandbox.client("s3").list_buckets()["Buckets"] == []


def test_faults_are_added_listed_and_dropped_over_http(sandbox: Sandbox) -> None:
    rule = {"kind": "throttle", "service": "s3", "times": 1}
    status, added = admin(sandbox, "POST", "faults", rule)
    assert (status, added["kind"]) == (200, "throttle")
    with pytest.raises(ClientError):
        sandbox.client("s3").list_buckets()
    assert [each["struck"] for each in admin(sandbox, "GET", "faults")[1]] == [1]
    assert admin(sandbox, "DELETE", "faults") == (200, {})
    assert admin(sandbox, "GET", "faults") == (200, [])


@pytest.mark.parametrize("wrong", [{"kind": "explode"}, {"colour": "red"}, [1], {}])
def test_a_wrong_fault_is_a_400_that_says_why(sandbox: Sandbox, wrong: object) -> None:
    status, answer = admin(sandbox, "POST", "faults", wrong)
    assert status == 400
    assert answer["error"]


def test_requests_are_told_and_forgotten_over_http(sandbox: Sandbox) -> None:
    sandbox.client("s3").list_buckets()
    told = admin(sandbox, "GET", "requests")[1]
    assert [(each["service"], each["operation"], each["status"]) for each in told] == [
        ("s3", "ListBuckets", 200)
    ]
    assert admin(sandbox, "DELETE", "requests") == (200, {})
    assert len(sandbox.requests) == 0


def test_a_reset_brings_the_scenario_back(sandbox: Sandbox) -> None:
    sandbox.reset(BUCKETS)
    sandbox.client("s3").delete_bucket(Bucket="invoices")
    sandbox.faults.add("deny", service="iam")
    assert admin(sandbox, "POST", "reset") == (200, {})
    assert sandbox.client("s3").head_bucket(Bucket="invoices")
    assert sandbox.client("iam").list_users()["Users"] == []


def test_it_says_when_it_is_ready_and_what_it_does_not_know(sandbox: Sandbox) -> None:
    assert admin(sandbox, "GET", "health") == (200, {"status": "ready"})
    assert admin(sandbox, "GET", "nothing")[0] == 404


def test_every_call_is_logged_with_its_place_and_status(sandbox: Sandbox) -> None:
    with pytest.raises(ClientError):
        sandbox.client("s3", "333333333333", "eu-west-1").get_bucket_policy(Bucket="none-such")
    logged = list(sandbox.requests)[-1]
    assert (logged.account, logged.region, logged.name, logged.status) == (
        "333333333333",
        "eu-west-1",
        "s3.GetBucketPolicy",
        404,
    )


def test_the_log_is_bounded(sandbox: Sandbox) -> None:
    log = RequestLog()
    one = Logged(at=sandbox.now(), account=ONE, region="", service="s3", operation="x", status=200)
    for _ in range(LOGGED_MAX + 1):
        log.add(one)
    assert len(log) == LOGGED_MAX


def test_many_threads_are_served_at_once(sandbox: Sandbox) -> None:
    sandbox.load(BUCKETS)
    s3 = sandbox.client("s3")
    threads = [
        threading.Thread(target=s3.get_bucket_location, kwargs={"Bucket": "invoices"})
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [each.status for each in sandbox.requests.named("s3.GetBucketLocation")] == [200] * 16


def test_a_scenario_that_cannot_be_built_stops_what_was_started(tmp_path: Path) -> None:
    code = """
from triage.sandbox.scenario import ScenarioInvalid
from triage.sandbox.server import Sandbox
try:
    Sandbox.start(scenario={"accounts": {"1": {}}})
except ScenarioInvalid as error:
    print(error)
Sandbox.start().stop()
"""
    assert "twelve digits" in run(code, {"HOME": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []
