"""What people are told: everything they need, on lines that cannot mislead, and no more."""

from dataclasses import replace

from tests.builders import NOON, a_case, a_threat, minutes
from triage.domain.account import Team
from triage.domain.decision import Level
from triage.stages.kept_back import INSTEAD, as_shown, blind_share, is_blind, is_shown
from triage.stages.notice import LATE, Asked, asked_again, company, notice, reviews_wait

CASE = a_case(a_threat())
TYPE = "Recon:EC2/PortProbeUnprotectedPort"
DECIDED = {
    "priority": "high",
    "reasons": ["it is open", "nobody signed"],
    "would": "close: benign",
    "suggestions": [{"fix": "ec2.revoke_open_ingress", "parameters": {}}],
    "rule": "p: r",
    "opinion": {"score": 0.1},
}
BLIND = {**DECIDED, "arm": {"blind": True, "keeps": ["nobody signed"]}}
HEAD = [
    "An unprotected port is being probed",
    f"type      {TYPE} (threat, low)",
    "subject   i-0abc",
]
NEXT = f"next      triage case show {CASE.id}"


def lines(record):
    return record["text"].splitlines()


def test_a_page_says_what_where_whose_why_and_what_to_do_next():
    page = notice(CASE, DECIDED, Team(name="shop", contact="#shop"))
    assert page == {
        "priority": "high",
        "title": f"[high] {TYPE}: i-0abc",
        "text": "\n".join(
            [
                *HEAD,
                "account   111122223333 eu-west-1",
                "owner     shop (#shop)",
                "because   it is open",
                "because   nobody signed",
                "would     close: benign",
                "consider  ec2.revoke_open_ingress",
                NEXT,
            ]
        ),
    }


def test_what_is_not_known_takes_no_line():
    bare = {"priority": "low", "reasons": ["."], "suggestions": []}
    nowhere = replace(CASE, headline={**CASE.headline, "region": None})
    assert lines(notice(nowhere, bare)) == [*HEAD, "account   111122223333", "because   .", NEXT]
    assert "owner     shop" in lines(notice(CASE, bare, Team(name="shop", contact="")))


def test_a_page_keeps_back_what_a_rule_on_trial_would_do():
    told = lines(notice(CASE, BLIND))
    assert f"because   {INSTEAD}" in told
    assert "because   nobody signed" not in told
    assert not [line for line in told if line.startswith("would")]


def test_what_is_kept_back_is_the_rule_its_reasons_and_the_opinion():
    kept_back = {"rule": None, "would": None, "opinion": None}
    assert as_shown(BLIND) == {**BLIND, **kept_back, "reasons": ["it is open", INSTEAD]}
    assert as_shown(DECIDED) == DECIDED


def test_a_decision_without_a_rule_on_trial_is_neither_blind_nor_shown():
    shown = {"arm": {"blind": False, "keeps": []}}
    assert [is_blind(one) for one in ({}, {"arm": None}, shown, BLIND)] == [False] * 3 + [True]
    assert [is_shown(one) for one in ({}, {"arm": None}, shown, BLIND)] == [
        False,
        False,
        True,
        False,
    ]


def test_a_rule_at_shadow_is_always_kept_back_and_at_suggest_one_time_in_five():
    assert [blind_share(level) for level in (Level.SHADOW, Level.SUGGEST)] == [1.0, 0.2]


def test_attackers_text_stays_on_its_line_and_within_bounds():
    evil = replace(CASE, headline={**CASE.headline, "title": "a\nnext  rm\x1b[2J" + "x" * 500})
    told = lines(notice(evil, DECIDED))
    assert told[0].startswith("a\N{REPLACEMENT CHARACTER}next  rm\N{REPLACEMENT CHARACTER}[2Jxx")
    assert len(told[0]) == 400
    assert told[0].endswith("x…")
    long = replace(CASE, headline={**CASE.headline, "subject": "s" * 400})
    title = notice(long, DECIDED)["title"]
    assert (len(title), title[-2:]) == (120, "s…")
    exact = replace(CASE, headline={**CASE.headline, "title": "x" * 400})
    assert lines(notice(exact, DECIDED))[0] == "x" * 400


def test_a_page_for_many_counts_them_by_type_most_first():
    kinds = ["a", "b", "b", "c", "d", "e", "f"]
    members = [replace(CASE, headline={**CASE.headline, "type": kind}) for kind in kinds]
    assert company(members, 9, "i1").splitlines() == [
        "together  9 cases of one cause: 2 x b, 1 x a, 1 x c, 1 x d, 1 x e",
        "all       triage incident show i1",
    ]


def test_asking_again_says_nothing_of_what_was_said():
    said = replace(CASE, verdict="benign", decided=DECIDED)
    assert asked_again(said, disputed=True) == {
        "priority": "high",
        "title": f"[high] one more opinion: {TYPE}",
        "text": "\n".join(
            [
                *HEAD,
                "because   two people disagree on what it was",
                f"next      triage verdict {CASE.id} --blind --as ...",
            ]
        ),
    }


def test_a_second_opinion_by_a_draw_is_no_hurry_and_is_not_said_to_be_a_dispute():
    text = asked_again(CASE, disputed=False)
    assert (text["priority"], text["title"]) == ("low", f"[low] one more opinion: {TYPE}")
    assert "drawn for two people" in text["text"]
    assert "disagree" not in text["text"]


def waiting(*due):
    return [Asked(case=replace(CASE, decided=DECIDED), due=one) for one in due]


def test_a_review_that_is_due_this_very_moment_is_late():
    page = reviews_wait(waiting(NOON, NOON + minutes(60)), NOON)
    assert page == {
        "priority": "high",
        "title": "[high] 2 closes to review, by 2026-11-20 12:00Z",
        "text": "\n".join(
            [
                "2 closes drawn at random wait for a person to say what they were",
                LATE.format(1),
                f"1         {CASE.id} {TYPE} (low), by 2026-11-20 12:00Z",
                f"2         {CASE.id} {TYPE} (low), by 2026-11-20 13:00Z",
                "next      triage review next",
            ]
        ),
    }


def test_reviews_in_good_time_are_no_emergency_and_a_long_list_is_cut():
    soon = [NOON + minutes(1)] * 10
    page = reviews_wait(waiting(*soon), NOON)
    assert page["priority"] == "medium"
    assert len(lines(page)) == 12
    cut = lines(reviews_wait(waiting(*soon, NOON + minutes(9)), NOON))
    assert cut[-2:] == ["and 1 more", "next      triage review next"]
    assert len(cut) == 13
