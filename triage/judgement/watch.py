"""A pair of misses is looked into, not believed: every close is seen again, and tested exactly.

Two misses in 200 samples are well within what a licence may do: of a pool exactly at a certified
0.35%, that many show in every sixth such window. What a watch shows is held to the bound of the
pool that earned the licence: P(Bin(seen, certified) >= misses). That is asked after every answer
until a round was clean; only a miss can make it small, so few of the questions count. Of watches
over a pool exactly at its bound 3% condemn where that is 0.1%, 6% at 0.35%, 11% at 1%; a pool at
0.04%, certified at 0.35%, is condemned in 3 of 10,000, one at four times its bound in 9 of 10
(`tests/statistics/test_watches.py` sums it up exactly).
"""

from dataclasses import dataclass

from triage.judgement.bounds import at_most
from triage.judgement.sampling import HALF_UNTIL

CHANCE = 0.02
"""A count of misses that is less likely than this under the certified bound condemns."""
MISSES_MIN = 2
"""One miss condemns nobody, however early it comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What was answered since one began: `seen` samples, `misses` of them real.

    A watch that was not clean begins anew and keeps its evidence. Since then there were `fresh`
    misses and `closes`, drawn or not, and `waiting` samples have no answer yet.
    """

    seen: int = 0
    misses: int = 0
    fresh: int = 0
    closes: int = 0
    waiting: int = 0

    @property
    def over(self) -> bool:
        """Whether closes are sampled as before it, and everything drawn was answered."""
        return self.closes >= HALF_UNTIL and not self.waiting

    @property
    def clean(self) -> bool:
        """Whether it is over, and shows no more misses than those that began it."""
        return self.over and not self.fresh

    @property
    def again(self) -> "Watch":
        """The same evidence, and every close seen once more."""
        return Watch(seen=self.seen, misses=self.misses)

    def condemns(self, certified: float) -> bool:
        """Whether so many misses are too unlikely for a pool of at most the certified rate."""
        if self.misses < MISSES_MIN:
            return False
        return 1 - at_most(self.misses - 1, self.seen, certified) < CHANCE

    def after(self, real: bool, drawn: bool) -> "Watch":  # noqa: FBT001 - one close and its answer
        """One more close, and what a person said of it where one was drawn."""
        return Watch(
            seen=self.seen + drawn,
            misses=self.misses + (drawn and real),
            fresh=self.fresh + (drawn and real),
            closes=self.closes + 1,
            waiting=self.waiting,
        )
