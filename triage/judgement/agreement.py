"""What people together say a case was, when they do not all say the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from triage.domain.verdict import Verdict
from triage.judgement.labels import REAL, WITHOUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One person's verdict on one case."""

    by: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Whether it was real, None while nobody can say; `disputed` when one more has to look.

    `spoke` are those whose word counts, in the order of their last words.
    """

    real: bool | None = None
    disputed: bool = False
    spoke: tuple[str, ...] = ()


def agreed(words: Iterable[Word]) -> Agreement:
    """Weigh words in the order they were given: a person's last word replaces the earlier ones.

    Where as many say real as not, it is real until somebody else decides.
    """
    last: dict[str, Word] = {}
    for word in words:
        last.pop(word.by, None)
        last[word.by] = word
    decided = [one for one in last.values() if one.verdict not in WITHOUT]
    real = sum(one.verdict in REAL for one in decided)
    harmless = len(decided) - real
    return Agreement(
        real=real >= harmless if decided else None,
        disputed=bool(decided) and real == harmless,
        spoke=tuple(one.by for one in decided),
    )
