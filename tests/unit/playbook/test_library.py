"""The shipped playbooks against docs/how-to/review-a-playbook.md, and against mutants of them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.playbooks import SHIPPED, checked
from triage.domain.ticket import FindingClass
from triage.domain.verdict import Verdict
from triage.intake.classes import EXPOSURES
from triage.playbook.expression import parse
from triage.playbook.paths import readings
from triage.playbook.pattern import OR, compile_pattern
from triage.playbook.samples import SAMPLES
from triage.playbook.syntax import CloseAs, Playbook
from triage.playbook.text import names_in
from triage.remediations.catalogue import CATALOGUE
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.rehearse import Rehearsal, rehearse

LIBRARY: Mapping[str, Playbook] = {
    path: playbook
    for path, text in SHIPPED.items()
    if (playbook := checked(text).playbook) is not None
}
FOLDERS = {
    *("compute", "containers", "data", "detection", "identity", "infrastructure", "logging"),
    *("network", "reports", "serverless", "storage", "vulnerability"),
}
GUIDANCE = ("https://docs.aws.amazon.com/", "https://aws.amazon.com/", "https://repost.aws/")
FAMILIES = {
    "IAM": "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B",
    "EC2": "Recon:EC2/Portscan",
    "S3": "Exfiltration:S3/AnomalousBehavior",
    "EKS": "Policy:Kubernetes/AnonymousAccessGranted",
    "runtime": "Execution:Runtime/ReverseShell",
    "Lambda": "Backdoor:Lambda/C&CActivity.B",
    "RDS": "CredentialAccess:RDS/AnomalousBehavior.SuccessfulLogin",
    "malware": "Object:S3/MaliciousFile",
    "attack sequence": "AttackSequence:IAM/CompromisedCredentials",
}
EXPECTATIONS = {
    "Inspector": "1 2 3 4",
    "SSM": "1 2",
    "EC2": "1 2 3 6 7 8 18 19 21",
    "S3": "1 2 3 5 6 8 12 17",
    "RDS": "1 2 3 4 27",
    "IAM": "1 2 3 4 5 6 7 8 21 22",
    "KMS": "1 2 4",
    "ELB": "1 2 3 8",
    "ES": "1 3 8",
    "Opensearch": "1 3 7 8",
    "CloudTrail": "1 2 4 5 6",
    "SQS": "1 3",
    "SNS": "1 4",
    "ElastiCache": "4 5",
    "Redshift": "2 10",
    **dict.fromkeys(("EFS", "Kinesis", "DocumentDB", "Neptune", "MSK", "Lambda"), "1"),
    "DynamoDB": "3",
    "DMS": "9",
    "APIGateway": "2",
    "Config": "1",
    "GuardDuty": "1",
    "Macie": "1",
}
CONTROLS = [f"{service}.{one}" for service, all_ in EXPECTATIONS.items() for one in all_.split()]


def _problems(playbook: Playbook) -> list[Rehearsal]:
    return [one for one in rehearse(playbook, VOCABULARY) if one.problem]


each = pytest.mark.parametrize("path", LIBRARY)


def test_there_are_enough_and_each_is_sound():
    assert LIBRARY.keys() == SHIPPED.keys()
    assert len(LIBRARY) >= 45
    assert {path.split("/")[1] for path in LIBRARY} == FOLDERS


NOT_SHIPPED = {
    "ec2.unshare_image": "no control and no finding of AWS's tells of a public machine image",
    "wafv2.block_address": "no finding of AWS's names who attacks a web application",
    "ssm.run_automation": "roles, buckets and versions are each organisation's own",
}


def test_every_fix_that_is_applied_is_named_where_something_tells_of_its_fault():
    named = {
        one.fix
        for playbook in LIBRARY.values()
        for rule in playbook.rules
        for one in (*rule.suggest, *getattr(rule.outcome, "fixes", ()))
    }
    assert set(CATALOGUE) - named == set(NOT_SHIPPED)


@each
def test_its_file_is_called_as_it_is(path):
    assert path.endswith(f"/{LIBRARY[path].name}.yaml")


@each
def test_it_names_what_misleads_it_and_how_to_get_past_it(path):
    playbook = LIBRARY[path]
    assert playbook.why
    assert playbook.false_positives
    assert playbook.evasions


@each
def test_it_cites_the_vendor_s_guidance(path):
    assert any(one.startswith(GUIDANCE) for one in LIBRARY[path].references)


@each
def test_its_tests_hold_and_meet_every_rule(path):
    playbook, ran = LIBRARY[path], rehearse(LIBRARY[path], VOCABULARY)
    assert [one.problem for one in ran if one.problem] == []
    assert {rule.name for rule in playbook.rules} == {one.rule for one in ran if one.rule}


def _conditions(playbook: Playbook) -> set[str]:
    """The evidence that some condition reads."""
    read = {
        reading.names[0]
        for rule in playbook.rules
        if rule.when
        for reading in readings(parse(rule.when))
    }
    return read & playbook.evidence.keys()


@each
def test_every_answer_it_decides_by_is_unknown_in_some_test_and_somebody_is_told(path):
    playbook = LIBRARY[path]
    for name in _conditions(playbook):
        phrase = VOCABULARY.questions[playbook.evidence[name].question].phrase
        told = f"could not find out {phrase}"
        blind = [
            replace(one, content={**one.content, "expect": {"escalate": "any", "because": told}})
            for one in playbook.tests
            if one.content.get("evidence", {}).get(name, "unknown") == "unknown"
        ]
        ran = rehearse(replace(playbook, tests=tuple(blind)), VOCABULARY)
        assert any(not one.problem for one in ran), f"no test is blind to {name}"


@each
def test_every_answer_it_only_tells_of_is_told_in_some_test(path):
    playbook = LIBRARY[path]
    told = set().union(*(names_in(rule.because) for rule in playbook.rules))
    assert playbook.evidence.keys() <= told | _conditions(playbook)


def _exposure(playbook: Playbook) -> bool:
    types = compile_pattern(playbook.match).exact("type")
    classes = {
        SAMPLES[one.content["ticket"]["like"]].finding_class
        for one in playbook.tests
        if "class" not in one.content["ticket"]
    }
    return bool(types & EXPOSURES) or classes == {FindingClass.EXPOSURE}


PAST = frozenset(
    {
        "cloudtrail.last_change",
        "cloudtrail.principal_activity",
        "config.item_at",
        "history.verdicts",
        "guardduty.history",
    }
)


@each
def test_an_exposure_s_past_is_asked_and_never_closed_by_a_look_at_the_present(path):
    playbook = LIBRARY[path]
    if not _exposure(playbook):
        return
    closes = [rule.outcome for rule in playbook.rules if isinstance(rule.outcome, CloseAs)]
    assert all(one.verdict is not Verdict.NO_LONGER_PRESENT for one in closes)
    assert PAST & {ask.question for ask in playbook.evidence.values()}


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_of_guardduty_is_spoken_of(name):
    assert _speaking(FAMILIES[name], SAMPLES["guardduty-malware"].source)


@pytest.mark.parametrize("control", CONTROLS)
def test_every_control_of_a_security_expectation_is_spoken_of(control):
    assert _speaking(control, SAMPLES["securityhub-s3.8"].source)


def _speaking(type_: str, source: str) -> list[str]:
    ticket = {"type": type_, "source": source, "class": "posture", "sample": False}
    return [
        one.name
        for one in LIBRARY.values()
        if one.name != "resource-is-gone" and compile_pattern(one.match).matches(ticket)
    ]


def _mutants(playbook: Playbook) -> Iterator[tuple[str, Playbook]]:
    """Every rule taken out, and every condition turned round."""
    for index, rule in enumerate(playbook.rules):
        others = (*playbook.rules[:index], *playbook.rules[index + 1 :])
        yield f"without {rule.name!r}", replace(playbook, rules=others)
        turned = replace(rule, when=f"not ({rule.when})" if rule.when else "false")
        rules = (*playbook.rules[:index], turned, *playbook.rules[index + 1 :])
        yield f"not {rule.name!r}", replace(playbook, rules=rules)


@pytest.mark.slow
@each
def test_no_mutant_of_a_rule_survives_its_tests(path):
    survivors = [what for what, one in _mutants(LIBRARY[path]) if not _problems(one)]
    assert survivors == []


def _without_a_value(node: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every pattern that lacks one of the values or alternatives of this one."""
    for key, value in node.items():
        if isinstance(value, Mapping):
            for what, inner in _without_a_value(value):
                yield f"{key}.{what}", {**node, key: inner}
        elif key == OR:
            for index, one in enumerate(value):
                for what, inner in _without_a_value(one):
                    yield what, {**node, OR: [*value[:index], inner, *value[index + 1 :]]}
        else:
            for index, one in enumerate(value):
                rest = [*value[:index], *value[index + 1 :]]
                yield f"{key}: {one}", {**node, key: rest or ["nothing is called this"]}


@pytest.mark.slow
@each
def test_every_value_of_its_match_is_met_by_some_test(path):
    playbook = LIBRARY[path]
    unmet = [
        what
        for what, match in _without_a_value(playbook.match)
        if not _problems(replace(playbook, match=match))
    ]
    assert unmet == []
