"""CloudTrail records.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from triage.questions.question import Field
from triage.questions.records.shape import dig, first, text

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "Root": "root",
        "IAMUser": "person",
        "IdentityCenterUser": "person",
        "SAMLUser": "person",
        "WebIdentityUser": "person",
        "FederatedUser": "person",
        "AssumedRole": "role",
        "Role": "role",
        "AWSService": "service",
        "AWSAccount": "unknown",
        "Unknown": "unknown",
    }
)
SSO_ROLE = "AWSReservedSSO_"
"""Roles of IAM Identity Center: a session of one is a person."""

PRINCIPAL = {
    "kind": Field(type="string", meaning="person, role, service, root or unknown"),
    "name": Field(type="string", meaning="user, role or service name", tainted=True),
    "arn": Field(type="string", meaning="the principal's ARN, or empty"),
    "id": Field(type="string", meaning="the unique id, which a re-created name does not share"),
}


def principal(record: Mapping[str, Any]) -> dict[str, str]:
    """Who made a call."""
    identity = dig(record, "userIdentity")
    kind = KINDS.get(text(identity, "type"), "unknown")
    issuer = text(identity, "sessionContext", "sessionIssuer", "userName")
    session = text(identity, "arn").rpartition("/")[2]
    if kind == "role" and issuer.startswith(SSO_ROLE):
        kind, issuer = "person", session
    name = first([text(identity, "userName"), issuer, text(identity, "invokedBy"), session])
    return {
        "kind": kind,
        "name": name or ("root" if kind == "root" else "somebody"),
        "arn": text(identity, "arn"),
        "id": text(identity, "principalId"),
    }


def with_mfa(record: Mapping[str, Any]) -> bool:
    """Tell whether the session was made with MFA, as CloudTrail says it."""
    attribute = dig(record, "userIdentity", "sessionContext", "attributes", "mfaAuthenticated")
    return str(attribute).lower() == "true"
