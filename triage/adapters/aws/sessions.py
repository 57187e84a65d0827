"""Sessions of boto3 that read each service's model once in a process, and how clients behave.

A model is megabytes of JSON; by itself every session reads its own.
"""

from functools import cache
from typing import Any

import boto3
import botocore.loaders
import botocore.session
from botocore.config import Config

from triage.adapters.aws.limits import AwsLimits


@cache
def _models() -> Any:
    return botocore.loaders.create_loader()


def core() -> Any:
    """A session of botocore with the credentials at hand."""
    session = botocore.session.get_session()
    session.register_component("data_loader", _models())
    return session


def session(region: str, of: Any = None) -> Any:
    """A session of boto3, `of` one of botocore's or a new one."""
    made = boto3.Session(botocore_session=of or core(), region_name=region)
    # Each session of boto3 adds the folder of its own models to the loader they share.
    paths = _models().search_paths
    paths[:] = dict.fromkeys(paths)
    return made


def config(limits: AwsLimits, **changes: Any) -> Config:
    """How a client of ours behaves, but for `changes`."""
    return Config(
        **{
            "connect_timeout": limits.connect_seconds,
            "read_timeout": limits.read_seconds,
            "retries": attempts(limits.attempts),
            "user_agent_extra": "triage",
            **changes,
        }
    )


def attempts(number: int) -> dict[str, Any]:
    """How often a request is made in all, the first time included."""
    return {"total_max_attempts": number, "mode": "standard"}
