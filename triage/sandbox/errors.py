"""How each service says no: codes, statuses and bodies as the SDKs read them."""

import json
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

from triage.sandbox.call import Call, Refused, Reply

XML = "text/xml"


def _json(refused: Refused) -> tuple[str, str]:
    named = {"__type": refused.code, "message": refused.message, "Message": refused.message}
    return "application/x-amz-json-1.1", json.dumps(named)


def _rest_json(refused: Refused) -> tuple[str, str]:
    named = {"Code": refused.code, "message": refused.message, "Message": refused.message}
    return "application/json", json.dumps({"__type": refused.code} | named)


def _query(refused: Refused) -> tuple[str, str]:
    return XML, (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(refused.code)}</Code>"
        f"<Message>{escape(refused.message)}</Message></Error>"
        "<RequestId>sandbox</RequestId></ErrorResponse>"
    )


def _ec2(refused: Refused) -> tuple[str, str]:
    return XML, (
        f"<Response><Errors><Error><Code>{escape(refused.code)}</Code>"
        f"<Message>{escape(refused.message)}</Message></Error></Errors>"
        "<RequestID>sandbox</RequestID></Response>"
    )


def _rest_xml(refused: Refused) -> tuple[str, str]:
    return "application/xml", (
        f"<Error><Code>{escape(refused.code)}</Code>"
        f"<Message>{escape(refused.message)}</Message>"
        "<RequestId>sandbox</RequestId></Error>"
    )


BODIES: Mapping[str, Callable[[Refused], tuple[str, str]]] = {
    "json": _json,
    "rest-json": _rest_json,
    "query": _query,
    "ec2": _ec2,
    "rest-xml": _rest_xml,
}

THROTTLES: Mapping[str, tuple[str, int]] = {
    "cloudtrail": ("ThrottlingException", 400),
    "config": ("ThrottlingException", 400),
    "guardduty": ("TooManyRequestsException", 429),
    "inspector2": ("ThrottlingException", 429),
    "securityhub": ("TooManyRequestsException", 429),
    "ec2": ("RequestLimitExceeded", 503),
    "s3": ("SlowDown", 503),
    "iam": ("Throttling", 400),
    "sts": ("Throttling", 400),
    "sqs": ("RequestThrottled", 400),
}

DENIALS: Mapping[str, tuple[str, int]] = {
    "guardduty": ("AccessDeniedException", 403),
    "inspector2": ("AccessDeniedException", 403),
    "securityhub": ("AccessDeniedException", 403),
    "ec2": ("UnauthorizedOperation", 403),
    "s3": ("AccessDenied", 403),
    "iam": ("AccessDenied", 403),
    "sts": ("AccessDenied", 403),
    "sqs": ("AccessDenied", 403),
}

FAILURES: Mapping[str, str] = {
    "s3": "InternalError",
    "ec2": "InternalError",
    "guardduty": "InternalServerErrorException",
    "inspector2": "InternalServerException",
    "securityhub": "InternalException",
    "iam": "ServiceFailure",
}

INVALID: Mapping[str, str] = {
    "guardduty": "BadRequestException",
    "securityhub": "InvalidInputException",
}
"""What a service calls a request that breaks its own model; elsewhere ValidationException."""


SPOKE_QUERY = frozenset({"sqs"})
"""Services that left the query protocol and still tell its error codes, in a header."""

INVALID_MEMBERS: Mapping[tuple[str, str], str] = {
    ("cloudtrail", "MaxResults"): "InvalidMaxResultsException",
    ("cloudtrail", "AttributeKey"): "InvalidLookupAttributesException",
    ("cloudtrail", "EventCategory"): "InvalidEventCategoryException",
    ("config", "limit"): "InvalidLimitException",
}
"""Members for whose wrong values a service has a code of its own."""


def throttled(call: Call) -> Refused:
    """Say it as the service does when asked too often."""
    code, status = THROTTLES.get(call.service, ("ThrottlingException", 400))
    return Refused(code=code, message="Rate exceeded", status=status)


def denied(call: Call) -> Refused:
    """Say it as the service does when a policy forbids it."""
    code, status = DENIALS.get(call.service, ("AccessDeniedException", 400))
    text = f"User in account {call.account} is not authorized to perform: {call.name}"
    return Refused(code=code, message=text, status=status)


def failed(call: Call, status: int) -> Refused:
    """Say it as the service does when it breaks."""
    code = FAILURES.get(call.service, "InternalFailure")
    return Refused(
        code=code, message="We encountered an internal error. Please try again.", status=status
    )


def invalid(call: Call, problem: str) -> Refused:
    """Say it as the service does of a request that breaks its model."""
    own = (
        code
        for (service, member), code in INVALID_MEMBERS.items()
        if service == call.service and member in problem
    )
    return Refused(
        code=next(own, INVALID.get(call.service, "ValidationException")), message=problem
    )


def refusal(call: Call, refused: Refused) -> Reply:
    """Write the refusal in the service's own protocol."""
    content_type, body = BODIES[_protocol(call)](refused)
    headers = [("Content-Type", content_type), ("x-amzn-ErrorType", refused.code)]
    if call.service in SPOKE_QUERY:
        headers.append(("x-amzn-query-error", f"{refused.code};Sender"))
    return Reply(status=refused.status, headers=headers, body=body.encode())


def _protocol(call: Call) -> str:
    """What the service prefers to speak; where botocore does not, what it speaks instead."""
    if call.model is None:
        return "json"
    service = call.model.service_model
    return str(service.protocol if service.protocol in BODIES else service.resolved_protocol)


def not_built(call: Call, what: str) -> Reply:
    """Say loudly, with HTTP 501, that nobody answers this here."""
    return refusal(call, Refused(code="NotImplementedInSandbox", message=what, status=501))


def unsigned() -> Reply:
    """Refuse a request that carries no signature, as AWS does."""
    body = json.dumps({"__type": "MissingAuthenticationToken", "message": "Sign the request"})
    headers = [
        ("Content-Type", "application/json"),
        ("x-amzn-ErrorType", "MissingAuthenticationToken"),
    ]
    return Reply(status=403, headers=headers, body=body.encode())
