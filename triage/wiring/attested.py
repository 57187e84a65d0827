"""What two people attested: read, sifted, and read again while the engine runs."""

from collections.abc import Callable

from triage.adapters.files.people import read_people
from triage.adapters.files.signatures import read_signatures
from triage.adapters.ssh.verifier import SshVerifier
from triage.domain.person import People, Signature
from triage.engine.rereading import PART, Rereader
from triage.engine.rulebook import Rulebook
from triage.ports.clock import Clock
from triage.settings import Settings
from triage.stages.signing import sift


def signatures(found: Settings) -> tuple[tuple[Signature, ...], list[str]]:
    """What holds of what was signed; a warning for each entry that does not. Raises InvalidFile."""
    path = found.paths.signatures
    if path is None:
        return (), []
    known = read_people(found.paths.people) if found.paths.people else People()
    held, problems = read_signatures(path, known, SshVerifier())
    sound, refused = sift(held)
    return sound, [*problems, *(f"{path}  warning: {one}" for one in refused)]


def rereading(found: Settings, rulebook: Rulebook, clock: Clock) -> dict[str, Callable[[], int]]:
    """The step that puts in force what is signed, or taken back, meanwhile."""
    reread = Rereader(read=lambda: signatures(found)[0], rulebook=rulebook, clock=clock)
    return {PART: reread.step}
