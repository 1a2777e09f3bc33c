"""Turning clean molecules onto noisy ones: the network cannot know how noise has turned them."""

import torch
from torch import Tensor

from eloss_plugins.core.alignment import proper_rotation


@torch.no_grad()
def turned_onto(noisy: Tensor, clean: Tensor) -> Tensor:
    """`clean` after the proper rotation that brings it closest to `noisy`.

    Both are centred with zero in padding, which therefore counts for nothing. A molecule that is
    not finite gets itself back.

    Args:
        noisy: `(molecules, atoms, 3)`.
        clean: `(molecules, atoms, 3)`.

    Reference: JODO, arXiv 2305.12347, section on training; Kabsch 1976.
    """
    rotation = proper_rotation(noisy.transpose(1, 2) @ clean)
    return clean @ rotation.transpose(1, 2)
