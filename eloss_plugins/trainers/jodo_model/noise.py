"""Gaussian noise on atoms and bonds: positions centred, bonds symmetric, padding zero."""

import torch
from torch import Tensor

from eloss_plugins.trainers.jodo_model.state import JointState
from eloss_plugins.trainers.molecule_noise import SPACE, centred, molecule_noise
from eloss_plugins.trainers.networks.pairs import real_pairs


def joint_noise(mask: Tensor, width: int, channels: int, dtype: torch.dtype) -> JointState:
    """Standard normal noise, from torch's global generator: positions, features, bonds.

    Args:
        mask: `(molecules, atoms)` bool.
        width: columns of an atom beside its position.
        channels: of a bond.
        dtype: floating type.
    """
    atoms = molecule_noise(mask, width, dtype)
    return JointState(atoms, bond_noise(mask, channels, dtype))


def bond_noise(mask: Tensor, channels: int, dtype: torch.dtype) -> Tensor:
    """One number for both directions of a pair, `(molecules, atoms, atoms, channels)`."""
    molecules, atoms = mask.shape
    shape = (molecules, channels, atoms, atoms)
    below = torch.randn(shape, device=mask.device, dtype=dtype).tril(-1)
    both = (below + below.transpose(-1, -2)).permute(0, 2, 3, 1)
    return both * real_pairs(mask, with_self=False).unsqueeze(-1)


def position_noise(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """Centred noise of positions alone, `(molecules, atoms, 3)`."""
    return centred(torch.randn((*mask.shape, SPACE), device=mask.device, dtype=dtype), mask)
