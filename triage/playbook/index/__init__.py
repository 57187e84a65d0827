"""One index over all patterns. `matcher` is its walk through an event, `field` a name on its way."""

from triage.playbook.index.index import Index
from triage.playbook.index.matcher import Matcher

__all__ = ["Index", "Matcher"]
