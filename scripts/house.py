#!/usr/bin/env python3
"""Measure the house: function lengths, file lengths, and whether the map still fits it.

usage: scripts/house.py [--help]

Fails when the median function is longer than 9 lines, the 90th percentile longer than 30, any
longer than 60, a file longer than 350 lines, or when docs/architecture.md does not name a package
that exists (or names one that does not). The last line of output is JSON.
"""

import ast
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEDIAN_MAX, P90_MAX, LONGEST_MAX, FILE_MAX = 9, 30, 60, 350


def functions(path: Path) -> list[tuple[int, str]]:
    """Every function of a file with its length in lines, decorators left out."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            found.append((length, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"))
    return found


def packages() -> set[str]:
    """The folders of the package that hold code."""
    return {
        path.parent.relative_to(ROOT / "triage").parts[0]
        for path in (ROOT / "triage").glob("*/__init__.py")
    }


def drawn() -> set[str]:
    """The folders that the map describes: lines such as `### triage/domain`."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    return set(re.findall(r"^### `triage/([a-z_]+)/`", text, flags=re.MULTILINE))


def main() -> int:
    """Print what is wrong, then the figures."""
    files = sorted((ROOT / "triage").rglob("*.py"))
    measured = sorted(length for path in files for length in functions(path))
    lengths = [length for length, _ in measured]
    median, p90 = lengths[len(lengths) // 2], lengths[int(len(lengths) * 0.9)]
    problems = [f"{where} is {length} lines" for length, where in measured if length > LONGEST_MAX]
    sizes = [(path.relative_to(ROOT), path.read_text().count("\n")) for path in files]
    problems += [f"{name} is {size} lines: two nouns?" for name, size in sizes if size > FILE_MAX]
    problems += [f"the median function is {median} lines"] * (median > MEDIAN_MAX)
    problems += [f"the 90th percentile is {p90} lines"] * (p90 > P90_MAX)
    problems += [f"docs/architecture.md lacks triage/{name}/" for name in packages() - drawn()]
    problems += [
        f"docs/architecture.md has triage/{name}/, the house not" for name in drawn() - packages()
    ]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(
        json.dumps({"functions": len(lengths), "median": median, "p90": p90, "files": len(files)})
    )
    return 1 if problems else 0


if __name__ == "__main__":
    if "--help" in sys.argv:
        print(__doc__)
        raise SystemExit(0)
    raise SystemExit(main())
