"""Before the first write of a repair: does the finding's source still say what was decided on?

A plan may have waited hours for somebody to agree. Decisions rest on a reading of the source that
is minutes old; a write rests on no older one.
"""

from datetime import datetime, timedelta

from triage.domain.case import Case
from triage.domain.evidence import Known, Unknown
from triage.domain.ticket import SourceStatus
from triage.engine.repairing.recording import NotNow
from triage.engine.sourcing import ask_source
from triage.engine.world import World
from triage.stages.enrich import SOURCE


def unconfirmed(world: World, case: Case) -> str | None:
    """Why the finding no longer speaks for a repair; None when it does. Raises NotNow."""
    if _fresh(world, case):
        return None
    said, asked = ask_source(world, case)
    match said:
        case Unknown(reason=reason) if asked:
            raise NotNow(f"could not confirm it at its source: {reason}")
        case Unknown(reason=reason):
            return f"could not confirm it at its source: {reason}"
        case Known(value=value) if value.get("confirmed") is True:
            status = value.get("status")
            return None if status == SourceStatus.OPEN else f"its source calls it {status} by now"
        case _:
            return "its source does not confirm it any more"


def _fresh(world: World, case: Case) -> bool:
    inputs = (case.decided or {}).get("inputs")
    if not inputs:
        return False
    age = world.clock.now() - datetime.fromisoformat(inputs["now"])
    seconds = world.rules.vocabulary.questions[SOURCE.question].fresh_seconds
    return age <= timedelta(seconds=seconds)
