"""A licence is earned on labels, closes what it covers and no more, and falls at once.

Evidence is made up; everything else is real: SQLite, the sandbox, signatures, decisions.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from tests.findings import finding, imported, organisation
from tests.playbooks import SOUND
from tests.stored import a_close
from tests.worlds import ROOT, Scene, Signing
from triage.adapters.ssh.signer import public_line
from triage.adapters.ssh.verifier import SshVerifier
from triage.adapters.storage.closes import add_closes
from triage.adapters.storage.history import SqlHistory
from triage.adapters.storage.schema_licensing import closes
from triage.cli.licence import _page
from triage.cli.rows import case_page
from triage.domain.case import CaseId
from triage.domain.decision import Ground, Level
from triage.domain.person import People, Person
from triage.domain.severity import Label as Severity
from triage.domain.ticket import Source
from triage.domain.verdict import Verdict
from triage.engine.decoys import Decoys, attacks
from triage.engine.demoting import Demoter
from triage.engine.granting import lowered, reviewers
from triage.engine.labelling import Seen, rescored, seen, signed_by
from triage.engine.licence_desk import LicenceDesk, NoSuchRule
from triage.engine.licensed import Licensing
from triage.engine.oversight import overseen
from triage.engine.reviewing import Reviews
from triage.engine.rulebook import Rulebook
from triage.engine.verdicts import NotBlind
from triage.judgement.labels import Label, Origin
from triage.judgement.licence import LicenceRefused
from triage.judgement.noise import Flips
from triage.stages.kept_back import INSTEAD

NAME, TIER = "a-playbook: blocked now", "production"
KEY = Ed25519PrivateKey.generate()
ALICE = People(people={"alice": Person(name="alice", keys=(public_line(KEY),))})
LIKE = ("S3.8", "AWS::S3::Bucket")


class Office:
    """A scene under one rule that closes by licence, and whoever grants it."""

    def __init__(self, scene: Scene) -> None:
        files = {"a.yaml": SOUND.replace("no longer present", "benign")}
        rules = replace(scene.world.rules, files=files)
        assert not rules.loaded.problems
        self.rulebook = Rulebook(rules)
        scene.world = replace(scene.world, rules=rules, rulebook=self.rulebook)
        self.scene, self.store = scene, scene.store
        self.found: list[Seen] = []

    @property
    def desk(self) -> LicenceDesk:
        return LicenceDesk(
            grants=self.store.grants,
            closes=self.store.closes,
            rules=self.rulebook.current(),
            people=ALICE,
            verifier=SshVerifier(),
            clock=self.scene.clock,
            seen=lambda _since: self.found,
        )

    @property
    def rule(self) -> str:
        return self.desk.named(NAME, TIER).licence.rule

    def labelled(self, harmless: int, real: int, *, analysts: int = 5, bare: int = 2000) -> None:
        """Harmless tickets score low, real ones high; `bare` ones nobody looked at."""
        self.found = [
            *(self._seen(n, 0.05 + n / 2600, Verdict.BENIGN, analysts) for n in range(harmless)),
            *(self._seen(n, 0.6 + n / 1e5, Verdict.TRUE_POSITIVE, analysts) for n in range(real)),
            *(self._seen(n, 0.05 + n / 3e3, None, analysts) for n in range(bare)),
        ]

    def _seen(self, number: int, score: float, verdict: Verdict | None, analysts: int) -> Seen:
        at = self.scene.clock.now() - timedelta(days=30)
        case = CaseId(f"{verdict}{number}")
        label = Label(
            case=case,
            cluster=case,
            verdict=verdict or Verdict.BENIGN,
            analyst=f"analyst {number % analysts}",
            origin=Origin.BLIND,
            signed=True,
            given=at,
            source=Source.SECURITYHUB,
            score=score,
        )
        return Seen(
            case=case,
            at=at,
            rule=self.rule,
            tier=TIER,
            risk_class="posture",
            likeness=LIKE,
            score=score,
            features={},
            labels=(label,) if verdict else (),
        )

    def grant(self) -> tuple[Level, str]:
        after, why_not = self.desk.grant(NAME, TIER, "alice", Signing(KEY))
        return self.desk.allows(after), why_not

    def earned(self) -> None:
        self.labelled(900, 200)
        assert self.grant() == (Level.SUGGEST, "")
        assert self.grant() == (Level.AUTO, "")
        self.enforce()

    def enforce(self) -> None:
        keeper = Licensing(
            grants=self.store.grants,
            rulebook=self.rulebook,
            clock=self.scene.clock,
            people=lambda: ALICE,
            verifier=SshVerifier(),
        )
        keeper.step()

    def decided(self, bucket: str = "reports", **more: object) -> dict[str, object]:
        told = finding(bucket=bucket, **more)
        self.scene.load(organisation([told], name=bucket, public_access_block="all"))
        return self.scene.decide(imported(told))

    def closed(self, number: int, *, real: bool | None, **changes: object) -> None:
        """One more drawn close by this licence, and what people said of it."""
        case = CaseId(f"made{number:08}")
        entry = replace(
            a_close(self.scene.case(self.case), at=self.scene.clock.now(), **changes),
            event=f"event {number}",
            case=case,
            rule=self.rule,
            tier=TIER,
            ground=Ground.LICENCE,
            real=real,
            due=self.scene.clock.now() + timedelta(hours=72),
        )
        enter(self.store, entry)

    def watch(self, **changes: object) -> int:
        demoter = Demoter(
            grants=self.store.grants,
            closes=self.store.closes,
            cases=self.store.cases,
            queue=self.scene.world.queue,
            clock=self.scene.clock,
            rules=self.rulebook.current,
            **changes,
        )
        return demoter.step()

    @property
    def level(self) -> Level:
        return self.desk.allows(self.desk.named(NAME, TIER))


def enter(store, entry):
    with store.database.writing() as connection:
        add_closes(connection, [entry])


@pytest.fixture
def office(scene):
    return Office(scene)


@pytest.fixture
def licensed(office):
    office.earned()
    office.case = str(office.decided()["case"])
    return office


# --- earning --------------------------------------------------------------------------------------


def test_without_a_licence_a_person_gets_the_ticket_and_the_record_names_the_rule(office):
    decided = office.decided()
    assert decided["decision"] == "escalate"
    assert decided["reasons"][0] == "the rule's licence is shadow, not auto"
    assert decided["speaks"]["rule"] == office.rule
    assert decided["speaks"]["ground"] == "licence"


@pytest.mark.parametrize(("harmless", "real"), [(900, 102), (298, 200), (0, 0)])
def test_nothing_is_granted_below_the_least_evidence(office, harmless, real):
    office.labelled(harmless, real)
    level, why_not = office.grant()
    assert level is Level.SHADOW
    assert " of " in why_not
    office.enforce()
    assert office.decided()["decision"] == "escalate"


def test_a_look_that_showed_too_little_is_spent_and_one_that_only_counted_is_not(office):
    office.labelled(900, 102)
    assert office.grant()[1] == "102 of 103 labelled attacks of class 'posture'"
    assert not office.store.grants.all()
    office.labelled(298, 200)
    office.grant()
    (event,) = office.store.grants.all()
    assert (event.kind, event.data["real"]) == ("looked", 200)
    office.labelled(900, 200)
    assert office.grant()[1] == "200 of 300 labelled attacks of class 'posture'"


def test_a_licence_that_hangs_on_one_person_is_not_granted(office):
    office.labelled(900, 200, analysts=1)
    assert "one person's verdicts: analyst 0" in office.grant()[1]


def twice(office, reviewed, flipped):
    """Attacks that were drawn for two people; what the first said of some was wrong."""
    for number in range(reviewed):
        said = Verdict.BENIGN if number < flipped else Verdict.TRUE_POSITIVE
        one = replace(office._seen(number, 0.9, said, 5), rule="another", twice=True)
        (label,) = one.labels
        first = replace(label, cluster=f"twice {number}")
        second = replace(first, verdict=Verdict.TRUE_POSITIVE, analyst="bob", blind=True)
        office.found.append(replace(one, labels=(first, second)))


def test_too_few_pairs_claim_nothing_and_the_licence_says_so(office):
    office.labelled(900, 200)
    twice(office, 19, 9)
    assert office.grant() == (Level.SUGGEST, "")
    said = office.desk.named(NAME, TIER).licence.certificate.sentence()
    assert "how often they err was not measured (19 of 20 attacks judged by two)" in said
    assert overseen(office.desk, timedelta(days=90))["reviewers"] == {
        "attacks judged by two": "19 of 20",
        "first called harmless": 9,
        "share": None,
        "at most": None,
        "says": office.desk.flips.sentence,
    }


def test_what_people_miss_lowers_what_the_record_may_show_or_refuses_it_in_numbers(office):
    office.labelled(900, 200)
    twice(office, 40, 2)
    assert office.grant() == (Level.SUGGEST, "")
    certificate = office.desk.named(NAME, TIER).licence.certificate
    assert certificate.alpha == 0.01 * (1 - office.desk.flips.at_most)
    assert "in truth at most 1.00% of it is real" in certificate.sentence()


@pytest.mark.parametrize(
    ("flipped", "why"), [(12, "labelled tickets that would close"), (30, "too often wrong")]
)
def test_verdicts_that_are_wrong_too_often_earn_nothing(office, flipped, why):
    office.labelled(900, 200)
    twice(office, 40, flipped)
    level, why_not = office.grant()
    assert level is Level.SHADOW
    assert why in why_not
    assert f"of 40 attacks judged by two people, each for himself, {flipped} were" in why_not


def test_what_became_known_of_people_since_stops_the_next_step(office):
    office.labelled(900, 200)
    assert office.grant() == (Level.SUGGEST, "")
    twice(office, 40, 16)
    level, why_not = office.grant()
    assert level is Level.SUGGEST
    assert "on record is no 1.00% in truth: of 40 attacks" in why_not
    assert "labelled attacks of class" in why_not


def test_a_licence_closes_in_steps_and_draws_its_first_closes_all(office):
    office.earned()
    decided = office.decided()
    assert decided["decision"] == "close", decided["reasons"]
    assert decided["ground"] == "licence"
    assert decided["sample"]["rate"] == 1.0
    assert office.scene.replay(str(decided["case"])).equal
    one = office.desk.named(NAME, TIER)
    assert "most 1.00% of what I close is real" in one.licence.certificate.sentence()


def test_what_a_licence_does_not_know_goes_to_a_person(office):
    office.earned()
    odd = office.decided("other", Resources=[{"Type": "Other", "Id": "arn:aws:s3:::other"}])
    assert odd["decision"] == "escalate"


def test_a_licence_ends_by_itself(office):
    office.earned()
    office.scene.clock.advance(timedelta(days=91))
    assert office.level is Level.SHADOW
    assert office.decided()["decision"] == "escalate"


def test_an_operator_lowers_at_once_and_raises_nothing_past_its_evidence(office):
    office.earned()
    office.desk.revoke(NAME, TIER, Level.SHADOW, "a hunch", "bob")
    office.enforce()
    assert office.decided()["decision"] == "escalate"
    assert office.grant() == (Level.AUTO, "")


def test_samples_that_wait_past_their_time_freeze_every_step(licensed):
    one = licensed.desk.named(NAME, TIER)
    licensed.store.grants.add(
        lowered(one, Level.AUTO, "nothing", "bob", licensed.scene.clock.now())
    )
    licensed.scene.clock.advance(timedelta(hours=73))
    fresh = licensed.desk.named(NAME, TIER)
    assert fresh.licence.level is Level.AUTO
    assert licensed.desk._frozen(fresh)


def test_a_step_that_nobody_listed_signed_counts_for_nothing(office):
    office.earned()
    forged = Office(office.scene)
    keeper = Licensing(
        grants=office.store.grants,
        rulebook=forged.rulebook,
        clock=office.scene.clock,
        people=People,
        verifier=SshVerifier(),
    )
    assert keeper.permissions(office.scene.clock.now()) == {}


def test_a_rule_that_nobody_wrote_has_no_licence(office):
    with pytest.raises(NoSuchRule, match="no rule is called 'a: b'"):
        office.desk.named("a: b", TIER)


# --- what people are shown ------------------------------------------------------------------------


def page(office, decided):
    return case_page(office.scene.case(str(decided["case"])), [])


def told(office):
    return office.scene.notifier.told[-1].text


def test_at_shadow_nobody_is_shown_what_the_rule_would_do_until_he_has_judged(office):
    decided = office.decided()
    assert decided["arm"]["blind"]
    shown = page(office, decided)
    assert shown["because"] == [INSTEAD]
    assert not {"would", "rule"} & set(shown)
    assert shown["next"].startswith("triage verdict ")
    assert "the rule said" not in told(office)
    assert INSTEAD in told(office)
    office.scene.say(str(decided["case"]), Verdict.INSUFFICIENT_DATA)
    assert "the rule said" in page(office, decided)["because"][1]


def test_at_suggest_one_ticket_in_five_keeps_the_suggestion_back(office):
    office.labelled(900, 200)
    assert office.grant() == (Level.SUGGEST, "")
    office.enforce()
    shown, blind = arms(office)
    assert page(office, shown)["would"] == "close: benign"
    assert page(office, blind)["because"] == [INSTEAD]
    assert office.scene.replay(str(blind["case"])).equal
    assert_prompted(office, str(shown["case"]))
    office.scene.say(str(blind["case"]), Verdict.BENIGN)
    assert (Origin.BLIND, False, Verdict.BENIGN) in labels(office, People())


def arms(office):
    """One decision that shows its suggestion, and one that keeps it back."""
    found = {}
    for number in range(80):  # one in five: none among so many is one chance in 50 million
        decided = office.decided(f"bucket-{number}")
        arm = decided["arm"]
        assert (arm["level"], arm["rate"]) == ("suggest", 0.2)
        found[arm["blind"]] = decided
        if len(found) > 1:
            break
    return found[False], found[True]


def assert_prompted(office, case):
    """Who was shown a suggestion cannot claim that he was not."""
    with pytest.raises(NotBlind, match="give it without --blind"):
        office.scene.say(case, Verdict.BENIGN, blind=True)
    office.scene.say(case, Verdict.BENIGN)
    assert labels(office, People()) == [(Origin.PROMPTED, False, Verdict.BENIGN)]


# --- losing ---------------------------------------------------------------------------------------


def missed(office, *, count, clean=0, **changes):
    for number in range(clean):
        office.closed(number, real=False)
    for number in range(count):
        office.closed(clean + number, real=True, **changes)
    return office.watch()


def trips(office):
    return office.desk.named(NAME, TIER).history[-1].data["trips"]


def test_a_clean_licence_stays(licensed):
    assert missed(licensed, count=0, clean=150) == 0
    assert licensed.level is Level.AUTO


def test_a_critical_miss_ends_it_and_opens_again_what_it_closed(licensed):
    assert licensed.scene.case(licensed.case).status == "closed"
    assert missed(licensed, count=0) == 0
    (entry,) = licensed.store.closes.since(licensed.scene.clock.now() - timedelta(days=1))
    miss = replace(entry, event="m", case=CaseId("miss"), severity=Severity.CRITICAL, real=True)
    enter(licensed.store, miss)
    licensed.scene.clock.advance(timedelta(minutes=2))
    assert licensed.watch() == 1
    assert licensed.level is Level.SHADOW
    assert trips(licensed) == ["critical miss"]
    assert licensed.scene.case(licensed.case).status == "received"
    licensed.enforce()
    licensed.scene.decide_due()
    case = licensed.scene.case(licensed.case)
    assert case.status == "escalated"
    assert "which is real" in case.decided["reasons"][0]


def test_a_critical_miss_that_nobody_drew_counts_and_what_it_was_is_the_persons_word(licensed):
    (entry,) = licensed.store.closes.since(licensed.scene.clock.now() - timedelta(days=1))
    with licensed.store.database.writing() as connection:
        connection.execute(update(closes).values(chosen=False))
    more = {"severity": Severity.CRITICAL, "blind": True}
    licensed.scene.say(entry.case, Verdict.TRUE_POSITIVE, **more)
    reviews = Reviews(closes=licensed.store.closes, cases=licensed.store.cases)
    assert reviews.step() == 1
    assert licensed.watch() == 1
    assert trips(licensed) == ["critical miss"]
    said = licensed.scene.events(entry.case)[-1].data
    assert (said["severity"], said["critical_miss"]) == ("critical", True)


def test_a_score_of_another_model_is_no_evidence_about_this_one(office):
    office.decided()
    since = office.scene.clock.now() - timedelta(days=1)
    found = list(seen(SqlHistory(office.store.database), since, lambda _case, _said: True))
    model = replace(office.rulebook.current().model, intercept=5.0)
    (again,) = rescored(found, model)
    assert again.score > found[0].score
    assert not list(rescored([replace(found[0], features={"severity": 0.5})], model))


def one(licensed):
    return licensed.desk.named(NAME, TIER)


def later(licensed):
    """The next minute's step."""
    licensed.scene.clock.advance(timedelta(minutes=1))
    return licensed.watch()


def put_under_watch(licensed, **changes):
    """Two misses among many clean samples, long after it was raised; a step of the watcher."""
    licensed.scene.clock.advance(timedelta(days=2))
    result = missed(licensed, count=2, clean=150, **changes)
    licensed.scene.clock.advance(timedelta(minutes=1))
    licensed.enforce()
    return result


def test_two_misses_leave_it_its_level_put_every_close_before_people_and_are_told(licensed):
    assert put_under_watch(licensed) == 1
    assert licensed.level is Level.AUTO
    last = one(licensed).history[-1]
    assert (last.kind, last.by, last.data["trips"]) == ("watched", "triage", ["misses"])
    assert (last.data["judged"], last.data["told"]) == (152, ["event 150", "event 151"])
    since = last.at.isoformat(timespec="seconds")
    shown = _page(one(licensed), Level.AUTO, "", "as given")
    assert (shown["watched since"], shown["says"][:31]) == (
        since,
        "People see every close of it fo",
    )
    (told, *_) = overseen(licensed.desk, timedelta(days=90))["licences"]
    assert (told["watched since"], "2 of the last 200" in told["because"]) == (since, True)
    licensed.scene.submit()
    (case, *_) = licensed.scene.decide_due()
    assert case.headline["type"] == "triage:licence-watched"
    assert "every close of it is for review" in case.headline["title"]
    assert case.status == "escalated"
    assert later(licensed) == 0


def test_under_watch_every_close_is_drawn_again_and_a_decision_replays(licensed):
    for number in range(400, 800):
        licensed.closed(number, real=False)
    before = licensed.decided("before")["sample"]["rate"]
    assert before < 1
    assert put_under_watch(licensed) == 1
    licensed.scene.submit()
    licensed.scene.decide_due()
    decided = licensed.decided("after")
    assert (decided["decision"], decided["sample"]["rate"]) == ("close", 1.0)
    assert licensed.scene.replay(str(decided["case"])).equal


def test_what_closed_before_every_worker_knew_of_a_watch_ends_none(licensed):
    licensed.scene.clock.advance(timedelta(days=2))
    assert missed(licensed, count=2, clean=150) == 1
    for number in range(900, 1200):
        licensed.closed(number, real=False, rate=0.1, chosen=number % 10 == 0)
    assert later(licensed) == 0
    licensed.enforce()
    licensed.scene.submit()
    licensed.scene.decide_due()
    assert licensed.decided("after")["sample"]["rate"] == 1.0
    assert one(licensed).licence.watched is not None


def test_a_watch_that_shows_too_many_misses_costs_a_step_at_once(licensed):
    put_under_watch(licensed)
    for number in range(900, 940):
        licensed.closed(number, real=number in {900, 939})
    assert later(licensed) == 1
    assert (licensed.level, "watch" in trips(licensed)) == (Level.SUGGEST, True)
    assert one(licensed).licence.watched is None
    licensed.scene.submit()
    told = {case.headline["type"] for case in licensed.scene.decide_due()}
    assert "triage:licence-fell" in told


def test_a_miss_answered_late_is_evidence_of_the_watch_whenever_it_was_closed(licensed):
    licensed.closed(990, real=None)
    licensed.closed(991, real=None)
    put_under_watch(licensed)
    with licensed.store.database.writing() as connection:
        late = closes.c.event.in_(["event 990", "event 991"])
        connection.execute(update(closes).where(late).values(real=True))
    assert later(licensed) == 1
    assert trips(licensed) == ["watch"]


def test_a_watch_ends_after_clean_samples_once_all_are_answered(licensed):
    put_under_watch(licensed)
    for number in range(900, 1199):
        licensed.closed(number, real=False)
    licensed.closed(1199, real=None)
    assert later(licensed) == 0
    with licensed.store.database.writing() as connection:
        connection.execute(update(closes).where(closes.c.real.is_(None)).values(real=False))
    assert later(licensed) == 1
    last = one(licensed).history[-1]
    assert (last.kind, licensed.level) == ("cleared", Level.AUTO)
    assert last.data["because"].startswith("watched, and 0 of 30")
    assert one(licensed).licence.watched is None
    # The two misses had their say; two new ones begin a watch of their own.
    assert later(licensed) == 0
    for number in range(2000, 2002):
        licensed.closed(number, real=True)
    assert later(licensed) == 1
    again = one(licensed).history[-1]
    assert (again.kind, len(again.data["told"]), len(again.data["began"])) == ("watched", 4, 4)


def test_a_miss_within_a_watch_that_is_no_proof_yet_makes_it_begin_again_on_one_evidence(licensed):
    put_under_watch(licensed)
    for number in range(900, 1200):
        licensed.closed(number, real=number == 1150)
    assert later(licensed) == 1
    again = one(licensed).history[-1]
    assert (again.kind, again.data["trips"]) == ("watched", ["unclean watch"])
    assert (again.data["judged"], again.data["began"]) == (152, ["event 150", "event 151"])
    assert len(again.data["told"]) == 3


def test_no_new_certificate_cuts_a_watch_short(licensed):
    put_under_watch(licensed)
    licensed.labelled(900, 700)
    with pytest.raises(LicenceRefused, match="under watch"):
        licensed.grant()


def test_a_miss_within_a_watch_counts_although_those_that_began_it_were_answered_as_harmless(
    licensed,
):
    licensed.closed(0, real=None)  # beside the close that it made itself
    licensed.scene.clock.advance(timedelta(hours=73))
    assert licensed.watch() == 1
    with licensed.store.database.writing() as connection:
        connection.execute(update(closes).where(closes.c.real.is_(None)).values(real=False))
    for number in range(900, 940):
        licensed.closed(number, real=number in {900, 939})
    assert later(licensed) == 1
    assert (licensed.level, trips(licensed)) == (Level.SUGGEST, ["watch"])


def test_unanswered_samples_count_as_misses(licensed):
    licensed.closed(0, real=None)  # beside the close that it made itself
    assert licensed.watch() == 0
    licensed.scene.clock.advance(timedelta(hours=73))
    licensed.scene.clock.advance(timedelta(minutes=2))
    assert licensed.watch() == 1
    assert trips(licensed) == ["misses"]
    assert licensed.level is Level.AUTO


def test_a_fallen_licence_is_not_raised_again_on_the_old_certificate(licensed):
    missed(licensed, count=9)
    assert "alarm" in trips(licensed)
    level, why_not = licensed.grant()
    assert (level, why_not[:9]) == (Level.SUGGEST, "0 of 300 ")


def test_a_closed_canary_takes_it_to_shadow(licensed):
    assert licensed.watch(decoyed=lambda _rule, _tier: True) == 1
    assert (licensed.level, trips(licensed)) == (Level.SHADOW, ["canary closed"])


def test_a_recorded_attack_that_a_licence_lets_pass_is_a_canary_closed(licensed):
    licensed.enforce()
    told = finding(bucket="attacked", Severity={"Label": "INFORMATIONAL", "Normalized": 0})
    recorded = attacks([imported(told), b"no ticket"], licensed.scene.clock.now())
    decoys = Decoys(attacks=recorded, rules=licensed.rulebook.current, clock=licensed.scene.clock)
    assert [one.closed for one in decoys.replay(licensed.rule, TIER)] == [True]
    assert licensed.watch(decoyed=decoys.decoyed) == 1
    assert trips(licensed) == ["canary closed"]


def test_the_recorded_attacks_that_ship_are_tickets_and_none_would_close(licensed):
    bodies = (ROOT / "models" / "canaries" / "attacks.jsonl").read_bytes().splitlines()
    recorded = attacks(bodies, licensed.scene.clock.now())
    assert len(recorded) == 5
    decoys = Decoys(attacks=recorded, rules=licensed.rulebook.current, clock=licensed.scene.clock)
    assert not decoys.decoyed(licensed.rule, TIER)


def test_another_model_takes_it_to_shadow(licensed):
    rules = licensed.rulebook.current()
    other = replace(rules, model=replace(rules.model, intercept=-3.5))
    licensed.rulebook = Rulebook(other)
    assert licensed.watch() == 1
    assert trips(licensed) == ["changed hash"]


def test_scores_that_move_and_tickets_unlike_any_cost_a_step(licensed):
    moved = [replace(one, score=0.55) for one in licensed.found[:400]]
    assert licensed.watch(recent=lambda: moved) == 1
    assert trips(licensed) == ["score shift"]


def test_a_surge_of_the_unknown_costs_a_step(licensed):
    odd = [replace(one, likeness=("S3.8", "Other")) for one in licensed.found[:100]]
    assert licensed.watch(recent=lambda: [*licensed.found, *odd]) == 1
    assert trips(licensed) == ["novelty surge"]


# --- labels out of the record ---------------------------------------------------------------------


def labels(office, people):
    signed = signed_by(people, SshVerifier())
    since = office.scene.clock.now() - timedelta(days=1)
    return [
        (label.origin, label.signed, label.verdict)
        for one in seen(SqlHistory(office.store.database), since, signed)
        for label in one.labels
    ]


def test_a_label_is_what_its_author_signed_and_nothing_else(office):
    case = str(office.decided()["case"])
    office.scene.say(case, Verdict.BENIGN, blind=True)
    assert labels(office, People()) == [(Origin.BLIND, False, Verdict.BENIGN)]


def test_a_word_on_a_drawn_close_is_a_sample_and_a_prompted_one_is_no_evidence(licensed):
    licensed.scene.say(licensed.case, Verdict.BENIGN)
    assert labels(licensed, People())[0][0] is Origin.SAMPLED
    other = Office(licensed.scene)
    case = str(other.decided("another")["case"])
    other.scene.say(case, Verdict.BENIGN, blind=False)
    assert (Origin.PROMPTED, False, Verdict.BENIGN) in labels(other, People())


def read(office):
    """The record, as if every signature held."""
    since = office.scene.clock.now() - timedelta(days=1)
    return list(seen(SqlHistory(office.store.database), since, lambda _case, _said: True))


def test_only_a_second_word_that_claims_to_be_blind_measures_the_first(office):
    sampling = replace(office.scene.world.sampling, twice=1.0)
    office.scene.world = replace(office.scene.world, sampling=sampling)
    words = {"bob": None, "carol": True}
    for bucket, (second, blind) in zip(("reports", "other"), words.items(), strict=True):
        decided = office.decided(bucket)
        assert decided["twice"] == {"rate": 1.0, "chosen": True}
        office.scene.say(str(decided["case"]), Verdict.BENIGN, by="alice")
        office.scene.say(str(decided["case"]), Verdict.TRUE_POSITIVE, by=second, blind=blind)
    found = read(office)
    given = {label.analyst: label.blind for one in found for label in one.labels}
    assert given == {"alice": True, "bob": False, "carol": True}
    assert reviewers(found) == Flips(reviewed=1, flipped=1)
