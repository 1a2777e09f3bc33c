"""SemlaFlow's own path and coordinate loss for molecules made here, without its network.

Nothing here imports upstream until a checkout is named.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import Tensor

SIZES = (5, 9, 2, 7)
TYPES, BOND_TYPES, CHARGES = 5, 5, 7
SCALE = 1.723299503326416  # angstrom per unit for QM9, upstream's scriptutil.QM9_COORDS_STD_DEV


@dataclass(frozen=True)
class Recorded:
    """A batch as upstream makes it, an answer, and upstream's loss.

    Attributes:
        coords: `(molecules, atoms, 3)` in upstream's units, centred.
        types: `(molecules, atoms, types)` one-hot.
        mask: `(molecules, atoms)` int64.
        noisy: `(molecules, atoms, 3)`, upstream's x_t.
        times: `(molecules,)`, 1 at the data.
        predicted: `(molecules, atoms, 3)`, what a network could have answered.
        loss: upstream's coordinate loss of the batch.
    """

    coords: Tensor
    types: Tensor
    mask: Tensor
    noisy: Tensor
    times: Tensor
    predicted: Tensor
    loss: Tensor


@contextmanager
def importable(checkout: Path) -> Iterator[None]:
    """Upstream's package on the import path, and forgotten afterwards."""
    before = set(sys.modules)
    sys.path.insert(0, str(checkout))
    try:
        yield
    finally:
        sys.path.remove(str(checkout))
        for name in {name for name in sys.modules if name.split(".")[0] == "semlaflow"} - before:
            del sys.modules[name]


def run(checkout: Path, seed: int = 0) -> Recorded:
    """Upstream's interpolation between noise and random molecules, and its loss of an answer."""
    with importable(checkout):
        from semlaflow.data.datamodules import GeometricDM
        from semlaflow.data.interpolate import GeometricInterpolant, GeometricNoiseSampler
        from semlaflow.models.fm import MolecularCFM

        torch.manual_seed(seed)
        sampler = GeometricNoiseSampler(TYPES, BOND_TYPES)
        path = GeometricInterpolant(
            sampler, coord_noise_std=0.2, equivariant_ot=True, time_alpha=2.0, time_beta=1.0
        )
        _, clean, noisy, times = path.interpolate(_molecules())
        loader = object.__new__(GeometricDM)
        loader.bucket_limits = None
        data, interpolated = (loader._batch_to_dict(_batch(it)) for it in (clean, noisy))
        answer = _answer(data)
        loss = MolecularCFM._loss(_settings(MolecularCFM), data, interpolated, answer)
    return Recorded(
        coords=data["coords"],
        types=data["atomics"],
        mask=data["mask"],
        noisy=interpolated["coords"],
        times=torch.stack(times),
        predicted=answer["coords"],
        loss=loss["coord-loss"],
    )


def _molecules() -> list:
    """Chains of atoms with random types, in upstream's units, as its transform leaves them."""
    from semlaflow.util.molrepr import GeometricMol

    made = []
    for size in SIZES:
        coords = 0.3 * torch.randn(size, 3)
        coords[:, 0] += 1.3 * torch.arange(size)
        coords = (coords - coords.mean(0)) / SCALE
        bonds = torch.ones(size, size).nonzero()
        kinds = torch.nn.functional.one_hot(torch.randint(BOND_TYPES, (len(bonds),)), BOND_TYPES)
        types = torch.nn.functional.one_hot(torch.randint(TYPES, (size,)), TYPES)
        made.append(GeometricMol(coords, types, bonds, kinds, torch.zeros(size).long()))
    return made


def _batch(molecules: list) -> object:
    from semlaflow.util.molrepr import GeometricMolBatch

    return GeometricMolBatch.from_list(molecules)


def _answer(data: dict[str, Tensor]) -> dict[str, Tensor]:
    real = data["mask"].unsqueeze(-1)
    off = data["coords"] + 0.2 * torch.randn_like(data["coords"])
    return {
        "coords": off * real,
        "atomics": torch.randn_like(data["atomics"]),
        "bonds": torch.randn_like(data["bonds"]),
        "charges": torch.randn(*data["charges"].shape),
    }


def _settings(model: type) -> SimpleNamespace:
    """What `_loss` asks of the model around it."""
    found = SimpleNamespace(
        type_strategy="ce", bond_strategy="ce",
        type_loss_weight=1.0, bond_loss_weight=1.0, charge_loss_weight=1.0,
    )  # fmt: skip
    for name in ("_type_loss", "_bond_loss", "_charge_loss"):
        setattr(found, name, getattr(model, name).__get__(found))
    return found
