"""What the tables that are kept per lookout have in common."""

from typing import Any

from sqlalchemy import Table, and_

from triage.domain.lookout import Lookout


def row_of(table: Table, lookout: Lookout) -> Any:
    """Match its row."""
    return and_(
        table.c.source == lookout.source,
        table.c.account == lookout.account,
        table.c.region == lookout.region,
    )


def columns(lookout: Lookout) -> dict[str, Any]:
    """Name its row."""
    return {"source": lookout.source, "account": lookout.account, "region": lookout.region}


def lookout_from(row: Any) -> Lookout:
    """Read it back."""
    return Lookout(source=row.source, account=row.account, region=row.region)
