"""signatures/*.yaml: one statement a file, named by its id.

    id: shop-www
    kind: public-website
    subject: "arn:aws:s3:::shop-www"     # or pattern: an EventBridge pattern over the ticket
    account: "111122223333"
    types: [S3.8, S3.2]
    because: The shop's public pages.
    signed: "2026-11-01T00:00:00+00:00"
    expires: "2027-01-15T00:00:00+00:00"
    per_day: 20
    by:
      alice: |
        -----BEGIN SSH SIGNATURE-----
    revoked: { by: alice, at: "...", because: "..." }

A file with `revoked` counts for nothing, whoever wrote that: trust may be taken away by anyone.
"""

import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from triage.adapters.files.problems import InvalidFile

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
BYTES_MAX = 64 * 1024


def read_folder(folder: Path) -> list[tuple[Path, Any]]:
    """Every entry with its file. Raises InvalidFile."""
    return [(path, read_entry(path)) for path in sorted(folder.glob("*.yaml"))]


def read_entry(path: Path) -> Any:
    """One entry as it is written. Raises InvalidFile."""
    try:
        text = path.read_text(encoding="utf-8")
        if len(text) > BYTES_MAX:
            raise InvalidFile([f"{path}: a signature has at most {BYTES_MAX // 1024} KiB"])
        return YAML(typ="safe", pure=True).load(text)
    except OSError as error:
        raise InvalidFile([f"{path}: {error.strerror or error}"]) from error
    except (YAMLError, UnicodeDecodeError, ValueError) as error:
        raise InvalidFile([f"{path}: {str(error).splitlines()[0]}"]) from error


def write_entry(folder: Path, entry: Mapping[str, Any]) -> Path:
    """Write an entry to its own file, whole or not at all. Raises InvalidFile for a bad name."""
    name = str(entry["id"])
    if not NAME.fullmatch(name):
        raise InvalidFile([f"{name!r}: a signature's id is lower-case words-with-hyphens"])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    beside = path.with_suffix(".new")
    beside.write_text(_text(entry), encoding="utf-8")
    beside.replace(path)
    return path


def _text(entry: Mapping[str, Any]) -> str:
    rest = {key: one for key, one in entry.items() if key != "by"}
    by = {name: LiteralScalarString(armour) for name, armour in entry.get("by", {}).items()}
    out = StringIO()
    yaml = YAML(pure=True)
    yaml.default_flow_style = False
    yaml.dump({**rest, "by": by}, out)
    return out.getvalue()
