"""GuardDuty as a check: ids of findings by updatedAt, then the findings, 50 at a time.

Archived ones too: what a suppression rule archives is sent nowhere else.
https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListFindings.html
https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetFindings.html
"""

from typing import Any

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.changed import cursor as cursors
from triage.adapters.aws.paging import Cut, member, plain
from triage.domain.lookout import Page, Window

PAGE = 50
MILLISECONDS = 1000
"""Times in criteria are milliseconds since 1970."""


def page(asker: Asker, window: Window, cursor: str) -> Page:
    """One page of findings. Raises SwitchedOff without a detector; there is one in a Region."""
    at = cursors.read(cursor)
    detector = at.get("detector") or _detector(asker)
    answer = asker.ask(
        "guardduty.list_findings",
        DetectorId=detector,
        FindingCriteria={"Criterion": {"updatedAt": _span(window)}},
        MaxResults=PAGE,
        NextToken=at.get("next", ""),
    )
    records = _whole(asker, detector, list(member(answer, "FindingIds")))
    following = answer.get("NextToken") or ""
    onward = cursors.written(detector=detector, next=following) if following else ""
    return Page(records=records, cursor=onward)


def _detector(asker: Asker) -> str:
    found = asker.every("guardduty.list_detectors", "DetectorIds")
    if not found:
        raise cursors.SwitchedOff("there is no GuardDuty detector")
    return str(found[0])


def _span(window: Window) -> dict[str, int]:
    start, end = window.start.timestamp(), window.end.timestamp()
    return {
        "GreaterThanOrEqual": int(start * MILLISECONDS),
        "LessThanOrEqual": int(end * MILLISECONDS) + 1,
    }


def _whole(asker: Asker, detector: str, ids: list[str]) -> tuple[Any, ...]:
    if not ids:
        return ()
    answer = asker.ask("guardduty.get_findings", DetectorId=detector, FindingIds=ids)
    records = tuple(plain(one) for one in member(answer, "Findings"))
    if {one.get("Id") for one in records} != set(ids):
        raise Cut
    return records
