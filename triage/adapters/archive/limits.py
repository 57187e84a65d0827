"""Bounds of the trail archive, each with its unit."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """How much is read of one file, and how much in one step."""

    file_bytes: int = 64 * MEBIBYTE
    unpacked_bytes: int = 256 * MEBIBYTE
    records: int = 200_000
    names: int = 200
    name_characters: int = 512
    answer_events: int = 1000
    page_keys: int = 1000
    files_per_step: int = 50
    seconds_between_passes: float = 60.0
