"""What a signature may do a day, what one miss ends, and what is told when it ends.

On real parts: SQLite, and the AWS adapter over HTTP against the sandbox.
"""

from datetime import timedelta
from typing import Any

import pytest

from tests.findings import ACCOUNT, REGION, finding, imported
from tests.worlds import Scene
from triage.domain.person import Signature
from triage.domain.verdict import Verdict
from triage.engine.attesting import end_signatures
from triage.engine.rereading import Rereader
from triage.engine.rulebook import Rulebook
from triage.engine.signing import Refused, refuse_hiding

pytestmark = pytest.mark.slow

BUCKETS = ("www-1", "www-2", "www-3")


def load(scene: Scene, **findings: Any) -> None:
    """Three public buckets, each with its finding."""
    account = {
        "name": "shop",
        "tier": "production",
        "owner": "shop-team",
        "buckets": [{"name": name, "policy": "public-read"} for name in BUCKETS],
        "security_hub_findings": [finding(bucket=name, **findings) for name in BUCKETS],
    }
    scene.load({"region": REGION, "accounts": {ACCOUNT: account}})


def websites(scene: Scene, **changes: Any) -> Signature:
    """Two people say of every bucket in one Region that it is a website."""
    now = scene.clock.now()
    fields: dict[str, Any] = {
        "id": "websites",
        "kind": "public-website",
        "subject": "",
        "pattern": f'{{"region": ["{REGION}"], "source": ["securityhub"]}}',
        "account": ACCOUNT,
        "types": ("S3.8",),
        "because": "the shop's pages",
        "signed": now - timedelta(days=1),
        "expires": now + timedelta(days=30),
        "people": ("alice", "carol"),
    }
    return Signature(**(fields | changes))


def closed(scene: Scene, **changes: Any) -> list[str]:
    """Let the signature close all three."""
    load(scene)
    scene.sign(websites(scene, **changes))
    decided = [scene.decide(imported(finding(bucket=name))) for name in BUCKETS]
    assert [one["signature"] for one in decided] == ["websites"] * 3
    return [one["case"] for one in decided]


def again(scene: Scene) -> list[Any]:
    """What ended signatures held is decided anew; give the cases."""
    end_signatures(scene.world)
    cases = [case for case in scene.decide_due() if case is not None]
    scene.run_effects()
    return cases


def test_more_than_its_cap_goes_to_a_person_and_replays(scene):
    load(scene)
    scene.sign(websites(scene, per_day=2))
    decided = [scene.decide(imported(finding(bucket=name))) for name in BUCKETS]
    assert [one["decision"] for one in decided] == ["close", "close", "escalate"]
    assert "spoke for 2 cases today" in decided[2]["reasons"][0]
    assert decided[2]["would"] == "close: benign"
    assert scene.replay(decided[2]["case"]).equal


def test_the_same_case_again_costs_nothing_and_tomorrow_is_another_day(scene):
    load(scene)
    scene.sign(websites(scene, per_day=1))
    first, second = (scene.decide(imported(finding(bucket=name))) for name in BUCKETS[:2])
    scene.forget_cache()
    later = finding(bucket=BUCKETS[0], UpdatedAt="2026-11-20T11:00:00Z")
    assert scene.decide(imported(later))["decision"] == "close"
    scene.clock.advance(timedelta(days=1))
    tomorrow = finding(bucket=BUCKETS[1], UpdatedAt="2026-11-20T12:00:00Z")
    assert (first["decision"], second["decision"]) == ("close", "escalate")
    assert scene.decide(imported(tomorrow))["decision"] == "close"


def test_judged_side_by_side_they_still_do_not_overdraw_it(scene):
    load(scene)
    scene.sign(websites(scene, per_day=1))
    scene.submit(*(imported(finding(bucket=name)) for name in BUCKETS))
    settled = scene.settle(scene.claim())
    assert [case and case.status for case in settled].count("closed") == 1
    assert settled.count(None) == 2
    assert {case.status for case in scene.decide_due()} == {"escalated"}


def test_one_real_case_revokes_it_and_what_it_held_is_looked_at_again_in_one_page(scene):
    first, *others = closed(scene)
    scene.say(first, Verdict.TRUE_POSITIVE)
    scene.forget_cache()
    opened = again(scene)
    assert sorted(case.id for case in opened) == sorted(others)
    assert {case.status for case in opened} == {"escalated"}
    assert "is revoked: what it covered was real once" in opened[0].decided["reasons"][0]
    assert len({case.incident for case in opened}) == 1
    assert len(scene.notifier.told) == 1
    assert scene.replay(opened[0].id).equal


def test_its_end_is_one_page_and_opens_what_it_held(scene):
    held = closed(scene)
    scene.clock.advance(timedelta(days=31))
    opened = again(scene)
    assert sorted(case.id for case in opened) == sorted(held)
    assert "3 cases rested on it" in opened[0].decided["reasons"][-1]
    assert len(scene.notifier.told) == 1
    assert scene.replay(opened[0].id).equal
    assert end_signatures(scene.world) == 0


def test_one_that_was_taken_back_holds_nothing_either(scene):
    held = closed(scene)
    scene.sign()
    scene.forget_cache()
    assert sorted(case.id for case in again(scene)) == sorted(held)


def test_what_is_over_at_its_source_stays_closed_and_says_why(scene):
    held = closed(scene)
    load(scene, Compliance={"Status": "PASSED", "SecurityControlId": "S3.8"})
    scene.clock.advance(timedelta(days=31))
    assert again(scene) == []
    assert {scene.case(name).status for name in held} == {"closed"}
    assert [event.kind for event in scene.events(held[0])][-1] == "let_go"


def test_a_source_that_cannot_be_asked_opens_it(scene):
    held = closed(scene)
    scene.clock.advance(timedelta(days=31))
    scene.without_evidence()
    assert len(again(scene)) == len(held)


def test_what_a_person_closed_meanwhile_stays_theirs(scene):
    first, *_ = closed(scene)
    scene.say(first, Verdict.BENIGN)
    scene.clock.advance(timedelta(days=31))
    assert first not in {case.id for case in again(scene)}
    assert scene.case(first).status == "closed"


@pytest.mark.parametrize("pattern", ['{"region": ["us-east-1"]}', '{"class": ["threat"]}'])
def test_a_pattern_covers_what_it_matches_and_nothing_else(scene, pattern):
    load(scene)
    scene.sign(websites(scene, pattern=pattern))
    assert scene.decide(imported(finding(bucket=BUCKETS[0])))["decision"] == "escalate"


def test_what_people_found_real_cannot_be_signed_away(scene):
    load(scene)
    decided = scene.decide(imported(finding(bucket=BUCKETS[0])))
    organisation = scene.world.rules.organisation
    refuse_hiding(scene.store.cases, websites(scene), organisation)
    scene.say(decided["case"], Verdict.TRUE_POSITIVE)
    with pytest.raises(Refused, match=decided["case"]):
        refuse_hiding(scene.store.cases, websites(scene), organisation)
    exact = websites(scene, pattern="", subject=f"arn:aws:s3:::{BUCKETS[0]}")
    with pytest.raises(Refused, match="would have closed what people found to be real"):
        refuse_hiding(scene.store.cases, exact, organisation)
    other = websites(scene, pattern="", subject=f"arn:aws:s3:::{BUCKETS[1]}")
    refuse_hiding(scene.store.cases, other, organisation)


def test_what_is_read_again_is_in_force_for_the_next_batch(scene):
    book, given = Rulebook(scene.world.rules), [(websites(scene),), ()]
    again_ = Rereader(read=lambda: given[0], rulebook=book, clock=scene.clock)
    assert (again_.step(), again_.step()) == (1, 0)
    assert [one.id for one in book.current().signatures] == ["websites"]
    given.pop(0)
    assert again_.step() == 0
    scene.clock.advance(timedelta(minutes=1))
    assert again_.step() == 1
    assert book.current().signatures == ()
