"""What a ticket is about, as the services want it named."""

from triage.questions.question import Asking, CannotAsk

GLOBAL_REGION = "us-east-1"
"""Where IAM's and other global services' events land."""


def region(asking: Asking) -> str:
    """The ticket's Region. Raises CannotAsk when it has none."""
    if not asking.ticket.region:
        raise CannotAsk("the ticket names no Region")
    return asking.ticket.region


def account(asking: Asking) -> str:
    """The ticket's account. Raises CannotAsk when it is no AWS account."""
    number = asking.ticket.account
    if len(number) != 12 or not number.isdigit():  # noqa: PLR2004 - AWS account ids have 12 digits
        raise CannotAsk("the ticket names no AWS account")
    return number


def given(asking: Asking, name: str) -> str:
    """A parameter of the playbook, or ""."""
    value = asking.parameters.get(name, "")
    return value if isinstance(value, str) else ""


def _tail(asking: Asking) -> str:
    return asking.ticket.subject.id.rpartition("/")[2].rpartition(":")[2]


def bucket(asking: Asking) -> str:
    """The bucket a ticket is about. Raises CannotAsk."""
    subject = asking.ticket.subject
    if name := given(asking, "bucket"):
        return name
    if subject.id.startswith("arn:") and ":s3:::" in subject.id:
        return subject.id.partition(":s3:::")[2].partition("/")[0]
    if "bucket" in subject.kind.lower() and ":" not in subject.id:
        return subject.id
    raise CannotAsk("the ticket is not about a bucket")


def group(asking: Asking) -> str:
    """The security group a ticket is about. Raises CannotAsk."""
    name = given(asking, "group") or _tail(asking)
    if name.startswith("sg-"):
        return name
    raise CannotAsk("the ticket is not about a security group")


def instance(asking: Asking) -> str:
    """The instance a ticket is about. Raises CannotAsk."""
    name = given(asking, "instance") or _tail(asking)
    if name.startswith("i-"):
        return name
    raise CannotAsk("the ticket is not about an instance")


def user(asking: Asking) -> str:
    """The IAM user a ticket is about, by name. Raises CannotAsk."""
    subject = asking.ticket.subject
    if name := given(asking, "user"):
        return name
    if ":user/" in subject.id:
        return subject.id.rpartition("/")[2]
    # Config names IAM users by their unique id, which no IAM call takes.
    if "user" in subject.kind.lower() and ":" not in subject.id and subject.id[:4] != "AIDA":
        return subject.id
    raise CannotAsk("the ticket is not about an IAM user")


def key(asking: Asking) -> str:
    """The access key a ticket is about. Raises CannotAsk."""
    name = given(asking, "key") or _tail(asking)
    if name.startswith(("AKIA", "ASIA")):
        return name
    raise CannotAsk("the ticket is not about an access key")


def resource_name(asking: Asking) -> str:
    """What CloudTrail calls the subject: the bare name, not the ARN. Raises CannotAsk."""
    if name := given(asking, "resource"):
        return name
    for find in (bucket, group, instance, user, key):
        try:
            return find(asking)
        except CannotAsk:
            continue
    raise CannotAsk("CloudTrail cannot be asked about this kind of subject")


def trail_region(asking: Asking) -> str:
    """Where CloudTrail records what happens to the subject. Raises CannotAsk."""
    is_global = ":iam::" in asking.ticket.subject.id or "iam" in asking.ticket.subject.kind.lower()
    return GLOBAL_REGION if is_global else region(asking)
