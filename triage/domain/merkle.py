"""A hash tree that only grows, hashed as RFC 6962 §2.1 does.

Leaves and nodes are hashed apart (0x00, 0x01), so that no node can pass for a leaf. A tree is known
by its peaks, the roots of its whole subtrees from the largest to the smallest: at most one for each
bit of its size, whatever that is. https://www.rfc-editor.org/rfc/rfc6962#section-2.1
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

LEAF, NODE = b"\x00", b"\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What has to be remembered of `size` leaves to add another one and to know the root."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def with_leaves(self, contents: Iterable[bytes]) -> "Tree":
        """Add leaves behind the others."""
        size, peaks = self.size, list(self.peaks)
        for content in contents:
            whole = hashlib.sha256(LEAF + content).digest()
            # Every one-bit at the end of the size is a subtree as large as what comes now.
            below = size
            while below & 1:
                whole = node(peaks.pop(), whole)
                below >>= 1
            peaks.append(whole)
            size += 1
        return Tree(size=size, peaks=tuple(peaks))

    @property
    def root(self) -> str:
        """The hash over all of it in hex; of no leaves the hash of nothing."""
        if not self.peaks:
            return hashlib.sha256(b"").hexdigest()
        whole = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            whole = node(peak, whole)
        return whole.hex()


def node(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into one."""
    return hashlib.sha256(NODE + left + right).digest()
