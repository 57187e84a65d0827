"""May this runbook of Systems Manager be run, and as it is written?"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from triage.playbook.document import Path
from triage.playbook.fixes import RUN_AUTOMATION
from triage.playbook.page import Page, short
from triage.playbook.problem import nearest
from triage.playbook.vocabulary import Vocabulary

PINNED = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
ROLE = "AutomationAssumeRole"


def lint_runbooks(
    page: Page, written: Iterable[tuple[Mapping[str, Any], Path]], vocabulary: Vocabulary
) -> None:
    """Note what keeps a runbook from being run, as far as the playbook tells."""
    for fix, at in written:
        if fix.get("fix") == RUN_AUTOMATION:
            _allowed(page, str(fix.get("document")), vocabulary, at)
            _pinned(page, str(fix.get("version")), at)
            _given_a_role(page, fix.get("parameters"), at)


def _allowed(page: Page, document: str, vocabulary: Vocabulary, at: Path) -> None:
    allowed = vocabulary.documents
    if allowed is not None and document not in allowed:
        message = f"{short(document)} is not among repairs.documents, so nothing runs it"
        page.say("runbook", message, (*at, "document"), near=nearest(document, sorted(allowed)))


def _pinned(page: Page, version: str, at: Path) -> None:
    if not PINNED.fullmatch(version):
        message = f"a runbook is run in one version, a number, not {short(version)}"
        page.say("runbook", message, (*at, "version"))


def _given_a_role(page: Page, parameters: Any, at: Path) -> None:
    if isinstance(parameters, Mapping) and ROLE not in parameters:
        message = f"give it {ROLE}: the session that starts a runbook may do nothing else"
        page.say("runbook", message, (*at, "parameters"))
