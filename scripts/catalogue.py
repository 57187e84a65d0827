"""The catalogue of the shipped playbooks, for scripts/reference.py."""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from triage.adapters.files.playbooks import read_playbooks  # noqa: E402 - the path comes first
from triage.domain.decision import Ground  # noqa: E402
from triage.domain.verdict import Verdict  # noqa: E402
from triage.playbook.ground import conjuncts  # noqa: E402
from triage.playbook.loader import load  # noqa: E402
from triage.playbook.pattern import OR  # noqa: E402
from triage.playbook.syntax import CloseAs, Playbook, ResolveWith, Rule  # noqa: E402
from triage.remediations.vocabulary import VOCABULARY  # noqa: E402

INTRODUCTION = """\
# The playbooks that ship

By what is fixed. Each meets [the checklist](../how-to/review-a-playbook.md); its own file has the
rules and their tests. *Closes by* names the ground of what it may close: a proof, a signature of
one of these kinds, or a licence that a rule has to earn first.
"""


def catalogue() -> str:
    """Describe every shipped playbook, folder by folder."""
    loaded = load(read_playbooks(ROOT / "playbooks"), VOCABULARY)
    folders: dict[str, list[Playbook]] = {}
    for playbook in loaded.playbooks:
        folders.setdefault(Path(playbook.path).parent.name, []).append(playbook)
    parts = [INTRODUCTION, f"{len(loaded.playbooks)} in {len(folders)} folders.\n"]
    for folder, playbooks in sorted(folders.items()):
        parts.append(f"## {folder}\n")
        parts += [_described(one) for one in sorted(playbooks, key=lambda one: one.name)]
    return "\n".join(parts)


def _described(playbook: Playbook) -> str:
    file = f"{Path(playbook.path).parent.name}/{Path(playbook.path).name}"
    rows = {
        "match": _matches(playbook.match),
        "asks": _listed(sorted({ask.question for ask in playbook.evidence.values()})),
        "closes by": _listed(_grounds(playbook)),
        "fixes": _listed(_fixes(playbook)),
        "misled by": " ".join(playbook.false_positives),
        "got past by": " ".join(playbook.evasions),
        "tests": str(len(playbook.tests)),
    }
    return "\n".join(
        [
            f"### {playbook.name}\n",
            f"[{playbook.title}](../../playbooks/{file}). {playbook.why}\n",
            *(f"- *{name}*: {text or 'nothing'}" for name, text in rows.items()),
            *(f"- <{one}>" for one in playbook.references),
            "",
        ]
    )


def _matches(node: Mapping[str, Any]) -> str:
    return "; ".join(
        " or ".join(f"({_matches(one)})" for one in value)
        if key == OR
        else f"{key} {_values(value)}"
        for key, value in node.items()
    )


def _values(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({_matches(value)})"
    return ", ".join(f"`{one if isinstance(one, str) else json.dumps(one)}`" for one in value)


def _grounds(playbook: Playbook) -> Iterable[str]:
    """What its closes rest on, each once, in the order of its rules."""
    found = (one for rule in playbook.rules for one in _ground(rule))
    return dict.fromkeys(found)


def _ground(rule: Rule) -> Iterable[str]:
    if not isinstance(rule.outcome, CloseAs):
        return
    if rule.outcome.verdict in {Verdict.NO_LONGER_PRESENT, Verdict.TEST}:
        yield Ground.PROOF
    elif conjuncts(rule.when or "true")[1]:
        kind = (rule.when or "").partition('signed("')[2].partition('"')[0]
        yield f"{Ground.SIGNATURE} {kind}"
    else:
        yield Ground.LICENCE


def _fixes(playbook: Playbook) -> Iterable[str]:
    named = [
        fix.fix
        for rule in playbook.rules
        for fix in (
            *rule.suggest,
            *(rule.outcome.fixes if isinstance(rule.outcome, ResolveWith) else ()),
        )
    ]
    return dict.fromkeys(named)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in words)
