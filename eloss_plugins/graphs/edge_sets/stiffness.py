"""A law of the core as a function of pairs of one structure."""

import numpy as np
import torch
from numpy.typing import NDArray

from eloss_plugins.core.pairs import Pairs
from eloss_plugins.core.stiffness import StiffnessLaw
from eloss_plugins.graphs.sampling import pairs
from eloss_plugins.graphs.sampling.plan import Stiffness, is_listed
from eloss_plugins.graphs.structure import Structure

SMALLEST = 1e-6  # angstrom; nearer atoms are at one place, and pairs of them carry no stiffness


def stiffness_of(structure: Structure, law: StiffnessLaw) -> Stiffness:
    """`(pairs, 2)` to `(pairs,)` stiffness, finite and >= 0; bonds count as single ones."""

    def of(listed: NDArray[np.int64]) -> NDArray[np.float64]:
        difference = structure.positions[listed[:, 0]] - structure.positions[listed[:, 1]]
        distances = np.sqrt(np.square(difference).sum(axis=1))
        apart = distances > SMALLEST
        seen = Pairs(
            torch.from_numpy(np.where(apart, distances, 1.0)),
            _orders(structure, listed),
            _numbers(structure, listed),
        )
        found = np.nan_to_num(law(seen).detach().double().numpy(), posinf=0.0).clip(min=0)
        return np.where(apart, found, 0.0)

    return of


def _orders(structure: Structure, listed: NDArray[np.int64]) -> torch.Tensor | None:
    if structure.bonds is None:
        return None
    bonded = np.sort(pairs.key(structure.bonds, structure.num_atoms))
    return torch.from_numpy(is_listed(pairs.key(listed, structure.num_atoms), bonded)).double()


def _numbers(
    structure: Structure, listed: NDArray[np.int64]
) -> tuple[torch.Tensor, torch.Tensor] | None:
    if structure.numbers is None:
        return None
    numbers = torch.from_numpy(structure.numbers)
    return numbers[listed[:, 0]], numbers[listed[:, 1]]
