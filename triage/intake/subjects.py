"""Subjects, of what a record calls them."""

from triage.domain.ticket import Subject
from triage.intake import arn


def called(id_: str, kind: str = "", name: str = "") -> Subject:
    """Make a subject of an id, ARN or not; without a name it is called by its short form."""
    own = id_ if arn.is_arn(id_) else None
    return Subject(id=id_, name=name or arn.short(id_), kind=kind, arn=own)
