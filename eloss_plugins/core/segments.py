"""Sums over the atoms or pairs of each molecule; the one file that names torch_scatter."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from eloss_plugins.core.checks import check_known
from eloss_plugins.core.numerics import widest_dtype


def segment_sum(
    values: Tensor, index: Tensor, num_segments: int, *, backend: str = "torch"
) -> Tensor:
    """Sum the rows of `values` that share a segment.

    Args:
        values: `(rows, ...)`.
        index: `(rows,)` int64 segment of each row, in any order.
        num_segments: segments, empty ones included.
        backend: `torch` (default) or `torch_scatter`.

    Returns:
        `(num_segments, ...)` in the type of `values`, accumulated in float64 where the device
        has it: a float32 running sum over a million pairs loses three digits.

    Raises:
        ValueError: unknown backend.
        ImportError: torch_scatter was asked for and is not installed.
    """
    check_known("segment-sum backend", backend, BACKENDS)
    wide = values.to(widest_dtype(values))
    return BACKENDS[backend](wide, index, num_segments).to(values.dtype)


def _torch_sum(values: Tensor, index: Tensor, num_segments: int) -> Tensor:
    zeros = values.new_zeros((num_segments, *values.shape[1:]))
    return zeros.index_add(0, index, values)


def _torch_scatter_sum(values: Tensor, index: Tensor, num_segments: int) -> Tensor:
    try:
        import torch_scatter  # noqa: TID251  the one place, behind an explicit choice
    except ImportError as error:
        raise ImportError(
            "segments=torch_scatter needs the package torch-scatter; install "
            "eloss-plugins[scatter] or use segments=torch"
        ) from error
    total: Tensor = torch_scatter.scatter_add(values, index, dim=0, dim_size=num_segments)
    return total


BACKENDS: Mapping[str, Callable[[Tensor, Tensor, int], Tensor]] = {
    "torch": _torch_sum,
    "torch_scatter": _torch_scatter_sum,
}


def segment_count(index: Tensor, num_segments: int, like: Tensor) -> Tensor:
    """`(num_segments,)` rows in each segment, in the type of `like`."""
    ones = torch.ones(index.shape, dtype=like.dtype, device=index.device)
    return segment_sum(ones, index, num_segments)
