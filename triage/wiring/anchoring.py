"""Who vouches for the record and where: bootstrap's part that wires anchors and audits."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from triage.adapters.files.heads import HeadFile
from triage.adapters.ssh.heads import SshHeads, SshHeadVerifier
from triage.adapters.storage import AuditReport, open_store, verify
from triage.adapters.storage.audit_log import Vouched
from triage.adapters.storage.leaves import SqlLeafLog
from triage.adapters.storage.verifying import Progress, processes_at_most, verify_in_processes
from triage.domain.errors import TriageError, Unverified
from triage.domain.head import SignedHead, signed_head
from triage.engine.anchoring import Anchorer, Export
from triage.ports.clock import Clock
from triage.ports.head_keeper import HeadKeeper
from triage.ports.head_signer import HeadSigner, HeadVerifier
from triage.settings import Settings
from triage.settings.operating import KMS
from triage.wiring import database

S3 = "s3://"
WORTH_PROCESSES = 20_000
"""Cases; two processes take two seconds to start, this many cases about five to check."""


class NobodyTrusted(TriageError):
    """Without a key to compare with anybody's heads would do."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__("anchor.trusted names no key, so no head counts; name who signs them")


def anchorer(found: Settings, log: SqlLeafLog, clock: Clock, owner: str) -> Anchorer:
    """Who anchors in this process; heads leave only where the settings say so."""
    return Anchorer(log=log, clock=clock, owner=owner, export=_export(found))


def _export(found: Settings) -> Export | None:
    if not found.anchor.place:
        return None
    return Export(
        signer=_signer(found),
        keeper=keeper(found, found.anchor.place),
        interval=timedelta(minutes=found.anchor.interval_minutes),
    )


def _signer(found: Settings) -> HeadSigner:
    if not found.anchor.signed_by_kms:
        return SshHeads(found.anchor.key_path)
    from triage.adapters.aws.heads import KmsHeads
    from triage.adapters.aws.limits import AwsLimits

    return KmsHeads.at(found.anchor.key, AwsLimits())


def keeper(found: Settings, place: str) -> HeadKeeper:
    """Whatever keeps heads at a place."""
    if not place.startswith(S3):
        return HeadFile(Path(place))
    from triage.adapters.aws.heads import S3Heads
    from triage.adapters.aws.limits import AwsLimits

    retained = timedelta(days=found.anchor.retain_days)
    return S3Heads.at(
        place, found.aws.region, AwsLimits(), mode=found.anchor.lock, retained=retained
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _AnyOf:
    """The head verifier port on everybody who is trusted."""

    ssh: HeadVerifier
    kms: HeadVerifier | None

    def verify(self, signed: SignedHead) -> None:
        (self.kms if self.kms and signed.by.startswith(KMS) else self.ssh).verify(signed)


def _verifier(found: Settings) -> HeadVerifier:
    trusted = found.anchor.trusted
    if not trusted:
        raise NobodyTrusted
    arns = [one for one in trusted if one.startswith(KMS)]
    ssh = SshHeadVerifier([one for one in trusted if not one.startswith(KMS)])
    if not arns:
        return _AnyOf(ssh=ssh, kms=None)
    from triage.adapters.aws.heads import KmsHeadVerifier
    from triage.adapters.aws.limits import AwsLimits

    return _AnyOf(ssh=ssh, kms=KmsHeadVerifier(arns, AwsLimits()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Heads that count, and a sentence for everything there that does not."""

    heads: Sequence[Vouched]
    problems: Sequence[str]


def read_heads(found: Settings, place: str) -> Read:
    """Read heads from a file or bucket. Raises Unkept, NobodyTrusted and NoHeads."""
    verifier = _verifier(found)
    heads: list[Vouched] = []
    problems: list[str] = []
    for where, line in keeper(found, place).kept():
        try:
            signed = signed_head(line, where)
            verifier.verify(signed)
        except Unverified as error:
            problems.append(f"{where}: {error}, so this head counts for nothing")
        except TriageError as error:
            problems.append(str(error))
        else:
            heads.append(Vouched(place=where, signed=signed))
    if not heads and not problems:
        raise NoHeads(place)
    return Read(heads=heads, problems=problems)


def audited(
    found: Settings, against: str | None, processes: int | None, progress: Progress
) -> AuditReport:
    """Check the record, in this process where it is small. Raises what `read_heads` does."""
    read = read_heads(found, against) if against else Read(heads=(), problems=())
    place = database.place(found, None, database.STORE)
    with closing(open_store(place)) as store:
        small = sum(store.cases.count().values()) < WORTH_PROCESSES
        chosen = processes or (1 if small else processes_at_most())
        if chosen == 1:
            report = verify(store, read.heads)
        else:
            report = verify_in_processes(place, read.heads, processes=chosen, progress=progress)
    return replace(report, problems=(*report.problems, *read.problems))


class NoHeads(TriageError):
    """There is nothing to compare with."""

    def __init__(self, place: str) -> None:
        super().__init__(f"there are no heads at {place}")
