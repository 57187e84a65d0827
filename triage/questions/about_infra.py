"""What a ticket about infrastructure is about, as the services want it named."""

from triage.questions import about
from triage.questions.question import Asking, CannotAsk
from triage.questions.resource_exists import subject_of


def resource(asking: Asking, parameter: str, what: str, *reads: str) -> tuple[str, str]:
    """Name the read of its kind, and the resource. Raises CannotAsk when it is none of these.

    A parameter of the playbook names one of the first kind.
    """
    if name := about.given(asking, parameter):
        return reads[0], name
    kind, name = subject_of(asking)
    if kind.read not in reads:
        raise CannotAsk(f"the ticket is not about {what}")
    return kind.read, name


def function(asking: Asking) -> str:
    """The Lambda function a ticket is about, by name. Raises CannotAsk."""
    read = "lambda.get_function_configuration"
    return resource(asking, "function", "a Lambda function", read)[1]


def key(asking: Asking) -> str:
    """The KMS key a ticket is about, by id. Raises CannotAsk."""
    return resource(asking, "key", "a KMS key", "kms.describe_key")[1]


def database(asking: Asking) -> str:
    """The RDS instance a ticket is about, by identifier. Raises CannotAsk."""
    read = "rds.describe_db_instances"
    return resource(asking, "instance", "an RDS instance", read)[1]
