"""What a key says, and which trails record everything."""

from datetime import UTC, datetime

import pytest

from triage.adapters.archive.layout import Delivery, day_before, delivery, is_trail_file, series
from triage.adapters.aws.operations import _all_management

FOLDER = "AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/2026/03/01/"
NAME = "111122223333_CloudTrail_eu-west-1_20260301T0005Z_0123456789abcdef.json.gz"
ALL = {"ReadWriteType": "All", "IncludeManagementEvents": True}
MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}


def test_a_delivered_file_says_whose_it_is_and_since_when():
    assert delivery(FOLDER + NAME) == Delivery(
        account="111122223333", region="eu-west-1", at=datetime(2026, 3, 1, 0, 5, tzinfo=UTC)
    )
    assert series(FOLDER + NAME) == "AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/"
    assert day_before(FOLDER + NAME) == "AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/2026/02/28"


@pytest.mark.parametrize("stamp", ["20261301T0005Z", "20260301T0061Z", "20260301"])
def test_a_name_with_an_impossible_time_says_nothing(stamp):
    assert delivery(FOLDER + NAME.replace("20260301T0005Z", stamp)) is None


@pytest.mark.parametrize("key", ["a/b.json.gz", FOLDER.replace("/03/", "/13/") + NAME])
def test_a_key_of_another_layout_has_no_day_before(key):
    assert day_before(key) == ""


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (FOLDER + NAME, True),
        (NAME, True),
        ("any/where.json.gz", True),
        (FOLDER.replace("CloudTrail", "CloudTrail-Digest") + NAME, False),
        (FOLDER.replace("CloudTrail", "Config") + NAME, False),
        ("notes.json", False),
    ],
)
def test_only_log_files_are_read(key, expected):
    assert is_trail_file(key) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"EventSelectors": [ALL]}, True),
        ({"EventSelectors": [ALL | {"ReadWriteType": "WriteOnly"}]}, False),
        ({"EventSelectors": [ALL | {"IncludeManagementEvents": False}]}, False),
        (
            {"EventSelectors": [ALL | {"ExcludeManagementEventSources": ["kms.amazonaws.com"]}]},
            False,
        ),
        ({"AdvancedEventSelectors": [{"FieldSelectors": [MANAGEMENT]}]}, True),
        (
            {
                "AdvancedEventSelectors": [
                    {"FieldSelectors": [MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]}]}
                ]
            },
            False,
        ),
        ({"AdvancedEventSelectors": [{"FieldSelectors": []}]}, False),
        ({}, False),
    ],
)
def test_a_trail_records_everything_only_without_any_exception(answer, expected):
    assert _all_management(answer) is expected
