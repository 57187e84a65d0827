"""One finding or alarm, read from the service that made it: Macie, Access Analyzer, CloudWatch."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from triage.adapters.aws.paging import Cut, Desk, Operation, member, pages, plain, text_of
from triage.domain.evidence import Read

ALARM_LISTS = ("MetricAlarms", "CompositeAlarms")


def _macie_findings(desk: Desk, read: Read) -> Mapping[str, Any]:
    desk.turn()
    answer = desk.client("macie2").get_findings(findingIds=[text_of(read, "finding")])
    return {"findings": plain(member(answer, "findings"))}


def _analyzer_finding(desk: Desk, read: Read) -> Mapping[str, Any]:
    """One page holds all that is asked of it; its details may go on."""
    desk.turn()
    found = plain(
        desk.client("accessanalyzer").get_finding_v2(
            analyzerArn=text_of(read, "analyzer"), id=text_of(read, "finding")
        )
    )
    member(found, "status")
    return dict(found)


def _alarms(desk: Desk, read: Read) -> Mapping[str, Any]:
    """Both kinds are asked for: without AlarmTypes composite alarms are left out."""
    answers = list(
        pages(
            desk,
            desk.client("cloudwatch").describe_alarms,
            "NextToken",
            AlarmNames=[text_of(read, "alarm")],
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        )
    )
    if not all(any(name in page for name in ALARM_LISTS) for page in answers):
        raise Cut
    return {
        name: [plain(one) for page in answers for one in page.get(name, ())] for name in ALARM_LISTS
    }


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "macie2.get_findings": _macie_findings,
        "accessanalyzer.get_finding_v2": _analyzer_finding,
        "cloudwatch.describe_alarms": _alarms,
    }
)
