"""OCSF's severities and states on ours: an id and a word each, which need not agree.

https://schema.ocsf.io/1.6.0/classes/detection_finding (severity_id, status_id, activity_id);
https://schema.ocsf.io/1.6.0/classes/incident_finding, where 3 is On Hold and 5 Closed.
"""

from collections.abc import Mapping
from itertools import chain

from triage.domain.severity import FLOORS, Label, Severity
from triage.domain.ticket import SourceStatus
from triage.intake import severities
from triage.intake.fields import Fields, as_number, folded

SEVERITIES: Mapping[int, Label] = {
    1: Label.INFORMATIONAL,
    2: Label.LOW,
    3: Label.MEDIUM,
    4: Label.HIGH,
    5: Label.CRITICAL,
    6: Label.CRITICAL,
}
"""6 is Fatal. 0 (Unknown) and 99 (Other) state nothing."""
FATAL = "fatal"
SCORES: Mapping[Label, Severity] = {label: Severity(floor) for floor, label in FLOORS}
"""A label says at least its band's floor: so the native finding's own number, which is finer, is
never taken for a lowering when it arrives later."""
STATES: Mapping[int, SourceStatus] = {
    1: SourceStatus.OPEN,
    2: SourceStatus.OPEN,
    3: SourceStatus.SUPPRESSED,
    4: SourceStatus.RESOLVED,
    5: SourceStatus.RESOLVED,
    6: SourceStatus.RESOLVED,
}
"""New, In Progress, Suppressed, Resolved, Archived, Deleted."""
INCIDENT_STATES: Mapping[int, SourceStatus] = {**STATES, 3: SourceStatus.OPEN}
INCIDENT = 2005
WORDS: Mapping[str, SourceStatus] = {
    "new": SourceStatus.OPEN,
    "inprogress": SourceStatus.OPEN,
    "onhold": SourceStatus.OPEN,
    "suppressed": SourceStatus.SUPPRESSED,
    "resolved": SourceStatus.RESOLVED,
    "archived": SourceStatus.RESOLVED,
    "closed": SourceStatus.RESOLVED,
    "deleted": SourceStatus.RESOLVED,
}
CLOSE_ID, CLOSE = 3, "close"
PASS_ID, PASSES = 1, frozenset({"pass", "passed", "success"})


def severity_of(finding: Fields) -> Severity:
    """The finding's own severity, else the vendor's; the higher one where id and word differ."""
    vendor = finding.within("vendor_attributes")
    return next((s for one in (finding, vendor) if (s := _stated(one))), severities.UNSTATED)


def _stated(told: Fields) -> Severity | None:
    word = told.text("severity")
    spelt = severities.of_word(word)
    labels = (
        SEVERITIES.get(_id(told, "severity_id")),
        Label.CRITICAL if word.lower() == FATAL else None,
        spelt.label if spelt else None,
    )
    return max((SCORES[label] for label in labels if label is not None), default=None)


def status_of(finding: Fields, class_uid: int) -> SourceStatus:
    """What all that speaks of a state agrees on; where it differs, the finding is open.

    Suppressed says that somebody chose not to look, and outranks a close and a pass.
    """
    states = INCIDENT_STATES if class_uid == INCIDENT else STATES
    ids = (states.get(_id(finding, "status_id")), STATES.get(_id(finding, "state_id")))
    words = (WORDS.get(folded(finding.text(name).replace(" ", ""))) for name in ("status", "state"))
    said = {status for status in chain(ids, words) if status is not None}
    agreed = said.pop() if len(said) == 1 else SourceStatus.OPEN
    settled = agreed is SourceStatus.OPEN and (_closed(finding) or _passed(finding))
    return SourceStatus.RESOLVED if settled else agreed


def _closed(finding: Fields) -> bool:
    said = {_id(finding, "activity_id") == CLOSE_ID} if finding.has("activity_id") else set()
    word = finding.text("activity_name").lower()
    return (said | ({word == CLOSE} if word else set())) == {True}


def _passed(finding: Fields) -> bool:
    """Whether the check passed: OCSF's compliance, or Prowler's status_code beside it."""
    compliance = finding.within("compliance")
    words = {compliance.text("status").lower(), finding.text("status_code").lower()} - {""}
    ids = {_id(compliance, "status_id") == PASS_ID} if compliance.has("status_id") else set()
    return bool(words) and words <= PASSES and ids <= {True}


def _id(told: Fields, name: str) -> int:
    """Read an enum's number, also one written as text; 0, OCSF's Unknown, when there is none."""
    return int(as_number(told.raw(name)) or 0)
