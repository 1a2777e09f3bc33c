"""Molecules from a trained model, in batches of similar size."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.elements import Elements
from eloss_plugins.data.molecules import Molecule, MoleculeSet
from eloss_plugins.trainers import rng

if TYPE_CHECKING:
    from torch import Tensor

    from eloss_plugins.trainers.run import LoadedRun

Advance = Callable[[int], None]


@dataclass(frozen=True)
class Request:
    """Which molecules are wanted.

    Attributes:
        count: how many.
        seed: of sizes and noise; an equal request gives equal molecules.
        batch: molecules made together.
        steps: of the reverse process; None for those of the training.
    """

    count: int
    seed: int = 0
    batch: int = 100
    steps: int | None = None


def generate(run: "LoadedRun", request: Request, advance: Advance) -> MoleculeSet:
    """New molecules, their sizes distributed as in the run's training set.

    Batches hold molecules of similar size, so that little is spent on padding; the molecules come
    in the order in which their sizes were drawn. The global random state is afterwards as it was.

    Args:
        run: a trained model.
        request: how many, seed, batch, steps.
        advance: called with the number of molecules that made one step.
    """
    generator = torch.Generator().manual_seed(request.seed)
    sizes = run.nodes.sample(request.count, generator)
    made: dict[int, Molecule] = {}
    with rng.isolated(_device(run)):
        torch.manual_seed(request.seed)
        for places in by_size(sizes.tolist(), request.batch):
            made |= zip(places, _batch(run, sizes[places], request, advance), strict=True)
    return MoleculeSet.from_molecules(
        [replace(molecule, name=f"sample {place}") for place, molecule in sorted(made.items())]
    )


def _device(run: "LoadedRun") -> torch.device:
    return next(run.model.parameters()).device


def by_size(sizes: Sequence[int], batch: int) -> list[list[int]]:
    """Places in `sizes`, ascending in size, in lists of at most `batch`."""
    order = sorted(range(len(sizes)), key=lambda place: sizes[place])
    return [order[start : start + batch] for start in range(0, len(order), batch)]


def _batch(
    run: "LoadedRun", sizes: "Tensor", request: Request, advance: Advance
) -> Iterator[Molecule]:
    made = run.model.sample(
        sizes.to(_device(run)),
        steps=request.steps,
        on_step=lambda _done, _all: advance(len(sizes)),
    )
    numbers = Elements(run.elements).decode(made.elements)
    for row in range(len(sizes)):
        atoms = made.mask[row]
        yield Molecule(
            made.positions[row][atoms].cpu().numpy().astype(np.float64),
            numbers[row][atoms].cpu().numpy().astype(np.int64),
            bonds=_bonds(made.bonds, row, atoms),
            formal_charges=_charges(made.formal_charges, row, atoms),
        )


def _bonds(orders: "Tensor | None", row: int, atoms: "Tensor") -> BondList | None:
    if orders is None:
        return None
    return BondList.from_matrix(orders[row][atoms][:, atoms].cpu().numpy())


def _charges(charges: "Tensor | None", row: int, atoms: "Tensor") -> NDArray[np.int64] | None:
    return None if charges is None else charges[row][atoms].cpu().numpy().astype(np.int64)
