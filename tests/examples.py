"""How many examples a property is tried on: a third in the quick run, all of them in the slow."""

import os

THOROUGH = os.environ.get("TESTS_RUN") != "quick"  # noqa: TID251 - a runner's word, not ours


def examples(thorough: int) -> int:
    """Return `thorough`, or a third of it where a short answer was asked for."""
    return thorough if THOROUGH else thorough // 3
