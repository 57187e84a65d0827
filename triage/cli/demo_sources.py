"""Near the end of the demo: how closed findings stand where they came from, asked just now."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from triage.cli.show import plain
from triage.closing.catalogue import OPEN_BECAUSE, desks_of
from triage.domain.case import Case
from triage.domain.ticket import Source
from triage.engine.intending import CLOSE

if TYPE_CHECKING:
    from triage.sandbox.server import Sandbox

CASES_MAX = 1000
WIDTH = 110
CLOSED = "closed at its source"


def show_sources(sandbox: "Sandbox", region: str) -> None:
    """Print a line for every closed case: what its finding is now, at its source."""
    from triage.domain.case import Status
    from triage.ports.case_store import Filter
    from triage.wiring.bootstrap import opened_store

    with opened_store() as store:
        cases = store.cases.cases(Filter(status=Status.CLOSED, limit=CASES_MAX))
        told = {case.id: _outcomes(store, case) for case in cases}
    services = _Services(sandbox, region)
    closed = sum(CLOSED in outcomes for outcomes in told.values())
    typer.echo(f"\nAT THEIR SOURCE: {closed} of {len(cases)} findings are closed there\n")
    for case in sorted(cases, key=lambda one: str(one.headline["type"])):
        for line in _lines(case, told[case.id], services):
            typer.echo(line[:WIDTH].rstrip())


def _outcomes(store: Any, case: Case) -> Sequence[str]:
    effects = store.outbox.effects(case_id=case.id)
    return [one.outcome for one in effects if one.kind == CLOSE]


def _lines(case: Case, outcomes: Sequence[str], services: "_Services") -> Iterator[str]:
    head, source = case.headline, Source(case.headline["source"])
    known = desks_of(source, case.told)
    why = "; ".join(outcomes) if known else OPEN_BECAUSE.get(source, "")
    now = services.status(case)
    yield f"    {now or '-':<10}  {plain(head['type'])[:40]:<40}  {plain(why)}"


class _Services:
    """Security Hub and GuardDuty of every account, each read once."""

    def __init__(self, sandbox: "Sandbox", region: str) -> None:
        self._sandbox = sandbox
        self._region = region
        self._read: dict[str, Mapping[tuple[str, str], str]] = {}

    def status(self, case: Case) -> str:
        """What a control's finding about this subject, or this very detection, is; "" of none."""
        account, head = str(case.headline["account"]), case.headline
        if account not in self._read:
            self._read[account] = dict(self._controls(account)) | dict(self._detections(account))
        read = self._read[account]
        detection = read.get(("guardduty", case.key.rpartition(":")[2]), "")
        return detection or read.get((head["type"], head["subject"]), "")

    def _controls(self, account: str) -> Iterator[tuple[tuple[str, str], str]]:
        client = self._sandbox.client("securityhub", account, self._region)
        try:
            found = client.get_findings()["Findings"]
        except client.exceptions.InvalidAccessException:
            return
        for one in found:
            control = one.get("Compliance", {}).get("SecurityControlId", "")
            yield (control, one["Resources"][0]["Id"]), one["Workflow"]["Status"]

    def _detections(self, account: str) -> Iterator[tuple[tuple[str, str], str]]:
        client = self._sandbox.client("guardduty", account, self._region)
        for detector in client.list_detectors()["DetectorIds"]:
            ids = client.list_findings(DetectorId=detector)["FindingIds"]
            found = client.get_findings(DetectorId=detector, FindingIds=ids)["Findings"]
            for one in found:
                yield (
                    ("guardduty", one["Id"]),
                    ("ARCHIVED" if one["Service"]["Archived"] else "ACTIVE"),
                )
