"""When to ask, what to keep, what to say of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.builders import NOON
from tests.organisations import LAB, LABS, SANDBOXES, a_file, a_member, a_snapshot
from tests.stored import SteppingClock
from tests.worlds import shipped_rules
from triage.adapters.prometheus.metrics import PrometheusMetrics
from triage.domain.account import Tier
from triage.domain.evidence import Failed, Failure
from triage.domain.snapshot import Snapshot
from triage.engine.census import RETRY, STEP, Census
from triage.engine.rulebook import Rulebook
from triage.stages.organise import Terms

HOUR = timedelta(hours=1)
WRITTEN = a_file(units=SANDBOXES)
THROTTLED = Failed(failure=Failure.THROTTLED, detail="organizations.snapshot")


@dataclass
class Listed:
    """A directory that gives the next of its answers after `requests` requests."""

    clock: SteppingClock
    answers: list[Snapshot | Failed]
    requests: int = 3
    asked: int = 0

    def ask(self) -> Iterator[Snapshot | Failed | None]:
        self.asked += 1
        for _ in range(self.requests):
            self.clock.wait(1)
            yield None
        yield self.answers.pop(0)


@dataclass
class Drawer:
    held: Snapshot | None = None

    def load(self) -> Snapshot | None:
        return self.held

    def keep(self, snapshot: Snapshot) -> None:
        self.held = snapshot


@dataclass
class Desk:
    clock: SteppingClock = field(default_factory=SteppingClock)
    drawer: Drawer = field(default_factory=Drawer)
    metrics: PrometheusMetrics = field(default_factory=PrometheusMetrics)
    rulebook: Rulebook = field(default_factory=lambda: Rulebook(shipped_rules()))

    def census(self, *answers: Snapshot | Failed, **changes: int) -> tuple[Census, Listed]:
        source = Listed(self.clock, list(answers), **changes)
        census = Census(
            written=WRITTEN,
            source=source,
            keep=self.drawer,
            rulebook=self.rulebook,
            clock=self.clock,
            metrics=self.metrics,
            terms=Terms(),
            interval=HOUR,
        )
        census.start()
        return census, source

    def tier(self) -> Tier:
        return self.rulebook.current().organisation.account(LAB).tier


def count(census: Census) -> None:
    while census.step():
        pass


@pytest.fixture
def desk() -> Desk:
    return Desk()


SNAPSHOT = a_snapshot(a_member(LAB, ou=LABS))


def test_a_snapshot_is_put_in_force_and_kept(desk):
    census, _ = desk.census(SNAPSHOT)
    assert desk.tier() is Tier.PRODUCTION
    count(census)
    assert desk.tier() is Tier.SANDBOX
    assert desk.drawer.held == SNAPSHOT


def test_a_big_organisation_is_asked_in_short_steps(desk):
    census, source = desk.census(SNAPSHOT, requests=20)
    began = desk.clock.now()
    assert 0 < census.step() < 20
    assert desk.clock.now() - began <= STEP + timedelta(seconds=1)
    assert desk.tier() is Tier.PRODUCTION
    count(census)
    assert (source.asked, desk.tier()) == (1, Tier.SANDBOX)


def test_it_is_asked_again_after_an_hour_and_sooner_after_a_failure(desk):
    later = a_snapshot(a_member(LAB, ou=LABS), as_of=NOON + HOUR)
    census, source = desk.census(SNAPSHOT, THROTTLED, later)
    count(census)
    desk.clock.time = NOON + HOUR - timedelta(seconds=1)
    count(census)
    assert source.asked == 1
    desk.clock.time = NOON + HOUR
    count(census)
    assert source.asked == 2
    desk.clock.wait(RETRY.total_seconds())
    count(census)
    assert source.asked == 3
    assert census.last == later


def test_a_failure_keeps_the_last_good_one_and_is_told_with_its_age(desk):
    census, _ = desk.census(SNAPSHOT, THROTTLED)
    count(census)
    desk.clock.time = NOON + HOUR
    count(census)
    assert desk.tier() is Tier.SANDBOX
    assert desk.drawer.held == SNAPSHOT
    assert census.note() == (
        "2 accounts as of 2026-11-20T12:00:00+00:00, 60 min ago;"
        " asking again was throttled (organizations.snapshot)"
    )
    assert census.too_old() == ""


def test_past_its_bound_it_is_no_longer_believed_until_there_is_a_newer_one(desk):
    newer = a_snapshot(a_member(LAB, ou=LABS), as_of=NOON + timedelta(hours=26))
    desk.drawer.held = SNAPSHOT
    census, _ = desk.census(THROTTLED, newer)
    desk.clock.time = NOON + timedelta(hours=25)
    count(census)
    assert desk.tier() is Tier.PRODUCTION
    assert census.too_old().endswith("accounts known only from it count as production")
    desk.clock.time = NOON + timedelta(hours=26)
    count(census)
    assert (desk.tier(), census.too_old()) == (Tier.SANDBOX, "")


def test_the_first_failure_is_told_while_there_is_no_snapshot(desk):
    census, _ = desk.census(THROTTLED)
    assert census.too_old() == ""
    count(census)
    assert census.too_old() == "no snapshot yet: throttled (organizations.snapshot)"
    assert census.note().startswith("no snapshot of AWS Organizations yet")


def test_a_kept_snapshot_from_the_future_is_asked_for_again(desk):
    desk.drawer.held = a_snapshot(a_member(LAB, ou=LABS), as_of=NOON + timedelta(days=3))
    census, source = desk.census(SNAPSHOT)
    assert desk.tier() is Tier.PRODUCTION
    count(census)
    assert (source.asked, desk.tier()) == (1, Tier.SANDBOX)


def test_metrics_tell_the_age(desk):
    census, _ = desk.census(SNAPSHOT)
    census.report()
    age = "triage_organisation_snapshot_age_seconds"
    value = desk.metrics.registry.get_sample_value(age)
    assert value != value  # noqa: PLR0124 - not a number: there is none yet
    count(census)
    desk.clock.time = NOON + HOUR
    census.report()
    assert desk.metrics.registry.get_sample_value(age) == 3600
    assert desk.metrics.registry.get_sample_value("triage_organisation_accounts") == 2


def test_the_same_organisation_again_leaves_the_rules_as_they_are(desk):
    census, _ = desk.census(SNAPSHOT, a_snapshot(a_member(LAB, ou=LABS), as_of=NOON + HOUR))
    count(census)
    before = desk.rulebook.current()
    desk.clock.time = NOON + HOUR
    count(census)
    assert desk.rulebook.current() is before


def test_rules_under_another_map_are_whole(desk):
    before = desk.rulebook.current()
    assert desk.rulebook.reorganise(WRITTEN)
    after = desk.rulebook.current()
    names = [name for name in before.digests if before.digests[name] != after.digests[name]]
    assert names == ["organisation"]
    assert after.at(NOON).organisation == WRITTEN
    assert after.at(NOON).playbooks is before.at(NOON).playbooks
