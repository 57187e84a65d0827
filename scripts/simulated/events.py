"""What goes on in a simulated organisation: routine, releases, exercises, and attacks.

Routine is independent noise of each finding type. A pipeline makes most changes, and its releases
now and then look like somebody. An exercise shows as an attack does, in accounts where nothing is
at stake, and is harmless. An attack is one principal or instance going through stages, some of
which nobody sees; the more of it is seen, the likelier GuardDuty joins it. Of what an attacker
does most has harmless twins, and nothing here is hidden behind text.
"""

import random  # noqa: TID251 - seeded by the caller
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from scripts.simulated.kinds import KINDS, SEQUENCE, Kind, Shape, Stage
from scripts.simulated.messages import Happening
from scripts.simulated.organisation import RISKY, Firm, Place
from triage.domain.account import Tier

PIPELINE = "deploy"
BY_PIPELINE = 0.6
ACCOUNTS_USUAL = 10
SUBJECTS = 40
ATTACKS_DAYS, EXERCISES_DAYS, RELEASES_DAYS = 3.0, 60.0, 5.0
"""Days between two, on average."""
STAGES = ((Stage.KNOCK, 0.5), (Stage.ENTER, 0.8), (Stage.STAY, 0.7), (Stage.LOOK, 0.6))
ENDS = (Stage.TAKE, Stage.TAKE, Stage.OPEN)
ENDED = 0.6
STEP_HOURS = 4.0
LISTED, JOINED, JOINS_FROM = 0.4, 0.5, 3
"""How often intelligence knows an attacker, and how often so many steps are joined."""
RELEASE_JOINED = 0.02
SAFE = frozenset({Tier.SANDBOX, Tier.DEVELOPMENT, Tier.STAGING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Something that was seen, and whether it is a real attack or a real risk."""

    seen: Happening
    attack: bool = False
    risk: bool = False

    @property
    def real(self) -> bool:
        return self.attack or self.risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Draws what happens between two moments."""

    firm: Firm
    chance: random.Random
    begins: datetime
    ends: datetime

    def told(self) -> list[Truth]:
        """Everything, in order of time."""
        parts = (self._routine(), self._releases(), self._exercises(), self._attacks())
        found = [one for one in chain.from_iterable(parts) if one.seen.at < self.ends]
        return sorted(found, key=lambda one: (one.seen.at, one.seen.number))

    def _moments(self, days: float) -> Iterator[datetime]:
        at = self.begins
        while (at := at + timedelta(days=self.chance.expovariate(1 / days))) < self.ends:
            yield at.replace(microsecond=0)

    def _routine(self) -> Iterator[Truth]:
        often = sum(place.busy for place in self.firm.places) / ACCOUNTS_USUAL
        for kind in KINDS:
            for at in self._moments(1 / (kind.daily * often)):
                place = self._busy()
                risk = self.chance.random() < kind.risky * RISKY[place.account.tier]
                listed = self.chance.random() < kind.listed
                seen = self._seen(kind, place, at, self._whoever())
                yield Truth(seen=replace(seen, listed=listed), risk=risk)

    def _releases(self) -> Iterator[Truth]:
        for at in self._moments(RELEASES_DAYS):
            place = self._busy()
            for kind in self.chance.sample(_shown(Stage.STAY, Stage.LOOK, Stage.OPEN), k=2):
                yield Truth(seen=self._seen(kind, place, at, PIPELINE))
            if self.chance.random() < RELEASE_JOINED:
                yield Truth(seen=self._seen(SEQUENCE, place, at, PIPELINE))

    def _exercises(self) -> Iterator[Truth]:
        places = [one for one in self.firm.places if one.account.tier in SAFE]
        for at in self._moments(EXERCISES_DAYS):
            if places:
                yield from (Truth(seen=one) for one in self._steps(self.chance.choice(places), at))

    def _attacks(self) -> Iterator[Truth]:
        weights = [place.wanted for place in self.firm.places]
        for at in self._moments(ATTACKS_DAYS):
            (place,) = self.chance.choices(self.firm.places, weights)
            yield from (Truth(seen=one, attack=True) for one in self._steps(place, at))

    def _steps(self, place: Place, at: datetime) -> Iterator[Happening]:
        """Stages of one attack, as far as somebody sees them."""
        by, known = self._whoever(), self.chance.random() < LISTED
        stages = [stage for stage, often in STAGES if self.chance.random() < often]
        stages += [self.chance.choice(ENDS)] if self.chance.random() < ENDED else []
        joined = len(stages) >= JOINS_FROM and self.chance.random() < JOINED
        for number, stage in enumerate(stages):
            kinds = _shown(stage)
            (kind,) = self.chance.choices(kinds, [one.seen for one in kinds])
            seen = self._seen(kind, place, at, by)
            theirs = kind.shape is Shape.GUARDDUTY
            listed = theirs and known and self.chance.random() < 1 / 2
            yield replace(seen, listed=listed, joined=theirs and joined and number > 1)
            at += timedelta(seconds=int(self.chance.expovariate(1 / STEP_HOURS) * 3600))
        if joined:
            yield self._seen(SEQUENCE, place, at, by)

    def _seen(self, kind: Kind, place: Place, at: datetime, by: str) -> Happening:
        subject = by if kind.about.value == "principal" else f"{kind.about}-{self._number()}"
        return Happening(
            number=f"{self.chance.getrandbits(128):032x}",
            kind=kind,
            account=place.account.id,
            at=at,
            severity=self.chance.choice(kind.severities),
            subject=subject,
            by=by,
            count=1 + int(self.chance.expovariate(1 / kind.repeats)),
        )

    def _busy(self) -> Place:
        return self.chance.choices(self.firm.places, [one.busy for one in self.firm.places])[0]

    def _whoever(self) -> str:
        pipeline = self.chance.random() < BY_PIPELINE
        return PIPELINE if pipeline else self.chance.choice(self.firm.people)

    def _number(self) -> int:
        return self.chance.randrange(SUBJECTS)


def _shown(*stages: Stage) -> list[Kind]:
    return [kind for kind in KINDS if kind.stage in stages]
