"""Inspector by updatedAt: a change of status moves that, and not lastObservedAt.

The API filters by it and cannot sort by it.
https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListFindings.html
"""

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.paging import member, plain
from triage.domain.lookout import Page, Window

PAGE = 100


def page(asker: Asker, window: Window, cursor: str) -> Page:
    """One page of findings, whole."""
    span = {"startInclusive": window.start, "endInclusive": window.end}
    answer = asker.ask(
        "inspector2.list_findings",
        filterCriteria={"updatedAt": [span]},
        maxResults=PAGE,
        nextToken=cursor,
    )
    found = tuple(plain(one) for one in member(answer, "findings"))
    return Page(records=found, cursor=answer.get("nextToken") or "")
