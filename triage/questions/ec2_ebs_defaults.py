"""Are new volumes of the account encrypted, whatever is asked for?

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsEncryptionByDefault.html
"""

from collections.abc import Sequence

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import known, payload, unanswered
from triage.questions.question import Asking, Field, Question
from triage.questions.records.shape import dig


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for the setting of the account in the ticket's Region."""
    account, region = about.account(asking), about.region(asking)
    return (Read.of("ec2.get_ebs_encryption_by_default", account, region),)


def interpret(_asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """On, off, or not said."""
    if (answer := unanswered(reads)) is not None:
        return answer
    on = dig(payload(reads[0]), "EbsEncryptionByDefault")
    if not isinstance(on, bool):
        return Unknown(reason="EC2 did not say whether volumes are encrypted by default")
    told = "on" if on else "off"
    return known(reads, {"encrypted": on, "explanation": f"encryption by default is {told} there."})


QUESTION = Question(
    name="ec2.ebs_defaults",
    phrase="whether new volumes are encrypted",
    parameters={},
    answer={
        "encrypted": Field(type="boolean", meaning="encryption by default is on in the Region"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("ec2:GetEbsEncryptionByDefault",),
    plan=plan,
    interpret=interpret,
)
