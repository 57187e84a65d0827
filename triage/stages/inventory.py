"""Two inventories of the same list: what is different, and who signed for it. Pure."""

from collections.abc import Sequence
from datetime import datetime

from triage.domain.inventory import Difference, Inventory, Items, content_digest
from triage.domain.lookout import Lookout
from triage.domain.person import Signature
from triage.intake.own import TAMPERING, type_of

KIND = "silencer"
TYPE = type_of(TAMPERING)


def differences(before: Inventory | None, lookout: Lookout, after: Items) -> Sequence[Difference]:
    """Every item that was added, changed or removed; none for the first inventory of a list."""
    if before is None:
        return ()
    names = sorted({*before.items, *after})
    found = (
        Difference(lookout=lookout, name=name, before=before.items.get(name), after=after.get(name))
        for name in names
    )
    return [one for one in found if content_digest(one.before) != content_digest(one.after)]


def signed_by(
    difference: Difference, signatures: Sequence[Signature], now: datetime
) -> Signature | None:
    """The signature in force whose subject is exactly this item, if there is one."""
    account = difference.lookout.account
    covering = (one for one in signatures if one.covers(KIND, difference.item, account, TYPE, now))
    return next(covering, None)
