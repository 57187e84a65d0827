"""What a case keeps of each repair: how far it has come, and what it rests on by hash."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from triage.domain.json import Record


class Stage(StrEnum):
    """How far a repair has come."""

    WANTED = "wanted"
    WAITING = "waiting"
    READY = "ready"
    MADE = "made"
    PROVEN = "proven"
    FROZEN = "frozen"
    ENDED = "ended"
    REVERTED = "reverted"


UNDER_WAY = frozenset({Stage.WANTED, Stage.READY, Stage.MADE})
"""Somebody of ours is at the resource, or will be in a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One fix for one case.

    `plan` is the hash under which its plan is stored, `digest` what an approval names. `needs` is
    how many people have to agree until `expires` (ISO 8601), `given` who has. `written` is whether
    a write was intended, so that something may have been changed. `undoes` names the repair that
    this one takes back; it is
    `expired` when that had its time, and nobody asked.
    """

    id: str
    fix: str
    parameters: tuple[tuple[str, str], ...] = ()
    stage: Stage = Stage.WANTED
    contains: bool = False
    plan: str | None = None
    digest: str | None = None
    needs: int = 0
    given: tuple[str, ...] = ()
    expires: str | None = None
    written: bool = False
    undoes: str | None = None
    expired: bool = False

    @property
    def under_way(self) -> bool:
        return self.stage in UNDER_WAY

    @property
    def busy(self) -> bool:
        """Whether news has to wait for it: not for the proof of what only contains."""
        return self.under_way and not (self.contains and self.stage is Stage.MADE)

    @property
    def revertible(self) -> bool:
        """Whether there may be something to take back: all that wrote, but for the way back."""
        ended = self.stage in {Stage.PROVEN, Stage.FROZEN, Stage.ENDED}
        return self.written and ended and self.undoes is None


@dataclass(frozen=True, slots=True)
class Repairs:
    """All repairs of a case, in the order in which they were wanted."""

    each: tuple[Repair, ...] = field(default=())

    def named(self, name: str) -> Repair | None:
        return next((one for one in self.each if one.id == name), None)

    @property
    def under_way(self) -> bool:
        return any(one.under_way for one in self.each)

    @property
    def busy(self) -> bool:
        return any(one.busy for one in self.each)

    @property
    def waiting(self) -> Repair | None:
        return next((one for one in self.each if one.stage is Stage.WAITING), None)

    def wanting(self, wanted: Iterable[Repair]) -> "Repairs":
        """These after a new decision: what wrote is kept, what had not begun is over."""
        kept = [one for one in self.each if one.written or one.under_way]
        known = {one.id for one in kept}
        return Repairs((*kept, *(one for one in wanted if one.id not in known)))

    def after(self, kind: str, data: Record) -> "Repairs":
        """These after an event about one of them."""
        if kind == "revert_asked":
            back = Repair(
                id=data["repair"],
                fix=data["fix"],
                undoes=data["undoes"],
                contains=True,
                expired=bool(data.get("expired")),
            )
            return Repairs((*self.each, back))
        changed = _CHANGES.get(kind)
        if changed is None:
            return self
        return Repairs(
            tuple(
                replace(one, **changed(one, data)) if one.id == data["repair"] else one
                for one in self._with_reverted(kind, data)
            )
        )

    def _with_reverted(self, kind: str, data: Record) -> tuple[Repair, ...]:
        if kind != "reverted":
            return self.each
        return tuple(
            replace(one, stage=Stage.REVERTED) if one.id == data["undoes"] else one
            for one in self.each
        )


def repair_as_json(repair: Repair) -> Record:
    """Write a repair as the store keeps it."""
    return {**asdict(repair), "parameters": [list(pair) for pair in repair.parameters]}


def repair_from_json(row: Record) -> Repair:
    """Read it back, equal."""
    fields: dict[str, Any] = dict(row)
    fields["parameters"] = tuple((str(name), str(value)) for name, value in row["parameters"])
    fields["stage"] = Stage(row["stage"])
    fields["given"] = tuple(row["given"])
    return Repair(**fields)


VERDICTS: Mapping[str, Stage] = {
    "go": Stage.READY,
    "ask": Stage.WAITING,
    "nothing": Stage.MADE,
}
"""What the guards say of a plan, and where that leaves its repair."""


def _planned(_repair: Repair, data: Record) -> dict[str, Any]:
    return {
        "stage": VERDICTS[data["verdict"]],
        "plan": data["plan"],
        "digest": data["digest"],
        "needs": data["needs"],
        "given": (),
        "expires": data["expires"],
    }


def _approved(repair: Repair, data: Record) -> dict[str, Any]:
    given = (*repair.given, data["by"])
    return {"given": given, "stage": Stage.READY if data["enough"] else Stage.WAITING}


def _proven(_repair: Repair, data: Record) -> dict[str, Any]:
    return {"stage": Stage.PROVEN} if data["final"] else {}


def _to(stage: Stage) -> Callable[[Repair, Record], dict[str, Any]]:
    return lambda _repair, _data: {"stage": stage}


_CHANGES: Mapping[str, Callable[[Repair, Record], dict[str, Any]]] = MappingProxyType(
    {
        "planned": _planned,
        "unplanned": _to(Stage.ENDED),
        "approved": _approved,
        "rejected": _to(Stage.ENDED),
        "lapsed": _to(Stage.ENDED),
        "intended": lambda _repair, _data: {"written": True},
        "made": _to(Stage.MADE),
        "proven": _proven,
        "frozen": _to(Stage.FROZEN),
        "reverted": _to(Stage.PROVEN),
    }
)
