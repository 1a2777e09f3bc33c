"""Checks of couplings at the border: one sentence each, with what to do."""

import torch
from torch import Tensor

from eloss_plugins.core.checks import check_floating


def check_form(index: Tensor, values: Tensor) -> None:
    """Raise unless `index` is int64 `(2, pairs)` and `values` floating `([systems,] pairs)`."""
    if index.dtype != torch.int64:
        raise TypeError(f"the index of couplings must be int64; got {index.dtype}. Use .long()")
    if index.ndim != 2 or index.shape[0] != 2:
        raise ValueError(
            "the index of couplings must have shape (2, pairs), one column for each pair of "
            f"sites; got {tuple(index.shape)}"
        )
    check_floating("values", values)
    if values.ndim not in (1, 2) or values.shape[-1] != index.shape[1]:
        raise ValueError(
            f"couplings must have shape ({index.shape[1]},) or (systems, {index.shape[1]}), one "
            f"for each pair; got {tuple(values.shape)}"
        )


def check_values(index: Tensor, values: Tensor) -> None:
    """Raise ValueError for a self-coupling, a pair twice or in falling order, or no number."""
    first, second = index
    _check_sites(index)
    if (first > second).any():
        place = (first > second).nonzero()[0, 0]
        raise ValueError(
            f"each pair of couplings must name its lower site first; got ({first[place]}, "
            f"{second[place]}). Couplings.from_edges takes edges in any order and direction"
        )
    check_once(index)
    check_finite(values)


def edge_key(index: Tensor) -> tuple[Tensor, Tensor]:
    """`(edges,)` one number for each pair of sites, whatever its direction, and their base."""
    _check_sites(index)
    width = torch.cat([index.flatten(), index.new_zeros(1)]).max() + 1
    return torch.minimum(*index) * width + torch.maximum(*index), width


def _check_sites(index: Tensor) -> None:
    if (index < 0).any():
        raise ValueError(f"sites are numbered from 0; got {index[index < 0][0]}")
    first, second = index
    if (first == second).any():
        raise ValueError(
            f"a site cannot be coupled to itself; got ({first[first == second][0]}, itself). "
            "Remove self-couplings: they only shift the energy"
        )


def check_once(index: Tensor) -> None:
    """Raise ValueError when a pair of sites stands twice."""
    key, width = edge_key(index)
    kept, counts = torch.unique(key, return_counts=True)
    if (counts > 1).any():
        twice = kept[counts > 1][0]
        raise ValueError(
            f"each pair of sites must stand once; got ({twice // width}, {twice % width}) more "
            "than once, as on a lattice of period 2. Couplings.from_edges adds such couplings up"
        )


def check_finite(values: Tensor) -> None:
    """Raise ValueError unless every coupling is finite."""
    if not values.isfinite().all():
        raise ValueError(f"couplings must be finite; got {values[~values.isfinite()][0]}")


def check_matrix_form(matrix: Tensor) -> None:
    """Raise unless `matrix` is floating `([systems,] sites, sites)`."""
    check_floating("matrix", matrix)
    if matrix.ndim not in (2, 3) or matrix.shape[-1] != matrix.shape[-2]:
        raise ValueError(
            "a matrix of couplings must have shape (sites, sites) or (systems, sites, sites); "
            f"got {tuple(matrix.shape)}"
        )


def check_matrix_values(matrix: Tensor) -> None:
    """Raise ValueError unless `matrix` is finite, symmetric and zero on its diagonal."""
    check_finite(matrix)
    diagonal = matrix.diagonal(dim1=-2, dim2=-1)
    if (diagonal != 0).any():
        place = (diagonal != 0).nonzero()[0, -1]
        raise ValueError(
            f"a site cannot be coupled to itself; got a coupling of site {place} on the diagonal. "
            "Set the diagonal to 0: it only shifts the energy"
        )
    if (matrix != matrix.mT).any():
        *_, row, column = (matrix != matrix.mT).nonzero()[0]
        raise ValueError(
            f"a matrix of couplings must be symmetric; got ({row}, {column}) different from "
            f"({column}, {row}). Use matrix + matrix.mT if each pair stands once"
        )
