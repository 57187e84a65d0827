"""Whose address is on the other side: ours, AWS's, private, or somebody else's?

Nothing is fetched: our networks are what the organisation map says, AWS's are a snapshot of
ip-ranges.json on disk. What neither can tell is left out, and so unknown.
https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about_identity
from triage.questions.answers import known, oldest, payload, unanswered
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.shape import dig, instant, records, text

SNAPSHOT_MAX = timedelta(days=30)
"""AWS moves ranges every week; what an older snapshot says of an address may be over."""
OURS, PRIVATE, AWS, ELSEWHERE = "ours", "private", "aws", "elsewhere"


def plan(asking: Asking) -> tuple[Read, ...]:
    """One address. Raises CannotAsk when the ticket names none, or several."""
    address = about_identity.address(asking)
    return (Read.of("network.owner", asking.ticket.account, "", address=address),)


def interpret(_asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """What is private is nobody's in particular; a snapshot past its time says nothing of AWS."""
    if (answer := unanswered(reads)) is not None:
        return answer
    found = payload(reads[0])
    address, private = text(found, "Address"), dig(found, "Private")
    if not address or not isinstance(private, bool):
        return Unknown(reason="nobody said whose address it is")
    ours, aws = _ours(found), _aws(found, oldest(reads))
    told = {"address": address, "private": private, **ours, **aws}
    return known(reads, told | _owner(told) | {"explanation": _explain(told)})


def _ours(found: Mapping[str, Any]) -> dict[str, Any]:
    """Our networks, if any are listed: without a list, nothing is "not ours"."""
    if dig(found, "Listed") is not True:
        return {}
    name, kind = text(found, "Own", "Name"), text(found, "Own", "Kind")
    return {"ours": bool(name), "network": name, "kind": kind}


def _aws(found: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    made = instant(dig(found, "SnapshotMade"))
    if made is None or now - made > SNAPSHOT_MAX or not isinstance(dig(found, "Aws"), list):
        return {}
    ranges = records(found, "Aws")
    services = sorted({text(one, "Service") for one in ranges})
    return {"aws": bool(ranges), "services": services}


def _owner(told: Mapping[str, Any]) -> dict[str, str]:
    """One word, when it is certain: "elsewhere" takes a denial by all of them."""
    for holds, word in (
        (told.get("ours"), OURS),
        (told["private"], PRIVATE),
        (told.get("aws"), AWS),
    ):
        if holds:
            return {"owner": word}
    return {"owner": ELSEWHERE} if "ours" in told and "aws" in told else {}


def _explain(told: Mapping[str, Any]) -> str:
    owner = _owner(told).get("owner", "nobody knows whose")
    return f"{told['address']} is {owner}."


QUESTION = Question(
    name="network.owner",
    phrase="whose address it is",
    parameters={
        "address": Parameter(type="string", meaning="another address", subject=True),
    },
    # All of it hangs on an address that stands in the record, which others may have written.
    answer={
        "address": Field(type="string", meaning="the address", tainted=True),
        "owner": Field(type="string", meaning="ours, private, aws or elsewhere", tainted=True),
        "ours": Field(type="boolean", meaning="in a network of the organisation", tainted=True),
        "network": Field(type="string", meaning="which network of ours, or empty", tainted=True),
        "kind": Field(type="string", meaning="what for, as office or vpn, or empty", tainted=True),
        "private": Field(type="boolean", meaning="not routed on the internet", tainted=True),
        "aws": Field(type="boolean", meaning="AWS publishes it as its own", tainted=True),
        "services": Field(type="list", meaning="which of its services", tainted=True),
        "explanation": Field(type="string", meaning="one sentence for people", tainted=True),
    },
    fresh_seconds=300,
    iam_actions=(),
    plan=plan,
    interpret=interpret,
)
