"""Whose an address is, from a snapshot on disk and from our own list."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.builders import NOON
from tests.trails import StoppedClock
from triage.adapters.network.evidence_source import KnownNetworks
from triage.adapters.network.ranges import (
    Ranges,
    UnreadableRanges,
    own_ranges,
    read_snapshot,
)
from triage.domain.evidence import Failed, Failure, Got, Read
from triage.domain.network import Network, NetworkKind

DOCUMENT: dict[str, Any] = {
    "syncToken": "1",
    "createDate": "2026-11-18-10-00-00",
    "prefixes": [
        {"ip_prefix": "203.0.112.0/20", "region": "eu-west-1", "service": "AMAZON"},
        {"ip_prefix": "203.0.112.0/24", "region": "eu-west-1", "service": "EC2"},
    ],
    "ipv6_prefixes": [{"ipv6_prefix": "2600:1f00::/24", "region": "eu-west-1", "service": "S3"}],
}
OWN = own_ranges([Network(name="hq", kind=NetworkKind.OFFICE, cidrs=("9.9.9.0/24",))])


@pytest.fixture
def path(tmp_path) -> Path:
    written: Path = tmp_path / "ip-ranges.json"
    written.write_bytes(orjson.dumps(DOCUMENT))
    return written


class Nobody:
    def fetch(self, reads: Any, **_times: Any) -> dict[Read, Failed]:
        return {read: Failed(failure=Failure.DENIED, detail="-") for read in reads}


def look_up(address: str, path: Path | None = None, own: Ranges = OWN) -> Any:
    snapshot = read_snapshot(path) if path else None
    source = KnownNetworks(own, snapshot, StoppedClock(NOON), Nobody())
    read = Read.of("network.owner", "111122223333", "", address=address)
    other = Read.of("iam.get_role", "111122223333", "us-east-1", role="web")
    found = source.fetch([read, other], deadline=NOON, fresh=NOON)
    assert isinstance(found[other], Failed)
    return found[read]


def test_an_address_of_aws_is_told_by_every_range_narrowest_first(path):
    answer = look_up("203.0.112.7", path)
    assert isinstance(answer, Got)
    assert answer.payload == {
        "Address": "203.0.112.7",
        "Private": False,
        "Listed": True,
        "Own": None,
        "SnapshotMade": datetime(2026, 11, 18, 10, tzinfo=UTC).isoformat(),
        "Aws": [
            {"Service": "EC2", "Region": "eu-west-1", "Prefix": "203.0.112.0/24"},
            {"Service": "AMAZON", "Region": "eu-west-1", "Prefix": "203.0.112.0/20"},
        ],
    }


@pytest.mark.parametrize(
    ("address", "services"),
    [("2600:1f01::1", ["S3"]), ("::ffff:203.0.113.7", ["AMAZON"]), ("8.8.8.8", [])],
)
def test_either_family_is_found_and_an_address_in_ipv6_s_clothes_too(path, address, services):
    assert [one["Service"] for one in look_up(address, path).payload["Aws"]] == services


def test_our_own_networks_are_told_by_name():
    assert look_up("9.9.9.9").payload["Own"] == {"Name": "hq", "Kind": "office"}
    assert look_up("10.0.0.1").payload["Private"] is True


def test_without_snapshot_or_list_nothing_is_denied():
    payload = look_up("9.9.9.9", own=Ranges(())).payload
    assert (payload["Listed"], payload["SnapshotMade"], payload["Aws"]) == (False, None, None)


@pytest.mark.parametrize(
    ("wanted", "services"),
    [
        ("203.0.112.7/32", ["AMAZON", "EC2"]),
        ("203.0.113.0/24", ["AMAZON"]),
        ("203.0.0.0/16", ["AMAZON", "EC2"]),
        ("2600:1f12::/48", ["S3"]),
        ("198.51.100.0/24", []),
    ],
)
def test_a_range_is_of_aws_where_they_have_an_address_in_common(path, wanted, services):
    source = KnownNetworks(OWN, read_snapshot(path), StoppedClock(NOON), Nobody())
    read = Read.of("network.owner", "111122223333", "", range=wanted)
    answer = source.fetch([read], deadline=NOON, fresh=NOON)[read]
    assert isinstance(answer, Got)
    assert sorted(one["Service"] for one in answer.payload["Aws"]) == services


@pytest.mark.parametrize("told", ["203.0.112.7/24", "nonsense"])
def test_what_is_no_range_is_not_looked_up(told):
    source = KnownNetworks(OWN, None, StoppedClock(NOON), Nobody())
    read = Read.of("network.owner", "111122223333", "", range=told)
    answer = source.fetch([read], deadline=NOON, fresh=NOON)[read]
    assert answer == Failed(failure=Failure.UNSUPPORTED, detail="network.owner: not a range")


def test_what_is_no_address_is_not_looked_up():
    assert look_up("cloudtrail.amazonaws.com").failure is Failure.UNSUPPORTED


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b"{}",
        orjson.dumps(DOCUMENT | {"createDate": "yesterday"}),
        orjson.dumps(DOCUMENT | {"prefixes": [{"ip_prefix": "x"}]}),
        orjson.dumps(DOCUMENT | {"prefixes": [], "ipv6_prefixes": []}),
    ],
)
def test_a_file_that_is_no_snapshot_is_refused_with_its_name(tmp_path, content):
    path = tmp_path / "ranges.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableRanges, match=r"ranges\.json"):
        read_snapshot(path)


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path):
    with pytest.raises(UnreadableRanges, match="No such file"):
        read_snapshot(tmp_path / "ranges.json")


def test_the_configuration_check_names_a_bad_snapshot(desk):
    desk.write("ranges.json", "{}")
    desk.environment["TRIAGE_PATHS__IP_RANGES"] = "ranges.json"
    assert "it is not AWS's ip-ranges.json" in str(desk.triage("config", "check").answer)
