"""One index over all patterns. `matcher` is its walk, `anchors` says where a pattern is filed."""

from triage.playbook.index.index import Index
from triage.playbook.index.matcher import Matcher

__all__ = ["Index", "Matcher"]
