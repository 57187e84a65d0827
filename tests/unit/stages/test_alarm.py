"""Our own alarms: each is a threat that names what it is about, and the same one twice is one."""

import json
from datetime import timedelta

from tests.builders import NOON
from triage.domain.evidence import Failed, Failure
from triage.domain.hearing import Canary, Hearing
from triage.domain.inventory import Difference, Inventory, content_digest
from triage.domain.lookout import Lookout
from triage.domain.person import Signature
from triage.domain.severity import Label
from triage.domain.ticket import FindingClass, Source
from triage.stages.alarm import blindness, canary, demotion, lost_canary, silence, tampering
from triage.stages.inventory import KIND, TYPE, differences, signed_by
from triage.stages.reread import reread

FILTERS = Lookout(source="guardduty/filters", account="111122223333", region="eu-west-1")
QUEUE = {"account": "", "region": ""}
THERE = {"account": "111122223333", "region": "eu-west-1"}
TOLD_AT = NOON.isoformat()
BEFORE = NOON - timedelta(hours=2)
SINCE = "2026-11-20T10:00:00+00:00"
MUTED = Difference(lookout=FILTERS, name="mute", before={"rank": 1}, after={"rank": 2})


def told(body):
    return json.loads(body)["triage"]


def test_tampering_names_the_item_what_it_was_and_what_it_is():
    was, is_ = content_digest({"rank": 1})[:16], content_digest({"rank": 2})[:16]
    item = "guardduty/filters/111122223333/eu-west-1/mute"
    assert told(tampering(MUTED, NOON)) == {
        **THERE,
        "concern": "tampering",
        "told_at": TOLD_AT,
        "id": f"{item} {was} {is_}",
        "subject": item,
        "title": "guardduty/filters mute was changed, and nobody signed for it",
        "before": {"rank": 1},
        "after": {"rank": 2},
    }


def test_a_silence_says_since_when_and_the_longest_one_before():
    gaps = {"2026-11-18": 60.0, "2026-11-19": 3600.4}
    hearing = Hearing(lookout=FILTERS, first=BEFORE, last=BEFORE, gaps=gaps)
    place = "guardduty/filters/111122223333/eu-west-1"
    assert told(silence(hearing, NOON)) == {
        **THERE,
        "concern": "silence",
        "told_at": TOLD_AT,
        "id": f"{place} {SINCE}",
        "subject": place,
        "title": f"Nothing from guardduty/filters in eu-west-1 since {SINCE}",
        "last": SINCE,
        "longest_gap_seconds": 3600,
    }


def test_a_silence_without_a_region_or_a_past_is_told_all_the_same():
    nowhere = Lookout(source="health", account="111122223333", region="")
    hearing = Hearing(lookout=nowhere, first=BEFORE, last=BEFORE)
    said = told(silence(hearing, NOON))
    assert said["title"] == f"Nothing from health in any Region since {SINCE}"
    assert said["longest_gap_seconds"] == 0


def test_a_lost_canary_is_told_without_the_id_that_would_let_it_arrive():
    lost = Canary(id="unguessable", sent=BEFORE, due=NOON)
    body = lost_canary(lost, NOON)
    assert b"unguessable" not in body
    assert told(body) == {
        **QUEUE,
        "concern": "lost-canary",
        "told_at": TOLD_AT,
        "id": f"canary sent {SINCE}",
        "subject": "the queue",
        "title": f"The canary sent at {SINCE} did not arrive by {TOLD_AT}",
        "sent": SINCE,
    }
    assert told(canary("unguessable")) == {"canary": "unguessable"}


def test_blindness_says_what_was_answered_instead_of_the_list_and_not_all_of_it():
    failure = Failed(failure=Failure.DENIED, detail="x" * 900)
    item = "guardduty/filters/111122223333/eu-west-1/"
    said = told(blindness(FILTERS, failure, BEFORE, NOON))
    assert len(said["why"]) == 500
    assert said["why"].startswith(f"{Failure.DENIED}: xxx")
    assert {name: said[name] for name in said if name != "why"} == {
        **THERE,
        "concern": "blindness",
        "told_at": TOLD_AT,
        "id": f"{item} {SINCE}",
        "subject": item,
        "title": f"guardduty/filters cannot be read any more; last seen {SINCE}",
    }


def test_a_licence_that_falls_twice_is_told_twice():
    first, again = (demotion("p: r", "production", count, "a miss", NOON) for count in (3, 4))
    assert told(first) == {
        **QUEUE,
        "concern": "licence-fell",
        "told_at": TOLD_AT,
        "id": "p: r production 3",
        "subject": "p: r in production",
        "title": "The licence of p: r in production fell: a miss",
        "because": "a miss",
    }
    assert told(again)["id"] != told(first)["id"]


def test_an_alarm_of_ours_comes_back_as_a_threat_about_its_subject():
    ticket = reread(tampering(MUTED, NOON), NOON)
    assert (ticket.source, ticket.type) == (Source.TRIAGE, TYPE)
    assert ticket.finding_class is FindingClass.THREAT
    assert ticket.severity.label is Label.CRITICAL
    assert (ticket.account, ticket.region) == ("111122223333", "eu-west-1")
    assert ticket.subject.id == MUTED.item
    assert ticket.title == "guardduty/filters mute was changed, and nobody signed for it"


def test_every_item_that_differs_is_told_and_no_other():
    before = Inventory(
        lookout=FILTERS,
        items={"same": {"a": 1}, "gone": {"b": 1}, "mute": {"rank": 1}},
        listed=NOON,
    )
    after = {"same": {"a": 1}, "mute": {"rank": 2}, "added": {"c": 1}}
    assert differences(before, FILTERS, after) == [
        Difference(lookout=FILTERS, name="added", before=None, after={"c": 1}),
        Difference(lookout=FILTERS, name="gone", before={"b": 1}, after=None),
        MUTED,
    ]


def test_the_first_inventory_of_a_list_differs_from_nothing():
    assert differences(None, FILTERS, {"added": {"c": 1}}) == ()


def a_statement(**changes):
    fields = {
        "id": "s1",
        "kind": KIND,
        "subject": MUTED.item,
        "account": FILTERS.account,
        "types": (TYPE,),
        "because": "agreed",
        "signed": BEFORE,
        "expires": NOON + timedelta(days=1),
        "people": ("alice", "bob"),
    }
    return Signature(**(fields | changes))


def test_a_difference_is_signed_for_only_by_name_kind_account_and_type_and_in_time():
    others = [
        a_statement(kind="scanner"),
        a_statement(subject=f"{MUTED.item}2"),
        a_statement(account="222233334444"),
        a_statement(types=("triage:silence",)),
        a_statement(expires=NOON),
    ]
    assert signed_by(MUTED, others, NOON) is None
    assert signed_by(MUTED, [*others, a_statement()], NOON) == a_statement()
