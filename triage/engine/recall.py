"""What a past decision rested on, read again from the bytes that were kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from triage.domain.evidence import RawRead, Read
from triage.domain.json import Record
from triage.domain.permission import Permission
from triage.domain.person import Use
from triage.domain.ticket import Ticket
from triage.engine.past import loads
from triage.engine.retelling import retell
from triage.engine.rules import InputGone
from triage.judgement.score import Model
from triage.playbook.loader import Loaded
from triage.playbook.vocabulary import Vocabulary
from triage.stages.context import Context
from triage.stages.inputs import (
    history_from_json,
    model_from_json,
    reads_from_json,
    signatures_from_json,
    uses_from_json,
)
from triage.stages.inputs_organisation import organisation_from_json
from triage.stages.weigh import weigh

NOBODY: Final[tuple[str, ...]] = ()
PARTS_MAX: Final = 256
"""Parts that are kept read; a history in which more of them took turns is only slower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """One ticket as it was judged: with the reads made for it, and what else was known of it."""

    ticket: Ticket
    reads: Mapping[Read, RawRead]
    implicated: str | None
    rivals: tuple[str, ...]
    lapsed: str | None
    uses: Mapping[str, Use]


@dataclass(kw_only=True)
class Recall:
    """Reads inputs back; each organisation, model and list of signatures only once.

    `stored` gives the bytes behind a hash. Everything raises InputGone when they are gone.
    """

    stored: Callable[[str], bytes | None]
    vocabulary: Vocabulary
    _parts: dict[tuple[str, str], Any] = field(default_factory=dict)

    def context(
        self, inputs: Record, playbooks: Loaded, model: Model | None = None, *, at: str = "now"
    ) -> Context:
        """The world of that decision under these playbooks, and this model instead of its own."""
        return Context(
            now=datetime.fromisoformat(inputs[at]),
            playbooks=playbooks,
            vocabulary=self.vocabulary,
            organisation=self._part(inputs, "organisation", organisation_from_json),
            signatures=self._part(inputs, "signatures", signatures_from_json),
            licences=self._part(inputs, "licences", _licences),
            uses=uses_from_json(inputs["uses"]),
            history=history_from_json(inputs),
            model=model or self._part(inputs, "model", model_from_json),
        )

    def ticket(self, inputs: Record, playbooks: Loaded) -> Recalled:
        """The ticket of that decision, weighed anew where its tellings disagreed."""
        tellings = [
            retell(self.stored, name, datetime.fromisoformat(received))
            for name, received in inputs["tellings"]
        ]
        reads = reads_from_json(loads(self._body("evidence", inputs["evidence"])))
        counts, rivals = tellings[0], NOBODY
        if len(tellings) > 1:
            weighed = weigh(tellings, reads, self.context(inputs, playbooks, at="weighed"))
            counts, rivals = weighed.telling, weighed.rivals
        return Recalled(
            ticket=counts.ticket,
            reads=reads,
            implicated=inputs["implicated"],
            rivals=rivals,
            lapsed=inputs["lapsed"],
            uses=uses_from_json(inputs["uses"]),
        )

    def _part(self, inputs: Record, name: str, read: Callable[[Any], Any]) -> Any:
        key = (name, inputs[name])
        if key not in self._parts:
            if len(self._parts) >= PARTS_MAX:
                self._parts.clear()
            self._parts[key] = read(loads(self._body(*key)))
        return self._parts[key]

    def _body(self, what: str, name: str) -> bytes:
        body = self.stored(name)
        if body is None:
            raise InputGone(what, name)
        return body


def _licences(content: Mapping[str, Any]) -> Mapping[str, Permission]:
    return {key: Permission.from_record(one) for key, one in content.items()}
