"""Checks at the border: of tensors shapes and types, never values, so they cost nothing and
compile; of options the values, once, when a loss is made.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

MAX_DIMENSIONS = 3


def check_positive(**options: float) -> None:
    """Raise ValueError for an option that is not finite and above 0."""
    for name, value in options.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be positive and finite; got {value}")


def check_not_negative(**options: float | None) -> None:
    """Raise ValueError for an option that is set and not finite and 0 or more."""
    for name, value in options.items():
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} must be finite and 0 or more; got {value}")


def check_known(kind: str, name: str, known: Mapping[str, object]) -> None:
    """Raise ValueError, with the names that there are, for a name that is not among them."""
    if name not in known:
        raise ValueError(f"unknown {kind} {name!r}; known: {', '.join(known)}")


def check_floating(name: str, tensor: Tensor) -> None:
    """Raise TypeError unless `tensor` holds real floating-point numbers."""
    if not tensor.is_floating_point():
        raise TypeError(
            f"`{name}` must be a floating-point tensor; got {tensor.dtype}. "
            f"Convert it first, for example {name}.float()"
        )


def check_positions(name: str, positions: Tensor) -> None:
    """Raise unless `positions` is floating `(molecules, atoms, D)` or `(atoms, D)`, D = 1, 2, 3."""
    check_floating(name, positions)
    if positions.ndim not in (2, 3) or not 1 <= positions.shape[-1] <= MAX_DIMENSIONS:
        raise ValueError(
            f"`{name}` must be (molecules, atoms, D) or, flat, (atoms, D) with D = 1, 2 or 3; "
            f"got {tuple(positions.shape)}"
        )


def check_same_shape(name: str, tensor: Tensor, other_name: str, other: Tensor) -> None:
    """Raise ValueError unless both shapes are equal: nothing here broadcasts by surprise."""
    if tensor.shape != other.shape:
        raise ValueError(
            f"`{name}` and `{other_name}` must have one shape; "
            f"got {tuple(tensor.shape)} and {tuple(other.shape)}"
        )


def check_mask(mask: Tensor, positions: Tensor) -> None:
    """Raise unless `mask` is bool `(molecules, atoms)` beside dense positions."""
    if positions.ndim != 3:
        raise ValueError(
            "`mask` belongs to padded (molecules, atoms, D) positions; "
            f"got {tuple(positions.shape)}. Flat positions take `batch` and hold no padding"
        )
    expected = tuple(positions.shape[:-1])
    if mask.dtype == torch.bool and tuple(mask.shape) == expected:
        return
    raise (ValueError if mask.dtype == torch.bool else TypeError)(
        f"`mask` must be bool of shape {expected}; got {mask.dtype} {tuple(mask.shape)}. "
        f"{_mask_hint(mask)}"
    )


def _mask_hint(mask: Tensor) -> str:
    if mask.ndim == 3:
        return "Use mask[..., 0].bool()"
    if mask.dtype != torch.bool:
        return "Use mask.bool()"
    return "Is it the mask of another batch, or of one padded to another length?"


def check_batch_vector(batch: Tensor | None, positions: Tensor) -> None:
    """Raise unless flat positions come with an integer molecule number for each atom."""
    if positions.ndim == 3:
        if batch is not None:
            raise ValueError(
                "`batch` belongs to flat (atoms, D) positions; "
                f"got padded positions {tuple(positions.shape)}. Use `mask` there"
            )
        return
    if batch is None:
        raise ValueError(
            f"flat positions {tuple(positions.shape)} need `batch`, the molecule of each atom; "
            "for a single molecule pass positions[None]"
        )
    if batch.dtype != torch.int64:
        raise TypeError(f"`batch` must be int64; got {batch.dtype}. Use batch.long()")
    if batch.shape != positions.shape[:1]:
        raise ValueError(
            f"`batch` must hold one molecule number for each of {positions.shape[0]} atoms; "
            f"got shape {tuple(batch.shape)}"
        )


def check_per_molecule(name: str, values: Tensor, positions: Tensor) -> None:
    """Raise unless `values` is floating `(molecules,)`."""
    check_floating(name, values)
    if values.ndim != 1 or (positions.ndim == 3 and values.shape[0] != positions.shape[0]):
        wanted = f"({positions.shape[0]},)" if positions.ndim == 3 else "(molecules,)"
        raise ValueError(
            f"`{name}` must have shape {wanted}, one number for each molecule; "
            f"got {tuple(values.shape)}. Flatten it, for example {name}.flatten()"
        )


def check_per_atom(name: str, values: Tensor, positions: Tensor, trailing: int) -> None:
    """Raise unless `values` leads with the atoms' axes and has `trailing` axes after them."""
    leading = tuple(positions.shape[:-1])
    if tuple(values.shape[: len(leading)]) != leading or values.ndim != len(leading) + trailing:
        axes = ", ".join([*map(str, leading), *["features"] * trailing])
        raise ValueError(f"`{name}` must have shape ({axes}); got {tuple(values.shape)}")
