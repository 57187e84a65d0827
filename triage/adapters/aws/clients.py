"""boto3 clients: one per account, Region and service, made under a lock, kept.

Clients are safe to share between threads; making sessions and clients is not.
https://boto3.amazonaws.com/v1/documentation/api/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError
from cachetools import LRUCache

from triage.adapters.aws import sessions
from triage.adapters.aws.limits import AwsLimits
from triage.domain.errors import TriageError

SESSION_SECONDS = 3600
UNREPEATED = frozenset({"cloudtrail"})
"""Two requests a second is all there is: a retry of the client's own would have no turn."""
CLIENTS_MAX = 512
"""A client is about half a megabyte; what was not used for longest is made again."""


def ambient(service: str, region: str, limits: AwsLimits) -> Any:
    """Make a client with the credentials at hand; the caller closes it."""
    return sessions.session(region).client(service, config=sessions.config(limits))


class WrongAccount(TriageError):
    """The credentials at hand belong to another account, and there is no role to assume."""

    def __init__(self, wanted: str, own: str) -> None:
        super().__init__(f"credentials are for {own}, not {wanted}, and no role is configured")


class NoCredentials(TriageError):
    """Nobody gave us any credentials for AWS."""

    def __init__(self) -> None:
        super().__init__("no AWS credentials are configured")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """The role to assume in each account for reading."""

    name: str = ""
    external_id: str = ""
    partition: str = "aws"


class Clients:
    """Hands out clients that speak for one account in one Region."""

    def __init__(self, role: Role, limits: AwsLimits, region: str) -> None:
        self._role = role
        self._limits = limits
        self._region = region
        self._lock = Lock()
        self._turns: WeakValueDictionary[str, Lock] = WeakValueDictionary()
        # No account's turn: tickets name any account, or none, and one that asks holds its own.
        self._looking = Lock()
        self._sessions: dict[str, Any] = {}
        self._clients: LRUCache[tuple[str, str, str], Any] = LRUCache(CLIENTS_MAX)

    def client(self, service: str, account: str, region: str) -> Any:
        """Return a client. Raises WrongAccount, NoCredentials, and botocore's own errors."""
        place = (service, account, region)
        kept = self._kept(place)
        if kept is not None:
            return kept
        with self._turn(account):
            return self._kept(place) or self._keep(place, self._made(*place))

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for client in (*self._clients.values(), *self._opened_sts()):
                client.close()
            self._clients.clear()

    def _kept(self, place: tuple[str, str, str]) -> Any:
        with self._lock:
            return self._clients.get(place)

    def _keep(self, place: tuple[str, str, str], client: Any) -> Any:
        with self._lock:
            self._clients[place] = client
        return client

    def _turn(self, account: str) -> Lock:
        """Whoever waits for STS holds up its own account alone."""
        with self._lock:
            return self._turns.setdefault(account, Lock())

    def _made(self, service: str, account: str, region: str) -> Any:
        config = self._config(service)
        return self._session(account).client(service, region_name=region, config=config)

    def _config(self, service: str = "") -> Config:
        attempts = 1 if service in UNREPEATED else self._limits.attempts
        return sessions.config(
            self._limits,
            retries=sessions.attempts(attempts),
            max_pool_connections=self._limits.connections,
        )

    def _session(self, account: str) -> Any:
        if account not in self._sessions:
            self._sessions[account] = self._new_session(account)
        return self._sessions[account]

    def _new_session(self, account: str) -> Any:
        own = self._own()
        if not own:
            raise NoCredentials
        if own == account:
            return self._ambient
        if not self._role.name:
            raise WrongAccount(account, own)
        return self._assumed(account)

    def _own(self) -> str:
        # Looking for credentials where there are none takes seconds; whoever is first looks.
        with self._looking:
            return self._identity

    @cached_property
    def _ambient(self) -> Any:
        return sessions.session(self._region)

    @cached_property
    def _sts(self) -> Any:
        return self._ambient.client("sts", config=self._config())

    def _opened_sts(self) -> Iterator[Any]:
        if "_sts" in vars(self):
            yield self._sts

    @cached_property
    def _identity(self) -> str:
        if self._ambient.get_credentials() is None:
            return ""
        return str(self._sts.get_caller_identity()["Account"])

    def _assumed(self, account: str) -> Any:
        def refresh() -> dict[str, str]:
            return self._assume(self._sts, account)

        session = sessions.core()
        session._credentials = RefreshableCredentials.create_from_metadata(  # noqa: SLF001 - the documented way to hand botocore refreshing credentials
            metadata=refresh(), refresh_using=refresh, method="sts-assume-role"
        )
        return sessions.session(self._region, session)

    def _assume(self, sts: Any, account: str) -> dict[str, str]:
        external = {"ExternalId": self._role.external_id} if self._role.external_id else {}
        answer = sts.assume_role(
            RoleArn=f"arn:{self._role.partition}:iam::{account}:role/{self._role.name}",
            RoleSessionName="triage-read",
            DurationSeconds=SESSION_SECONDS,
            **external,
        )
        if f":{account}:" not in answer["AssumedRoleUser"]["Arn"]:
            raise WrongAccount(account, answer["AssumedRoleUser"]["Arn"])
        made = answer["Credentials"]
        return {
            "access_key": made["AccessKeyId"],
            "secret_key": made["SecretAccessKey"],
            "token": made["SessionToken"],
            "expiry_time": made["Expiration"].isoformat(),
        }


UNUSABLE = (WrongAccount, NoCredentials, ClientError, BotoCoreError)
