"""AWS Network Firewall alerts and anomalies: Suricata's EVE JSON inside the firewall's own log.

Shapes: Network Firewall developer guide, "Contents of a Network Firewall log"; Suricata user
guide, "EVE JSON format" (alert, anomaly). Flow and TLS records are logs, not tickets.

What one ticket is. An attacker chooses ports, and can forge sources by the thousand, so neither
is identity: a ticket is one signature (or anomaly) of one firewall on one host of ours, the end
with a private address. Between two private ends it is the source's, between two public ones the
pair's, except where no connection is needed to raise it (malformed packets, broken streams):
there the source may be forged and the destination counts. Alerts of the same quarter of an hour
are one version, so that a flood is one decision and not thousands.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.errors import Unreadable
from triage.domain.json import Record
from triage.domain.severity import Label, Severity
from triage.domain.ticket import FindingClass, Format, Source, Subject, Ticket
from triage.intake import arn, identity
from triage.intake.bounds import quoted
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.incomplete import Incomplete
from triage.intake.severities import UNSTATED

KIND = "a Network Firewall alert"
WINDOW = timedelta(minutes=15)
ZONE = re.compile(r"^(?P<region>[a-z]{2}(?:-[a-z]+)+-\d+)(?:[a-z]|-[a-z0-9-]+)$")
"""An Availability Zone or Local Zone begins with its Region (EC2 user guide, "Regions and Zones").
A zone id such as use1-az2 does not."""
SEVERITIES: Mapping[int, Label] = {1: Label.HIGH, 2: Label.MEDIUM, 3: Label.LOW, 4: Label.LOW}
"""Suricata's priorities, 1 the worst (Suricata user guide, "Meta keywords", priority)."""
ANOMALY = Severity.of(Label.LOW)
"""Suricata's own rules give decoder and stream events priority 3 (protocol-command-decode)."""
ENGINE_SIGNATURE = "SURICATA "
"""How signatures about malformed packets and streams begin (Suricata's decoder-events.rules,
stream-events.rules); those about streams go on with STREAM."""
PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
    )
)
"""What a VPC's own ranges are (VPC user guide, "VPC CIDR blocks"; RFC 1918, 6598, 4193)."""
STREAM = "stream"
MALFORMED, BROKEN = "malformed packet", "stream anomaly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What the engine saw: its id for it, its words, how bad, and whether a source was needed."""

    id: str
    type: str
    severity: Severity
    kind: str
    said: str


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one alert or anomaly. Raises Unreadable for other records and without a firewall."""
    log = Fields(record)
    event = log.within("event")
    firewall, matched = log.text("firewall_name"), _matched(event)
    if not firewall:
        raise Incomplete(KIND, "a firewall")
    account = _account(log, delivery)
    region = region_of(_region(log), arn.region(log.text("firewall_arn")), delivery.region())
    when = delivery.or_now(event.time("timestamp"), log.time("event_timestamp"))
    host = _concern(event, matched)
    return Ticket(
        key=identity.firewall(account, region, firewall, matched.id, *host),
        source=Source.NETWORK_FIREWALL,
        format=Format.NATIVE,
        type=matched.type,
        finding_class=FindingClass.THREAT,
        severity=matched.severity,
        account=account,
        region=region,
        subject=Subject(id=host[0] or firewall, name=host[0] or firewall),
        title=_title(event, matched, firewall),
        occurred=when,
        version=window(when),
        native_id=event.text("flow_id"),
        product="aws/network-firewall",
        record=record,
        body=delivery.body,
    )


def is_shape(record: Fields) -> bool:
    """Whether a bare record is a line of a firewall's log."""
    return record.has("firewall_name", "event") and isinstance(record.raw("event"), Mapping)


def window(when: datetime) -> datetime:
    """Give the quarter of an hour that `when` lies in, by its beginning."""
    minutes = when.minute - when.minute % int(WINDOW.total_seconds() // 60)
    return when.replace(minute=minutes, second=0, microsecond=0)


def _matched(event: Fields) -> Matched:
    type_ = event.text("event_type")
    if type_ == "anomaly" or (not type_ and event.has("anomaly")):
        return _anomaly(event.within("anomaly"))
    if type_ == "alert" or (not type_ and event.has("alert")):
        return _alert(event.within("alert"))
    msg = f"a Network Firewall record of event type {quoted(type_)} is a log, not an alert"
    raise Unreadable(msg)


def _alert(alert: Fields) -> Matched:
    signature = alert.text("signature")
    number = alert.text("signature_id")
    priority = alert.number("severity")
    label = None if priority is None else SEVERITIES.get(int(priority))
    return Matched(
        id=f"{alert.text('gid') or 1}:{number}" if number else signature,
        type=signature or f"suricata:{number}",
        severity=UNSTATED if label is None else Severity.of(label),
        kind=_engine_kind(signature),
        said=alert.text("action"),
    )


def _engine_kind(signature: str) -> str:
    if not signature.startswith(ENGINE_SIGNATURE):
        return ""
    about = signature.removeprefix(ENGINE_SIGNATURE).lower()
    return BROKEN if about.startswith(STREAM) else MALFORMED


def _anomaly(anomaly: Fields) -> Matched:
    """`type` is decode, stream or applayer; `event` names it, `code` does when nothing else."""
    kind = anomaly.text("type")
    name = anomaly.text("event", "code")
    return Matched(
        id=f"anomaly:{kind}:{name}",
        type=name or kind or "anomaly",
        severity=ANOMALY,
        kind=BROKEN if kind == STREAM else MALFORMED,
        said=anomaly.text("layer"),
    )


def _account(log: Fields, delivery: Delivery) -> str:
    """The firewall's own, else the log's owner, else the stream's.

    A firewall names its log group and Firehose stream without an account, so they are its own
    (Network Firewall API, LogDestinationConfig).
    """
    stream = Fields(delivery.envelope).text("deliveryStreamArn")
    return (
        arn.account(log.text("firewall_arn"))
        or log.text("aws_account_id", "account_id")
        or delivery.account()
        or arn.account(stream)
    )


def _region(log: Fields) -> str:
    zone = ZONE.match(log.text("availability_zone"))
    return zone["region"] if zone else ""


def _concern(event: Fields, matched: Matched) -> tuple[str, ...]:
    """Which host of ours it is about, as this module's first words explain; never empty."""
    source, destination = event.text("src_ip"), event.text("dest_ip")
    ours = [ip for ip in (source, destination) if _is_private(ip)]
    if ours:
        return (ours[0],)
    return (destination or source,) if matched.kind else (source, destination)


def _is_private(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in PRIVATE)


def _title(event: Fields, matched: Matched, firewall: str) -> str:
    kind = f" ({matched.kind})" if matched.kind else ""
    ends = " to ".join(_end(event, side) for side in ("src", "dest"))
    said = f", {matched.said}" if matched.said else ""
    proto = event.text("proto")
    return f"{matched.type}{kind}: {proto} {ends}{said}, at {firewall}".replace("  ", " ")


def _end(event: Fields, side: str) -> str:
    port = event.text(f"{side}_port")
    return (event.text(f"{side}_ip") or "unknown") + (f":{port}" if port else "")
