"""What must be the same for a resumed run to be the run that was interrupted."""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from eloss_plugins import __version__
from eloss_plugins.data.dataset import SPLITS, DataSet
from eloss_plugins.errors import Refused

FREE = frozenset(  # settings that do not touch what a step computes
    {
        "out",
        "data",  # a place; the molecules themselves are compared by their fingerprint
        "steps",
        "epochs",
        "log_every",
        "valid_every",
        "valid_molecules",
        "checkpoint_every",
        "keep_last",
        "non_finite_limit",
    }
)
LENGTH = frozenset({"steps", "epochs"})


@dataclass(frozen=True)
class Change:
    """One thing that differs between a saved run and the one that would go on."""

    name: str
    saved: Any
    asked: Any

    def __str__(self) -> str:
        return f"{self.name}: {self.saved} -> {self.asked}"


def versions() -> dict[str, str]:
    """Versions that a result may depend on."""
    return {
        "eloss-plugins": __version__,
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def fingerprint(data: DataSet) -> str:
    """SHA-256 over molecules, their bonds and splits, shortened to 16 digits."""
    digest = hashlib.sha256()
    molecules = data.molecules
    arrays: list[NDArray[Any]] = [molecules.positions, molecules.numbers, molecules.offsets]
    if molecules.bonds is not None:
        arrays += [molecules.bonds.pairs, molecules.bonds.orders, molecules.bonds.offsets]
    if molecules.formal_charges is not None:
        arrays += [molecules.formal_charges]
    arrays += [np.asarray(data.splits[split]) for split in SPLITS if split in data.splits]
    for array in arrays:
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` as they come back from JSON: what a checkpoint may hold and what compares equal."""
    converted: dict[str, Any] = json.loads(json.dumps(values, default=str))
    return converted


def changes(saved: Mapping[str, Any], asked: Mapping[str, Any]) -> list[Change]:
    """Where two identities differ, settings that may change left out."""
    before, after = _flat(saved), _flat(asked)
    free = {f"config.{setting}" for setting in _free_settings(after)}
    names = [*before, *(name for name in after if name not in before)]
    return [
        Change(name.removeprefix("config."), before.get(name), after.get(name))
        for name in names
        if name not in free and before.get(name) != after.get(name)
    ]


def check_same(saved: Mapping[str, Any], asked: Mapping[str, Any], *, allow: bool) -> list[Change]:
    """The changes, if they are allowed.

    Raises:
        Refused: there are some and they are not.
    """
    found = changes(saved, asked)
    if found and not allow:
        listed = "; ".join(str(change) for change in found)
        raise Refused(
            f"the run was made with other settings: {listed}. "
            "Give the old ones, or pass --allow-change to go on with the new ones"
        )
    return found


def _free_settings(asked: Mapping[str, Any]) -> frozenset[str]:
    """`FREE`; without the run's length if the learning rate falls towards its end."""
    falls = asked.get("config.rate_course", "constant") != "constant"
    return FREE - LENGTH if falls else FREE


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat
