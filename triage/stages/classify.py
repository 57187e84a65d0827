"""What does the classifier say?"""

from triage.domain.account import Account
from triage.domain.ticket import Ticket
from triage.judgement.features import features
from triage.judgement.score import Model, Opinion, score


def classify(ticket: Ticket, account: Account, model: Model) -> Opinion:
    """Score a ticket by what an attacker cannot choose."""
    return score(model, features(ticket, account))
