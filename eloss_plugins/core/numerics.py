"""The few numeric conventions that every loss shares: precision, roots, padding."""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor


def working_dtype(*tensors: Tensor) -> torch.dtype:
    """The type that a loss computes and answers in: float32 for low types, float64 kept."""
    dtype = torch.float32
    for tensor in tensors:
        dtype = torch.promote_types(dtype, tensor.dtype)
    return dtype


def widest_dtype(tensor: Tensor) -> torch.dtype:
    """The widest type that the tensor's device computes in, for sums and 3x3 decompositions."""
    # Apple's GPU backend has no float64; there the accumulation stays in float32.
    return torch.float32 if tensor.device.type == "mps" else torch.float64


def full_precision(tensor: Tensor) -> AbstractContextManager[object]:
    """Autocast switched off on the tensor's device: bfloat16 resolves 0.01 angstrom at best."""
    device_type = tensor.device.type
    if torch.amp.is_autocast_available(device_type):
        return torch.autocast(device_type, enabled=False)
    return nullcontext()


def lengths(vectors: Tensor) -> tuple[Tensor, Tensor]:
    """Lengths of vectors, safe at zero in value and in every derivative.

    Args:
        vectors: `(..., D)` any unit.

    Returns:
        `(...)` lengths, with 1 in place of a vanishing one, and `(...)` bool, true where the
        length is a true one. A length vanishes when its square is below the smallest normal
        number (1e-19 angstrom in float32): there a unit vector would have lost all its digits.
    """
    squared = vectors.square().sum(-1)
    apart = squared > torch.finfo(squared.dtype).tiny
    # The root sees a constant where the vectors vanish, so no derivative is infinite there.
    # NaN compares false but must stay visible: the guard of the caller counts it.
    apart = apart | squared.isnan()
    return torch.where(apart, squared, torch.ones_like(squared)).sqrt(), apart


def safe_ratio(numerator: Tensor, denominator: Tensor) -> Tensor:
    """The quotient, and 0 where the denominator is 0."""
    zero = denominator == 0
    return torch.where(zero, 0, numerator / torch.where(zero, 1, denominator))
