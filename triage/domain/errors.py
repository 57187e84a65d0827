"""What can go wrong, each a sentence built from its facts."""


class TriageError(Exception):
    """The root of every error this project raises on purpose."""


class Unreadable(TriageError):
    """A message is not a ticket. Its text is the one-sentence reason kept in quarantine."""


class NoTicket(Unreadable):
    """A message is well-formed and means to be no ticket: nothing is missed by not reading it."""


class StaleCase(TriageError):
    """Another writer has moved the case on."""

    def __init__(self, case_id: str, expected: int, found: int) -> None:
        super().__init__(f"case {case_id} is at version {found}, not {expected}; read it again")


class Unstorable(TriageError):
    """The store refuses what was to be written, and will every time; nothing was written."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"it cannot be stored ({type(cause).__name__})")


class NoSuchCase(TriageError):
    """Nothing is known under that id."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"no case {case_id}; `triage case list` shows what there is")


class NoSuchIncident(TriageError):
    """Nothing is known under that id."""

    def __init__(self, incident_id: str) -> None:
        super().__init__(f"no incident {incident_id}; `triage incident list` shows what there is")


class NoSuchEffect(TriageError):
    """Nothing is known under that id."""

    def __init__(self, effect_id: str) -> None:
        super().__init__(f"no effect {effect_id}; `triage effect list` shows what there is")


class Unverified(TriageError):
    """A signature does not hold: wrong key, wrong text, or nobody we know."""


class NoSuchEntry(TriageError):
    """Nothing is in quarantine under that id."""

    def __init__(self, entry_id: str) -> None:
        super().__init__(
            f"nothing in quarantine under {entry_id}; `triage quarantine list` shows what there is"
        )
