"""Events and patterns that meet: few names, few values, arrays of objects, nulls, numbers, gaps."""

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(
    [
        "",
        "x",
        "xy",
        "xyz",
        "XY",
        "x*z",
        "\\",
        "yz",
        "10.0.0.1",
        "10.9.0.1",
        "2001:db8::1",
        "1",
        "é",
        "É",
    ]
)
NUMBERS = st.sampled_from(
    [0, 1, -1, 2, 2.0, 0.5, 300, 300.0, 1.0000001, 1e-7, 5e9, 5.1e9, 10**12, 10**400, -5e9]
)
LEAVES = st.one_of(st.none(), st.booleans(), TEXTS, NUMBERS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(NAMES, inner, max_size=3),
        st.lists(st.dictionaries(NAMES, inner, max_size=3), min_size=1, max_size=3),
    ),
    max_leaves=14,
)
EVENTS = st.dictionaries(NAMES, VALUES, max_size=3)

FILLED = TEXTS.filter(bool)
WILDCARDS = st.sampled_from(["*", "x*", "*z", "x*z", "*y*", r"x\*z", r"\\", "xy", "x*y*z", "10.*"])
BOUNDS = st.sampled_from([-5e9, -1, 0, 0.5, 1, 2, 300, 5e9])
EXCLUDED = st.one_of(
    TEXTS,
    NUMBERS,
    st.lists(TEXTS, min_size=1, max_size=3),
    st.lists(NUMBERS, min_size=1, max_size=3),
    *(
        st.fixed_dictionaries({word: st.one_of(texts, st.lists(texts, min_size=1, max_size=2))})
        for word, texts in {
            "prefix": FILLED,
            "suffix": FILLED,
            "equals-ignore-case": TEXTS,
            "wildcard": WILDCARDS,
        }.items()
    ),
)


def _ignoring_case(texts):
    return st.one_of(texts, st.fixed_dictionaries({"equals-ignore-case": texts}))


def _ranges(low, high):
    return st.tuples(
        st.sampled_from([">", ">="]), st.just(low), st.sampled_from(["<", "<="]), st.just(high)
    ).map(list)


NUMERIC = st.one_of(
    st.tuples(st.sampled_from(["=", "<", "<=", ">", ">="]), BOUNDS).map(list),
    st.lists(BOUNDS, min_size=2, max_size=2, unique=True)
    .map(sorted)
    .flatmap(lambda b: _ranges(*b)),
)
OPERATORS = st.one_of(
    st.fixed_dictionaries({"prefix": _ignoring_case(TEXTS)}),
    st.fixed_dictionaries({"suffix": _ignoring_case(TEXTS)}),
    st.fixed_dictionaries({"equals-ignore-case": TEXTS}),
    st.fixed_dictionaries({"wildcard": WILDCARDS}),
    st.fixed_dictionaries({"anything-but": EXCLUDED}),
    st.fixed_dictionaries({"numeric": NUMERIC}),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries(
        {
            "cidr": st.sampled_from(
                ["10.0.0.0/8", "10.0.0.0/24", "10.0.0.7/31", "0.0.0.0/0", "2001:db8::/32", "::/0"]
            )
        }
    ),
)
FIELDS = st.lists(st.one_of(LEAVES, OPERATORS), min_size=1, max_size=3)


def _objects(inner):
    alternatives = st.lists(
        st.dictionaries(NAMES, inner, min_size=1, max_size=2), min_size=2, max_size=2
    )
    named = st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    both = st.tuples(st.dictionaries(NAMES, inner, max_size=2), alternatives)
    return st.one_of(named, named, both.map(lambda pair: {**pair[0], "$or": pair[1]}))


PATTERNS = _objects(st.recursive(FIELDS, _objects, max_leaves=5))
