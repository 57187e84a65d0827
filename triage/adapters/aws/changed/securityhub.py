"""Security Hub as a check: findings by UpdatedAt, 100 a page.

Passed checks are left out: what never arrived of them raises no concern.
https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindings.html
"""

from typing import Any

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.paging import member, plain
from triage.domain.lookout import Page, Window

PAGE = 100


def page(asker: Asker, window: Window, cursor: str) -> Page:
    """One page of findings, whole."""
    span = {"Start": window.start.isoformat(), "End": window.end.isoformat()}
    answer = asker.ask(
        "securityhub.get_findings",
        Filters={"UpdatedAt": [span]},
        MaxResults=PAGE,
        NextToken=cursor,
    )
    found = (plain(one) for one in member(answer, "Findings"))
    records = tuple(one for one in found if not _passed(one))
    return Page(records=records, cursor=answer.get("NextToken") or "")


def _passed(finding: Any) -> bool:
    compliance = finding.get("Compliance")
    return isinstance(compliance, dict) and compliance.get("Status") == "PASSED"
