"""What does the classifier say?"""

from triage.domain.account import Account
from triage.domain.ticket import Ticket
from triage.judgement.features import features
from triage.judgement.history import History
from triage.judgement.score import Model, Opinion, score


def classify(
    ticket: Ticket, account: Account, model: Model, history: History | None = None
) -> Opinion:
    """Score a ticket; without a history nothing like it was ever called real."""
    return score(model, features(ticket, account, history))
