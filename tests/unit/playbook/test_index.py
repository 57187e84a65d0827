"""The index: the same as trying every pattern, in the order of names, at a cost that stays."""

from tests.playbooks import a_playbook
from triage.playbook.index import Index, Matcher
from triage.playbook.index.slots import Slot
from triage.playbook.pattern import compile_pattern
from triage.playbook.pattern.atom import Kind


def a_matcher(*patterns, traffic=()):
    return Matcher([compile_pattern(one) for one in patterns], traffic)


def slots(matcher):
    return {slot for _, slot, _ in matcher.root.tables}


def test_playbooks_come_in_the_order_of_their_names():
    books = [a_playbook(name=name, match={"type": ["S3.8"]}) for name in ("c", "a", "b")]
    found = Index.of(books).matching({"type": "S3.8"})
    assert [one.name for one in found] == ["a", "b", "c"]


def test_an_index_of_nothing_finds_nothing():
    assert a_matcher().matching({"type": "S3.8"}) == []


def test_a_pattern_is_anchored_on_the_clause_that_holds_least_often():
    common = [{"source": ["x"], "type": [f"t{number}"]} for number in range(50)]
    matcher = a_matcher(*common)
    assert slots(matcher) == {Slot(("type",), Kind.EXACT)}
    assert matcher.matching({"source": "x", "type": "t7"}) == [7]
    assert matcher.matching({"source": "y", "type": "t7"}) == []


def test_a_slot_for_one_pattern_is_given_up_when_another_finds_it_as_well():
    common = [{"type": [f"t{number}"]} for number in range(50)]
    matcher = a_matcher(*common, {"type": ["t1"], "name": ["only here"]})
    assert slots(matcher) == {Slot(("type",), Kind.EXACT)}


def test_traffic_shows_what_the_rules_do_not():
    patterns = [{"a": [f"a{n % 5}"], "b": [f"b{n % 9}"]} for n in range(45)]
    assert slots(a_matcher(*patterns)) == {Slot(("b",), Kind.EXACT)}
    traffic = [{"a": "other", "b": "b1"} for _ in range(100)]
    matcher = a_matcher(*patterns, traffic=traffic)
    assert Slot(("a",), Kind.EXACT) in slots(matcher)
    assert matcher.candidates(traffic[0]) < a_matcher(*patterns).candidates(traffic[0])


def test_looking_costs_as_many_slots_with_a_hundred_times_the_patterns():
    few = a_matcher(*({"type": [f"t{n}"], "region": ["r"]} for n in range(20)))
    many = a_matcher(*({"type": [f"t{n}"], "region": ["r"]} for n in range(2000)))
    event = {"type": "t7", "region": "r"}
    assert (many.groups, many.candidates(event)) == (few.groups, few.candidates(event)) == (1, 1)


def test_prefixes_share_a_few_slots_whatever_their_lengths():
    prefixes = ["abcdefghijklmnopqrstuvwxyz"[:length] for length in range(1, 27)]
    matcher = a_matcher(*({"name": [{"prefix": one}]} for one in prefixes))
    assert len(matcher.root.tables) <= 4
    assert matcher.matching({"name": "abcdef"}) == [0, 1, 2, 3, 4, 5]


def test_networks_are_found_by_their_first_bits():
    matcher = a_matcher(
        {"ip": [{"cidr": "10.0.0.0/8"}]},
        {"ip": [{"cidr": "10.1.0.0/20"}]},
        {"ip": [{"cidr": "0.0.0.0/0"}]},
        {"ip": [{"cidr": "2001:db8::/33"}]},
        {"ip": [{"cidr": "::/0"}]},
    )
    assert matcher.matching({"ip": "10.1.2.3"}) == [0, 1, 2]
    assert matcher.matching({"ip": "2001:db8::1"}) == [3, 4]
    assert matcher.matching({"ip": ["no address", "10.9.9.9"]}) == [0, 2]


def test_what_every_alternative_of_or_needs_is_looked_up():
    alternatives = [{"$or": [{"a": [n]}, {"b": [n]}], "type": [f"t{n}"]} for n in range(40)]
    matcher = a_matcher(*alternatives)
    assert slots(matcher) == {Slot(("type",), Kind.EXACT)}
    assert matcher.matching({"type": "t3", "b": 3}) == [3]


def test_each_pattern_is_named_once_however_many_ways_it_matches():
    matcher = a_matcher({"$or": [{"a": [1, 2]}, {"b": [1]}]})
    assert matcher.matching({"a": [1, 2], "b": 1}) == [0]


def test_large_buckets_are_looked_up_again():
    patterns = [{"type": ["t"], "name": [f"n{n}"], "x": [n % 2]} for n in range(200)]
    events = [{"type": "t", "name": f"n{n}", "x": 1} for n in range(200)]
    matcher = a_matcher(*patterns, traffic=events)
    assert [matcher.matching(event) for event in events[:4]] == [[], [1], [], [3]]


def test_a_pattern_with_hundreds_of_fields_matches():
    pattern = {f"f{number}": [{"exists": True}] for number in range(400)}
    event = dict.fromkeys(pattern, "x")
    matcher = a_matcher(pattern)
    assert matcher.matching(event) == [0]
    assert matcher.matching({**event, "f399": []}) == []


def test_a_view_need_not_be_a_dict():
    class View(dict):
        pass

    matcher = a_matcher({"a": {"b": ["x"]}}, {"a": {"c": [{"prefix": "y"}]}})
    assert matcher.matching(View(a=View(b="x"))) == [0]
    assert matcher.matching({"a": ({"c": "yes"},)}) == [1]
