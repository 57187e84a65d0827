"""The model that ships: simulated and says so, raises alone, spares routine, carries no licence."""

import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from scripts.simulate_histories import written
from scripts.train_shipped import differs, veto
from tests.builders import NOON, a_threat, a_ticket, an_account
from tests.worlds import shipped_playbooks, shipped_rules
from triage.domain.account import Tier
from triage.domain.decision import Close, Level
from triage.domain.severity import Severity
from triage.domain.ticket import FindingClass
from triage.engine.decoys import attacks
from triage.judgement.features import FEATURES, RAISING, features_hash
from triage.judgement.history import History
from triage.playbook.meaning import meaning
from triage.remediations.vocabulary import VOCABULARY
from triage.stages import rehearse
from triage.stages.classify import classify
from triage.stages.conclude import conclude

ROOT = Path(__file__).parents[3]
MODELS = ROOT / "models"
RULES = shipped_rules()
ATTACKS = attacks((MODELS / "canaries" / "attacks.jsonl").read_bytes().splitlines(), NOON)
MINER = "CryptoCurrency:EC2/BitcoinTool.B!DNS"


def scored(ticket, history=None, **account):
    return classify(ticket, an_account(**account), RULES.model, history)


def test_it_carries_no_licence():
    content = json.loads((MODELS / "simulated.json").read_text())
    assert set(content) == {"name", "intercept", "weights", "veto_at"}
    context = RULES.at(NOON)
    levels = {
        context.licence(meaning(playbook, rule), tier).level
        for playbook in context.playbooks.playbooks
        for rule in playbook.rules
        for tier in Tier
    }
    assert levels == {Level.SHADOW}


def test_its_card_says_first_that_its_data_are_simulated_and_of_which_features_it_speaks():
    title, _, first, *rest = (MODELS / "simulated.md").read_text().splitlines()
    assert title == "# simulated: model card"
    assert first.startswith("- **Data: simulated.** Nobody's tickets and nobody's verdicts")
    assert features_hash() in "".join(rest)


def test_nothing_it_looks_at_lowers_a_score():
    assert set(RULES.model.weights) == set(FEATURES)
    assert all(weight >= 0 for weight in RULES.model.weights.values())
    assert all(RULES.model.weights[name] >= 0 for name in RAISING)


def test_it_ranks_as_a_responder_would():
    calm, loud = {"severity": Severity(20)}, {"severity": Severity(80)}
    known = History(overall=0.5)
    ranked = [
        scored(a_ticket(**calm), tier=Tier.SANDBOX),
        scored(a_ticket(**calm)),
        scored(a_threat(**calm)),
        scored(a_threat(**loud)),
        scored(a_threat(**loud), known),
        scored(a_threat(**loud, threat_intelligence=True), known),
        scored(a_threat(**loud, type=MINER), known),
        scored(a_threat(**loud, type=MINER, in_attack_sequence=True), known),
    ]
    assert all(one.score < other.score for one, other in pairwise(ranked))
    exposed = a_ticket(**calm, finding_class=FindingClass.EXPOSURE)
    assert scored(exposed).score > ranked[1].score


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.type)
def test_a_recorded_attack_is_vetoed_or_closes_under_no_playbook(attack):
    vetoed = {scored(attack, tier=tier).veto for tier in Tier}
    assert vetoed == {attack.type != "Recon:EC2/PortProbeUnprotectedPort"}
    for tier in Tier:
        listed = replace(RULES.organisation.account("111111111111"), id=attack.account, tier=tier)
        organisation = replace(RULES.organisation, accounts={listed.id: listed})
        context = RULES.under(organisation).at(NOON)
        assert not isinstance(conclude(attack, {}, context).decision, Close)


def test_it_vetoes_no_close_that_the_playbooks_that_ship_are_tested_for(monkeypatch):
    monkeypatch.setattr(rehearse, "QUIET", RULES.model)
    _, loaded = shipped_playbooks()
    ran = [one for book in loaded.playbooks for one in rehearse.rehearse(book, VOCABULARY)]
    assert [one for one in ran if one.problem] == []


def test_a_simulated_history_is_its_seed_and_is_read_as_live_tickets_are():
    text = written([7], days=6)
    assert written([7], days=6) == text != written([8], days=6)
    rows = [json.loads(line) for line in text.splitlines()]
    assert {type(row["real"]) for row in rows} == {bool}
    assert {row["source"] for row in rows} > {"guardduty", "securityhub", "inspector", "config"}
    assert all(set(row["features"]) == set(FEATURES) for row in rows)
    assert all(0 <= value <= 1 for row in rows for value in row["features"].values())


def test_the_veto_is_the_lowest_hundredth_that_spares_nearly_all_that_is_harmless():
    assert veto([0.1] * 98 + [0.5, 0.6]) == 0.11
    assert veto([0.1] * 97 + [0.4, 0.5, 0.6]) == 0.41


def test_a_model_with_another_number_is_not_what_its_seeds_give():
    model = json.loads((MODELS / "simulated.json").read_text())
    assert differs(model, model | {"intercept": model["intercept"] + 1e-9}) == ""
    assert differs(model, model | {"intercept": -4.0}) == "other numbers: intercept"
    assert differs(model, model | {"weights": {}}) == "it has other parts"


@pytest.mark.slow
def test_it_is_what_its_seeds_give():
    pytest.importorskip("sklearn")
    command = [sys.executable, ROOT / "scripts" / "train_shipped.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
