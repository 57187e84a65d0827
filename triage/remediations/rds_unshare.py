"""Take back the sharing of database snapshots with everyone, those of clusters alike.

Accounts that are named stay as they are; whoever has copied it has it. RDS shares snapshots that
were taken by hand, and no others.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSnapshotAttribute.html
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBClusterSnapshotAttribute.html
"""

from dataclasses import dataclass

from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions.records.shape import records, text
from triage.remediations import rds
from triage.remediations.remediation import Change, Seen

EVERYONE = "all"
RESTORE = "restore"
VALUES = {True: "ValuesToAdd", False: "ValuesToRemove"}
LOGGED = {True: "valuesToAdd", False: "valuesToRemove"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """How snapshots of instances or of clusters are called: `DBSnapshot` and `db_snapshot`."""

    word: str
    called: str

    @property
    def identifier(self) -> str:
        return f"{self.word}Identifier"

    @property
    def logged(self) -> str:
        """As CloudTrail begins a parameter: `dBSnapshotIdentifier`."""
        return self.identifier[0].lower() + self.identifier[1:]

    @property
    def reads(self) -> str:
        return f"rds:Describe{self.word}Attributes"

    @property
    def writes(self) -> str:
        return f"rds:Modify{self.word}Attribute"

    def inspect(self, cloud: Cloud, target: Target) -> Seen:
        """Whether everyone may restore it, which accounts may, and its tags."""
        call = rds.call(f"describe_{self.called}_attributes", **{self.identifier: target.id})
        told = member(call, cloud.call(call), f"{self.word}AttributesResult")
        if str(member(call, told, self.identifier)).lower() != target.id.lower():
            raise Unknown(call, f"did not show {target.id}")
        attributes = records(told, f"{self.word}Attributes")
        found = [one for one in attributes if text(one, "AttributeName") == RESTORE]
        if len(found) != 1:
            raise Unknown(call, "did not say who may restore it")
        may = list(member(call, found[0], "AttributeValues"))
        facts = {"everyone": EVERYONE in may, "accounts": sorted({*may} - {EVERYONE})}
        return Seen(facts=facts, tags=rds.tags(cloud, target))

    def plan(self, target: Target, state: State) -> Change | Refused:
        """Take it back from everyone."""
        wanted = {"everyone": False}
        steps = () if state.holds(wanted) else (self._change(target, everyone=False),)
        return Change(steps=steps, wanted=wanted)

    def undo(self, target: Target, _before: State, _now: State) -> Change | Refused:
        """Share it with everyone again."""
        step = self._change(target, everyone=True)
        return Change(steps=(step,), wanted={"everyone": True})

    def _change(self, target: Target, *, everyone: bool) -> Step:
        changed = {VALUES[everyone]: [EVERYONE]}
        named = {self.identifier: target.id, "AttributeName": RESTORE}
        return Step(
            call=rds.call(f"modify_{self.called}_attribute", **named, **changed),
            permission=Permission(actions=(self.writes,), resources=(target.arn,)),
            event=self.writes,
            logged={
                self.logged: target.id,
                "attributeName": RESTORE,
                LOGGED[everyone]: [EVERYONE],
            },
            shows={"everyone": everyone},
            says=f"{'let' if everyone else 'no longer let'} everyone restore {target.id}",
        )

    def permissions_to_look(self, target: Target) -> tuple[Permission, ...]:
        return (Permission(actions=(self.reads, rds.TAGS), resources=(target.arn,)),)
