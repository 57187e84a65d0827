"""How a service refuses, and what a read may call it."""

from triage.domain.evidence import Failure

REFUSALS = [
    ("deny", {Failure.DENIED}),
    ("throttle", {Failure.THROTTLED}),
    ("error", {Failure.BROKEN}),
    ("truncated", {Failure.PARTIAL, Failure.BROKEN}),
]
