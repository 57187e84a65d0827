"""Settings: environment, then triage.toml, then defaults; read once, frozen.

Environment variables are `TRIAGE_` and the key with `__` between its parts
(`TRIAGE_WORKER__LEASE_SECONDS=60`); a variable that ends in `_FILE` names a file that holds the
value. Contacts are a JSON list there. `TRIAGE_CONFIG` names another file than `triage.toml`.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from triage.domain.errors import TriageError
from triage.settings.at_source import AtSourceGroup
from triage.settings.aws import Aws, OrganisationGroup
from triage.settings.groups import LISTED, Group
from triage.settings.judging import SamplingGroup
from triage.settings.keeping import Database, Retention
from triage.settings.operating import Anchor, Http, Log, Tracing
from triage.settings.problems import sentences
from triage.settings.queue import QueueGroup
from triage.settings.repairs import RepairsGroup
from triage.settings.watching import Reconcile, Silence
from triage.settings.working import Evidence, Sla, Worker

PREFIX = "TRIAGE_"
CONFIG = PREFIX + "CONFIG"
FILE = "_FILE"
DEFAULT_FILE = "triage.toml"
NOT_SETTINGS = frozenset({CONFIG, PREFIX + "PYTHON"})
HIDDEN = "[hidden]"
URL = re.compile(r"[a-z0-9]+:/", re.IGNORECASE)
BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?", re.IGNORECASE)


class Paths(Group):
    """Where things are; relative paths start at the current folder."""

    data: Path = Field(default=Path(".triage"), description="cases and inbox of the embedded store")
    playbooks: Path | None = Field(
        default=None, description="folder of playbooks; the shipped ones if unset"
    )
    model: Path | None = Field(default=None, description="the classifier; the shipped one if unset")
    people: Path | None = Field(default=None, description="people.toml")
    organization: Path | None = Field(default=None, description="organization.toml")
    signatures: Path | None = Field(default=None, description="signatures/, or signatures.toml")
    releases: Path | None = Field(
        default=None,
        description="folder of signed releases; where set, only released playbooks decide",
    )
    ip_ranges: Path | None = Field(
        default=None, description="snapshot of AWS's ip-ranges.json; never fetched"
    )
    archive: str | None = Field(
        default=None, description="CloudTrail files (*.json.gz): a folder, or s3://bucket/prefix"
    )

    @field_validator("archive")
    @classmethod
    def _is_a_place(cls, value: str | None) -> str | None:
        if value is not None and URL.match(value) and not BUCKET.fullmatch(value):
            raise ValueError("it is a folder or s3://bucket/prefix")
        return value or None


class Contact(Group):
    """Somebody to tell; the order in the file is the order of escalation."""

    name: str = Field(description="who")
    channel: Literal["email", "webhook", "terminal"] = Field(
        description="email, webhook or terminal"
    )
    address: str = Field(default="", description="address in the channel's own form")

    @property
    def label(self) -> str:
        return f"{self.name} ({self.channel})"


class Notify(Group):
    """Who is told of an escalation."""

    contacts: Annotated[tuple[Contact, ...], LISTED] = Field(
        default=(), description="in the order of escalation"
    )


class Smtp(Group):
    """The mail server."""

    host: str = Field(default="", description="host name; no mail if unset")
    port: int = Field(default=25, ge=1, le=65535, description="port")
    sender: str = Field(default="triage@localhost", description="From address")
    starttls: bool = Field(default=False, description="encrypt with STARTTLS")
    user: str = Field(default="", description="log in as")
    password: SecretStr = Field(default=SecretStr(""), description="with this password")
    timeout_seconds: float = Field(default=10, gt=0, le=60, description="seconds")


class Webhook(Group):
    """Webhooks."""

    secret: SecretStr = Field(default=SecretStr(""), description="key of Triage-Signature")
    timeout_seconds: float = Field(default=10, gt=0, le=60, description="seconds")


class Settings(Group):
    """Everything that can be set."""

    paths: Paths = Paths()
    database: Database = Database()
    queue: QueueGroup = QueueGroup()
    worker: Worker = Worker()
    evidence_seconds: Evidence = Evidence()
    sla_minutes: Sla = Sla()
    notify: Notify = Notify()
    smtp: Smtp = Smtp()
    webhook: Webhook = Webhook()
    aws: Aws = Aws()
    repairs: RepairsGroup = RepairsGroup()
    at_source: AtSourceGroup = AtSourceGroup()
    reconcile: Reconcile = Reconcile()
    silence: Silence = Silence()
    retention: Retention = Retention()
    sampling: SamplingGroup = SamplingGroup()
    organisation: OrganisationGroup = OrganisationGroup()
    anchor: Anchor = Anchor()
    tracing: Tracing = Tracing()
    http: Http = Http()
    log: Log = Log()


class InvalidSettings(TriageError):
    """The configuration does not hold; every problem at once."""

    exit_code = 3

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n  ".join(["the configuration does not hold:", *problems]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Settings and where each value came from."""

    settings: Settings
    origins: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One setting as people see it."""

    key: str
    value: str
    origin: str


def read_settings(environment: Mapping[str, str] | None = None) -> Loaded:
    """Read everything once. Raises InvalidSettings with every problem."""
    given = os.environ if environment is None else environment  # noqa: TID251 - read once, here
    file = Path(given.get(CONFIG, DEFAULT_FILE))
    origins: dict[str, str] = {}
    problems: list[str] = []
    content = _from_file(file, origins, problems, needed=CONFIG in given)
    _from_environment(given, content, origins, problems)
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        raise InvalidSettings([*problems, *sentences(error, origins, Settings)]) from error
    if problems:
        raise InvalidSettings(problems)
    return Loaded(settings=settings, origins=origins)


def _from_file(
    file: Path, origins: dict[str, str], problems: list[str], *, needed: bool
) -> dict[str, Any]:
    if not needed and not file.exists():
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{file}: {error}")
        return {}
    for key in _leaves(content):
        origins[key] = str(file)
    return content


def _leaves(content: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield above + name


def _from_environment(
    given: Mapping[str, str],
    content: dict[str, Any],
    origins: dict[str, str],
    problems: list[str],
) -> None:
    for variable in sorted(given):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS:
            continue
        value, name = given[variable], variable.removeprefix(PREFIX)
        if name.endswith(FILE):
            name = name.removesuffix(FILE)
            try:
                value = Path(value).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                problems.append(f"{variable}: {error}")
                continue
        _put(content, name.lower().split("__"), value)
        origins[name.lower().replace("__", ".")] = variable


def _put(content: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        below = content.get(part)
        content[part] = content = below if isinstance(below, dict) else {}
    content[path[-1]] = value


def origin(loaded: Loaded) -> list[Shown]:
    """Every setting with its value and where it came from; secrets hidden."""
    return list(_walk(loaded.settings, loaded.origins, ""))


def _walk(group: BaseModel, origins: Mapping[str, str], above: str) -> Iterator[Shown]:
    for name in type(group).model_fields:
        value, key = getattr(group, name), above + name
        if isinstance(value, BaseModel):
            yield from _walk(value, origins, f"{key}.")
        else:
            yield Shown(key=key, value=_shown(value), origin=origins.get(key, "default"))


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if isinstance(value, tuple):
        return "; ".join(one if isinstance(one, str) else one.label for one in value)
    return "" if value is None else str(value)
