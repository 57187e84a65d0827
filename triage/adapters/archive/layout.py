"""What the key of a log file tells, where CloudTrail delivered it.

    AWSLogs/[o-.../]111122223333/CloudTrail/eu-west-1/2026/11/20/
    111122223333_CloudTrail_eu-west-1_20261120T1205Z_0123456789abcdef.json.gz

The time is that of the delivery. Any other key is read as well; then only its records tell.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SUFFIX = ".json.gz"
NAME = re.compile(r"(?:^|/)(\d{12})_CloudTrail_([a-z0-9-]+)_(\d{8}T\d{4})Z_[^/]+\.json\.gz$")
SERVICE = re.compile(r"(?:^|/)AWSLogs/(?:o-[^/]+/)?\d{12}/([^/]+)/")
SERIES = re.compile(r"^(.*/CloudTrail/[a-z0-9-]+/)(\d{4}/\d{2}/\d{2})/")
DAY = "%Y/%m/%d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Whose file it is and when it was delivered."""

    account: str
    region: str
    at: datetime


def is_trail_file(key: str) -> bool:
    """Leave out what other services, and CloudTrail's digests and Insights, keep beside it."""
    service = SERVICE.search(key)
    return key.endswith(SUFFIX) and (service is None or service[1] == "CloudTrail")


def delivery(key: str) -> Delivery | None:
    """Read the name of a delivered file; None for any other."""
    found = NAME.search(key)
    if found is None:
        return None
    account, region, stamp = found.groups()
    try:
        at = datetime.strptime(stamp, "%Y%m%dT%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Delivery(account=account, region=region, at=at)


def series(key: str) -> str | None:
    """Where the files of one account and Region lie, in which keys are ordered by time."""
    found = SERIES.match(key)
    return found[1] if found and delivery(key) else None


def day_before(key: str) -> str:
    """The folder of the day before a file's: whatever is delivered late lies after it."""
    found = SERIES.match(key)
    if found is None:
        return ""
    try:
        day = datetime.strptime(found[2], DAY).replace(tzinfo=UTC)
    except ValueError:
        return ""
    return f"{found[1]}{day - timedelta(days=1):{DAY}}"
