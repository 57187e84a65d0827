"""Which fields a condition reads, and how."""

import pytest

from triage.playbook.expression import parse
from triage.playbook.paths import Reading, names_of, readings


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("bucket", [Reading(("bucket",))]),
        ('change.principal["name"]', [Reading(("change", "principal", "name"))]),
        ("change is absent", [Reading(("change",), presence=True)]),
        ("not change.time is absent", [Reading(("change", "time"), presence=True)]),
        ('signed("public-website", subject)', [Reading(("subject",), identifies=True)]),
        ('signed("public-website", ticket.principal)',
         [Reading(("ticket", "principal"), identifies=True)]),
        ("signed(subject.name, subject)",
         [Reading(("subject", "name")), Reading(("subject",), identifies=True)]),
        ("minutes(bucket.count)", [Reading(("bucket", "count"))]),
        ("now - change.time > minutes(5) and a.b",
         [Reading(("now",)), Reading(("change", "time")), Reading(("a", "b"))]),
    ],
)  # fmt: skip
def test_every_chain_is_read_as_long_as_it_goes(when, expected):
    assert list(readings(parse(when))) == expected


def test_what_is_computed_has_no_name():
    assert names_of(parse("minutes(5)")) is None
    assert names_of(parse("bucket[ticket.type]")) is None
