"""What the sandbox itself remembers: the records that moto has no place for."""

from collections.abc import Sequence
from enum import StrEnum
from threading import Lock

from triage.domain.json import Record
from triage.sandbox.place import Place
from triage.sandbox.queues import Queues

__all__ = ["Place", "Shelf", "World"]


class Shelf(StrEnum):
    """Where a record is kept. Everything is kept per account and Region."""

    EVENTS = "cloudtrail_events"
    RECORDERS = "recorders"
    ITEMS = "config_items"
    COMPLIANCE = "config_compliance"
    DETECTORS = "detectors"
    GUARDDUTY_FINDINGS = "guardduty_findings"
    HUBS = "security_hubs"
    SECURITY_HUB_FINDINGS = "security_hub_findings"
    MACIE_FINDINGS = "macie_findings"
    MACIE_FILTERS = "macie_filters"
    ANALYZERS = "analyzers"
    ANALYZER_FINDINGS = "analyzer_findings"
    ARCHIVE_RULES = "archive_rules"
    GUARDDUTY_FILTERS = "guardduty_filters"
    IP_SETS = "ip_sets"
    THREAT_INTEL_SETS = "threat_intel_sets"
    MEMBERS = "guardduty_members"
    AUTOMATION_RULES = "automation_rules"
    AUTOMATION_RULES_V2 = "automation_rules_v2"
    INSPECTOR_FILTERS = "inspector_filters"
    CONFIG_RULES = "config_rules"
    STANDARDS = "standards"
    CONTROLS = "standards_controls"
    ALLOW_LISTS = "allow_lists"
    STACKS = "stacks"
    RESPONSE_CASES = "response_cases"
    SECURITY_HUB_V2_FINDINGS = "security_hub_v2_findings"
    INSPECTOR_FINDINGS = "inspector_findings"
    INSPECTOR_COVERAGE = "inspector_coverage"
    INSPECTOR_SCANS = "inspector_scans"
    RUNBOOKS = "runbooks"
    RUNS = "automation_runs"
    IMAGES = "images"
    SHARING_BLOCKS = "sharing_blocks"
    RULE_GROUPS = "rule_groups"


class World:
    """Records by shelf and place, and queues. Safe to read and change from several threads."""

    def __init__(self) -> None:
        self.queues = Queues()
        self._lock = Lock()
        self._records: dict[tuple[Shelf, str, str], list[Record]] = {}

    def put(self, shelf: Shelf, place: Place, record: Record) -> None:
        with self._lock:
            self._records.setdefault((shelf, place.account, place.region), []).append(record)

    def records(self, shelf: Shelf, place: Place) -> Sequence[Record]:
        with self._lock:
            return tuple(self._records.get((shelf, place.account, place.region), ()))

    def places(self, shelf: Shelf) -> Sequence[Place]:
        """Return where there is anything on a shelf, in order."""
        with self._lock:
            found = sorted(
                key[1:] for key, held in self._records.items() if key[0] is shelf and held
            )
        return tuple(Place(account=account, region=region) for account, region in found)

    def replace(self, shelf: Shelf, place: Place, records: Sequence[Record]) -> None:
        with self._lock:
            self._records[shelf, place.account, place.region] = list(records)

    def clear(self) -> None:
        self.queues.clear()
        with self._lock:
            self._records.clear()
