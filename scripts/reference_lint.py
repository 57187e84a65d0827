"""The pages of the lint rules, one a rule, from the table that lint reports by."""

from collections.abc import Mapping
from pathlib import Path

from triage.playbook.lint_rules import RULES, LintRule, Of

HEAD = "<!-- Written by scripts/reference.py from the code's own tables; change those. -->\n"
LANGUAGES: Mapping[Of, str] = {Of.SIGNATURES: "toml"}


def lint_pages(folder: Path) -> dict[Path, str]:
    """Every page by where it belongs."""
    pages = {folder / f"{id_}.md": _page(id_, rule) for id_, rule in RULES.items()}
    return {folder / "README.md": _index(), **pages}


def _index() -> str:
    rows = [f"| [{id_}]({id_}.md) | {rule.severity} | {rule.says} |" for id_, rule in RULES.items()]
    return "\n".join(
        [
            HEAD,
            "# What lint finds\n",
            "`triage playbook lint [PATH]` names every problem with path, line, column, the id of",
            "its rule and what to write instead. An error keeps a playbook from loading, a warning",
            "does not. Exit codes: 0 nothing found, 1 something found (`--allow-warnings` counts",
            "errors only), 2 usage, 3 a file that cannot be read. `--output sarif` is what code",
            "scanning reads.\n",
            "| rule | severity | finding |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _page(id_: str, rule: LintRule) -> str:
    language = LANGUAGES.get(rule.of, "yaml")
    return "\n".join(
        [
            HEAD,
            f"# {id_}\n",
            f"*{str(rule.severity).capitalize()}.* {rule.says}\n",
            f"{rule.why}\n",
            f"Instead: {rule.instead}.\n",
            "Found:\n",
            f"```{language}\n{rule.wrong.rstrip()}\n```\n",
            "Right:\n",
            f"```{language}\n{rule.right.rstrip()}\n```\n",
            "[All rules](README.md)\n",
        ]
    )
