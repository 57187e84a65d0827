"""Where playbooks are kept, as somebody may change it at any time."""

from collections.abc import Mapping
from typing import Protocol

from triage.domain.errors import TriageError


class FolderUnreadable(TriageError):
    """The playbooks cannot be read just now; asking again may help."""


class PlaybookFolder(Protocol):
    """Texts by path. Both raise FolderUnreadable."""

    def stamps(self) -> Mapping[str, str]:
        """Give every playbook's path and what changes whenever its text may have. Cheap."""

    def read(self) -> Mapping[str, str]:
        """Give every playbook's text by its path."""
