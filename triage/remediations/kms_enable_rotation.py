"""Have KMS rotate a key's material.

What is encrypted stays readable: KMS keeps the older material. Keys that are asymmetric, for HMAC,
imported or of another store cannot be rotated so.
https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html
"""

from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling, subject
from triage.ports.cloud import Cloud, member
from triage.remediations import kms
from triage.remediations.remediation import Change, Remediation, Seen, or_none

READ = "kms:GetKeyRotationStatus"
ENABLE, DISABLE = "kms:EnableKeyRotation", "kms:DisableKeyRotation"
OPERATIONS = {True: "enable_key_rotation", False: "disable_key_rotation"}
EVENTS = {True: ENABLE, False: DISABLE}
CANNOT = "UnsupportedOperationException"
ENABLED = "Enabled"
ORDINARY = {"KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS"}


def inspect(cloud: Cloud, target: Target) -> Seen:
    """Whether it is rotated, how often, and whether KMS could."""
    key = kms.described(cloud, target)
    call = kms.call(target, "get_key_rotation_status", CANNOT)
    told = or_none(cloud, call)
    facts = {
        "rotates": bool(member(call, told, "KeyRotationEnabled")) if told else False,
        "days": told.get("RotationPeriodInDays") if told else None,
        "state": key["KeyState"],
        "can": told is not None and all(key.get(name) == ORDINARY[name] for name in ORDINARY),
    }
    return Seen(facts=facts, tags=kms.tags(cloud, target))


def plan(target: Target, state: State) -> Change | Refused:
    """Rotate it once a year, as KMS does unless told otherwise."""
    wanted = {"rotates": True}
    if state.holds(wanted):
        return Change(steps=(), wanted=wanted)
    if not state.facts["can"]:
        return Refused(because=f"{target.id} is of a kind that KMS does not rotate")
    if state.facts["state"] != ENABLED:
        now = state.facts["state"]
        return Refused(because=f"{target.id} is {now}, and only an enabled key is rotated")
    return Change(steps=(_set(target, on=True),), wanted=wanted)


def undo(target: Target, before: State, _now: State) -> Change | Refused:
    """Rotate it as before: not at all."""
    was = bool(before.facts["rotates"])
    return Change(steps=(_set(target, on=was),), wanted={"rotates": was})


def _set(target: Target, *, on: bool) -> Step:
    return Step(
        call=kms.call(target, OPERATIONS[on]),
        permission=kms.may(target, EVENTS[on]),
        event=EVENTS[on],
        logged={"keyId": target.id},
        shows={"rotates": on},
        says=f"turn the yearly rotation of the key {target.id} {'on' if on else 'off'}",
    )


def _reads(target: Target) -> tuple[Permission, ...]:
    return (kms.may(target, kms.DESCRIBE, kms.TAGS, READ),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Have KMS rotate the key once a year.",
        scope="one key",
        risk="None known; each rotation adds to the key's price for its first two.",
        iam_actions=(kms.DESCRIBE, kms.TAGS, READ, ENABLE, DISABLE),
        parameters=subject("key"),
        calls=(
            calling("kms.describe_key", KeyId="{key}"),
            calling("kms.list_resource_tags", KeyId="{key}"),
            calling("kms.get_key_rotation_status", KeyId="{key}"),
            calling("kms.enable_key_rotation", KeyId="{key}"),
            calling("kms.disable_key_rotation", KeyId="{key}"),
        ),
        applied=True,
    ),
    target=kms.key,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
    assigned=frozenset({"days"}),
)
