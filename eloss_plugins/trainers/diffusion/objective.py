"""The l2 training objective of EDM, split into positions and features."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from eloss_plugins.trainers.diffusion.likelihood import per_molecule
from eloss_plugins.trainers.molecule_noise import SPACE

Counted = Literal["padded", "real"]


@dataclass(frozen=True)
class NoiseError:
    """Squared error of predicted noise, `(molecules,)` each."""

    positions: Tensor
    features: Tensor


def squared_error(prediction: Tensor, noise: Tensor) -> NoiseError:
    """Sums of squares over atoms and columns; padding must be zero in both.

    Args:
        prediction: `(molecules, atoms, 3 + features)`.
        noise: `(molecules, atoms, 3 + features)`.
    """
    square = (noise - prediction).square()
    return NoiseError(per_molecule(square[..., :SPACE]), per_molecule(square[..., SPACE:]))


def mean_error(error: NoiseError, mask: Tensor, columns: int, counted: Counted) -> NoiseError:
    """Both errors divided by atoms times columns.

    Args:
        error: sums of squares.
        mask: `(molecules, atoms)` bool.
        columns: 3 + features: positions and features share one divisor, as in EDM.
        counted: `padded` counts the atoms of the longest molecule of the batch, as EDM does,
            so that a molecule's weight depends on its neighbours; `real` counts its own.
    """
    if counted == "padded":
        atoms = torch.full_like(error.positions, mask.shape[1])
    else:
        atoms = mask.sum(1).to(error.positions.dtype).clamp(min=1)
    return NoiseError(error.positions / (atoms * columns), error.features / (atoms * columns))
