"""Claims about what tickets are joined by, and what never joins them."""

from dataclasses import replace
from datetime import timedelta

from tests.builders import NOON, a_case, a_threat, a_ticket
from triage.domain.case import CaseId
from triage.domain.decision import Priority
from triage.domain.evidence import Evidence, Known, Unknown
from triage.domain.incident import Incident, IncidentId
from triage.domain.ticket import Source, Subject
from triage.stages.correlate import LONGEST, WINDOW, handles, place, takes_in

STACK = "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/6c1e2f00-aaaa-bbbb"
NOTHING = Evidence()
BUCKET = "AWS::S3::Bucket"
ALICE = "arn:aws:iam::111122223333:user/alice"
ACCOUNT = Subject(id="AWS::::Account:111122223333", name="111122223333", kind="AWS::::Account")


def named(ticket, evidence=NOTHING):
    return set(handles(ticket, evidence))


def test_the_resource_is_the_same_by_arn_and_by_bare_name():
    arn = "arn:aws:s3:::reports"
    bare = a_ticket(subject=Subject(id="reports", name="reports", kind=BUCKET))
    full = a_ticket(subject=Subject(id=arn, name="reports", kind=BUCKET, arn=arn))
    assert named(bare) == named(full) == {"posture:resource:111122223333/AWS::S3::Bucket/reports"}


def test_another_kind_of_resource_of_the_same_name_is_another_resource():
    queue = Subject(id="reports", name="reports", kind="AWS::SQS::Queue")
    bucket = Subject(id="reports", name="reports", kind=BUCKET)
    assert not named(a_ticket(subject=queue)) & named(a_ticket(subject=bucket))


def test_whoever_acts_cannot_join_by_a_session_name_of_his_choice():
    session = "arn:aws:sts::111122223333:assumed-role/web/i-0abc"
    acting = Subject(id=session, name="i-0abc", kind="AWS::IAM::Role", arn=session)
    call = a_threat(source=Source.CLOUDTRAIL, subject=acting, principal=session)
    assert named(call) == {f"threat:principal:{session}"}


def test_what_policy_keeps_for_people_is_told_by_itself():
    ordinary, barred = a_threat(), handles(a_threat(), NOTHING, "it is about tampering")
    assert not named(ordinary) & set(barred)
    assert all(one.startswith("it is about tampering:") for one in barred)


def test_the_same_name_in_another_account_is_another_resource():
    assert not named(a_ticket()) & named(a_ticket(account="999988887777"))


def test_a_stack_joins_what_it_made_however_the_record_writes_its_tags():
    in_asff = a_ticket(
        record={"Resources": [{"Id": "x", "Tags": {"aws:cloudformation:stack-name": "shop"}}]}
    )
    in_guardduty = a_ticket(
        record={
            "resource": {
                "instanceDetails": {
                    "tags": [{"key": "aws:cloudformation:stack-id", "value": STACK}]
                }
            }
        }
    )
    itself = a_ticket(subject=Subject(id=STACK, name="shop", kind="AWS::CloudFormation::Stack"))
    shared = named(in_asff) & named(in_guardduty) & named(itself)
    assert shared == {"posture:stack:111122223333/eu-west-1/shop"}


def test_a_key_and_its_principal_join_threats():
    used = a_threat(
        principal=ALICE,
        subject=Subject(id="AKIAIOSFODNN7EXAMPLE", name="AKIAIOSFODNN7EXAMPLE"),
    )
    assert {f"threat:principal:{ALICE}", "threat:key:AKIAIOSFODNN7EXAMPLE"} <= named(used)


def test_one_change_joins_all_that_it_caused():
    change = Known(value={"event_id": "e-1"}, source="cloudtrail", as_of=NOON)
    found = Evidence(answers={'cloudtrail.last_change{"calls":["PutBucketPolicy"]}': change})
    assert "posture:change:e-1" in named(a_ticket(), found)
    unknown = Evidence(answers={"cloudtrail.last_change": Unknown(reason="throttled")})
    assert named(a_ticket(), unknown) == named(a_ticket())


def test_a_threat_never_joins_a_posture():
    assert not named(a_threat(subject=a_ticket().subject)) & named(a_ticket())


def test_a_whole_account_joins_nothing():
    assert named(a_ticket(subject=ACCOUNT)) == set()


def test_a_service_that_acts_for_itself_joins_nothing():
    acting = Subject(id="", name="")
    assert named(a_threat(principal="autoscaling.amazonaws.com", subject=acting)) == set()


def test_an_attack_sequence_is_known_by_every_resource_and_actor_in_it():
    sequence = {
        "resources": [{"uid": "arn:aws:s3:::shop", "name": "shop", "resourceType": "S3_BUCKET"}],
        "actors": [{"user": {"credentialUid": "AKIAIOSFODNN7EXAMPLE"}}],
    }
    found = named(
        a_threat(
            in_attack_sequence=True,
            record={"service": {"detection": {"sequence": sequence}}},
        )
    )
    assert {
        "threat:resource:111122223333/AWS::S3::Bucket/shop",
        "threat:key:AKIAIOSFODNN7EXAMPLE",
    } <= found


def test_handles_are_bounded():
    tags = [{"Tags": {"aws:cloudformation:stack-name": f"s{n}"}} for n in range(500)]
    assert len(handles(a_ticket(record={"Resources": tags}), NOTHING)) == 64


def an_incident(**changes):
    fields = {
        "id": IncidentId("i"),
        "leading": CaseId("leader"),
        "told": Priority.HIGH,
        "opened": NOON,
        "changed": NOON,
    }
    return Incident(**(fields | changes))


def test_an_incident_takes_in_more_for_a_day_and_never_longer_than_a_week():
    assert takes_in(an_incident(), NOON + WINDOW)
    assert not takes_in(an_incident(), NOON + WINDOW + timedelta(seconds=1))
    old = an_incident(changed=NOON + LONGEST)
    assert not takes_in(old, NOON + LONGEST + timedelta(seconds=1))


def test_nothing_joins_what_a_person_took_out_or_what_is_over():
    assert not takes_in(an_incident(parted=True), NOON)
    assert not takes_in(an_incident(led=False), NOON)


def test_a_case_that_joins_speaks_only_when_it_is_more_urgent():
    quiet = place(a_case(), Priority.HIGH, [an_incident()], NOON)
    assert (quiet.incident.leading, quiet.speaks) == ("leader", False)
    louder = place(a_case(), Priority.CRITICAL, [an_incident()], NOON)
    assert (louder.incident.leading, louder.incident.told) == (a_case().id, Priority.CRITICAL)
    assert louder.speaks


def test_a_case_with_nobody_to_join_opens_an_incident_and_speaks():
    placed = place(a_case(), Priority.LOW, [], NOON)
    assert placed.speaks
    assert (placed.incident.leading, placed.incident.told) == (a_case().id, Priority.LOW)


def test_an_update_of_what_was_told_says_nothing_new():
    case = replace(a_case(), notified="high", incident="i")
    assert not place(case, Priority.HIGH, [an_incident(leading=case.id)], NOON).speaks
    assert place(case, Priority.CRITICAL, [an_incident(leading=case.id)], NOON).speaks


def test_a_parted_case_joins_nothing_again():
    case = replace(a_case(), parted=True)
    placed = place(case, Priority.LOW, [an_incident()], NOON)
    assert placed.speaks
    assert placed.incident.parted
    assert placed.incident.id != "i"
