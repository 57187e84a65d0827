"""The index: the same as trying every pattern, in the order of names, at a cost that stays."""

import pytest

from tests.playbooks import a_playbook
from tests.reference_matcher import reference_matches
from triage.playbook.index import Index, Matcher
from triage.playbook.index import room as rooms
from triage.playbook.index.bits import members
from triage.playbook.pattern import compile_pattern


def a_matcher(*patterns):
    return Matcher([compile_pattern(one) for one in patterns])


def found(matcher, event):
    return list(matcher.matching(event))


def test_playbooks_come_in_the_order_of_their_names():
    books = [a_playbook(name=name, match={"type": ["S3.8"]}) for name in ("c", "a", "b")]
    speaking = Index.of(books).matching({"type": "S3.8"})
    assert [one.name for one in speaking] == ["a", "b", "c"]


def test_an_index_of_nothing_finds_nothing():
    assert found(a_matcher(), {"type": "S3.8"}) == []


def test_a_set_of_bits_names_its_members():
    assert list(members(0)) == []
    assert list(members(1 << 4000 | 0b1000_0000_0101)) == [0, 2, 11, 4000]


def test_looking_costs_as_much_with_a_hundred_times_the_patterns():
    few = a_matcher(*({"type": [f"t{n}"], "region": ["r"]} for n in range(20)))
    many = a_matcher(*({"type": [f"t{n}"], "region": ["r"]} for n in range(2000)))
    event = {"type": "t7", "region": "r"}
    assert (many.groups, many.candidates(event)) == (few.groups, few.candidates(event)) == (2, 1)


def test_prefixes_of_every_length_are_found():
    prefixes = ["abcdefghijklmnopqrstuvwxyz"[:length] for length in range(1, 27)]
    matcher = a_matcher(*({"name": [{"prefix": one}]} for one in prefixes))
    assert found(matcher, {"name": "abcdef"}) == [0, 1, 2, 3, 4, 5]
    assert found(matcher, {"name": "b"}) == []


def test_networks_are_found_by_their_first_bits():
    matcher = a_matcher(
        {"ip": [{"cidr": "10.0.0.0/8"}]},
        {"ip": [{"cidr": "10.1.0.0/20"}]},
        {"ip": [{"cidr": "0.0.0.0/0"}]},
        {"ip": [{"cidr": "2001:db8::/33"}]},
        {"ip": [{"cidr": "::/0"}]},
    )
    assert found(matcher, {"ip": "10.1.2.3"}) == [0, 1, 2]
    assert found(matcher, {"ip": "2001:db8::1"}) == [3, 4]
    assert found(matcher, {"ip": ["no address", "10.9.9.9"]}) == [0, 2]


def test_ranges_are_found_on_between_and_outside_their_bounds():
    matcher = a_matcher(
        {"n": [{"numeric": [">", 0, "<=", 5]}]},
        {"n": [{"numeric": [">=", 5]}]},
        {"n": [{"numeric": ["<", 3]}]},
        {"n": [{"numeric": ["=", 5]}]},
    )
    assert [found(matcher, {"n": n}) for n in (-1, 0, 2.5, 3, 5, 5.0, 5.1, 6e9)] == [
        [2],
        [2],
        [0, 2],
        [0],
        [0, 1, 3],
        [0, 1, 3],
        [1],
        [],
    ]


def test_of_two_anything_buts_of_one_field_one_is_enough():
    matcher = a_matcher({"a": [{"anything-but": ["x"]}, {"anything-but": ["y"]}]})
    assert [found(matcher, {"a": one}) for one in ("x", "y", "z")] == [[0], [0], [0]]
    assert found(matcher, {}) == []


def test_true_is_not_1_whichever_came_first():
    matcher = a_matcher({"a": [1]}, {"a": [True]}, {"a": [0]}, {"b": [{"exists": True}]})
    events = [{"a": 1}, {"a": True}, {"a": 1.0}, {"a": False}, {"a": 0}, {"b": True}, {"b": 1}]
    for order in (events, events[::-1]):
        assert [found(matcher, one) for one in order] == [
            [at for at, one in enumerate(PLAIN) if reference_matches(one, event)] for event in order
        ]


PLAIN = [{"a": [1]}, {"a": [True]}, {"a": [0]}, {"b": [{"exists": True}]}]


def test_each_pattern_is_named_once_however_many_ways_it_matches():
    matcher = a_matcher({"$or": [{"a": [1, 2]}, {"b": [1]}]})
    assert found(matcher, {"a": [1, 2], "b": 1}) == [0]
    assert (matcher.branches, matcher.groups) == (2, 2)


def test_what_two_clauses_want_of_one_field_different_leaves_may_be():
    matcher = a_matcher({"$or": [{"a": [1]}, {"b": [1]}], "a": [2]})
    assert found(matcher, {"a": [1, 2]}) == [0]
    assert found(matcher, {"a": [[1], [2]]}) == []
    assert found(matcher, {"a": [[1, 2], [3]]}) == [0]
    assert found(matcher, {"a": 2}) == []


def test_what_is_missing_in_one_element_may_be_there_in_another():
    matcher = a_matcher({"a": {"b": [{"exists": False}], "c": [1]}})
    assert found(matcher, {"a": [{"c": 1}, {"d": 1}]}) == [0]
    assert found(matcher, {"a": [{"c": 1}, {"b": 1}]}) == []


def test_a_pattern_with_hundreds_of_fields_matches():
    pattern = {f"f{number}": [{"exists": True}] for number in range(400)}
    event = dict.fromkeys(pattern, "x")
    matcher = a_matcher(pattern)
    assert found(matcher, event) == [0]
    assert found(matcher, {**event, "f399": []}) == []


def test_a_view_need_not_be_a_dict_nor_an_array_a_list():
    class View(dict):
        pass

    class Name(str):
        __slots__ = ()

    matcher = a_matcher({"a": {"b": ["x"]}}, {"a": {"c": [{"prefix": "y"}]}})
    assert found(matcher, View(a=View(b="x"))) == [0]
    assert found(matcher, {"a": ({"c": "yes"},)}) == [1]
    assert found(matcher, {"a": {"b": Name("x"), "c": ("no", "yes")}}) == [0, 1]
    assert found(matcher, {"a": object()}) == []


def test_where_a_leaf_was_an_object_or_an_array_may_be_the_next_time():
    matcher = a_matcher({"a": {"b": ["x"]}}, {"a": {"b": [{"exists": False}]}})
    values = ["x", ["y", "x"], {"x": 1}, "x", [], [[]], [["x"]], None, {}]
    assert [found(matcher, {"a": {"b": one}}) for one in values] == [
        [0],
        [0],
        [1],
        [0],
        [1],
        [1],
        [0],
        [],
        [1],
    ]


def test_arrays_may_be_nested_as_deep_as_anybody_likes():
    deep = "x"
    for _ in range(5000):
        deep = [deep, "y"]
    matcher = a_matcher({"a": ["x"]}, {"$or": [{"a": ["x"]}, {"b": [1]}], "a": ["y"]})
    assert found(matcher, {"a": deep}) == [0, 1]


@pytest.mark.parametrize("room", [0, 1000, 10_000])
def test_forgetting_changes_nothing(monkeypatch, room):
    monkeypatch.setattr(rooms, "ROOM_MAX", room)
    patterns = [{"a": [f"v{n}"], "b": {"c": [{"anything-but": f"v{n}"}]}} for n in range(50)]
    matcher = a_matcher(*patterns)
    for n in range(200):
        event = {"a": f"v{n}", "b": {"c": f"v{n % 7}", f"name{n}": 1}}
        expected = [at for at, one in enumerate(patterns) if reference_matches(one, event)]
        assert found(matcher, event) == expected


def test_what_is_kept_has_a_bound_whatever_an_attacker_sends(monkeypatch):
    monkeypatch.setattr(rooms, "ROOM_MAX", 50_000)
    matcher = a_matcher({"a": {"b": [{"prefix": "x"}]}})
    for n in range(2000):
        matcher.matching({"a": {"b": f"x{n}", f"c{n}": n}})
    matcher.matching({"a": {"b": "x" * 10_000}})
    kept = matcher._fields[("a", "b"), 0].values
    shapes = matcher._fields[("a",), 0].plans
    assert len(kept) + len(shapes) <= 50_000 / rooms.OVERHEAD
    assert max(map(len, kept)) < 10_000
