"""Which telling counts: the source's word, then the worst, and never one from the future."""

from dataclasses import replace

import pytest

from tests.builders import NOON, a_threat, minutes
from tests.playbooks import LATER, a_context
from triage.domain.evidence import Failed, Failure, Got
from triage.domain.severity import Severity
from triage.domain.ticket import SourceStatus, Subject
from triage.stages.dedup import telling
from triage.stages.weigh import Telling, Weighed, to_confirm, weigh

CONTEXT = a_context()
DUTY = {
    "Id": "abcdef0123456789",
    "AccountId": "111122223333",
    "Type": "Recon:EC2/PortProbeUnprotectedPort",
    "Severity": 5.4,
    "UpdatedAt": LATER.isoformat(),
    "Resource": {"ResourceType": "Instance", "InstanceDetails": {"InstanceId": "i-0abc"}},
}
FIRST = a_threat(severity=Severity(54))


def told(ticket=FIRST, received=NOON, **changes):
    return Telling(ticket=replace(ticket, **changes), received=received)


def said(*tellings, raw=None, **finding):
    """What the source says to all that has to be asked of it."""
    got = Got(payload={"Findings": [DUTY | finding]}, as_of=LATER, source="guardduty")
    return dict.fromkeys(to_confirm(tellings, CONTEXT), raw or got)


ON_FILE = told()
MILDER = told(severity=Severity(20), version=NOON + minutes(1), body="c" * 64)
SILENT = Failed(failure=Failure.THROTTLED, detail=".")


def weighed(*tellings, **finding):
    return weigh(tellings, said(*tellings, **finding), CONTEXT)


def test_where_nothing_is_in_dispute_nothing_is_asked():
    assert to_confirm([ON_FILE], CONTEXT) == ()
    assert len(to_confirm([ON_FILE, MILDER], CONTEXT)) == 1


def test_the_telling_that_the_source_bears_out_counts_although_it_is_milder():
    assert weighed(ON_FILE, MILDER, Severity=2.0) == Weighed(telling=MILDER, settled=True)
    assert weighed(ON_FILE, MILDER) == Weighed(telling=ON_FILE, settled=True)


def test_of_two_that_the_source_bears_out_the_newer_counts():
    again = told(version=NOON + minutes(2), body="c" * 64)
    assert weighed(ON_FILE, again, MILDER).telling == again


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"severity": Severity(20)}, {"Severity": 5.4}),
        ({"status": SourceStatus.RESOLVED}, {}),
        ({"sample": True}, {}),
    ],
)
def test_what_the_source_tells_otherwise_settles_nothing(changes, finding):
    lowered = told(version=NOON + minutes(1), **changes)
    assert weighed(told(severity=Severity(80)), lowered, **finding) == Weighed(
        telling=told(severity=Severity(80)), settled=False
    )


def test_while_the_source_is_silent_the_worst_telling_counts():
    worse = told(severity=Severity(80), body="c" * 64)
    for others in ([worse, MILDER], [MILDER, worse]):
        assert weighed(ON_FILE, *others, raw=SILENT) == Weighed(telling=worse, settled=False)
    assert weighed(ON_FILE, MILDER, raw=SILENT).telling == ON_FILE


def test_one_from_the_future_never_counts_unless_its_source_is_there_already():
    ahead = told(severity=Severity(80), version=NOON + minutes(60), body="c" * 64)
    assert weighed(ON_FILE, ahead, raw=SILENT).telling == ON_FILE
    assert weighed(ON_FILE, ahead, Severity=8.0, UpdatedAt=LATER.isoformat()).telling == ahead
    for updated in (
        (LATER - minutes(1)).isoformat(),
        "soon",
        LATER.replace(tzinfo=None).isoformat(),
    ):
        found = weighed(ON_FILE, ahead, Severity=8.0, UpdatedAt=updated)
        assert (found.telling, found.settled) == (ON_FILE, False), updated


def test_the_telling_on_file_counts_even_where_it_was_from_the_future():
    first = told(version=NOON + minutes(60))
    assert weighed(first, MILDER, raw=SILENT).telling == first


def test_what_else_it_may_be_about_is_told_while_the_source_is_silent():
    other = Subject(id="i-0def", name="i-0def", kind="AWS::EC2::Instance")
    renamed = told(severity=Severity(20), subject=other, body="c" * 64)
    name = "Recon:EC2/PortProbeUnprotectedPort on i-0def in 111122223333"
    assert weighed(ON_FILE, renamed, renamed, raw=SILENT) == Weighed(
        telling=ON_FILE, settled=False, rivals=(name,)
    )


def test_what_was_weighed_is_kept_with_when_it_arrived():
    assert Weighed(telling=MILDER, settled=True).as_record() == {
        **telling(MILDER.ticket, NOON),
        "received": NOON.isoformat(),
        "settled": True,
    }


def test_a_source_that_confirms_nothing_settles_nothing():
    again = told(body="c" * 64)
    assert not weighed(ON_FILE, again, Type="Recon:EC2/Portscan").settled
    assert weighed(ON_FILE, again, Type="Recon:EC2/Portscan").telling == ON_FILE
