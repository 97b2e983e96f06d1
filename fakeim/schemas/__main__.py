"""``python -m fakeim.schemas``: write the schemas as files, or see whether the files are what the model says.

The files refer to each other by their ids; ``common.json`` has the shapes that the others share.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakeim.spec.api import load_api
from fakeim.spec.json_schema import documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fakeim.spec.api import Api

_ABSENT: Any = object()
_LONGEST = 120


def main(arguments: Sequence[str] | None = None, api: Api | None = None) -> int:
    """Run on ``arguments``, by default the process's, and an ``api``, by default the installed one's; give the status.

    Returns:
        0, or with ``--check`` 1 if a file is not what the model says.
    """
    parser = ArgumentParser(prog="python -m fakeim.schemas", description="Write the API's JSON Schemas as files.")
    parser.add_argument("folder", nargs="?", default="schemas", type=Path, help="where they are (default: schemas)")
    parser.add_argument("--check", action="store_true", help="write nothing; tell what is not as the model says")
    options = parser.parse_args(arguments)
    files = {name: _text(document) for name, document in documents(api or load_api()).items()}
    if not options.check:
        _write(options.folder, files)
        return 0
    found = list(drift(options.folder, files))
    if found:
        remedy = f"If the model is right, write them anew: python -m fakeim.schemas {options.folder}"
        sys.stderr.write("\n".join([*found, remedy, ""]))
    return 1 if found else 0


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())


def _present(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.json")}


# -- what has changed -------------------------------------------------------------------------------------------------


def drift(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    """Tell, line by line, how ``folder`` differs from ``files``; what differs alike in many is told once."""
    present = _present(folder)
    yield from (f"{name} is missing" for name in sorted(files.keys() - present))
    yield from (f"{name} is none of the model's: delete it" for name in sorted(present - files.keys()))
    changes: dict[str, list[str]] = {}
    for name in sorted(files.keys() & present):
        for change in _changes((folder / name).read_bytes(), files[name].encode()):
            changes.setdefault(change, []).append(name)
    for change, names in changes.items():
        where = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
        yield f"{where}: {change}"


def _changes(old: bytes, new: bytes) -> Iterator[str]:
    if old == new:
        return
    try:
        found = list(_differences(json.loads(old), json.loads(new), ""))
    except ValueError:
        found = ["it is no JSON"]
    yield from found or ["it says the same, but is not written as it would be"]


def _differences(old: Any, new: Any, path: str) -> Iterator[str]:
    """Name each place, as a JSON pointer, where ``old`` and ``new`` differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *sorted(new.keys() - old.keys())]:
            step = name.replace("~", "~0").replace("/", "~1")
            yield from _differences(old.get(name, _ABSENT), new.get(name, _ABSENT), f"{path}/{step}")
    elif old is not new and (old != new or type(old) is not type(new)):
        yield f"{path or '/'}: {_shown(old)} in the file, {_shown(new)} in the model"


def _shown(value: Any) -> str:
    text = "absent" if value is _ABSENT else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


if __name__ == "__main__":
    raise SystemExit(main())
