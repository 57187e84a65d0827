"""Who may call a function?

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about, about_infra
from triage.questions.answers import absent, failure, known, missing, payload
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.policy import (
    accounts,
    lets_any_service,
    lets_anyone,
    statements,
)
from triage.questions.records.shape import dig, records, text

GONE = "ResourceNotFoundException"
AUTH_TYPES = frozenset({"NONE", "AWS_IAM"})
CALLS = ("get_function_configuration", "get_policy", "list_function_url_configs",
         "get_function_concurrency")  # fmt: skip


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for the function, its policy, its URLs and its concurrency."""
    account, region = about.account(asking), about.region(asking)
    function = about_infra.function(asking)
    return tuple(Read.of(f"lambda.{call}", account, region, function=function) for call in CALLS)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """A function without a policy answers as one that is not there would: so both are asked."""
    if unknown := failure(reads):
        return unknown
    if all(missing(read, GONE) for read in reads):
        return absent(reads)
    there, policy, urls, concurrency = reads
    told = [] if missing(policy, GONE) else statements(dig(payload(policy), "Policy"))
    auth = _auth_types(payload(urls))
    said = "ReservedConcurrentExecutions" in payload(concurrency)
    if not text(payload(there), "FunctionArn") or told is None or auth is None or not said:
        return Unknown(reason="Lambda did not say all that was asked")
    reserved = payload(concurrency)["ReservedConcurrentExecutions"]
    return known(reads, _told(asking.ticket.account, told, auth, reserved))


def _auth_types(found: Mapping[str, Any]) -> list[str] | None:
    if not isinstance(dig(found, "FunctionUrlConfigs"), list):
        return None
    types = [text(one, "AuthType") for one in records(found, "FunctionUrlConfigs")]
    return types if set(types) <= AUTH_TYPES else None


def _told(
    own: str, policy: Sequence[Mapping[str, Any]], auth: Sequence[str], reserved: Any
) -> dict[str, Any]:
    public = any(lets_anyone(one) or lets_any_service(one) for one in policy)
    others = sorted({account for one in policy for account in accounts(one)} - {own})
    return {
        "public": public,
        "cross_account": bool(others),
        "accounts": others,
        "url_without_auth": "NONE" in auth,
        "reserved_concurrency": reserved,
        "switched_off": reserved == 0 and not isinstance(reserved, bool),
        "explanation": _explain(others, reserved, public=public, open_url="NONE" in auth),
    }


def _explain(others: Sequence[str], reserved: Any, *, public: bool, open_url: bool) -> str:
    who = "its policy lets anyone call it" if public else "its policy lets no one call it unnamed"
    also = f", {len(others)} other accounts may" if others else ""
    url = "a URL of it asks for no authentication" if open_url else "no URL of it is open"
    off = ", and no concurrency is left to it" if reserved == 0 else ""
    return f"{who}{also}, {url}{off}."


QUESTION = Question(
    name="lambda.policy",
    phrase="who may call the function",
    parameters={
        "function": Parameter(
            type="string", meaning="another function than the ticket's", subject=True
        )
    },
    answer={
        "public": Field(type="boolean", meaning="its policy lets anyone, or any customer, call it"),
        "cross_account": Field(type="boolean", meaning="its policy names other accounts"),
        "accounts": Field(type="list", meaning="which accounts"),
        "url_without_auth": Field(type="boolean", meaning="a function URL with AuthType NONE"),
        "reserved_concurrency": Field(type="number", meaning="how much is reserved, or none"),
        "switched_off": Field(type="boolean", meaning="reserved concurrency is 0: nobody can"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=(
        "lambda:GetFunctionConfiguration",
        "lambda:GetPolicy",
        "lambda:ListFunctionUrlConfigs",
        "lambda:GetFunctionConcurrency",
    ),
    plan=plan,
    interpret=interpret,
)
