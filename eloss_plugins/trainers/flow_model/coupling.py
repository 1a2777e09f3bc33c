"""Which noise goes with which molecule: the noise's atoms reordered and turned onto the data.

Independent noise makes paths that cross, and a field that has to turn. Atoms of noise are alike,
and noise has no orientation, so each molecule may take the arrangement of its noise that lies
nearest. For data of random orientation and a network that treats atoms alike, as all of ours do,
what arrives is still Gaussian noise: distances within it are kept, and its orientation is as
random as the data's.

Reference: Klein et al., arXiv 2306.15030; Song et al., arXiv 2312.07168 (EquiFM).
"""

from typing import Literal

import numpy as np
import torch
from torch import Tensor

from eloss_plugins.core.alignment import proper_rotation

Coupling = Literal["none", "equivariant"]
ROUNDS = (
    3  # reorder, then turn; the cost is nearly settled, and a fixed number keeps molecules apart
)


@torch.no_grad()
def equivariant(noise: Tensor, positions: Tensor, mask: Tensor) -> Tensor:
    """Noise permuted over a molecule's atoms and rotated, to lie near its positions.

    The assignment is the best one for the orientation at hand and the rotation the best one for
    that assignment, in turn; neither ever raises the squared distance. The result is a local
    optimum: the best pair of both is a hard problem. On the CPU, of order atoms**3 a molecule.

    Args:
        noise: `(molecules, atoms, 3)`, centred.
        positions: `(molecules, atoms, 3)`, centred, in the same units.
        mask: `(molecules, atoms)` bool.

    Returns:
        like `noise`. Padding, and molecules that are not finite, keep what they have.
    """
    real = mask.unsqueeze(-1)
    moved = noise.cpu().double().masked_fill(~real.cpu(), 0.0)
    target = positions.cpu().double().masked_fill(~real.cpu(), 0.0)
    finite = (moved.isfinite() & target.isfinite()).flatten(1).all(1)
    moved, target = (value.where(finite.view(-1, 1, 1), 0.0) for value in (moved, target))
    for _ in range(ROUNDS):
        moved = turned(reordered(moved, target, mask), target)
    taken = real & finite.to(mask.device).view(-1, 1, 1)
    return torch.where(taken, moved.to(noise), noise)


def reordered(noise: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Each molecule's noise under the assignment of least squared distance."""
    from scipy.optimize import linear_sum_assignment

    overlap = (target @ noise.transpose(1, 2)).numpy()
    order = np.tile(np.arange(mask.shape[1]), (len(mask), 1))
    for place, real in enumerate(mask.cpu().numpy()):
        atoms = np.flatnonzero(real)
        _, chosen = linear_sum_assignment(overlap[place][np.ix_(atoms, atoms)], maximize=True)
        order[place, atoms] = atoms[chosen]
    return noise.gather(1, torch.from_numpy(order).unsqueeze(-1).expand_as(noise))


def turned(noise: Tensor, target: Tensor) -> Tensor:
    """Each molecule's noise under the proper rotation of least squared distance."""
    rotation = proper_rotation(target.transpose(1, 2) @ noise)
    return noise @ rotation.transpose(1, 2)
