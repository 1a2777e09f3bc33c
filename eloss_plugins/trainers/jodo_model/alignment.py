"""Turning clean molecules onto noisy ones: the network cannot know how noise has turned them."""

import torch
from torch import Tensor

from eloss_plugins.core.alignment import proper_rotation
from eloss_plugins.core.numerics import full_precision, widest_dtype


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
    wide = widest_dtype(clean)
    with full_precision(clean):
        moving = clean.to(wide)
        rotation = proper_rotation(noisy.to(wide).transpose(1, 2) @ moving)
        return (moving @ rotation.transpose(1, 2)).to(clean.dtype)
