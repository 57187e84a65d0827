"""What a ticket about an identity, an object or an alarm is about."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from triage.domain.ticket import Ticket
from triage.questions import about
from triage.questions.question import Asking, CannotAsk

IAM, ACCOUNT = ":iam::", 4


def role(asking: Asking) -> str:
    """The role a ticket is about, else the role that acted, by name. Raises CannotAsk."""
    if name := about.given(asking, "role"):
        return name
    for arn in (asking.ticket.subject.id, asking.ticket.principal or ""):
        if name := role_in(arn, asking.ticket.account):
            return name
    raise CannotAsk("the ticket is about no role of its account")


def role_in(arn: str, account: str) -> str:
    """Name the role in its own ARN or in a session's, when it is of this account; else "".

    A role's name comes last in its ARN, after its path; a session's name comes after the role's.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    parts = arn.split(":")
    if len(parts) <= ACCOUNT or parts[ACCOUNT] != account:
        return ""
    kind, _, rest = parts[-1].partition("/")
    if kind == "role":
        return rest.rpartition("/")[2]
    return rest.partition("/")[0] if kind == "assumed-role" else ""


def s3_object(asking: Asking) -> tuple[str, str]:
    """Bucket and key of the object a ticket is about. Raises CannotAsk."""
    name = about.given(asking, "object") or asking.ticket.subject.id
    bucket, _, key = name.partition(":s3:::")[2].partition("/")
    if not (bucket and key):
        raise CannotAsk("the ticket is not about an object")
    return bucket, key


def alarm(asking: Asking) -> str:
    """The alarm a ticket is about, by name. Raises CannotAsk."""
    name = about.given(asking, "alarm") or asking.ticket.subject.id.partition(":alarm:")[2]
    if not name:
        raise CannotAsk("the ticket is not about an alarm")
    return name


def address(asking: Asking) -> str:
    """The one address on the other side. Raises CannotAsk for none, and for several."""
    given = about.given(asking, "address")
    found = sorted({given} if given else set(addresses(asking.ticket)))
    readable = [one for one in found if _is_address(one)]
    if len(readable) != 1:
        many = "several addresses" if readable else "no address"
        message = f"the ticket names {many} on the other side"
        raise CannotAsk(message)
    return readable[0]


FAR = frozenset({"ipaddressv4", "ipaddressv6", "sourceipaddress"})
FAR_SIDE = "remoteipdetails"
FIREWALL = ("src_ip", "dest_ip")
DEEP_MAX = 12


def addresses(ticket: Ticket) -> Iterator[str]:
    """Every address of the other side, wherever a vendor's record keeps it.

    GuardDuty (`remoteIpDetails`, in any casing, and one key in ASFF), CloudTrail
    (`sourceIPAddress`), Network Firewall (the end that is not the ticket's subject).
    """
    yield from _far(ticket.record, within="", depth=0)
    event = ticket.record.get("event")
    if isinstance(event, Mapping):
        ends = {str(event[name]) for name in FIREWALL if name in event}
        yield from ends - {ticket.subject.id}


def _far(value: Any, *, within: str, depth: int) -> Iterator[str]:
    if depth > DEEP_MAX:
        return
    if isinstance(value, list):
        for one in value:
            yield from _far(one, within=within, depth=depth + 1)
    for name, one in value.items() if isinstance(value, Mapping) else ():
        path = f"{within}/{name}".lower()
        if isinstance(one, str):
            if _is_far(path):
                yield one
        else:
            yield from _far(one, within=path, depth=depth + 1)


def _is_far(path: str) -> bool:
    *above, last = path.rsplit("/", 2)
    if last not in FAR:
        return False
    return last == "sourceipaddress" or (bool(above) and above[-1] == FAR_SIDE)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
