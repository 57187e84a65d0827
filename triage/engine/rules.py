"""What the people who run Triage wrote: playbooks, signatures, organisation, licences, model.

Frozen together and stored by hash with every decision, so that a decision can be replayed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

import orjson

from triage import __version__
from triage.domain.account import Organisation
from triage.domain.errors import TriageError
from triage.domain.json import Record, canonical, digest
from triage.domain.permission import Permission
from triage.domain.person import Signature
from triage.domain.policy import Policy, policy_as_json, policy_from_json
from triage.judgement.history import Remembered
from triage.judgement.score import Model
from triage.playbook.loader import Loaded, load
from triage.playbook.vocabulary import Vocabulary
from triage.stages.context import Context
from triage.stages.inputs import (
    model_as_json,
    model_from_json,
    signatures_as_json,
    signatures_from_json,
)
from triage.stages.inputs_organisation import organisation_as_json, organisation_from_json


class InputGone(TriageError):
    """A decision cannot be replayed because bytes it rests on are no longer stored."""

    def __init__(self, what: str, name: str) -> None:
        self.what = what
        super().__init__(f"the {what} of this decision ({name[:12]}…) is no longer stored")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Everything a decision rests on that people wrote. `files` are playbook texts by path.

    `prepared` spares the check of the very same files, where somebody checked them already.
    `remembered` is what people said of tickets before; a decision keeps its own part of that.
    """

    files: Mapping[str, str]
    vocabulary: Vocabulary
    organisation: Organisation = field(default_factory=Organisation)
    signatures: tuple[Signature, ...] = ()
    licences: Mapping[str, Permission] = field(default_factory=dict)
    model: Model
    policy: Policy = field(default_factory=Policy)
    prepared: Loaded | None = field(default=None, compare=False, repr=False)
    remembered: Remembered = field(default_factory=Remembered, repr=False)

    @cached_property
    def bodies(self) -> Mapping[str, bytes]:
        """The bytes of each part by its name."""
        return MappingProxyType(
            {
                "playbooks": canonical(dict(self.files)),
                "organisation": canonical(organisation_as_json(self.organisation)),
                "signatures": canonical(signatures_as_json(self.signatures)),
                "licences": canonical({key: one.as_record() for key, one in self.licences.items()}),
                "model": canonical(model_as_json(self.model)),
                "policy": canonical(policy_as_json(self.policy)),
            }
        )

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """The hash of each part by its name."""
        return MappingProxyType({name: digest(body) for name, body in self.bodies.items()})

    @cached_property
    def stored(self) -> Mapping[str, bytes]:
        """The bytes of each part by their hash, as the store keeps them."""
        return MappingProxyType({self.digests[name]: body for name, body in self.bodies.items()})

    @cached_property
    def _timeless(self) -> Context:
        same = self.prepared is not None and self.prepared.digest == self.digests["playbooks"]
        loaded = self.prepared if self.prepared and same else load(self.files, self.vocabulary)
        return Context(
            now=datetime.min,  # noqa: DTZ901 - replaced before anyone sees it
            playbooks=loaded,
            vocabulary=self.vocabulary,
            organisation=self.organisation,
            signatures=self.signatures,
            licences=self.licences,
            history=self.remembered.history,
            model=self.model,
            policy=self.policy,
        )

    @property
    def loaded(self) -> Loaded:
        """The playbooks, checked and indexed."""
        return self._timeless.playbooks

    def at(self, now: datetime) -> Context:
        """The world of a decision made at `now`."""
        return self._timeless.at(now)

    def under(self, organisation: Organisation) -> "Rules":
        """Return the same rules under another organisation map; playbooks are not read again."""
        changed = replace(self, organisation=organisation)
        timeless = replace(self._timeless, organisation=organisation)
        vars(changed)["_timeless"] = timeless  # what cached_property would have computed
        return changed

    def attested(self, signatures: tuple[Signature, ...]) -> "Rules":
        """Return the same rules with other signatures; playbooks are not read again."""
        changed = replace(self, signatures=signatures)
        vars(changed)["_timeless"] = replace(self._timeless, signatures=signatures)
        return changed

    def with_playbooks(self, files: Mapping[str, str], loaded: Loaded) -> "Rules":
        """Return the same rules with other playbooks, which were checked already."""
        changed = replace(self, files=files, prepared=loaded)
        vars(changed)["_timeless"] = replace(self._timeless, playbooks=loaded)
        return changed

    def with_licences(self, licences: Mapping[str, Permission]) -> "Rules":
        """Return the same rules with other licences; playbooks are not read again."""
        changed = replace(self, licences=licences)
        vars(changed)["_timeless"] = replace(self._timeless, licences=licences)
        return changed

    def recalling(self, remembered: Remembered) -> "Rules":
        """Return the same rules with another memory; nothing is read or hashed again."""
        if remembered is self.remembered:
            return self
        changed = replace(self, remembered=remembered)
        same = {name: getattr(self, name) for name in ("bodies", "digests", "stored")}
        timeless = self._timeless.knowing(remembered.history)
        vars(changed).update(same, _timeless=timeless)
        return changed

    def named(self) -> Record:
        """Name every part by hash, and the engine that read them."""
        return {**self.digests, "engine": __version__}


def thaw(names: Record, stored: Callable[[str], bytes | None], vocabulary: Vocabulary) -> Rules:
    """Rebuild the rules of a past decision from stored bytes. Raises InputGone."""

    def part(name: str) -> Any:
        body = stored(names[name])
        if body is None:
            raise InputGone(name, names[name])
        return orjson.loads(body)

    licences = {key: Permission.from_record(one) for key, one in part("licences").items()}
    return Rules(
        files=part("playbooks"),
        vocabulary=vocabulary,
        organisation=organisation_from_json(part("organisation")),
        signatures=signatures_from_json(part("signatures")),
        licences=licences,
        model=model_from_json(part("model")),
        # Decisions from before there was a policy repaired nothing, as a policy by default does.
        policy=policy_from_json(part("policy")) if "policy" in names else Policy(),
    )
