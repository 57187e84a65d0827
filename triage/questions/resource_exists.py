"""Is the subject still there?"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from triage.domain.evidence import Answer, Missing, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import failure, known, payload
from triage.questions.question import Asking, CannotAsk, Field, Question

Finder = Callable[[Asking], Read]


def _bucket(asking: Asking) -> Read:
    return _regional("s3.get_bucket_location", asking, bucket=about.bucket(asking))


def _group(asking: Asking) -> Read:
    return _regional("ec2.describe_security_groups", asking, group=about.group(asking))


def _instance(asking: Asking) -> Read:
    return _regional("ec2.describe_instances", asking, instance=about.instance(asking))


def _user(asking: Asking) -> Read:
    return _global("iam.get_user", asking, user=about.user(asking))


def _role(asking: Asking) -> Read:
    name = asking.ticket.subject.id
    if ":role/" not in name:
        raise CannotAsk("the ticket is not about a role")
    return _global("iam.get_role", asking, role=name.rpartition("/")[2])


def _key(asking: Asking) -> Read:
    key = about.key(asking)
    if key.startswith("ASIA"):
        raise CannotAsk("a temporary key cannot be looked up")
    return _global("iam.access_key", asking, key=key)


def _regional(kind: str, asking: Asking, **arguments: str) -> Read:
    return Read.of(kind, about.account(asking), about.region(asking), **arguments)


def _global(kind: str, asking: Asking, **arguments: str) -> Read:
    return Read.of(kind, about.account(asking), about.GLOBAL_REGION, **arguments)


FINDERS: tuple[Finder, ...] = (_bucket, _group, _instance, _user, _role, _key)
GONE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "s3.get_bucket_location": frozenset({"NoSuchBucket"}),
        "ec2.describe_security_groups": frozenset({"InvalidGroup.NotFound"}),
        "ec2.describe_instances": frozenset({"InvalidInstanceID.NotFound"}),
        "iam.get_user": frozenset({"NoSuchEntity"}),
        "iam.get_role": frozenset({"NoSuchEntity"}),
        "iam.access_key": frozenset({"NoSuchEntity"}),
    }
)
"""The code by which each service says, of its own accord, that there is no such thing."""


def plan(asking: Asking) -> tuple[Read, ...]:
    """One read of whatever kind the subject is."""
    return (_read(asking),)


def _read(asking: Asking) -> Read:
    for finder in FINDERS:
        try:
            return finder(asking)
        except CannotAsk:
            continue
    raise CannotAsk("this kind of subject cannot be looked up yet")


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """There, gone by the service's own word, or unknown."""
    if unknown := failure(reads):
        return unknown
    read, kind = reads[0], _read(asking).kind
    if isinstance(read, Missing):
        if read.code not in GONE[kind]:
            return Unknown(reason=f"the service answered {read.code}")
        return known(reads, {"exists": False, "explanation": f"the service says {read.code}."})
    told = payload(read)
    if not told or [] in told.values():
        return Unknown(reason="the service neither showed it nor said that it is gone")
    return known(reads, {"exists": True, "explanation": "it is there."})


QUESTION = Question(
    name="resource.exists",
    phrase="whether it still exists",
    parameters={},
    answer={
        "exists": Field(type="boolean", meaning="the service knows it"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=(
        "s3:GetBucketLocation",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeInstances",
        "iam:GetUser",
        "iam:GetRole",
        "iam:GetAccessKeyLastUsed",
        "iam:ListAccessKeys",
    ),
    plan=plan,
    interpret=interpret,
)
