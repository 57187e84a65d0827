"""Is a database reachable from outside, encrypted, or being deleted?

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html
"""

from collections.abc import Sequence

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about, about_infra
from triage.questions.answers import known, payload, unanswered
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.shape import dig, records, text

GONE = "DBInstanceNotFound"
DELETING = "deleting"


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for the one instance."""
    account, region = about.account(asking), about.region(asking)
    database = about_infra.database(asking)
    return (Read.of("rds.describe_db_instances", account, region, instance=database),)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Exactly the instance asked for, with both settings said."""
    if (answer := unanswered(reads, GONE)) is not None:
        return answer
    found = records(payload(reads[0]), "DBInstances")
    name = about_infra.database(asking).lower()
    if len(found) != 1 or text(found[0], "DBInstanceIdentifier").lower() != name:
        return Unknown(reason="RDS did not show this one database")
    public = dig(found[0], "PubliclyAccessible")
    encrypted, status = dig(found[0], "StorageEncrypted"), text(found[0], "DBInstanceStatus")
    if not isinstance(public, bool) or not isinstance(encrypted, bool) or not status:
        return Unknown(reason="RDS did not say whether it is public and encrypted")
    return known(
        reads,
        {
            "public": public,
            "encrypted": encrypted,
            "deleting": status == DELETING,
            "status": status,
            "engine": text(found[0], "Engine"),
            "explanation": _explain(status, public=public, encrypted=encrypted),
        },
    )


def _explain(status: str, *, public: bool, encrypted: bool) -> str:
    where = "has a public address" if public else "has no public address"
    how = "encrypted" if encrypted else "not encrypted"
    return f"it {where}, its storage is {how}, and it is {status}."


QUESTION = Question(
    name="rds.instance",
    phrase="whether the database is public and encrypted",
    parameters={
        "instance": Parameter(
            type="string", meaning="another instance than the ticket's", subject=True
        )
    },
    answer={
        "public": Field(type="boolean", meaning="PubliclyAccessible: it has a public address"),
        "encrypted": Field(type="boolean", meaning="its storage is encrypted"),
        "deleting": Field(type="boolean", meaning="it is being deleted"),
        "status": Field(type="string", meaning="as RDS calls it: available, deleting, ..."),
        "engine": Field(type="string", meaning="postgres, mysql, ..."),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("rds:DescribeDBInstances",),
    plan=plan,
    interpret=interpret,
)
