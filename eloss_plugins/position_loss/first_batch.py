"""Checks of a trainer's first batch that adapters share: shapes, mask, centre, finite, angstrom.

A wrong unit, or a mask of the opposite meaning, trains without an error, for another loss. Each
check raises one sentence. Adapters check shapes, masks and centres; a patched trainer, whose data
nobody has looked at, checks that numbers are finite and lengths in angstrom as well.
"""

import os

import torch
from torch import Tensor

from eloss_plugins.data.checks import ANGSTROM, OTHER_UNITS
from eloss_plugins.errors import UsageError

OFF_CENTRE = 1e-2  # largest |sum of positions| over largest |position|; EDM asserts the same
ANY_UNIT = "ELOSS_ANY_UNIT"  # environment variable: do not compare distances with angstrom


def plain_mask(mask: Tensor) -> Tensor:
    """`mask` as bool `(molecules, atoms)`; many trainers have it as float `(..., 1)`."""
    flat = mask.squeeze(-1) if mask.dim() == 3 else mask
    return flat.bool()


def check_shapes(positions: Tensor, **others: Tensor) -> None:
    """Refuse what is not positions of padded molecules, and tensors of another shape than those.

    Raises:
        UsageError: naming the tensor.
    """
    if positions.dim() != 3 or positions.shape[-1] != 3:
        raise UsageError(
            f"`positions` must be (molecules, atoms, 3); got {tuple(positions.shape)};"
            " pass the first three columns of the trainer's tensor"
        )
    for name, value in others.items():
        if value.shape != positions.shape:
            raise UsageError(
                f"`{name}` must have the shape of `positions`, {tuple(positions.shape)};"
                f" got {tuple(value.shape)}; pass its first three columns"
            )


def check_mask_shape(mask: Tensor, positions: Tensor) -> None:
    """Refuse a mask of another shape than one value for each atom.

    Args:
        mask: true or one for real atoms.
        positions: `(molecules, atoms, D)`.

    Raises:
        UsageError: another shape.
    """
    molecules, atoms, _ = positions.shape
    if tuple(mask.shape) not in {(molecules, atoms), (molecules, atoms, 1)}:
        raise UsageError(
            f"`mask` must be bool of shape {(molecules, atoms)} or a node_mask of shape"
            f" {(molecules, atoms, 1)}; got {tuple(mask.shape)}"
        )


def check_mask(mask: Tensor, positions: Tensor) -> None:
    """Refuse what is not one truth value for each atom.

    Args:
        mask: true or one for real atoms.
        positions: `(molecules, atoms, D)`.

    Raises:
        UsageError: another shape, or other values.
    """
    check_mask_shape(mask, positions)
    if not bool(((mask == 0) | (mask == 1)).all()):
        raise UsageError("`mask` must hold zeros and ones only, one for a real atom; got others")


def check_finite(positions: Tensor, mask: Tensor) -> None:
    """Refuse real atoms at NaN or infinity.

    Args:
        positions: `(molecules, atoms, D)`.
        mask: `(molecules, atoms)` bool.
    """
    bad = (~positions.isfinite().all(-1) & mask).any(1).nonzero().flatten().tolist()
    if bad:
        raise UsageError(
            f"`positions` must be finite; molecules {bad[:8]} of the first batch are not:"
            " mend them or leave them out"
        )


def check_centred(positions: Tensor, mask: Tensor, name: str = "positions") -> None:
    """Refuse molecules whose mean is not at the origin; those that are not finite do not count.

    Where the noise has a mean, a network must learn to take it away, which an energy does not
    teach.

    Args:
        positions: `(molecules, atoms, D)`, or noise of that shape.
        mask: `(molecules, atoms)` bool.
        name: of what is checked, for the message.
    """
    inside = positions.detach().masked_fill(~mask.unsqueeze(-1), 0.0)
    inside = inside[inside.isfinite().flatten(1).all(1)]
    if not inside.numel():
        return
    drift = float(inside.sum(1).abs().max())
    if drift > OFF_CENTRE * float(inside.abs().max()):
        raise UsageError(
            f"`{name}` must have each molecule's mean at the origin; a sum is {drift:.3g} off:"
            " subtract the mean over real atoms, and check that `mask` is one for real atoms"
        )


def check_angstrom(positions: Tensor, mask: Tensor, length_scale: float = 1.0) -> None:
    """Refuse positions whose nearest neighbours are not a bond apart.

    Args:
        positions: `(molecules, atoms, 3)` in units of `length_scale` angstrom.
        mask: `(molecules, atoms)` bool.
        length_scale: angstrom per unit.
    """
    if os.environ.get(ANY_UNIT):
        return
    nearest = _nearest(positions.detach() * length_scale, mask)
    if not len(nearest):
        return
    typical = float(nearest.median())
    if ANGSTROM.shortest <= typical <= ANGSTROM.longest:
        return
    raise UsageError(
        f"positions times the length scale {length_scale:g} must be in angstrom, where an atom is"
        f" about 1.1 from its nearest neighbour; got {typical:.3g}{_resemblance(typical)}."
        f" If that is right for your data, set {ANY_UNIT}=1"
    )


def _resemblance(typical: float) -> str:
    for unit in OTHER_UNITS:
        if unit.shortest <= typical <= unit.longest:
            return f", which looks like {unit.name}"
    return ""


def _nearest(positions: Tensor, mask: Tensor) -> Tensor:
    """Distance of each real atom that is not alone to its nearest neighbour, flat."""
    square = (positions.unsqueeze(2) - positions.unsqueeze(1)).square().sum(-1)
    pairs = mask.unsqueeze(2) & mask.unsqueeze(1)
    pairs = pairs & ~torch.eye(mask.shape[1], dtype=torch.bool, device=mask.device)
    return square.masked_fill(~pairs, torch.inf).amin(2)[pairs.any(2)].sqrt()
