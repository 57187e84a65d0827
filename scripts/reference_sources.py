"""The page of sources: what confirms a finding of each, and how it is closed there."""

from collections.abc import Iterable, Mapping

from triage.closing.catalogue import AT_HOME, DESKS, OPEN_BECAUSE, TOLD_BY
from triage.domain.ticket import Format, Source

HEAD = "<!-- Written by scripts/reference.py from the code's own tables; change those. -->\n"
CONFIRMED: Mapping[Source, str] = {
    Source.GUARDDUTY: "GetFindings by id in the finding's account and Region: same account, type,"
    " resource, principal, role of the resource",
    Source.SECURITYHUB: "GetFindings by Id and ProductArn there: same account, generator, control,"
    " first resource",
    Source.CONFIG: "GetComplianceDetailsByResource there: the same rule has an evaluation of it",
    Source.CLOUDTRAIL: "LookupEvents by event id there: the record says nothing that CloudTrail's"
    " own does not",
    Source.INSPECTOR: "ListFindings by ARN there: same account, kind, resource",
    Source.MACIE: "GetFindings by id there: same account, type, bucket or object",
    Source.CLOUDWATCH: "DescribeAlarms by name there: the same ARN",
    Source.ACCESS_ANALYZER: "GetFindingV2 by analyzer and id, where the analyzer is: same resource,"
    " owner, kind",
    Source.HEALTH: "nothing: its API answers only accounts with a Business or higher support plan,"
    " so a person has it",
    Source.CLOUDFORMATION: "DescribeStacks by stack id: its last operation, and what its last drift"
    " detection found; nothing for StackSets and single resources",
    Source.NETWORK_FIREWALL: "nothing: the log object is the alert, and whoever writes to the queue"
    " can write one",
    Source.INCIDENT_RESPONSE: "GetCase by ARN, where the membership is",
    Source.OCSF: "GetFindingsV2 by metadata.uid, where Security Hub told it; nothing for another"
    " vendor's",
    Source.REPORT: "nothing: a person told it, and a person has it",
    Source.TRIAGE: "nothing: only a person can look",
}
COPIES: Mapping[Format, str] = {
    Format.ASFF: "any finding told in ASFF",
    Format.OCSF: "any finding told in OCSF by Security Hub",
}
HOW: Mapping[str, str] = {
    "guardduty": "UpdateFindingsFeedback and ArchiveFindings, in the administrator's account",
    "securityhub": "BatchUpdateFindings: workflow RESOLVED, a note, our UserDefinedFields",
    "securityhub_v2": "BatchUpdateFindingsV2: status Resolved, a comment",
    "access_analyzer": "UpdateFindings to ARCHIVED, for access that may stay; else it resolves by"
    " itself",
}


def sources_page() -> str:
    """The whole page. Raises KeyError for a source or a desk that nobody described."""
    return "\n".join(
        [
            HEAD,
            "# Sources: what confirms a finding, and what closes it there\n",
            "Before anything closes or is changed, the finding is read from its source; what only",
            "a message says ends with a person.",
            "[How to close at the source](../how-to/close-at-source.md) says the rest.\n",
            "| source | what counts as confirmation | closed there |",
            "| --- | --- | --- |",
            *(f"| {one} | {CONFIRMED[one]} | {_closed(one)} |" for one in Source),
            "\n## Desks\n",
            "Each can be switched off by its name under `[at_source]`.\n",
            "| desk | for | how | actions |",
            "| --- | --- | --- | --- |",
            *_desks(),
            "",
        ]
    )


def _closed(source: Source) -> str:
    return f"`{AT_HOME[source]}`" if source in AT_HOME else f"no: {OPEN_BECAUSE[source]}"


def _desks() -> Iterable[str]:
    homes = {desk: f"{source} findings" for source, desk in AT_HOME.items()}
    copies = {desk: COPIES[format_] for format_, desk in TOLD_BY.items()}
    for name, desk in DESKS.items():
        actions = ", ".join(f"`{one}`" for one in desk.iam_actions)
        yield f"| `{name}` | {(homes | copies)[name]} | {HOW[name]} | {actions} |"
