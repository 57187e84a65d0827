"""Stop a function: reserve no concurrency for it, so that every invocation is throttled.

What runs at this moment runs to its end. The function, its code and its triggers stay.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling, subject
from triage.ports.cloud import Cloud
from triage.remediations import functions
from triage.remediations.remediation import Change, Remediation, Seen

READ = "lambda:GetFunctionConcurrency"
PUT, DELETE = "lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency"
VERSION = "20171031"
"""What CloudTrail puts behind the names of both.

https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
"""


def inspect(cloud: Cloud, target: Target) -> Seen:
    """How much concurrency is reserved; Lambda leaves it out where none is."""
    tags = functions.tags(cloud, target)
    said = cloud.call(functions.call(target, "get_function_concurrency"))
    return Seen(facts={"reserved": said.get("ReservedConcurrentExecutions")}, tags=tags)


def plan(target: Target, state: State) -> Change | Refused:
    """Reserve none."""
    wanted = {"reserved": 0}
    steps = () if state.holds(wanted) else (_reserve(target, 0),)
    return Change(steps=steps, wanted=wanted)


def undo(target: Target, before: State, _now: State) -> Change | Refused:
    """Reserve what was reserved, or take the reservation off where there was none."""
    was = before.facts["reserved"]
    step = _release(target) if was is None else _reserve(target, int(was))
    return Change(steps=(step,), wanted={"reserved": was})


def _reserve(target: Target, number: int) -> Step:
    return Step(
        call=functions.call(
            target, "put_function_concurrency", ReservedConcurrentExecutions=number
        ),
        permission=functions.may(target, PUT),
        event=f"{PUT}{VERSION}",
        logged={"functionName": target.arn, "reservedConcurrentExecutions": number},
        shows={"reserved": number},
        says=f"reserve a concurrency of {number} for the function {target.id}",
    )


def _release(target: Target) -> Step:
    return Step(
        call=functions.call(target, "delete_function_concurrency"),
        permission=functions.may(target, DELETE),
        event=f"{DELETE}{VERSION}",
        logged={"functionName": target.arn},
        shows={"reserved": None},
        says=f"reserve no concurrency of its own for the function {target.id}, which had none",
    )


def _reads(target: Target) -> tuple[Permission, ...]:
    return (functions.may(target, READ, functions.TAGS),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Stop the function: every invocation of it is throttled.",
        scope="one function",
        risk="Nothing that calls it is served; events that are not retried long enough are lost.",
        iam_actions=(functions.TAGS, READ, PUT, DELETE),
        parameters=subject("function"),
        calls=(
            calling("lambda.list_tags", Resource="{function}"),
            calling("lambda.get_function_concurrency", FunctionName="{function}"),
            calling(
                "lambda.put_function_concurrency",
                FunctionName="{function}",
                ReservedConcurrentExecutions=0,
            ),
            calling("lambda.delete_function_concurrency", FunctionName="{function}"),
        ),
        applied=True,
    ),
    target=functions.function,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
)
