"""EventBridge's operators, each on an event it matches and one it does not.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

import pytest

from triage.playbook.pattern import PatternInvalid, compile_pattern


def matches(pattern, event):
    return compile_pattern(pattern).matches(event)


@pytest.mark.parametrize(
    ("operator", "matching", "other"),
    [
        (["S3.8"], "S3.8", "S3.80"),
        (["S3.2", "S3.8"], "S3.8", "s3.8"),
        ([""], "", " "),
        ([None], None, ""),
        ([True], True, 1),
        ([1], 1, True),
        ([300], 300.0, 301),
        ([{"prefix": "S3."}], "S3.8", "EC2.19"),
        ([{"suffix": ".8"}], "S3.8", "S3.80"),
        ([{"anything-but": "S3.8"}], "S3.2", "S3.8"),
        ([{"anything-but": ["S3.8", "S3.2"]}], "S3.1", "S3.2"),
        ([{"anything-but": 5}], 6, 5),
        ([{"anything-but": {"prefix": "S3."}}], "EC2.19", "S3.8"),
        ([{"anything-but": {"suffix": [".8", ".9"]}}], "S3.1", "S3.9"),
        ([{"anything-but": {"prefix": "S3."}}], 5, "S3.8"),
        ([{"numeric": ["=", 5]}], 5.0, 4),
        ([{"numeric": [">", 0, "<=", 5]}], 5, 0),
        ([{"numeric": ["<", 5]}], -1, "4"),
        ([{"numeric": [">=", 1]}], 1, True),
        ([{"exists": True}], "", {"inner": 1}),
        ([{"prefix": "S3."}, {"anything-but": {"suffix": "9"}}], "S3.9", "EC2.19"),
    ],
)
def test_an_operator_matches_what_it_says_and_nothing_else(operator, matching, other):
    assert matches({"field": operator}, {"field": matching})
    assert not matches({"field": operator}, {"field": other})


def test_all_fields_must_match():
    pattern = {"type": ["S3.8"], "account": {"tier": ["production"]}}
    assert matches(pattern, {"type": "S3.8", "account": {"tier": "production"}})
    assert not matches(pattern, {"type": "S3.8", "account": {"tier": "sandbox"}})


def test_an_array_matches_when_any_element_does():
    assert matches({"ports": [22]}, {"ports": [80, 22]})
    assert matches({"rules": {"port": [22]}}, {"rules": [{"port": 80}, {"port": 22}]})
    assert matches({"ports": [{"anything-but": 22}]}, {"ports": [22, 80]})


def test_a_field_that_is_not_there_matches_only_exists_false():
    for operator in ([None], [{"anything-but": "x"}], [{"prefix": "x"}], [{"exists": True}]):
        assert not matches({"field": operator}, {})
    assert matches({"field": [{"exists": False}]}, {})


def test_only_leaves_exist():
    assert matches({"field": [{"exists": False}]}, {"field": {"inner": 1}})
    assert matches({"field": [{"exists": False}]}, {"field": []})
    assert not matches({"field": [{"exists": False}]}, {"field": None})


def test_a_number_too_large_for_a_float_is_only_a_number():
    assert matches({"count": [{"numeric": [">", 0]}]}, {"count": 10**400})


@pytest.mark.parametrize(
    ("pattern", "message", "path"),
    [
        ({}, "match must name at least one field", ()),
        ({"account": {}}, "account takes a list of values, such as [{}]", ("account",)),
        ({"type": "S3.8"}, "type takes a list of values, such as ['S3.8']", ("type",)),
        ({"type": []}, "type takes a list of values, such as [[]]", ("type",)),
        ({"type": [["S3.8"]]}, "a list inside a list matches nothing", ("type", 0)),
        ({"type": [{"cidr": "10.0.0.0/8"}]}, "unknown operator 'cidr'", ("type", 0)),
        ({"type": [{"prefix": "a", "suffix": "b"}]}, "an operator stands alone", ("type", 0)),
        ({"type": [{"prefix": ""}]}, "takes a string that is not empty", ("type", 0)),
        ({"type": [{"suffix": 8}]}, "takes a string that is not empty", ("type", 0)),
        ({"type": [{"exists": "yes"}]}, "exists takes true or false", ("type", 0)),
        ({"type": [{"anything-but": []}]}, "anything-but takes strings or numbers", ("type", 0)),
        ({"type": [{"anything-but": True}]}, "anything-but takes strings or numbers", ("type", 0)),
        ({"type": [{"anything-but": ["a", 1]}]}, "not both", ("type", 0)),
        ({"type": [{"anything-but": {"numeric": ["=", 1]}}]}, "inside anything-but", ("type", 0)),
        ({"count": [{"numeric": [">"]}]}, "numeric takes", ("count", 0)),
        ({"count": [{"numeric": ["=>", 1]}]}, "unknown comparison '=>'", ("count", 0)),
        ({"count": [{"numeric": [["="], 1]}]}, "unknown comparison", ("count", 0)),
        ({"count": [{"numeric": ["=", "1"]}]}, "from -5.0e9 to 5.0e9, not '1'", ("count", 0)),
        ({"count": [{"numeric": ["=", 5.1e9]}]}, "from -5.0e9 to 5.0e9", ("count", 0)),
        ({"count": [{"numeric": ["<", 5, ">", 0]}]}, "a range goes up", ("count", 0)),
        ({"count": [{"numeric": [">", 5, "<", 5]}]}, "a range goes up", ("count", 0)),
        ({"event": {"$or": [{"a": [1]}]}}, "'$or' is not in this version", ("event", "$or")),
    ],
)
def test_what_is_no_pattern_says_where_and_why(pattern, message, path):
    with pytest.raises(PatternInvalid) as caught:
        compile_pattern(pattern)
    assert message in str(caught.value)
    assert caught.value.path == path


def test_a_pattern_is_at_most_sixteen_levels_deep():
    pattern = {"field": [1]}
    for _ in range(17):
        pattern = {"field": pattern}
    with pytest.raises(PatternInvalid, match="16 levels"):
        compile_pattern(pattern)


def test_a_pattern_knows_which_exact_types_it_needs():
    assert compile_pattern({"type": ["S3.8", "S3.2"]}).exact("type") == {"S3.8", "S3.2"}
    assert compile_pattern({"type": ["S3.8", {"prefix": "EC2."}]}).exact("type") == frozenset()
    assert compile_pattern({"source": ["config"]}).exact("type") == frozenset()
