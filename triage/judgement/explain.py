"""A score in words: the linear model's exact contributions, the largest first."""

from triage.judgement.features import FEATURES
from triage.judgement.score import Opinion

MOST = 3
SMALLEST = 0.005


def explain(opinion: Opinion, most: int = MOST) -> tuple[str, ...]:
    """Say what moved a score, in logits: `threat intelligence knows the other side (+3.00)`."""
    return tuple(
        f"{FEATURES[name].words} ({share:+.2f})"
        for name, share in opinion.shares[:most]
        if abs(share) >= SMALLEST
    )
