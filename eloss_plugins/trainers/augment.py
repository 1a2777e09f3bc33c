"""Random rotations of a batch: what separates gdm-aug from gdm."""

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn.functional import normalize

from eloss_plugins.data.batch import Batch


def random_rotations(count: int, *, like: Tensor) -> Tensor:
    """Rotation matrices uniform over SO(3), `(count, 3, 3)`, from torch's global generator.

    Unit quaternions from normal draws. Upstream composes three uniform angles about fixed axes,
    which favours some orientations; this is uniform.

    Args:
        count: how many.
        like: tensor whose device and dtype are taken.

    Reference: Shoemake, Uniform random rotations, Graphics Gems III, 1992.
    """
    quaternion = normalize(torch.randn(count, 4, device=like.device, dtype=like.dtype), dim=-1)
    w, x, y, z = quaternion.unbind(-1)
    entries = [
        1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
        2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
    ]  # fmt: skip
    return torch.stack(entries, dim=-1).view(count, 3, 3)


def rotated(batch: Batch) -> Batch:
    """`batch` with each molecule turned by its own random rotation."""
    turns = random_rotations(len(batch.positions), like=batch.positions)
    return replace(batch, positions=batch.positions @ turns.transpose(1, 2))
