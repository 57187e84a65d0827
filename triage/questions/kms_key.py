"""In which state is a KMS key, does it rotate, and whom does its policy let in?

https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
"""

from collections.abc import Sequence
from typing import Any

from triage.domain.evidence import Answer, Missing, RawRead, Read, Unknown
from triage.questions import about, about_infra
from triage.questions.answers import absent, failure, known, missing, payload
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.policy import lets_anyone, statements
from triage.questions.records.shape import dig, text

USABLE = frozenset({"Enabled", "Disabled"})
LEAVING = frozenset({"PendingDeletion", "PendingReplicaDeletion"})
OTHER = frozenset({"Creating", "PendingImport", "Unavailable", "Updating"})
STATES = USABLE | LEAVING | OTHER
GONE, CANNOT_ROTATE = "NotFoundException", "UnsupportedOperationException"


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for the key, its rotation and its policy."""
    account, region, key = about.account(asking), about.region(asking), about_infra.key(asking)
    calls = ("describe_key", "get_key_rotation_status", "get_key_policy")
    return tuple(Read.of(f"kms.{call}", account, region, key=key) for call in calls)


def interpret(_asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """A key that waits for its deletion is still there."""
    if unknown := failure(reads):
        return unknown
    if all(missing(read, GONE) for read in reads):
        return absent(reads)
    key, rotation, policy = reads
    state = text(payload(key), "KeyMetadata", "KeyState")
    told, rotates = statements(dig(payload(policy), "Policy")), _rotates(rotation)
    if state not in STATES or told is None or rotates is None:
        return Unknown(reason="KMS did not say all that was asked")
    public = any(lets_anyone(one) for one in told)
    leaving = state in LEAVING
    return known(
        reads,
        {
            "state": state,
            "deletion_scheduled": leaving,
            # A key that is to be deleted can be kept, and is then disabled at first.
            "kept": state in USABLE,
            "deletion_date": dig(payload(key), "KeyMetadata", "DeletionDate"),
            "rotates": rotates,
            "policy_public": public,
            "explanation": _explain(state, rotates=rotates, public=public),
        },
    )


def _rotates(read: RawRead) -> bool | None:
    """Keys of other kinds than symmetric ones cannot; None when nothing was said."""
    if isinstance(read, Missing):
        return False if read.code == CANNOT_ROTATE else None
    said: Any = dig(payload(read), "KeyRotationEnabled")
    return said if isinstance(said, bool) else None


def _explain(state: str, *, rotates: bool, public: bool) -> str:
    rotation = "rotates" if rotates else "does not rotate"
    policy = "lets anyone in" if public else "lets no one in unnamed"
    return f"its state is {state}, it {rotation}, and its policy {policy}."


QUESTION = Question(
    name="kms.key",
    phrase="in which state the key is",
    parameters={
        "key": Parameter(type="string", meaning="another key than the ticket's", subject=True)
    },
    answer={
        "state": Field(type="string", meaning="Enabled, Disabled, PendingDeletion, ..."),
        "deletion_scheduled": Field(type="boolean", meaning="it is going to be deleted"),
        "kept": Field(type="boolean", meaning="enabled or disabled, and not about to be deleted"),
        "deletion_date": Field(type="time", meaning="when it will be deleted, or none"),
        "rotates": Field(type="boolean", meaning="its material is rotated automatically"),
        "policy_public": Field(type="boolean", meaning="its policy lets anyone in"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("kms:DescribeKey", "kms:GetKeyRotationStatus", "kms:GetKeyPolicy"),
    plan=plan,
    interpret=interpret,
)
