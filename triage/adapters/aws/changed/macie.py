"""Macie: ids of findings by updatedAt, then the findings.

https://docs.aws.amazon.com/macie/latest/APIReference/findings.html
https://docs.aws.amazon.com/macie/latest/APIReference/findings-describe.html
"""

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.paging import Cut, member, plain
from triage.domain.lookout import Page, Window

PAGE = 50
MILLISECONDS = 1000
"""Times in criteria are milliseconds since 1970."""


def page(asker: Asker, window: Window, cursor: str) -> Page:
    """One page of findings. One that was listed and then not given makes the page partial."""
    start, end = window.start.timestamp(), window.end.timestamp()
    span = {"gte": int(start * MILLISECONDS), "lte": int(end * MILLISECONDS) + 1}
    answer = asker.ask(
        "macie2.list_findings",
        findingCriteria={"criterion": {"updatedAt": span}},
        maxResults=PAGE,
        nextToken=cursor,
    )
    ids = list(member(answer, "findingIds"))
    found = asker.ask("macie2.get_findings", findingIds=ids) if ids else {"findings": []}
    records = tuple(plain(one) for one in member(found, "findings"))
    if {one.get("id") for one in records} != set(ids):
        raise Cut
    return Page(records=records, cursor=answer.get("nextToken") or "")
