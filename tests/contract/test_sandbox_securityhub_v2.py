"""Security Hub GetFindingsV2 and its OCSF filters, driven by a real boto3 client over HTTP."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from triage.sandbox.server import Sandbox

ONE = "111111111111"


def a_finding(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "metadata": {"uid": f"{number:064x}"},
        "severity_id": number,
        "finding_info": {"title": f"Finding {number}", "modified_time_dt": f"-{number}h"},
        "resources": [{"uid": f"bucket-{number}", "type": "AWS::S3::Bucket"}],
        **fields,
    }


def text(name: str, value: str, comparison: str = "EQUALS") -> dict[str, Any]:
    return {"FieldName": name, "Filter": {"Value": value, "Comparison": comparison}}


def number(name: str, **bounds: float) -> dict[str, Any]:
    return {"FieldName": name, "Filter": bounds}


def found(sandbox: Sandbox, *composites: dict[str, Any], operator: str = "AND") -> list[int]:
    filters = {"CompositeFilters": list(composites), "CompositeOperator": operator}
    got = sandbox.client("securityhub").get_findings_v2(Filters=filters)["Findings"]
    return [each["severity_id"] for each in got]


@pytest.fixture
def hub(sandbox: Sandbox) -> Sandbox:
    findings = [a_finding(1), a_finding(2), a_finding(5, status_id=3)]
    sandbox.load({"accounts": {ONE: {"security_hub_v2_findings": findings}}})
    return sandbox


ONE_OR_TWO = {
    "StringFilters": [text("resources.uid", "bucket-1"), text("resources.uid", "bucket-2")],
    "Operator": "OR",
}


@pytest.mark.parametrize(
    ("composite", "expected"),
    [
        ({"StringFilters": [text("metadata.uid", f"{2:064x}")]}, [2]),
        ({"StringFilters": [text("metadata.uid", "nobody")]}, []),
        ({"StringFilters": [text("resources.uid", "bucket", "PREFIX")]}, [1, 2, 5]),
        ({"StringFilters": [text("resources.uid", "bucket-1", "NOT_EQUALS")]}, [2, 5]),
        (ONE_OR_TWO, [1, 2]),
        ({"NumberFilters": [number("severity_id", Gte=2.0), number("status_id", Eq=1.0)]}, [2]),
        (
            {"DateFilters": [number("finding_info.modified_time_dt", End="2020-01-01T00:00:00Z")]},
            [],
        ),
        (
            {
                "NestedCompositeFilters": [ONE_OR_TWO],
                "NumberFilters": [number("severity_id", Gt=1.0)],
            },
            [2],
        ),
    ],
)
def test_filters_select_findings(
    hub: Sandbox, composite: dict[str, Any], expected: list[int]
) -> None:
    assert found(hub, composite) == expected


def test_composites_join_by_their_operator(hub: Sandbox) -> None:
    one, five = ({"StringFilters": [text("resources.uid", f"bucket-{n}")]} for n in (1, 5))
    assert found(hub, one, five, operator="OR") == [1, 5]
    assert found(hub, one, five) == []


def test_findings_of_the_last_days_are_paged_and_sorted(hub: Sandbox) -> None:
    recent = {
        "FieldName": "finding_info.modified_time_dt",
        "Filter": {"DateRange": {"Value": 1, "Unit": "DAYS"}},
    }
    pages = (
        hub.client("securityhub")
        .get_paginator("get_findings_v2")
        .paginate(
            Filters={"CompositeFilters": [{"DateFilters": [recent]}]},
            SortCriteria=[{"Field": "finding_info.title", "SortOrder": "desc"}],
            PaginationConfig={"PageSize": 2},
        )
    )
    assert [[each["severity_id"] for each in page["Findings"]] for page in pages] == [[5, 2], [1]]


@pytest.mark.parametrize(
    "composite",
    [
        {
            "BooleanFilters": [
                {"FieldName": "vulnerabilities.is_fix_available", "Filter": {"Value": True}}
            ]
        },
        {"StringFilters": [text("finding_info.title", "finding", "CONTAINS_WORD")]},
    ],
)
def test_a_filter_the_sandbox_lacks_is_a_loud_501(hub: Sandbox, composite: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as error:
        found(hub, composite)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
