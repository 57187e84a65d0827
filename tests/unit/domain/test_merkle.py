"""The tree is RFC 6962's: its roots are those that Certificate Transparency's own tests publish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.merkle import Tree

LEAVES = [bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_root_is_the_one_that_everybody_computes(size):
    assert Tree().with_leaves(LEAVES[:size]).root == ROOTS[size]


@given(st.lists(st.binary(max_size=4), max_size=40), st.integers(0, 40))
def test_leaves_may_come_in_any_number_of_steps(leaves, at):
    whole = Tree().with_leaves(leaves)
    assert Tree().with_leaves(leaves[:at]).with_leaves(leaves[at:]) == whole
    assert whole.size == len(leaves)
    assert len(whole.peaks) == len(leaves).bit_count()


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=20, unique=True), st.data())
def test_another_leaf_gives_another_root(leaves, data):
    place = data.draw(st.integers(0, len(leaves) - 1))
    other = [*leaves[:place], leaves[place] + b"!", *leaves[place + 1 :]]
    assert Tree().with_leaves(other).root != Tree().with_leaves(leaves).root
