"""With whom is a snapshot or machine image shared, and does the Region forbid sharing with all?

https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshotAttributes.html
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about, about_infra
from triage.questions.answers import absent, known, missing, payload, unanswered
from triage.questions.question import Asking, Field, Question
from triage.questions.records.shape import dig, records, text

EVERYONE = "all"
Grants = Callable[[Mapping[str, Any], str], list[str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """How one kind says whom it is shared with.

    `mode` reads what the Region forbids; `hides` are the modes that take back what is shared.
    """

    read: str
    argument: str
    gone: str
    grants: Grants
    mode: str = ""
    said: str = ""
    modes: frozenset[str] = frozenset()
    hides: frozenset[str] = frozenset()


def _permissions(member: str, id_: str) -> Grants:
    """EC2 lists groups and accounts. Other words are organisations; they count as others."""

    def grants(told: Mapping[str, Any], name: str) -> list[str] | None:
        if text(told, id_) != name or not isinstance(dig(told, member), list):
            return None
        each = ((one, list(one.values())) for one in records(told, member))
        found = [str(value) for _, values in each for value in values]
        return found if len(records(told, member)) == len(dig(told, member)) else None

    return grants


def _restore(result: str, id_: str, attributes: str) -> Grants:
    def grants(told: Mapping[str, Any], name: str) -> list[str] | None:
        if text(told, result, id_).lower() != name.lower():
            return None
        named = [
            one
            for one in records(told, result, attributes)
            if text(one, "AttributeName") == "restore"
        ]
        values = dig(named[0], "AttributeValues") if len(named) == 1 else None
        return [str(one) for one in values] if isinstance(values, list) else None

    return grants


EBS = Shared(
    read="ec2.describe_snapshot_attribute",
    argument="snapshot",
    gone="InvalidSnapshot.NotFound",
    grants=_permissions("CreateVolumePermissions", "SnapshotId"),
    mode="ec2.get_snapshot_block_public_access_state",
    said="State",
    modes=frozenset({"block-all-sharing", "block-new-sharing", "unblocked"}),
    hides=frozenset({"block-all-sharing"}),
)
MACHINE_IMAGE = Shared(
    read="ec2.describe_image_attribute",
    argument="image",
    gone="InvalidAMIID.NotFound",
    grants=_permissions("LaunchPermissions", "ImageId"),
    mode="ec2.get_image_block_public_access_state",
    said="ImageBlockPublicAccessState",
    modes=frozenset({"block-new-sharing", "unblocked"}),
)
SHARED: Mapping[str, Shared] = MappingProxyType(
    {
        "ec2.describe_snapshots": EBS,
        "ec2.describe_images": MACHINE_IMAGE,
        "rds.describe_db_snapshots": Shared(
            read="rds.describe_db_snapshot_attributes",
            argument="snapshot",
            gone="DBSnapshotNotFound",
            grants=_restore(
                "DBSnapshotAttributesResult", "DBSnapshotIdentifier", "DBSnapshotAttributes"
            ),
        ),
        "rds.describe_db_cluster_snapshots": Shared(
            read="rds.describe_db_cluster_snapshot_attributes",
            argument="snapshot",
            gone="DBClusterSnapshotNotFoundFault",
            grants=_restore(
                "DBClusterSnapshotAttributesResult",
                "DBClusterSnapshotIdentifier",
                "DBClusterSnapshotAttributes",
            ),
        ),
    }
)
"""By the read that would look the snapshot up: see resource_kinds.py."""


def _subject(asking: Asking) -> tuple[Shared, str]:
    kind, name = about_infra.resource(asking, "", "a snapshot or machine image", *SHARED)
    return SHARED[kind], name


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask whom it is shared with and, where there is such a thing, what the Region forbids."""
    (shared, name), account, region = _subject(asking), about.account(asking), about.region(asking)
    first = Read.of(shared.read, account, region, **{shared.argument: name})
    return (first, *([Read.of(shared.mode, account, region)] if shared.mode else []))


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Shared with everyone counts while the Region's block does not take that back."""
    shared, name = _subject(asking)
    if missing(reads[0], shared.gone):
        return absent(reads[:1])
    if (answer := unanswered(reads)) is not None:
        return answer
    grants = shared.grants(payload(reads[0]), name)
    mode = text(payload(reads[1]), shared.said) if shared.mode else ""
    if grants is None or (shared.mode and mode not in shared.modes):
        return Unknown(reason="the service did not say whom it is shared with")
    with_all = EVERYONE in grants
    others = sorted({one for one in grants if one != EVERYONE} - {asking.ticket.account})
    return known(
        reads,
        {
            "shared_with_all": with_all,
            "public": with_all and mode not in shared.hides,
            "shared_with_others": bool(others),
            "accounts": others,
            "region_mode": mode,
            "explanation": _explain(mode, len(others), with_all=with_all),
        },
    )


def _explain(mode: str, others: int, *, with_all: bool) -> str:
    everyone = "shared with everyone" if with_all else "not shared with everyone"
    region = f"; the Region's mode is {mode}" if mode else ""
    return f"it is {everyone}, and with {others} accounts by name{region}."


QUESTION = Question(
    name="snapshot.sharing",
    phrase="whom it is shared with",
    parameters={},
    answer={
        "shared_with_all": Field(type="boolean", meaning="it is shared with all accounts of AWS"),
        "public": Field(type="boolean", meaning="so shared, and no block takes that back"),
        "shared_with_others": Field(type="boolean", meaning="it is shared by name"),
        "accounts": Field(type="list", meaning="with which accounts or organisations"),
        "region_mode": Field(type="string", meaning="block-all-sharing, ..., empty for RDS"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=(
        "ec2:DescribeSnapshotAttribute",
        "ec2:DescribeImageAttribute",
        "ec2:GetSnapshotBlockPublicAccessState",
        "ec2:GetImageBlockPublicAccessState",
        "rds:DescribeDBSnapshotAttributes",
        "rds:DescribeDBClusterSnapshotAttributes",
    ),
    plan=plan,
    interpret=interpret,
)
