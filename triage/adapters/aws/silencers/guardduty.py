"""GuardDuty: suppression rules, trusted and threat lists, the detector, whose members report.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Operations.html
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.changed.cursor import SwitchedOff
from triage.adapters.aws.paging import member, plain
from triage.domain.inventory import Items
from triage.domain.json import Record

Lister = Callable[[Asker], Items]


def _detectors(asker: Asker) -> list[str]:
    return [str(one) for one in asker.every("guardduty.list_detectors", "DetectorIds")]


def _detector(asker: Asker) -> str:
    found = _detectors(asker)
    if not found:
        raise SwitchedOff("there is no GuardDuty detector")
    return found[0]


def _named(listing: str, names: str, getting: str, argument: str, proof: str) -> Lister:
    """List names of a detector's things, then get each; `proof` is in every whole answer."""

    def items(asker: Asker) -> Items:
        detector = _detector(asker)
        listed = asker.every(f"guardduty.{listing}", names, DetectorId=detector)
        return {name: _one(asker, detector, name) for name in listed}

    def _one(asker: Asker, detector: str, name: str) -> Record:
        answer = asker.ask(f"guardduty.{getting}", DetectorId=detector, **{argument: name})
        member(answer, proof)
        return dict(plain(answer))

    return items


def detectors(asker: Asker) -> Items:
    """Every detector with its features; none is an answer too."""
    return {name: _settings(asker, name) for name in _detectors(asker)}


def _settings(asker: Asker, detector: str) -> Record:
    answer = asker.ask("guardduty.get_detector", DetectorId=detector)
    member(answer, "Status")
    features = plain(answer.get("Features") or [])
    return {
        "Status": answer["Status"],
        "FindingPublishingFrequency": answer.get("FindingPublishingFrequency"),
        "Features": {one.get("Name"): _without_times(one) for one in features},
    }


def _without_times(feature: Mapping[str, Any]) -> Record:
    return {name: one for name, one in feature.items() if name != "UpdatedAt"}


def members(asker: Asker) -> Items:
    """Every member account and whether it reports to us."""
    found = asker.every(
        "guardduty.list_members",
        "Members",
        DetectorId=_detector(asker),
        OnlyAssociated="false",
    )
    return {
        one["AccountId"]: {"RelationshipStatus": one.get("RelationshipStatus")} for one in found
    }


LISTS: Mapping[str, Lister] = MappingProxyType(
    {
        "guardduty/detector": detectors,
        "guardduty/member": members,
        "guardduty/filter": _named(
            "list_filters", "FilterNames", "get_filter", "FilterName", "FindingCriteria"
        ),
        "guardduty/ip-set": _named("list_ip_sets", "IpSetIds", "get_ip_set", "IpSetId", "Location"),
        "guardduty/threat-intel-set": _named(
            "list_threat_intel_sets",
            "ThreatIntelSetIds",
            "get_threat_intel_set",
            "ThreatIntelSetId",
            "Location",
        ),
    }
)
