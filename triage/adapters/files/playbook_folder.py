"""The playbook folder port on a folder, or on one file."""

from collections.abc import Mapping
from pathlib import Path

from triage.adapters.files.playbooks import found_playbooks, read_playbooks
from triage.adapters.files.problems import InvalidFile
from triage.ports.playbook_folder import FolderUnreadable


class FilePlaybooks:
    """Stamps are sizes and times of change, so that an unchanged folder costs a listing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def stamps(self) -> Mapping[str, str]:
        try:
            return {str(path): _stamp(path) for path in found_playbooks(self._folder)}
        except (OSError, InvalidFile) as error:
            raise FolderUnreadable(str(error)) from error

    def read(self) -> Mapping[str, str]:
        try:
            return read_playbooks(self._folder)
        except (OSError, InvalidFile) as error:
            raise FolderUnreadable(str(error)) from error


def _stamp(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ino}"
