"""What happened, as lines that CloudWatch reads as metrics."""

import json

from tests.builders import NOON
from triage.adapters.cloudwatch.metrics import EmbeddedMetrics


def test_counts_are_written_once_and_begin_anew():
    lines = []
    metrics = EmbeddedMetrics(lines.append)
    metrics.received("new")
    metrics.received("new")
    metrics.decided("close", "proof", 2.4)
    metrics.decided("escalate", "", 0.1)
    metrics.effect("notify", "done")
    metrics.read("s3.public_access", "got")
    metrics.reconciled("macie", "new", 3)
    metrics.unreadable("GuardDuty")
    metrics.failed("lambda")
    metrics.queue(messages=1, oldest_seconds=1, dead=1)
    metrics.organisation(accounts=1, age_seconds=1)
    metrics.flush(NOON)
    told = [json.loads(line) for line in lines]
    plain = [{name: value for name, value in one.items() if name != "_aws"} for one in told]
    assert plain == [
        {"Decision": "close proof", "Decisions": 1},
        {"Decision": "escalate", "Decisions": 1},
        {"Outcome": "notify done", "Effects": 1},
        {"Part": "lambda", "Failures": 1},
        {"Outcome": "s3.public_access got", "Reads": 1},
        {"Outcome": "macie new", "Reconciled": 3},
        {"Reception": "new", "Records": 2},
        {"Decision": "close proof", "SecondsToDecision": 2},
        {"Decision": "escalate", "SecondsToDecision": 0},
        {"Claim": "GuardDuty", "Unreadable": 1},
    ]
    assert told[0]["_aws"]["Timestamp"] == round(NOON.timestamp() * 1000)
    lines.clear()
    metrics.flush(NOON)
    assert lines == []
