"""What a decision rested on, as JSON: written when it is made, read when it is replayed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import assert_never

from triage.domain.evidence import Failed, Failure, Got, Missing, RawRead, Read
from triage.domain.json import Record
from triage.domain.person import Signature, Use
from triage.judgement.history import History
from triage.judgement.score import Model, model_from


def reads_as_json(reads: Mapping[Read, RawRead]) -> list[Record]:
    """Write raw reads in a stable order."""
    rows = [{"read": _read_as_json(read), "raw": _raw_as_json(raw)} for read, raw in reads.items()]
    return sorted(rows, key=repr)


def reads_from_json(rows: Iterable[Record]) -> dict[Read, RawRead]:
    """Read them back, equal."""
    return {_read_from_json(row["read"]): _raw_from_json(row["raw"]) for row in rows}


def _read_as_json(read: Read) -> Record:
    return {
        "kind": read.kind,
        "account": read.account,
        "region": read.region,
        "arguments": dict(read.arguments),
    }


def _read_from_json(row: Record) -> Read:
    arguments = tuple(sorted(row["arguments"].items()))
    return Read(kind=row["kind"], account=row["account"], region=row["region"], arguments=arguments)


def _raw_as_json(raw: RawRead) -> Record:
    match raw:
        case Got(payload=payload, as_of=as_of, source=source):
            return {"got": payload, "as_of": as_of.isoformat(), "source": source}
        case Missing(code=code, as_of=as_of, source=source):
            return {"missing": code, "as_of": as_of.isoformat(), "source": source}
        case Failed(failure=failure, detail=detail):
            return {"failed": failure, "detail": detail}
        case unreachable:
            assert_never(unreachable)


def _raw_from_json(row: Record) -> RawRead:
    if "failed" in row:
        return Failed(failure=Failure(row["failed"]), detail=row["detail"])
    as_of = datetime.fromisoformat(row["as_of"])
    if "missing" in row:
        return Missing(code=row["missing"], as_of=as_of, source=row["source"])
    return Got(payload=row["got"], as_of=as_of, source=row["source"])


def signatures_as_json(signatures: Iterable[Signature]) -> list[Record]:
    """Write verified signatures with the people who made them."""
    return [
        {**signature.as_record(), "people": list(signature.people)}
        for signature in sorted(signatures, key=lambda signature: signature.id)
    ]


def signatures_from_json(rows: Iterable[Record]) -> tuple[Signature, ...]:
    """Read them back, equal."""
    return tuple(_signature_from_json(row) for row in rows)


def _signature_from_json(row: Record) -> Signature:
    return Signature(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        account=row["account"],
        types=tuple(row["types"]),
        because=row["because"],
        signed=datetime.fromisoformat(row["signed"]),
        expires=datetime.fromisoformat(row["expires"]),
        people=tuple(row["people"]),
        actions=tuple(row["actions"]),
        identities=tuple(row["identities"]),
        pattern=row["pattern"],
        window=_window(row["window"]),
        requester=row["requester"],
        per_day=row["per_day"],
    )


def _window(told: list[str] | None) -> tuple[datetime, datetime] | None:
    if told is None:
        return None
    begins, ends = told
    return datetime.fromisoformat(begins), datetime.fromisoformat(ends)


def uses_as_json(uses: Mapping[str, Use]) -> Record:
    """Write what signatures did so far, as a decision knew it."""
    return {name: [use.today, use.missed] for name, use in sorted(uses.items())}


def uses_from_json(row: Record) -> dict[str, Use]:
    """Read it back, equal."""
    return {name: Use(today=today, missed=missed) for name, (today, missed) in row.items()}


def history_from_json(inputs: Record) -> History:
    """What was known of earlier verdicts on tickets of that kind, which is all a decision keeps.

    Decisions from before it was known name nothing; to them nothing was ever called real.
    """
    return History(overall=float(inputs.get("real_before", 0.0)))


def model_as_json(model: Model) -> Record:
    """Write the classifier."""
    return model.as_record()


def model_from_json(row: Record) -> Model:
    """Read it back, equal."""
    return model_from(str(row["name"]), row)
