"""Block an address for the web: put it into the IP set that our web ACLs refuse.

The set and the rule that blocks it belong to the set-up (docs/how-to/block-an-address.md): one set
a family of addresses, regional. A set is written whole, under a token that says which state was
read: once somebody else has written to it, AWS refuses, and so does the plan.
https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateIPSet.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from triage.domain.json import Record
from triage.domain.plan import Call, Permission, Refused, State, Step, Target
from triage.playbook.fixes import ANSWER, Fix, calling
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking
from triage.questions.records.shape import dig, records, text
from triage.remediations import blocking
from triage.remediations.arns import partition
from triage.remediations.remediation import Change, Remediation, Seen
from triage.remediations.tags import listed

NAMES: Mapping[int, str] = {4: "triage-blocked-ipv4", 6: "triage-blocked-ipv6"}
REGIONAL: Mapping[str, str] = {"Scope": "REGIONAL"}
ADDRESSES_MAX, PAGES_MAX = 10_000, 20
"""https://docs.aws.amazon.com/waf/latest/developerguide/limits.html"""
LISTS = ("wafv2:ListIPSets", "wafv2:ListWebACLs")
HELD = ("wafv2:GetIPSet", "wafv2:ListTagsForResource")
WEB_ACL = "wafv2:GetWebACL"
UPDATE = "wafv2:UpdateIPSet"


def target_of(asking: Asking) -> Target:
    """The IP set of the ticket's account, and whom to put into it. Raises CannotAsk."""
    account, region, given = about.account(asking), about.region(asking), blocking.given(asking)
    name = NAMES[6 if ":" in given["range"] else 4]
    # AWS chooses the id behind the name, and nobody else's set has this one.
    arn = f"arn:{partition(region)}:wafv2:{region}:{account}:regional/ipset/{name}/*"
    return Target(account=account, region=region, id=name, arn=arn, given=given)


def inspect(cloud: Cloud, target: Target) -> Seen:
    """The set as it is, its token, and the web ACLs that block what is in it."""
    found = _set(cloud, target)
    own = blocking.own(cloud, target)
    if found is None:
        return Seen(facts={"set": None, "blocked": False, "used_by": [], "own": own})
    wanted = blocking.wanted(target)
    facts = {
        "set": found,
        "blocked": any(blocking.same(one, wanted) for one in found["addresses"]),
        "used_by": sorted(_blocking(cloud, found["arn"])),
        "own": own,
    }
    return Seen(facts=facts, tags=_tags(cloud, found["arn"]))


def _set(cloud: Cloud, target: Target) -> Record | None:
    named = [
        one for one in _listed(cloud, "list_ip_sets", "IPSets") if text(one, "Name") == target.id
    ]
    if not named:
        return None
    call = _call("get_ip_set", Name=target.id, Id=text(named[0], "Id"))
    said = cloud.call(call)
    whole = member(call, said, "IPSet")
    return {
        "id": member(call, whole, "Id"),
        "arn": member(call, whole, "ARN"),
        "description": text(whole, "Description"),
        "addresses": sorted(str(one) for one in member(call, whole, "Addresses")),
        "token": member(call, said, "LockToken"),
    }


def _listed(cloud: Cloud, operation: str, name: str) -> Iterator[Record]:
    """Every item; a list that does not end is none. WAF's lists are no pages that boto3 knows."""
    marker: Mapping[str, Any] = {}
    for _ in range(PAGES_MAX):
        call = _call(operation, Limit=100, **marker)
        said = cloud.call(call)
        found = records({"all": member(call, said, name)}, "all")
        yield from found
        following = text(said, "NextMarker")
        if not found or not following:
            return
        marker = {"NextMarker": following}
    raise Unknown(_call(operation), "goes on and on")


def _blocking(cloud: Cloud, arn: str) -> Iterator[str]:
    for one in _listed(cloud, "list_web_acls", "WebACLs"):
        call = _call("get_web_acl", Name=text(one, "Name"), Id=text(one, "Id"))
        rules = records(member(call, cloud.call(call), "WebACL"), "Rules")
        if any(_blocks(rule, arn) for rule in rules):
            yield text(one, "Name")


def _blocks(rule: Record, arn: str) -> bool:
    refers = text(rule, "Statement", "IPSetReferenceStatement", "ARN") == arn
    return refers and dig(rule, "Action", "Block") is not None


def _tags(cloud: Cloud, arn: str) -> Mapping[str, str]:
    call = Call(
        service="wafv2", operation="list_tags_for_resource", parameters={"ResourceARN": arn}
    )
    return listed(dig(member(call, cloud.call(call), "TagInfoForResource"), "TagList"))


def plan(target: Target, state: State) -> Change | Refused:
    """Write the set with one address more."""
    if refusal := blocking.refused(target, state):
        return refusal
    found, whom = state.facts["set"], target.given["range"]
    if found is None:
        return Refused(because=f"there is no IP set {target.id} in {target.region}")
    if not state.facts["used_by"]:
        return Refused(because=f"no web ACL blocks what is in {target.id}")
    wanted = {"blocked": True}
    if state.holds(wanted):
        return Change(steps=(), wanted=wanted)
    if len(found["addresses"]) >= ADDRESSES_MAX:
        return Refused(because=f"{target.id} holds {ADDRESSES_MAX} addresses, as many as it can")
    says = f"put {whom} into {target.id}, {blocking.lasting(target)}"
    step = _write(target, found, sorted([*found["addresses"], whom]), says, blocked=True)
    return Change(steps=(step,), wanted=wanted)


def undo(target: Target, _before: State, now: State) -> Change | Refused:
    """Write the set without it, whatever else has come into it since."""
    found, whom = now.facts["set"], blocking.wanted(target)
    left = [one for one in found["addresses"] if not blocking.same(one, whom)]
    says = f"take {whom} out of {target.id}"
    step = _write(target, found, left, says, blocked=False)
    return Change(steps=(step,), wanted={"blocked": False})


def _write(
    target: Target, found: Record, addresses: Sequence[str], says: str, *, blocked: bool
) -> Step:
    told = {"Description": found["description"]} if found["description"] else {}
    asked = {
        "Name": target.id,
        **REGIONAL,
        "Id": found["id"],
        **told,
        "Addresses": list(addresses),
        "LockToken": found["token"],
    }
    return Step(
        call=Call(service="wafv2", operation="update_ip_set", parameters=asked),
        permission=Permission(actions=(UPDATE,), resources=(found["arn"],)),
        event=UPDATE,
        logged={name[0].lower() + name[1:]: value for name, value in asked.items()},
        shows={"blocked": blocked},
        says=says,
    )


def _call(operation: str, **parameters: Any) -> Call:
    return Call(service="wafv2", operation=operation, parameters={**REGIONAL, **parameters})


def _reads(target: Target) -> tuple[Permission, ...]:
    web_acls = f"{target.arn.partition('/ipset/')[0]}/webacl/*/*"
    return (
        Permission(actions=LISTS, resources=("*",)),
        Permission(actions=HELD, resources=(target.arn,)),
        Permission(actions=(WEB_ACL,), resources=(web_acls,)),
        blocking.READING,
    )


REMEDIATION = Remediation(
    fix=Fix(
        summary="Put the address into the IP set that our web ACLs block, for a time.",
        scope="the regional web ACLs of one account and Region, one address",
        risk="Whoever else is behind the address is refused by everything these web ACLs protect.",
        iam_actions=(*LISTS, *HELD, WEB_ACL, blocking.INTERFACES, UPDATE),
        parameters=blocking.PARAMETERS,
        calls=(
            calling("wafv2.list_ip_sets", **REGIONAL),
            calling("wafv2.get_ip_set", **REGIONAL, Name=ANSWER, Id=ANSWER),
            calling("wafv2.list_tags_for_resource", ResourceARN=ANSWER),
            calling("wafv2.list_web_acls", **REGIONAL),
            calling("wafv2.get_web_acl", **REGIONAL, Name=ANSWER, Id=ANSWER),
            blocking.CALL,
            calling(
                "wafv2.update_ip_set",
                **REGIONAL,
                Name=ANSWER,
                Id=ANSWER,
                Addresses=ANSWER,
                LockToken=ANSWER,
            ),
        ),
        applied=True,
        leaves=blocking.LEAVES,
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
    assigned=frozenset({"set", "used_by", "own"}),
    blocks=blocking.block,
)
