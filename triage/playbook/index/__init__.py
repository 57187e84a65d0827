"""One index over all patterns. `matcher` walks through an event, `field` is a name on its way."""

from triage.playbook.index.index import Index
from triage.playbook.index.matcher import Matcher

__all__ = ["Index", "Matcher"]
