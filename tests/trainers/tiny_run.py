"""A training run small enough for a test: 24 molecules, a network of width 8, 10 noise levels."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.molecules import Molecule, MoleculeSet
from eloss_plugins.trainers import checkpoint, gdm
from eloss_plugins.trainers.config import TrainConfig
from eloss_plugins.trainers.parts import Parts, find_trainer

SPEC = replace(gdm.SPEC, config=replace(gdm.SPEC.config, layers=1, features=8, timesteps=10))


TRAINERS = ("gdm", "gdm-aug", "edm", "flow", "jodo")
SIZES = {
    "gdm": {"layers": 1, "features": 8, "timesteps": 10},
    "gdm-aug": {"layers": 1, "features": 8, "timesteps": 10},
    "edm": {"layers": 1, "features": 8, "timesteps": 10},
    "flow": {"layers": 1, "features": 8, "timesteps": 10},
    "jodo": {"layers": 1, "features": 16, "heads": 4, "timesteps": 10, "dropout": 0.0},
}


def parts_of(trainer: str, listed: list[Molecule] | None = None) -> Parts:
    """A small model of any trainer, and molecules in a chain of single bonds."""
    spec = find_trainer(trainer)
    chains = [chained(molecule) for molecule in (molecules() if listed is None else listed)]
    return Parts(replace(spec, config=replace(spec.config, **SIZES[trainer])), data(chains))


def chained(molecule: Molecule) -> Molecule:
    atoms = len(molecule)
    pairs = np.stack([np.arange(atoms - 1), np.arange(1, atoms)], axis=1)
    bonds = BondList(pairs, np.ones(atoms - 1), atoms)
    return replace(molecule, bonds=bonds, formal_charges=np.zeros(atoms, np.int64))


def molecules(count: int = 24, seed: int = 0) -> list[Molecule]:
    draw = np.random.default_rng(seed)
    sizes = draw.integers(2, 6, count)
    return [
        Molecule(draw.normal(size=(size, 3)), draw.choice([1, 6, 8], size), f"mol-{place}")
        for place, size in enumerate(sizes)
    ]


def data(listed: list[Molecule] | None = None) -> DataSet:
    listed = molecules() if listed is None else listed
    places = np.arange(len(listed))
    splits = {"train": places[:-4], "valid": places[-4:], "test": places[:0]}
    return DataSet("tiny", MoleculeSet.from_molecules(listed), splits, (1, 6, 8))


def parts(listed: list[Molecule] | None = None) -> Parts:
    return Parts(SPEC, data(listed))


def config(out: Path, **changes: Any) -> TrainConfig:
    settings = {
        "trainer": "gdm", "out": str(out), "steps": 12, "batch_size": 4, "learning_rate": 1e-3,
        "accelerator": "cpu", "log_every": 3, "valid_every": 6, "checkpoint_every": 5,
        "keep_last": 20,
    }  # fmt: skip
    return TrainConfig(**(settings | changes))


def newest(out: Path) -> dict[str, Any]:
    found = checkpoint.load_newest(Path(out) / "checkpoints")
    assert found is not None
    return found.state


def assert_same(left: Any, right: Any, path: str = "") -> None:
    """Equal bit for bit, through containers; wall-clock times and folders aside."""
    if path.endswith((".seconds", ".out", ".steps")):
        return
    assert type(left) is type(right), path
    if isinstance(left, torch.Tensor):
        assert left.dtype == right.dtype, path
        assert torch.equal(left, right), path
    elif isinstance(left, dict):
        assert left.keys() == right.keys(), path
        for key in left:
            assert_same(left[key], right[key], f"{path}.{key}")
    elif isinstance(left, list | tuple):
        assert len(left) == len(right), path
        for place, (a, b) in enumerate(zip(left, right, strict=True)):
            assert_same(a, b, f"{path}[{place}]")
    else:
        assert left == right, path
