"""Signs in a finding's words that rules depend on: samples, threat intelligence, sequences."""

SEQUENCE_PREFIX = "AttackSequence:"
SAMPLE_TITLE = "[SAMPLE]"
INTELLIGENCE_ENDING = ".Custom"
INTELLIGENCE_WORDS = (
    "AbusedDomainRequest",
    "BlackholeTraffic",
    "C&CActivity",
    "DriveBySourceTraffic",
    "DropPoint",
    "MaliciousDomainRequest",
    "MaliciousIPCaller",
    "PhishingDomainRequest",
    "TorClient",
    "TorIPCaller",
    "TorRelay",
)
"""GuardDuty families that fire because an address or domain is on a list (finding types page)."""


def is_sample_title(title: str) -> bool:
    """GuardDuty user guide, "Sample findings": their titles begin so."""
    return title.startswith(SAMPLE_TITLE)


def is_intelligence_type(type_: str) -> bool:
    """Tell by its type alone whether a finding rests on a list of known bad places."""
    return type_.endswith(INTELLIGENCE_ENDING) or any(w in type_ for w in INTELLIGENCE_WORDS)
