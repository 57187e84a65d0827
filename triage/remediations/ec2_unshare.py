"""Take back sharing with everyone: snapshots and machine images alike, each in a file of its own.

Accounts and organisations that are named stay as they are. Whoever has copied it has it.
https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triage.domain.json import canonical
from triage.domain.plan import Call, Permission, Refused, State, Step, Target
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions.records.shape import records
from triage.remediations import ec2
from triage.remediations.remediation import Change, Seen
from triage.remediations.tags import listed

EVERYONE = {"Group": "all"}
TAGS = "ec2:DescribeTags"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """How one kind says whom it is shared with, and how that is changed.

    `id` names it in a call and in the answer; `permissions` are its grants in the answer, and
    `groups` is how the call that changes them by group names these. `verb` is what everyone may do.
    """

    noun: str
    id: str
    attribute: str
    permissions: str
    groups: str
    reads: str
    writes: str
    verb: str

    @property
    def operation(self) -> str:
        return f"modify_{self.noun}_attribute"

    def inspect(self, cloud: Cloud, target: Target) -> Seen:
        """Whether everyone may use it, who else may, and its tags."""
        call = ec2.call(
            f"describe_{self.noun}_attribute", **{self.id: target.id, "Attribute": self.attribute}
        )
        said = cloud.call(call)
        if member(call, said, self.id) != target.id:
            raise Unknown(call, f"did not show {target.id}")
        grants = records({"g": member(call, said, self.permissions)}, "g")
        others = [dict(one) for one in grants if one != EVERYONE]
        facts = {"everyone": EVERYONE in grants, "others": sorted(others, key=canonical)}
        return Seen(facts=facts, tags=_tags(cloud, target))

    def plan(self, target: Target, state: State) -> Change | Refused:
        """Take it back from everyone."""
        wanted = {"everyone": False}
        steps = () if state.holds(wanted) else (self._change(target, "remove", everyone=False),)
        return Change(steps=steps, wanted=wanted)

    def undo(self, target: Target, _before: State, _now: State) -> Change | Refused:
        """Share it with everyone again; AWS refuses where the Region forbids that."""
        step = self._change(target, "add", everyone=True)
        return Change(steps=(step,), wanted={"everyone": True})

    def _change(self, target: Target, how: str, *, everyone: bool) -> Step:
        named = {self.id: target.id, "Attribute": self.attribute}
        return Step(
            call=ec2.call(self.operation, **named, OperationType=how, **{self.groups: ["all"]}),
            permission=Permission(actions=(self.writes,), resources=(target.arn,)),
            event=self.writes,
            logged=self._logged(target, how),
            shows={"everyone": everyone},
            says=f"{how} everyone's permission to {self.verb} {target.id}",
        )

    def _logged(self, target: Target, how: str) -> Mapping[str, Any]:
        return {
            f"{self.noun}Id": target.id,
            self.attribute: {how: {"items": [{"group": "all"}]}},
            "attributeType": ATTRIBUTE_TYPES[self.attribute],
        }

    def permissions_to_look(self, target: Target) -> tuple[Permission, ...]:
        return ec2.reading(target, (TAGS,), self.reads)


ATTRIBUTE_TYPES = {
    "createVolumePermission": "CREATE_VOLUME_PERMISSION",
    "launchPermission": "launchPermission",
}
"""CloudTrail's own words for them; one is a constant's name, the other is not."""


def tags_call(name: str) -> Call:
    """Ask for the tags of one resource of EC2."""
    return ec2.call("describe_tags", Filters=[{"Name": "resource-id", "Values": [name]}])


def _tags(cloud: Cloud, target: Target) -> Mapping[str, str]:
    call = tags_call(target.id)
    return listed(member(call, cloud.call(call), "Tags"))
