"""Claims about which alerts are one ticket: a flood is one decision, two concerns stay two."""

import json
from typing import Any

import pytest

from tests.builders import NOON, a_case, minutes
from triage.domain.message import Message, Rejected
from triage.domain.severity import Label
from triage.domain.ticket import Ticket
from triage.stages.dedup import admit
from triage.stages.normalise import normalise

MALFORMED = {"signature": "SURICATA TCPv4 invalid checksum", "signature_id": 2200074}


def an_alert(
    at: str = "2026-11-20T09:01:00.000000+0000",
    *,
    source: str = "203.0.113.9",
    destination: str = "10.0.3.17",
    port: int = 443,
    firewall: str = "edge",
    **alert: Any,
) -> Ticket:
    event = {
        "timestamp": at,
        "event_type": "alert",
        "src_ip": source,
        "src_port": port,
        "dest_ip": destination,
        "dest_port": port,
        "alert": {"signature": "ET SCAN", "signature_id": 2001219, "severity": 2, **alert},
    }
    log = {"firewall_name": firewall, "availability_zone": "eu-west-1a", "event": event}
    return read(log)


def read(log: dict[str, Any]) -> Ticket:
    (part,) = normalise(Message(id="m", body=json.dumps(log).encode(), received=NOON)).parts
    assert isinstance(part, Ticket), part
    return part


def test_a_flood_from_many_sources_and_ports_is_one_ticket_and_one_version():
    flood = [an_alert(source=f"198.51.100.{n}", port=1024 + n) for n in range(200)]
    assert len({ticket.key for ticket in flood}) == 1
    case = a_case(flood[0])
    admitted = [admit(case, ticket, NOON) for ticket in flood[1:]]
    assert not any(admission.due for admission in admitted)


def test_the_next_quarter_of_an_hour_is_news():
    case = a_case(an_alert("2026-11-20T09:14:59.000000+0000"))
    later = an_alert("2026-11-20T09:15:00.000000+0000")
    assert later.key == case.key
    assert admit(case, later, NOON + minutes(1)).due


@pytest.mark.parametrize(
    "other",
    [
        an_alert(destination="10.0.3.18"),
        an_alert(signature_id=2001220),
        an_alert(gid=3),
        an_alert(firewall="inner"),
    ],
)
def test_another_host_rule_or_firewall_is_another_ticket(other):
    assert other.key != an_alert().key


def test_the_same_rule_on_the_same_host_is_one_ticket_in_either_direction():
    inbound, outbound = an_alert(), an_alert(source="10.0.3.17", destination="203.0.113.9")
    assert inbound.key == outbound.key


def test_between_two_hosts_of_ours_it_is_the_source_s():
    first = an_alert(source="10.0.0.1", destination="10.0.0.2")
    assert first.subject.id == "10.0.0.1"
    assert first.key == an_alert(source="10.0.0.1", destination="10.0.0.3").key


def test_two_public_hosts_that_call_the_same_place_are_two_tickets():
    pair = [an_alert(source=f"2a05:d018::{n}", destination="2606:4700::9").key for n in range(1, 3)]
    assert len(set(pair)) == 2


def test_forged_sources_of_malformed_packets_make_one_ticket():
    keys = {
        an_alert(source=f"2606:4700::{n}", destination="2a05:d018::17", **MALFORMED).key
        for n in range(1, 50)
    }
    assert len(keys) == 1


def test_an_address_that_is_none_is_nobody_of_ours():
    ticket = an_alert(source="not an address", destination="")
    assert ticket.subject.id == "not an address"


@pytest.mark.parametrize(
    ("severity", "label"),
    [(1, Label.HIGH), (2, Label.MEDIUM), ("3", Label.LOW), (99, Label.MEDIUM), (-1, Label.MEDIUM)],
)
def test_one_is_suricata_s_worst_and_what_it_never_said_is_medium(severity, label):
    assert an_alert(severity=severity).severity.label is label


def test_an_event_type_nobody_stated_is_read_off_what_is_there():
    log = {"firewall_name": "edge", "event": {"alert": {"signature": "S"}, "src_ip": "10.0.0.1"}}
    assert read(log).type == "S"
    log["event"] = {"anomaly": {"type": "applayer", "code": 7}, "src_ip": "10.0.0.1"}
    assert read(log).type == "7"


def test_other_records_of_a_firewall_are_kept_as_logs():
    body = json.dumps({"firewall_name": "edge", "event": {"event_type": "tls"}}).encode()
    (part,) = normalise(Message(id="m", body=body, received=NOON)).parts
    assert isinstance(part, Rejected)
    assert part.reason.endswith('event type "tls" is a log, not an alert')
