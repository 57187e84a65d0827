"""Is an access key active, whose is it, and when was it last used?"""

from collections.abc import Sequence

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import absent, failure, known, missing, payload
from triage.questions.question import Asking, CannotAsk, Field, Parameter, Question
from triage.questions.records.shape import dig, text


def plan(asking: Asking) -> tuple[Read, ...]:
    """IAM is global. A temporary key (ASIA…) cannot be looked up at all."""
    key = about.key(asking)
    if key.startswith("ASIA"):
        raise CannotAsk("a temporary key cannot be looked up; its session can")
    return (Read.of("iam.access_key", about.account(asking), about.GLOBAL_REGION, key=key),)


def interpret(_asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """The key among its user's keys; a key that IAM does not know is absent."""
    if unknown := failure(reads):
        return unknown
    if missing(reads[0], "NoSuchEntity"):
        return absent(reads)
    found = payload(reads[0])
    status = text(found, "Status")
    if status not in {"Active", "Inactive", "Expired"}:
        return Unknown(reason="IAM did not say whether the key is active")
    user, used = text(found, "UserName"), dig(found, "LastUsedDate")
    return known(
        reads,
        {
            "exists": True,
            "active": status == "Active",
            "user": user,
            "created": dig(found, "CreateDate"),
            "last_used": used,
            "key_id": text(found, "AccessKeyId"),
            "explanation": f"{status.lower()}, of {user}, last used {used or 'never'}.",
        },
    )


QUESTION = Question(
    name="iam.access_key",
    phrase="whether the access key is active",
    parameters={
        "key": Parameter(type="string", meaning="another key than the ticket's", subject=True)
    },
    answer={
        "exists": Field(type="boolean", meaning="always true; a key that is gone is absent"),
        "active": Field(type="boolean", meaning="it can sign requests"),
        "user": Field(type="string", meaning="whose key it is"),
        "created": Field(type="time", meaning="when it was made"),
        "last_used": Field(type="time", meaning="when it was last used, or none"),
        "key_id": Field(type="string", meaning="its id"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("iam:GetAccessKeyLastUsed", "iam:ListAccessKeys"),
    plan=plan,
    interpret=interpret,
)
