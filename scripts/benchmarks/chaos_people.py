"""What people do in a week of scripts/benchmarks/chaos.py: agree, refuse, take back, halt."""

import random  # noqa: TID251 - seeded, and the seed is an option
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chaos_scene import NAMES, PEOPLE, saying

from triage.domain.case import Case, Status
from triage.domain.effect import EffectStatus
from triage.domain.errors import TriageError
from triage.domain.verdict import Verdict
from triage.engine.commands import acknowledge
from triage.engine.effects import give_up
from triage.engine.repairing.approving import approve, reject, revert
from triage.engine.verdicts import Say, give_verdict
from triage.ports.case_store import Filter
from triage.ports.switches import ALL

CASES_MAX = 1000


@dataclass(kw_only=True)
class Desk:
    """People at the command line: they see the store, and nothing of the workers."""

    week: Any
    chance: random.Random

    def plan(self, start: datetime, end: datetime) -> None:
        """Draw when they look, and when they stop everything."""
        at = start
        while (at := at + timedelta(hours=self.chance.uniform(1, 6))) < end:
            self.week.at(at, self.look)
        hours = self.chance.uniform(2, (end - start).total_seconds() / 3600 - 2)
        self.week.at(start + timedelta(hours=hours), self.halt)

    def look(self) -> None:
        """Go through the cases, and do something about a few of them."""
        cases = self.week.store.cases.cases(Filter(limit=CASES_MAX))
        by = self.chance.choice(NAMES)
        for case in sorted(cases, key=lambda one: str(one.id)):
            for word, probability in self._words(case).items():
                if self.chance.random() < probability:
                    self._say(word, case, by)
        self._look_after_effects()

    def _words(self, case: Case) -> Mapping[str, float]:
        open_ = case.status is Status.ESCALATED
        revertible = any(one.revertible for one in case.repairs.each)
        return {
            **({"approve": 0.6, "reject": 0.1} if case.repairs.waiting else {}),
            **({"acknowledge": 0.3, "verdict": 0.1} if open_ else {}),
            **({"revert": 0.015} if revertible else {}),
        }

    def _say(self, word: str, case: Case, by: str) -> None:
        try:
            SAYINGS[word](self, case, by)
        except TriageError as error:
            self.week.tell(f"{by}: {word} {case.id} refused: {error}")
        else:
            self.week.counts[f"{word}s"] += 1
            self.week.tell(f"{by}: {word} {case.id}")

    def _approve(self, case: Case, by: str) -> None:
        approve(self.week.people, case.id, saying(by))

    def _reject(self, case: Case, by: str) -> None:
        reject(self.week.people, case.id, saying(by), reason="not now")

    def _revert(self, case: Case, by: str) -> None:
        revert(self.week.people, case.id, saying(by))

    def _acknowledge(self, case: Case, by: str) -> None:
        store, at = self.week.store, self.week.clock.now()
        acknowledge(store.cases, store.incidents, case.id, by=by, at=at, people=PEOPLE)

    def _verdict(self, case: Case, by: str) -> None:
        said, at = saying(by), self.week.clock.now()
        verdict = Verdict.BENIGN if self.chance.random() < 0.8 else Verdict.TRUE_POSITIVE  # noqa: PLR2004 - a draw
        say = Say(case=case.id, verdict=verdict, reason="looked", by=by)
        give_verdict(
            self.week.store.cases, PEOPLE, say, signer=said.signer, verifier=said.verifier, at=at
        )

    def _look_after_effects(self) -> None:
        """Have something tried again that was given up, or give something up, once in a while."""
        effects = self.week.store.outbox.effects(at_most=50)
        abandoned = [one for one in effects if one.status is EffectStatus.ABANDONED]
        pending = [one for one in effects if one.status is EffectStatus.INTENDED]
        if abandoned and self.chance.random() < 0.1:  # noqa: PLR2004 - a draw
            again = self.chance.choice(abandoned)
            self.week.counts["retries"] += 1
            self.week.tell(f"effect {again.id} ({again.kind}) is tried again")
            self.week.store.outbox.insist(again, now=self.week.clock.now())
        if pending and self.chance.random() < 0.1:  # noqa: PLR2004 - the same
            one = self.chance.choice(pending)
            self.week.tell(f"effect {one.id} ({one.kind}) is to be given up")
            self.week.counts["given up"] += give_up(self.week.people, one, "given up by alice")

    def halt(self) -> None:
        """Throw the kill switch for some minutes."""
        now = self.week.clock.now()
        self.week.counts["halts"] += 1
        self.week.tell("alice: halt")
        self.week.halts.append((now, None))
        self.week.store.switches.throw(ALL, by="alice", because="a look around", at=now)
        self.week.soon(60, 240, self._resume)

    def _resume(self) -> None:
        now = self.week.clock.now()
        self.week.tell("alice: resume")
        self.week.halts = [(start, end or now) for start, end in self.week.halts]
        self.week.store.switches.release(ALL, by="alice", at=now)


SAYINGS: Mapping[str, Callable[[Desk, Case, str], None]] = {
    "approve": Desk._approve,  # noqa: SLF001 - its own table
    "reject": Desk._reject,  # noqa: SLF001 - the same
    "revert": Desk._revert,  # noqa: SLF001 - the same
    "acknowledge": Desk._acknowledge,  # noqa: SLF001 - the same
    "verdict": Desk._verdict,  # noqa: SLF001 - the same
}
