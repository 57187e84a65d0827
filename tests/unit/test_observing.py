"""Dashboard, alerts, their runbook and the reference name only what there is."""

import json
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from triage.adapters.prometheus.metrics import PrometheusMetrics
from triage.adapters.prometheus.vocabulary import METRICS

ROOT = Path(__file__).resolve().parents[2]
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "triage.json"
OPERATE = ROOT / "docs" / "how-to" / "operate.md"
SERIES = {series for one in METRICS for series in one.series}
LABELS = {series: {*one.labels, "le"} for one in METRICS for series in one.series}
NAME = re.compile(r"\btriage_[a-z_]+")
LABEL = re.compile(r"(triage_[a-z_]+)\{([^}]*)\}")
RULES = YAML(typ="safe").load(ALERTS)["groups"][0]["rules"]
PANELS = json.loads(DASHBOARD.read_text())["panels"]


@pytest.mark.parametrize("file", [ALERTS, DASHBOARD, OPERATE], ids=lambda file: file.name)
def test_every_metric_that_is_named_exists(file):
    named = set(NAME.findall(file.read_text()))
    assert named
    assert named - SERIES == set()


@pytest.mark.parametrize("file", [ALERTS, DASHBOARD], ids=lambda file: file.name)
def test_every_label_that_is_named_belongs_to_its_metric(file):
    for series, selected in LABEL.findall(file.read_text().replace('\\"', '"')):
        wanted = {one.split("=")[0].strip(" ~!") for one in selected.split(",") if one.strip()}
        assert wanted <= LABELS[series], series


def test_what_is_declared_is_what_is_built():
    built = {family.name: family.type for family in PrometheusMetrics().registry.collect()}
    assert built == {one.name: one.kind for one in METRICS}


def test_every_alert_has_a_severity_a_sentence_and_a_paragraph_in_the_runbook():
    heads = re.findall(r"^#### (\w+)$", OPERATE.read_text(), flags=re.MULTILINE)
    assert heads == [rule["alert"] for rule in RULES]
    for rule in RULES:
        place, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert (ROOT / place, anchor) == (OPERATE, rule["alert"].lower())
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"]


def test_panels_have_titles_of_their_own_and_lie_beside_each_other():
    assert len({panel["title"] for panel in PANELS}) == len(PANELS)
    taken = set()
    for panel in PANELS:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken
        taken |= cells
