"""What is checked beyond botocore's own validator."""

from typing import Any

import pytest
from botocore.model import ShapeResolver

from triage.sandbox.validation import problems

SHAPES: Any = {
    "Thing": {
        "type": "structure",
        "members": {
            "Colour": {"shape": "Colour"},
            "Code": {"shape": "Code"},
            "Odd": {"shape": "Odd"},
            "Count": {"shape": "Count"},
            "Names": {"shape": "Names"},
            "Tags": {"shape": "Tags"},
            "Inner": {"shape": "Inner"},
        },
    },
    "Colour": {"type": "string", "enum": ["red", "blue"]},
    "Code": {"type": "string", "pattern": "^[a-zA-Z]+$", "max": 3},
    "Odd": {"type": "string", "pattern": "[unclosed"},
    "Count": {"type": "integer", "max": 5},
    "Names": {"type": "list", "member": {"shape": "Text"}, "max": 2},
    "Tags": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Colour"}},
    "Inner": {"type": "structure", "members": {"Flag": {"shape": "Flag"}}},
    "Flag": {"type": "boolean"},
    "Text": {"type": "string"},
}
SHAPE = ShapeResolver(SHAPES).get_shape_by_name("Thing")


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"Colour": "red", "Code": "abc", "Odd": "[", "Count": 5, "Names": ["a", "b"]},
        {"Tags": {"a": "red"}, "Inner": {"Flag": True}},
    ],
)
def test_what_fits_has_no_problems(value: dict[str, Any]) -> None:
    assert problems(value, SHAPE) == []


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"Colour": "green"}, "Thing.Colour is 'green', not one of red, blue"),
        ({"Code": "A1"}, "Thing.Code is 'A1', which does not match"),
        ({"Code": "abcd"}, "the length of Thing.Code is 4, more than 3"),
        ({"Count": 6}, "Thing.Count is 6, more than 5"),
        ({"Names": ["a", "b", "c"]}, "the length of Thing.Names is 3, more than 2"),
        ({"Tags": {"a": "y"}}, "Thing.Tags.a is 'y'"),
        ({"Inner": {"Other": 1}}, "Thing.Inner.Other is not a member"),
        ({"Other": 1}, "Thing.Other is not a member"),
        ({"Count": "six"}, "Invalid type for parameter Count"),
        ({"Names": "abc"}, "Invalid type for parameter Names"),
        ({"Inner": []}, "Invalid type for parameter Inner"),
        ({"Tags": []}, "Invalid type for parameter Tags"),
        ({"Colour": 1}, "Invalid type for parameter Colour"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(value: dict[str, Any], sentence: str) -> None:
    assert sentence in "; ".join(problems(value, SHAPE))
