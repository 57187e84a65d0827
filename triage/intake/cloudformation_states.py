"""What CloudFormation's statuses mean for a ticket: still under way, settled, or this bad.

Source: CloudFormation user guide, "Stack status codes", "Detect unmanaged configuration changes
with drift detection", "StackSets status codes"; API reference, ResourceStatus.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from triage.domain.severity import Label, Severity
from triage.domain.ticket import SourceStatus

SETTLED = frozenset(
    [
        "CREATE_COMPLETE",
        "CURRENT",
        "DELETE_COMPLETE",
        "DELETE_SKIPPED",
        "EXPORT_COMPLETE",
        "IMPORT_COMPLETE",
        "IN_SYNC",
        "SUCCEEDED",
        "UPDATE_COMPLETE",
    ]
)
FAILED: Mapping[str, Label] = {
    "DELETE_FAILED": Label.LOW,
    "ROLLBACK_FAILED": Label.HIGH,
    "UPDATE_ROLLBACK_FAILED": Label.HIGH,
    "IMPORT_ROLLBACK_FAILED": Label.HIGH,
    "INOPERABLE": Label.HIGH,
    "STOPPED": Label.LOW,
    "CANCELLED": Label.LOW,
    "SKIPPED_SUSPENDED_ACCOUNT": Label.LOW,
    "OUTDATED": Label.LOW,
}
"""Failures that are not medium. A rollback that failed leaves a stack nobody can update."""
DRIFTED: Mapping[str, Label] = {"DELETED": Label.HIGH}
"""Drifts that are not medium: a resource somebody deleted behind the stack's back."""
WAITING = frozenset({"PENDING", "QUEUED", "RUNNING", "STOPPING"})
IN_PROGRESS, ROLLBACK = "_IN_PROGRESS", "ROLLBACK"
DETECTING, DETECTION_FAILED, UNCOUNTED = "DETECTION_IN_PROGRESS", "DETECTION_FAILED", -1


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The vendor's word, and what it makes of a ticket."""

    word: str
    status: SourceStatus
    severity: Severity


def _state(word: str, status: SourceStatus, label: Label = Label.MEDIUM) -> State:
    return State(word=word, status=status, severity=Severity.of(label))


def operation(status: str) -> State | None:
    """A stack's, resource's or operation's status; None while it is under way.

    A rollback has failed already when it begins. A status not known here is no success.
    """
    word = status.upper()
    if word in SETTLED:
        return _state(word, SourceStatus.RESOLVED)
    if word in WAITING or (word.endswith(IN_PROGRESS) and ROLLBACK not in word):
        return None
    return _state(word, SourceStatus.OPEN, FAILED.get(word, Label.MEDIUM))


def instance(detailed: str, status: str) -> State | None:
    """A stack instance: its detailed status, or else whether it is current."""
    return operation(detailed or status)


def drift(status: str, detection: str, count: float | None) -> State | None:
    """A whole stack's drift; None while a detection runs, which counts -1 resources."""
    if detection.upper() == DETECTING or (count is not None and count <= UNCOUNTED):
        return None
    if detection.upper() == DETECTION_FAILED:
        word = f"{DETECTION_FAILED}, {status}" if status else DETECTION_FAILED
        return _state(word, SourceStatus.OPEN)
    settled = status.upper() in SETTLED and not count
    return _state(status.upper(), SourceStatus.RESOLVED if settled else SourceStatus.OPEN)


def resource_drift(status: str) -> State:
    """One resource's drift: MODIFIED, DELETED, IN_SYNC or NOT_CHECKED."""
    word = status.upper()
    settled = word in SETTLED
    return _state(
        word,
        SourceStatus.RESOLVED if settled else SourceStatus.OPEN,
        DRIFTED.get(word, Label.MEDIUM),
    )
