"""Functions."""

from tests.repairs.example import ACCOUNT, REGION, Example
from triage.domain.ticket import Subject

FUNCTION = Subject(
    id=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:resize",
    name="resize",
    kind="AwsLambdaFunction",
)


def _permit(client):
    client("lambda").add_permission(
        FunctionName="resize", StatementId="again", Action="lambda:InvokeFunction", Principal="*"
    )


def _reserve(client):
    client("lambda").put_function_concurrency(FunctionName="resize", ReservedConcurrentExecutions=7)


EXAMPLES = {
    "lambda.remove_public_permission": Example(
        inside={
            "functions": [
                {
                    "name": "resize",
                    "permissions": [
                        {"Principal": "*"},
                        {"Principal": "444455556666"},
                        {"Principal": "*", "SourceArn": "arn:aws:s3:::anyones-bucket"},
                    ],
                }
            ]
        },
        subject=FUNCTION,
        meddle=_permit,
    ),
    "lambda.stop": Example(
        inside={"functions": [{"name": "resize", "concurrency": 5}]},
        subject=FUNCTION,
        meddle=_reserve,
    ),
}
