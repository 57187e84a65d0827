"""Records of a kind we read that say too little to be a ticket."""

from triage.domain.errors import Unreadable


class Incomplete(Unreadable):
    """Nothing names the concern, so its next telling could not be recognised."""

    def __init__(self, kind: str, lacking: str) -> None:
        super().__init__(f"{kind} without {lacking}")


def placed(kind: str, type_: str, account: str) -> None:
    """Raise Incomplete when a record says neither what happened nor where."""
    if not (type_ or account):
        raise Incomplete(kind, "a type or an account")
