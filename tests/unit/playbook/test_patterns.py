"""EventBridge's operators, all on one finding: read from top to bottom as their documentation.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html,
https://github.com/aws/event-ruler
"""

import pytest

from triage.playbook.pattern import PatternInvalid, compile_pattern

FINDING = {
    "type": "Recon:EC2/PortProbe",
    "region": "eu-west-1",
    "severity": 5.5,
    "count": 300,
    "sample": False,
    "archived": None,
    "title": "",
    "file": "reports/2026/Q4.PNG",
    "literal": r"a*b\c",
    "ip": {"v4": "10.1.2.3", "v6": "2001:db8::7"},
    "ports": [22, 443],
    "tags": [{"key": "stage", "value": "prod"}, {"key": "team", "value": "web"}],
    "rules": [{"port": 22, "from": [{"cidr": "0.0.0.0/0", "note": "all"}, {"cidr": "10.0.0.0/8"}]}],
    "nested": [[{"a": 1, "b": 1}], [{"a": 2, "b": 2}]],
    "nothing": [],
    "empty": {},
}


def matches(pattern, event=None):
    return compile_pattern(pattern).matches(FINDING if event is None else event)


MATCHING = {
    "the very text": {"type": ["Recon:EC2/PortProbe"]},
    "one of several texts": {"region": ["us-east-1", "eu-west-1"]},
    "all fields": {"region": ["eu-west-1"], "count": [300]},
    "the empty text": {"title": [""]},
    "null": {"archived": [None]},
    "false": {"sample": [False]},
    "a number": {"count": [300]},
    "a number however it is written": {"count": [3.0e2]},
    "a number to six decimals": {"severity": [5.5000001]},
    "prefix": {"type": [{"prefix": "Recon:"}]},
    "prefix in any case": {"type": [{"prefix": {"equals-ignore-case": "RECON:"}}]},
    "an empty prefix, which every text has": {"title": [{"prefix": ""}]},
    "suffix": {"type": [{"suffix": "PortProbe"}]},
    "suffix in any case": {"file": [{"suffix": {"equals-ignore-case": ".png"}}]},
    "equals-ignore-case": {"region": [{"equals-ignore-case": "EU-West-1"}]},
    "wildcard": {"file": [{"wildcard": "reports/*/*.PNG"}]},
    "a wildcard for nothing": {"region": [{"wildcard": "eu-west-1*"}]},
    "a wildcard within": {"type": [{"wildcard": "*EC2*"}]},
    "an escaped asterisk and backslash": {"literal": [{"wildcard": r"a\*b\\*"}]},
    "anything-but": {"region": [{"anything-but": "us-east-1"}]},
    "anything-but several": {"region": [{"anything-but": ["us-east-1", "us-west-2"]}]},
    "anything-but numbers": {"count": [{"anything-but": [1, 2]}]},
    "anything-but of another kind": {"count": [{"anything-but": "300"}]},
    "anything-but null": {"archived": [{"anything-but": "x"}]},
    "anything-but prefix": {"region": [{"anything-but": {"prefix": "us-"}}]},
    "anything-but prefixes": {"region": [{"anything-but": {"prefix": ["us-", "ap-"]}}]},
    "anything-but suffix": {"region": [{"anything-but": {"suffix": "-2"}}]},
    "anything-but wildcards": {"file": [{"anything-but": {"wildcard": ["*/lib/*", "*.gif"]}}]},
    "anything-but in any case": {
        "region": [{"anything-but": {"equals-ignore-case": ["EU-WEST-2", "US-EAST-1"]}}]
    },
    "numeric": {"severity": [{"numeric": [">", 5]}]},
    "a numeric range": {"severity": [{"numeric": [">", 0, "<=", 5.5]}]},
    "numeric equality": {"count": [{"numeric": ["=", 300.0]}]},
    "exists": {"type": [{"exists": True}]},
    "exists, being null": {"archived": [{"exists": True}]},
    "missing": {"errorCode": [{"exists": False}]},
    "missing, being no leaf": {"ip": [{"exists": False}]},
    "missing, being an empty list": {"nothing": [{"exists": False}]},
    "missing, being an empty object": {"empty": [{"exists": False}]},
    "missing or something": {"errorCode": [{"exists": False}, "AccessDenied"]},
    "cidr": {"ip": {"v4": [{"cidr": "10.0.0.0/8"}]}},
    "cidr of IPv6": {"ip": {"v6": [{"cidr": "2001:db8::/32"}]}},
    "cidr of one address": {"ip": {"v4": [{"cidr": "10.1.2.3/32"}]}},
    "operators beside values": {"region": ["us-east-1", {"prefix": "eu-"}]},
    "an element of a list": {"ports": [443]},
    "an element that is not that": {"ports": [{"anything-but": 22}]},
    "a field of one object of a list": {"tags": {"value": ["web"]}},
    "fields of the same object of a list": {"tags": {"key": ["team"], "value": ["web"]}},
    "fields of different lists": {"tags": {"key": ["team"]}, "rules": {"port": [22]}},
    "fields of one object and a list in it": {
        "rules": {"port": [22], "from": {"cidr": ["0.0.0.0/0"], "note": ["all"]}}
    },
    "lists in lists": {"nested": {"a": [2], "b": [2]}},
    "$or, by the first": {"$or": [{"count": [300]}, {"region": ["nowhere"]}]},
    "$or, by the second": {"$or": [{"count": [1]}, {"region": ["eu-west-1"]}]},
    "$or beside fields": {"sample": [False], "$or": [{"count": [1]}, {"count": [300]}]},
    "$or inside a field": {"ip": {"$or": [{"v4": ["1.1.1.1"]}, {"v6": [{"exists": True}]}]}},
    "$or inside $or": {
        "$or": [{"count": [1]}, {"$or": [{"count": [2]}, {"severity": [5.5], "count": [300]}]}]
    },
    "$or twice": {
        "$or": [{"count": [1]}, {"count": [300]}],
        "ip": {"$or": [{"v4": ["10.1.2.3"]}, {"v4": ["10.1.2.4"]}]},
    },
}
NOT_MATCHING = {
    "another case": {"type": ["recon:ec2/portprobe"]},
    "one field of two": {"region": ["eu-west-1"], "count": [1]},
    "true for a number, a number for false": {"sample": [0]},
    "text for a number": {"count": ["300"]},
    "nothing for null": {"errorCode": [None]},
    "the empty text for null": {"archived": [""]},
    "prefix of another case": {"type": [{"prefix": "recon"}]},
    "prefix of a number": {"count": [{"prefix": "3"}]},
    "a wildcard's ends sharing a letter": {"region": [{"wildcard": "eu-west-1*-1"}]},
    "a wildcard's parts in another order": {"type": [{"wildcard": "*Port*EC2*"}]},
    "an escaped asterisk for any text": {"file": [{"wildcard": r"reports\*"}]},
    "anything-but what it is": {"region": [{"anything-but": ["us-east-1", "eu-west-1"]}]},
    "anything-but a number, written otherwise": {"count": [{"anything-but": 3.0e2}]},
    "anything-but, missing": {"errorCode": [{"anything-but": "x"}]},
    "anything-but one prefix of several": {
        "region": [{"anything-but": {"prefix": ["us-", "eu-"]}}]
    },
    "anything-but in any case": {"region": [{"anything-but": {"equals-ignore-case": "EU-WEST-1"}}]},
    "numeric at an open end": {"severity": [{"numeric": [">", 5.5]}]},
    "numeric at the upper open end": {"severity": [{"numeric": [">", 0, "<", 5.5]}]},
    "numeric of a text": {"region": [{"numeric": [">", 0]}]},
    "numeric of false": {"sample": [{"numeric": [">=", 0]}]},
    "exists of an object": {"ip": [{"exists": True}]},
    "missing, being there in one element": {
        "tags": {"key": ["team"], "value": [{"exists": False}]}
    },
    "cidr of another network": {"ip": {"v4": [{"cidr": "10.2.0.0/16"}]}},
    "cidr of another version": {"ip": {"v6": [{"cidr": "0.0.0.0/0"}]}},
    "cidr of no address": {"region": [{"cidr": "0.0.0.0/0"}]},
    "fields of different objects of a list": {"tags": {"key": ["stage"], "value": ["web"]}},
    "fields of different objects two lists down": {
        "rules": {"from": {"cidr": ["10.0.0.0/8"], "note": ["all"]}}
    },
    "fields in different lists of a list": {"nested": {"a": [1], "b": [2]}},
    "the objects of a list tied through $or": {
        "tags": {"key": ["stage"]},
        "$or": [{"tags": {"value": ["web"]}}, {"count": [1]}],
    },
    "neither of $or": {"$or": [{"count": [1]}, {"region": ["nowhere"]}]},
    "$or, but not the field beside it": {
        "sample": [True],
        "$or": [{"count": [1]}, {"count": [300]}],
    },
}


@pytest.mark.parametrize("pattern", MATCHING.values(), ids=MATCHING)
def test_the_finding_matches(pattern):
    assert matches(pattern)


@pytest.mark.parametrize("pattern", NOT_MATCHING.values(), ids=NOT_MATCHING)
def test_the_finding_does_not_match(pattern):
    assert not matches(pattern)


@pytest.mark.parametrize(
    ("value", "holds"),
    [(5e9, True), (-5e9, True), (5.1e9, False), (10**400, False), (float("nan"), False)],
)
def test_numeric_compares_numbers_from_minus_to_plus_five_billion(value, holds):
    pattern = {"n": [{"numeric": [">=", -5e9]}]}
    assert matches(pattern, {"n": value}) is holds


def test_numbers_beyond_that_are_compared_as_a_whole():
    assert matches({"account": [111122223333]}, {"account": 111122223333.0})
    assert not matches({"account": [111122223333]}, {"account": 111122223334})


def test_an_address_with_a_zone_is_in_no_network():
    assert not matches({"ip": [{"cidr": "fe80::/10"}]}, {"ip": "fe80::1%eth0"})


def test_a_network_may_have_host_bits():
    assert matches({"ip": [{"cidr": "10.1.2.3/24"}]}, {"ip": "10.1.2.9"})


def test_a_name_with_a_dot_is_one_name():
    assert matches({"a.b": [1]}, {"a.b": 1})
    assert not matches({"a.b": [1]}, {"a": {"b": 1}})


INVALID = [
    ({}, "match must name at least one field", ()),
    ({"account": {}}, "account takes a list of values, such as [{}]", ("account",)),
    ({"type": "S3.8"}, "type takes a list of values, such as ['S3.8']", ("type",)),
    ({"type": []}, "type takes a list of values, such as [[]]", ("type",)),
    ({"type": [["S3.8"]]}, "a list inside a list matches nothing", ("type", 0)),
    ({"type": [float("nan")]}, "a value is a string, a number, true, false", ("type", 0)),
    ({"type": [{"cdir": "10.0.0.0/8"}]}, "unknown operator 'cdir'", ("type", 0)),
    ({"type": [{}]}, "an operator stands alone", ("type", 0)),
    ({"type": [{"prefix": "a", "suffix": "b"}]}, "an operator stands alone", ("type", 0)),
    ({"type": ["a", {"suffix": 8}]}, "takes a string", ("type", 1)),
    ({"type": [{"prefix": {"suffix": "a"}}]}, "'suffix' inside prefix", ("type", 0)),
    ({"type": [{"suffix": {"prefix": "a"}}]}, "'prefix' inside suffix", ("type", 0)),
    ({"type": [{"equals-ignore-case": ["a"]}]}, "takes a string", ("type", 0)),
    ({"type": [{"wildcard": "a**b"}]}, "two asterisks in a row", ("type", 0)),
    ({"type": [{"wildcard": r"a\b"}]}, "a backslash stands before", ("type", 0)),
    ({"type": [{"wildcard": "a\\"}]}, "a backslash stands before", ("type", 0)),
    ({"type": [{"exists": "yes"}]}, "exists takes true or false", ("type", 0)),
    ({"ip": [{"cidr": "10.0.0.0"}]}, "cidr takes a network such as", ("ip", 0)),
    ({"ip": [{"cidr": "10.0.0.0/33"}]}, "cidr takes a network such as", ("ip", 0)),
    ({"ip": [{"cidr": "10.0.0.0/255.0.0.0"}]}, "cidr takes a network such as", ("ip", 0)),
    ({"type": [{"anything-but": []}]}, "anything-but takes strings or numbers", ("type", 0)),
    ({"type": [{"anything-but": True}]}, "anything-but takes strings or numbers", ("type", 0)),
    ({"type": [{"anything-but": ["a", 1]}]}, "not both", ("type", 0)),
    ({"type": [{"anything-but": {"numeric": ["=", 1]}}]}, "inside anything-but", ("type", 0)),
    ({"type": [{"anything-but": {"prefix": ""}}]}, "a string that is not empty", ("type", 0)),
    ({"type": [{"anything-but": {"prefix": []}}]}, "a string that is not empty", ("type", 0)),
    ({"type": [{"anything-but": {}}]}, "an operator stands alone", ("type", 0)),
    ({"count": [{"numeric": [">"]}]}, "numeric takes", ("count", 0)),
    ({"count": [{"numeric": ["=>", 1]}]}, "unknown comparison '=>'", ("count", 0)),
    ({"count": [{"numeric": [["="], 1]}]}, "unknown comparison", ("count", 0)),
    ({"count": [{"numeric": ["=", "1"]}]}, "from -5.0e9 to 5.0e9, not '1'", ("count", 0)),
    ({"count": [{"numeric": ["=", 5.1e9]}]}, "from -5.0e9 to 5.0e9", ("count", 0)),
    ({"count": [{"numeric": ["<", 5, ">", 0]}]}, "a range goes up", ("count", 0)),
    ({"count": [{"numeric": [">", 5, "<", 5]}]}, "a range goes up", ("count", 0)),
    ({"event": {"$or": [{"a": [1]}]}}, "two patterns or more", ("event", "$or")),
    ({"$or": {"a": [1]}}, "two patterns or more", ("$or",)),
    ({"$or": [{"a": [1]}, {}]}, "names at least one field", ("$or", 1)),
    ({"$or": [{"a": [1]}, [1]]}, "names at least one field", ("$or", 1)),
    ({"$or": [{"a": [1]}, {"b": [{"sufix": "x"}]}]}, "operator 'sufix'", ("$or", 1, "b", 0)),
    ({"$or": [{"prefix": ["a"]}, {"b": [1]}]}, "names no field inside $or", ("$or", 0, "prefix")),
    ({"$and": [{"a": [1]}, {"b": [1]}]}, "unknown operator '$and'", ("$and",)),
]


@pytest.mark.parametrize(("pattern", "message", "path"), INVALID)
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


def test_or_makes_at_most_a_thousand_combinations():
    ten = {"$or": [{f"f{number}": [1]} for number in range(10)]}
    assert len(compile_pattern({"a": ten, "b": ten, "c": ten}).branches) == 1000
    with pytest.raises(PatternInvalid, match="more than 1000 combinations"):
        compile_pattern({"a": ten, "b": ten, "c": ten, "d": {"$or": [{"x": [1]}, {"y": [1]}]}})


def test_a_pattern_knows_which_exact_types_it_needs():
    def needs(match):
        return compile_pattern(match).exact("type")

    assert needs({"type": ["S3.8", "S3.2"]}) == {"S3.8", "S3.2"}
    assert needs({"$or": [{"type": ["S3.8"]}, {"type": ["S3.2"], "region": ["a"]}]}) == {
        "S3.8",
        "S3.2",
    }
    assert needs({"$or": [{"type": ["S3.8"]}, {"region": ["a"]}]}) == frozenset()
    assert needs({"type": ["S3.8", {"prefix": "EC2."}]}) == frozenset()
    assert needs({"type": [{"anything-but": "S3.8"}]}) == frozenset()
    assert needs({"type": ["S3.8", None]}) == frozenset()
    assert needs({"source": ["config"]}) == frozenset()


def test_a_long_text_takes_a_wildcard_no_long_time():
    """The parts are looked for one after the other; going back would take hours here."""
    pattern = {"text": [{"wildcard": "*".join(["a"] * 40) + "*b"}]}
    assert not matches(pattern, {"text": "a" * 100_000})
