"""IAM Access Analyzer: every analyzer's findings, those that changed with their details.

ListFindingsV2 filters by no range of times and promises no order by them, so all summaries are
gone through; only what changed within the window costs a request of its own.
https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListFindingsV2.html
https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetFindingV2.html
"""

from collections.abc import Mapping
from typing import Any

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.changed import cursor as cursors
from triage.adapters.aws.paging import member, plain
from triage.domain.lookout import Page, Window

PAGE = 25
"""Each finding on it may want a request of its own."""


def page(asker: Asker, window: Window, cursor: str) -> Page:
    """One page of one analyzer. Raises SwitchedOff where there is none."""
    at = cursors.read(cursor)
    analyzers = list(at.get("analyzers") or _analyzers(asker))
    answer = asker.ask(
        "accessanalyzer.list_findings_v2",
        analyzerArn=analyzers[0],
        maxResults=PAGE,
        nextToken=at.get("next", ""),
    )
    listed = member(answer, "findings")
    changed = [one for one in listed if window.start <= one["updatedAt"] <= window.end]
    records = tuple(_whole(asker, analyzers[0], one) for one in changed)
    following = answer.get("nextToken") or ""
    left = analyzers if following else analyzers[1:]
    onward = cursors.written(analyzers=left, next=following) if left else ""
    return Page(records=records, cursor=onward)


def _analyzers(asker: Asker) -> list[str]:
    found = asker.every("accessanalyzer.list_analyzers", "analyzers", "nextToken")
    if not found:
        raise cursors.SwitchedOff("there is no analyzer")
    return [str(one["arn"]) for one in found]


def _whole(asker: Asker, analyzer: str, summary: Mapping[str, Any]) -> Mapping[str, Any]:
    """With its analyzer, which no answer names and without which a finding's id is not unique."""
    answer = asker.ask("accessanalyzer.get_finding_v2", analyzerArn=analyzer, id=summary["id"])
    member(answer, "status")
    rest = {name: one for name, one in plain(answer).items() if name != "nextToken"}
    return {**rest, "analyzerArn": analyzer}
