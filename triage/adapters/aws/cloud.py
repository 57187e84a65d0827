"""Calls that change AWS, each piece of work under a session of its own.

The session is the role's, and narrower: its inline policy names the actions and the resources of
one plan, its name and its SourceIdentity are the case. What a session may do is what both the role
and the policy allow.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from triage.adapters.aws import sessions
from triage.adapters.aws.clients import Role
from triage.adapters.aws.errors import DENIED, THROTTLED
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.aws.paging import plain
from triage.domain.json import Record, canonical
from triage.domain.plan import Call, Permission
from triage.ports.cloud import AccessDenied, Cloud, CloudError, NotFound, Throttled, Unknown

SESSION_SECONDS = 900
"""The least that AWS grants, and more than one plan takes."""
POLICY_CHARACTERS_MAX = 2048
ITEMS_MAX = 10_000
ASSUME = Call(service="sts", operation="assume_role")
Credentials = Mapping[str, str]


def session_policy(scope: Sequence[Permission]) -> Record:
    """The inline policy of a session: one statement a permission, and nothing else."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": list(one.actions), "Resource": list(one.resources)}
            for one in scope
        ],
    }


class AwsClouds:
    """The clouds port on AWS. Without a role to assume, every call is denied."""

    def __init__(self, role: Role, limits: AwsLimits, region: str) -> None:
        self._role = role
        self._limits = limits
        self._region = region
        self._lock = Lock()
        self._session: Any = None

    def role(self, account: str) -> str:
        return f"arn:{self._role.partition}:iam::{account}:role/{self._role.name}"

    @contextmanager
    def open(
        self, account: str, region: str, *, case: str, scope: Sequence[Permission]
    ) -> Iterator[Cloud]:
        cloud = AwsCloud(
            lambda: self._assume(account, case, session_policy(scope)),
            lambda service, credentials: self._client(service, region, credentials),
        )
        try:
            yield cloud
        finally:
            cloud.close()

    def _client(self, service: str, region: str, credentials: Credentials) -> Any:
        # Making clients is not safe between threads; one session reads every model once.
        with self._lock:
            self._session = self._session or sessions.session(self._region)
            return self._session.client(
                service, region_name=region, config=self._config(), **credentials
            )

    def _config(self) -> Config:
        # A write whose answer was lost may have been made: nobody but the engine repeats it.
        return sessions.config(self._limits, retries=sessions.attempts(1))

    def _assume(self, account: str, case: str, policy: Record) -> Credentials:
        if not self._role.name:
            raise AccessDenied(ASSUME)
        text = canonical(policy).decode()
        if len(text) > POLICY_CHARACTERS_MAX:
            raise Unknown(ASSUME, f"takes no policy of {len(text)} characters")
        external = {"ExternalId": self._role.external_id} if self._role.external_id else {}
        sts = self._client("sts", self._region, {})
        try:
            answer = sts.assume_role(
                RoleArn=self.role(account),
                RoleSessionName=case,
                SourceIdentity=case,
                DurationSeconds=SESSION_SECONDS,
                Policy=text,
                **external,
            )
        finally:
            sts.close()
        return _checked(answer, account)


def _checked(answer: Mapping[str, Any], account: str) -> Credentials:
    """Whoever answers with another account's credentials is not believed."""
    if f":{account}:" not in answer["AssumedRoleUser"]["Arn"]:
        raise Unknown(ASSUME, f"gave credentials of another account than {account}")
    made = answer["Credentials"]
    return {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
        "aws_session_token": made["SessionToken"],
    }


class AwsCloud:
    """The cloud port on one session, which is opened with its first call."""

    def __init__(
        self,
        assume: Callable[[], Credentials],
        client: Callable[[str, Credentials], Any],
    ) -> None:
        self._assume = assume
        self._make = client
        self._credentials: Credentials | None = None
        self._clients: dict[str, Any] = {}

    def call(self, call: Call) -> Record:
        try:
            return _answer(self._client(call.service), call)
        except CloudError:
            raise
        except Exception as error:
            raise translated(call, error) from error

    def _client(self, service: str) -> Any:
        if self._credentials is None:
            self._credentials = self._opened()
        if service not in self._clients:
            self._clients[service] = self._make(service, self._credentials)
        return self._clients[service]

    def _opened(self) -> Credentials:
        try:
            return self._assume()
        except CloudError:
            raise
        except Exception as error:
            raise translated(ASSUME, error) from error

    def close(self) -> None:
        """Close its connections."""
        for client in self._clients.values():
            client.close()


def _answer(client: Any, call: Call) -> Record:
    if not client.can_paginate(call.operation):
        answer: Record = plain(getattr(client, call.operation)(**call.parameters))
        return answer
    paginator = client.get_paginator(call.operation)
    pages = paginator.paginate(**call.parameters, PaginationConfig={"MaxItems": ITEMS_MAX})
    whole: Record = plain(pages.build_full_result())
    if pages.resume_token is not None:
        raise Unknown(call, f"lists more than {ITEMS_MAX}")
    return whole


def translated(call: Call, error: Exception) -> CloudError:
    """Say what an error means for a call."""
    if not isinstance(error, ClientError):
        return Unknown(call, f"brought no answer ({type(error).__name__})")
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in call.absent:
        return NotFound(call, code)
    if code in THROTTLED:
        return Throttled(call)
    return AccessDenied(call) if code in DENIED else Unknown(call, f"failed ({code})")
