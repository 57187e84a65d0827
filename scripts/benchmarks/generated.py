"""Events and rules for benchmarks: shaped like CloudTrail's and GuardDuty's, invented throughout.

`uniform`: every kind of event is alike, and rules constrain one of nine sets of fields. `skewed`,
as life is: names follow Zipf's law, rules are written about what happens, each about fields of its
own choosing and with every operator. Rules are drawn from events like those measured but not from
those, and so that together they hit about ten times an event, however many there are.
"""

import random  # noqa: TID251 - seeded, so that every run measures the same
from collections.abc import Iterator, Sequence
from enum import StrEnum
from ipaddress import IPv4Address
from typing import Any

from triage.playbook.index import Matcher
from triage.playbook.pattern import compile_pattern

SEED = 20261120
HITS = 10
"""Hits an event that rules are chosen for, where there are enough rules."""
SHARE_MAX = 0.4
"""No rule is kept that matches more of the events."""
SAMPLE = 1000
KEYED_SHARE = 0.85
"""So many rules name what kind of event they are about."""
OR_SHARE = 0.08
VERBS = ("Get", "Put", "Create", "Delete", "Update", "Describe", "List", "Attach", "Start", "Stop")
THINGS = (
    "Bucket",
    "Key",
    "Role",
    "Policy",
    "Instance",
    "Table",
    "Queue",
    "Topic",
    "Stack",
    "Trail",
)
CALLS = [verb + thing for verb in VERBS for thing in THINGS]
SERVICES = [f"service{number}.amazonaws.com" for number in range(30)]
ACCOUNTS = [f"{111122223333 + 1001 * number}" for number in range(100)]
REGIONS = ["us-east-1", "eu-west-1", "us-west-2", "ap-southeast-2", "eu-central-1", "sa-east-1"]
KINDS = ["AssumedRole", "IAMUser", "AWSService", "Root", "FederatedUser"]
ERRORS = [None, "AccessDenied", "ThrottlingException", "NoSuchEntity"]
THREATS = ("Recon", "UnauthorizedAccess", "Impact", "Trojan", "Discovery")
TYPES = [f"{threat}:{on}/Kind{n}" for n in range(12) for threat in THREATS for on in ("EC2", "S3")]
AGENTS = ["aws-cli/2.15", "Boto3/1.34", "console.amazonaws.com", "Terraform/1.6", "aws-sdk-go/1.50"]
SHAPES = [
    ("source", "detail.eventName", "detail.userIdentity.type"),
    ("detail.eventName", "region", "detail.errorCode"),
    ("account", "detail.eventName"),
    ("detail.eventSource", "detail.sourceIPAddress", "detail.userAgent"),
    ("detail.type", "detail.severity", "region"),
    ("detail.type", "account", "detail.resource.instanceDetails.tags"),
    ("detail.service.action.actionType", "detail.service.count", "account"),
    ("detail-type", "detail.userIdentity.arn", "detail.readOnly"),
    ("detail.resource.resourceType", "detail.type", "detail.service.archived"),
]


class Mode(StrEnum):
    """How evenly everything is drawn."""

    UNIFORM = "uniform"
    SKEWED = "skewed"


class Draw:
    """Draws from lists, evenly or by Zipf's law; the same every time."""

    def __init__(self, mode: Mode, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - nothing here is secret
        self.skewed = mode is Mode.SKEWED

    def one(self, values: Sequence[Any]) -> Any:
        """Draw one value."""
        if not self.skewed:
            return self.random.choice(values)
        weights = [1 / (rank + 1) for rank in range(len(values))]
        return self.random.choices(values, weights)[0]

    def number(self, below: int) -> int:
        """Draw a number, small ones more often where life is skewed."""
        return int(below * self.random.random() ** (3 if self.skewed else 1))

    def chance(self, share: float) -> bool:
        """Tell whether something with this share happens."""
        return self.random.random() < share

    def address(self) -> str:
        """Draw an address."""
        return f"{self.one([10, 198, 203, 172, 54])}.{self.number(200)}.{self.number(250)}.7"


def events_of(mode: Mode, count: int, seed: int = SEED) -> list[Any]:
    """Make events up: calls and findings."""
    draw = Draw(mode, seed)
    return [_call(draw) if draw.chance(0.6) else _finding(draw) for _ in range(count)]


def _envelope(draw: Draw, source: str, kind: str, detail: Any) -> Any:
    return {
        "version": "0",
        "id": f"{draw.random.getrandbits(128):032x}",
        "detail-type": kind,
        "source": source,
        "account": draw.one(ACCOUNTS),
        "time": f"2026-11-{draw.number(28) + 1:02}T{draw.number(24):02}:30:00Z",
        "region": draw.one(REGIONS),
        "resources": [],
        "detail": detail,
    }


def _call(draw: Draw) -> Any:
    account, user = draw.one(ACCOUNTS), f"role-{draw.number(60)}"
    service, call = draw.one(SERVICES), draw.one(CALLS)
    bucket = f"bucket-{draw.number(300)}"
    detail = {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": draw.one(KINDS),
            "principalId": f"AROAEXAMPLE{draw.number(60):04}:session",
            "arn": f"arn:aws:sts::{account}:assumed-role/{user}/session",
            "accountId": account,
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "userName": user, "accountId": account},
                "attributes": {"mfaAuthenticated": draw.one(["false", "true"])},
            },
        },
        "eventTime": "2026-11-20T12:00:00Z",
        "eventSource": service,
        "eventName": call,
        "awsRegion": draw.one(REGIONS),
        "sourceIPAddress": draw.address(),
        "userAgent": f"{draw.one(AGENTS)} exec-env/{draw.number(40)}",
        "errorCode": draw.one(ERRORS),
        "requestParameters": {
            "bucketName": bucket,
            "policy": {"Statement": [_statement(draw, bucket) for _ in range(4)]},
            "maxKeys": draw.number(1000),
        },
        "responseElements": None,
        "additionalEventData": {f"metric{n}": draw.number(10**6) for n in range(40)},
        "requestID": f"{draw.random.getrandbits(64):016x}",
        "readOnly": call.startswith(("Get", "Describe", "List")),
        "resources": [
            {"type": f"AWS::{kind}", "ARN": f"arn:aws:s3:::{bucket}/{draw.number(99)}"}
            for kind in ("S3::Bucket", "S3::Object", "KMS::Key")
        ],
        "managementEvent": True,
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "clientProvidedHostHeader": service},
        "notes": ["x" * 60 for _ in range(12 if not draw.skewed else 2)],
    }
    return _envelope(
        draw, f"aws.{service.partition('.')[0]}", "AWS API Call via CloudTrail", detail
    )


def _statement(draw: Draw, bucket: str) -> Any:
    return {
        "Effect": draw.one(["Allow", "Deny"]),
        "Principal": {"AWS": draw.one(ACCOUNTS)},
        "Action": [f"s3:{draw.one(CALLS)}", f"s3:{draw.one(CALLS)}"],
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }


def _finding(draw: Draw) -> Any:
    type_ = draw.one(TYPES)
    detail = {
        "schemaVersion": "2.0",
        "type": type_,
        "severity": draw.one([2, 5, 8, 4.5, 7.9]),
        "resource": {
            "resourceType": draw.one(["Instance", "AccessKey", "S3Bucket"]),
            "instanceDetails": {
                "instanceId": f"i-{draw.number(400):017x}",
                "instanceType": draw.one(["m5.large", "t3.micro", "c6g.xlarge"]),
                "imageId": f"ami-{draw.number(30):08x}",
                "tags": [
                    {"key": key, "value": f"{key}-{draw.number(20)}"}
                    for key in ("team", "stage", "service")
                ],
                "networkInterfaces": [_interface(draw) for _ in range(3)],
            },
        },
        "service": {
            "serviceName": "guardduty",
            "detectorId": f"{draw.number(50):032x}",
            "action": {
                "actionType": draw.one(["NETWORK_CONNECTION", "AWS_API_CALL", "PORT_PROBE"]),
                "networkConnectionAction": {
                    "connectionDirection": draw.one(["INBOUND", "OUTBOUND"]),
                    "protocol": draw.one(["TCP", "UDP"]),
                    "blocked": draw.one([False, True]),
                    "localPortDetails": {"port": draw.one([22, 443, 3389, 80, 5432])},
                    "remoteIpDetails": {
                        "ipAddressV4": draw.address(),
                        "country": {"countryName": draw.one(["Norland", "Suderia", "Ostmark"])},
                        "organization": {"asn": str(draw.number(64000)), "isp": "Example"},
                    },
                },
            },
            "archived": False,
            "count": draw.number(200) + 1,
            "additionalInfo": {f"value{n}": "y" * 20 for n in range(60 if not draw.skewed else 5)},
        },
        "title": f"{type_} was seen {draw.number(99)} times",
        "description": "z" * 300,
    }
    return _envelope(draw, "aws.guardduty", "GuardDuty Finding", detail)


def _interface(draw: Draw) -> Any:
    return {
        "subnetId": f"subnet-{draw.number(40):08x}",
        "vpcId": f"vpc-{draw.number(20):08x}",
        "privateIpAddress": draw.address(),
        "securityGroups": [{"groupId": f"sg-{draw.number(90):08x}", "groupName": "default"}],
    }


def rules_of(mode: Mode, count: int) -> list[Any]:
    """Make rules up about events like those of `events_of`, for about ten hits an event."""
    draw = Draw(mode, SEED + 1)
    return drawn_rules(draw, events_of(mode, 2000, SEED + 2), count)


def drawn_rules(draw: Draw, events: Sequence[Any], count: int) -> list[Any]:
    """Draw rules from events, kept so that their hits come near what is wanted."""
    kept: list[Any] = []
    total, wanted = 0.0, min(HITS / count, SHARE_MAX / 2)
    sample = draw.random.sample(list(events), min(SAMPLE, len(events)))
    while len(kept) < count:
        made = [_rule(draw, draw.random.choice(events)) for _ in range(max(count // 2, 200))]
        for rule, share in zip(made, _shares(made, sample), strict=True):
            below = total <= wanted * len(kept)
            if share <= SHARE_MAX and (share >= wanted if below else share < wanted):
                kept.append(rule)
                total += share
    return kept[:count]


def _shares(rules: Sequence[Any], events: Sequence[Any]) -> list[float]:
    matcher, hits = Matcher([compile_pattern(one) for one in rules]), [0] * len(rules)
    for event in events:
        for number in matcher.matching(event):
            hits[number] += 1
    return [count / len(events) for count in hits]


KEYS = ("detail.eventName", "detail.type", "detail.eventSource", "source", "detail-type")
UNFIT = frozenset({"id", "requestID", "description", "notes", "time", "additionalEventData"})
"""What nobody writes rules about: it is there once only, or says nothing."""


def _rule(draw: Draw, event: Any) -> Any:
    leaves = dict(_leaves(event, ()))
    rule: dict[str, Any] = {}
    for place, path in enumerate(_paths(draw, list(leaves)) or [("source",)]):
        node = rule
        for name in path[:-1]:
            node = node.setdefault(name, {})
        node[path[-1]] = _values(draw, leaves[path], plain=place == 0)
    return _with_or(draw, rule) if draw.skewed and draw.chance(OR_SHARE) else rule


def _paths(draw: Draw, paths: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Choose the fields of a rule: mostly what the event is, and then this and that."""
    if not draw.skewed:
        shape = [tuple(one.split(".")) for one in draw.random.choice(SHAPES)]
        return [path for path in paths if any(path[: len(one)] == one for one in shape)][:4]
    fit = [path for path in paths if not UNFIT.intersection(path)]
    keys = [path for path in fit if ".".join(path) in KEYS]
    first = [draw.one(keys)] if keys and draw.chance(KEYED_SHARE) else []
    others = [draw.one(fit) for _ in range(draw.random.randint(0 if first else 1, 4))]
    return list(dict.fromkeys([*first, *others]))


def _with_or(draw: Draw, rule: dict[str, Any]) -> dict[str, Any]:
    other = {"region": [draw.one(REGIONS)]}
    return {"$or": [{"detail": rule.pop("detail")}, other], **rule} if "detail" in rule else rule


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield path, value


def _values(draw: Draw, leaf: Any, *, plain: bool) -> list[Any]:
    """Write values for one field that the leaf satisfies, by one operator or another."""
    if plain and draw.chance(0.8):
        return [leaf]
    if isinstance(leaf, bool) or leaf is None:
        return [leaf] if draw.chance(0.8) else [{"exists": True}]
    if isinstance(leaf, int | float):
        bounds = [">=", leaf - 1, "<", leaf + 50]
        return [leaf] if draw.chance(0.3) else [{"numeric": bounds}]
    return _text_values(draw, leaf)


def _text_values(draw: Draw, leaf: str) -> list[Any]:
    cut = max(1, len(leaf) * 2 // 3)
    if (address := _address(leaf)) is not None:
        return [{"cidr": f"{address}/16"}]
    return draw.one(
        [
            [leaf],
            [leaf, f"{leaf}-other"],
            [{"prefix": leaf[:cut]}],
            [{"anything-but": [f"not-{leaf}"]}],
            [{"suffix": leaf[-cut:]}],
            [{"wildcard": f"{leaf[:cut].replace('*', '').replace(chr(92), '')}*"}],
            [{"equals-ignore-case": leaf.upper()}],
            [{"exists": True}],
            [{"anything-but": {"prefix": "zz"}}],
        ]
    )


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None
