"""Where the installed botocore's model is not the one that this release of fakeim was written for.

Rules [assumption, all of them: the model is the same in botocore 1.34.0 and 1.44.5, so nothing of this has come yet]:
 1. Of what fakeim knows, all that the model states is followed: constraints, values, what is required, pages, statuses.
 2. An operation that fakeim does not know fails as one that the service does not know, and says so.
 3. A member that fakeim does not know can be sent; it is checked and logged. It does nothing. Where the service keeps
    what it lies in as a whole (a plan's template, say) it is kept and shown again. No answer has it otherwise, also
    where the model requires it.
 4. A member that fakeim knows and the model lacks is left out of answers, as that botocore's parser would leave it out.
 5. It is told once a process. It is no error, also where warnings are errors: a new botocore, with something in it
    that no test uses, is no reason for every test to fail.

``known.json`` is what this release knows: its operations, and the members of each structure.
"""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.spec.package_data import package_data

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self


class ModelDriftWarning(UserWarning):
    """The installed botocore describes the API otherwise than this release of fakeim knows it."""


class Drift(NamedTuple):
    """What differs: operations by their names, members by the names of their shapes."""

    unknown_operations: frozenset[str]
    lost_operations: frozenset[str]
    unknown_members: Mapping[str, frozenset[str]]
    lost_members: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, model: Mapping[str, Any]) -> Self:
        """Hold a model, as botocore's file has it, against what this release knows."""
        known = json.loads(package_data("fakeim.spec", "known.json"))
        there, expected = members(model), {name: frozenset(those) for name, those in known["members"].items()}
        both = [(name, there[name], those) for name, those in expected.items() if name in there]
        return cls(
            unknown_operations=frozenset(model["operations"].keys() - known["operations"]),
            lost_operations=frozenset(known["operations"]) - model["operations"].keys(),
            unknown_members={name: now - then for name, now, then in both if now - then},
            lost_members={name: then - now for name, now, then in both if then - now},
        )

    def __bool__(self) -> bool:
        return any(self)

    def __str__(self) -> str:
        new = [*sorted(self.unknown_operations), *_dotted(self.unknown_members)]
        old = [*sorted(self.lost_operations), *_dotted(self.lost_members)]
        unknown = f"It has {', '.join(new)}, which fakeim does not know: pip install -U fakeim. " if new else ""
        lost = f"It lacks {', '.join(old)}, which fakeim knows: pip install -U boto3. " if old else ""
        return (
            "the installed botocore describes Incident Manager otherwise than this release of fakeim knows it. "
            f"{unknown}{lost}All else works."
        )


def members(model: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Give the names of the members of each structure in a model."""
    shapes = model["shapes"].items()
    return {name: frozenset(raw.get("members", ())) for name, raw in shapes if raw["type"] == "structure"}


def warn(drift: Drift) -> None:
    """Tell of ``drift``, if there is any, by a warning that is never raised (rule 5)."""
    if not drift:
        return
    try:
        warnings.warn(str(drift), ModelDriftWarning, stacklevel=2)
    except ModelDriftWarning:
        with warnings.catch_warnings():
            warnings.simplefilter("always", ModelDriftWarning)
            warnings.warn(str(drift), ModelDriftWarning, stacklevel=2)


def _dotted(members: Mapping[str, frozenset[str]]) -> list[str]:
    return sorted(f"{shape}.{name}" for shape, names in members.items() for name in names)
