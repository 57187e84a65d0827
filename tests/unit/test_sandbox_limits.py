"""The sliding second, the bounded memory, and the seeded draw, without a network."""

from collections.abc import Callable
from datetime import UTC, datetime

from triage.sandbox.call import Call, Reply
from triage.sandbox.limits import Limits
from triage.sandbox.memory import REMEMBERED_MAX, Memory


def a_call(body: bytes = b"", account: str = "111111111111") -> Call:
    return Call(
        at=datetime(2026, 1, 1, tzinfo=UTC),
        account=account,
        region="us-east-1",
        service="cloudtrail",
        operation="LookupEvents",
        access_key="AKIA",
        environ={},
        body=body,
    )


def ticking(*seconds: float) -> Callable[[], float]:
    moments = iter(seconds)
    return lambda: next(moments)


def test_a_second_slides() -> None:
    limits = Limits({"cloudtrail.LookupEvents": 2}, ticking(0.0, 0.5, 0.9, 1.0, 1.4, 1.6))
    assert [limits.allows(a_call()) for _ in range(6)] == [True, True, False, True, False, True]


def test_each_account_has_its_own_allowance() -> None:
    limits = Limits({"cloudtrail.LookupEvents": 1}, ticking(0.0, 0.0, 0.0))
    assert limits.allows(a_call())
    assert limits.allows(a_call(account="222222222222"))
    assert not limits.allows(a_call())


def test_what_names_no_limit_is_not_limited() -> None:
    limits = Limits({}, ticking())
    assert all(limits.allows(a_call()) for _ in range(100))


def test_memory_keeps_the_first_answer_and_forgets_the_oldest_request() -> None:
    memory = Memory()
    first = Reply(status=200, headers=[], body=b"first")
    memory.keep(a_call(b"0"), first)
    memory.keep(a_call(b"0"), Reply(status=200, headers=[], body=b"second"))
    assert memory.earliest(a_call(b"0")) == first
    for number in range(1, REMEMBERED_MAX + 1):
        memory.keep(a_call(str(number).encode()), first)
    assert memory.earliest(a_call(b"0")) is None
