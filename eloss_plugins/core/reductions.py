"""How a sum over pairs or atoms becomes one number for a molecule."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from eloss_plugins.core.layout import Layout
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.numerics import safe_ratio
from eloss_plugins.core.segments import segment_count, segment_sum


def atom_counts(batch: LossBatch) -> Tensor:
    """`(molecules,)` real atoms of each molecule, in the wide type."""
    if batch.batch is not None:
        return segment_count(batch.batch, batch.num_molecules, batch.ratio()[0])
    if batch.mask is not None:
        return batch.mask.sum(-1).to(batch.wide)
    return torch.full_like(batch.ratio()[0], batch.target.shape[1])


def atom_sums(batch: LossBatch, per_atom: Tensor) -> Tensor:
    """Sum `(molecules, atoms, ...)` or flat `(atoms, ...)` values over each molecule's atoms."""
    if batch.batch is None:
        return per_atom.sum(1)
    return segment_sum(per_atom, batch.batch, batch.num_molecules)


def _sum(batch: LossBatch, total: Tensor) -> Tensor:
    return total


def _per_atom(batch: LossBatch, total: Tensor) -> Tensor:
    return safe_ratio(total, atom_counts(batch))


def _mean(batch: LossBatch, total: Tensor) -> Tensor:
    return safe_ratio(total, atom_counts(batch) * batch.dimensions)


def _per_channel(batch: LossBatch, total: Tensor) -> Tensor:
    features = 0 if batch.features is None else batch.features.shape[-1]
    return safe_ratio(total, atom_counts(batch) * (batch.dimensions + features))


ATOM_REDUCTIONS: Mapping[str, Callable[[LossBatch, Tensor], Tensor]] = {
    "sum": _sum,
    "per_atom": _per_atom,
    "mean": _mean,
    "per_channel": _per_channel,
}
"""Of a sum over atoms and coordinates: as it is; over atoms; over atoms and coordinates; over
atoms and all channels, coordinates and features together, as EDM's error is (there over padded
slots, here over real atoms)."""


def reduce_atoms(batch: LossBatch, total: Tensor, reduction: str) -> Tensor:
    """`(molecules,)` sums over atoms and coordinates, reduced; 0 for an empty molecule."""
    return ATOM_REDUCTIONS[reduction](batch, total)


PAIR_REDUCTIONS: Mapping[str, Callable[[LossBatch, Layout, Tensor], Tensor]] = {
    "sum": lambda batch, layout, total: total,
    "per_atom": lambda batch, layout, total: safe_ratio(total, atom_counts(batch)),
    "mean_pairs": lambda batch, layout, total: safe_ratio(total, pair_counts(layout, total)),
}
"""Of a sum over pairs: as it is (Eq. 7); over atoms, as the authors' molecule trainers do; over
the pairs of the edge set, each with its weight."""


def reduce_pairs(batch: LossBatch, layout: Layout, total: Tensor, reduction: str) -> Tensor:
    """`(molecules,)` sums over pairs, reduced; 0 for a molecule without pairs."""
    return PAIR_REDUCTIONS[reduction](batch, layout, total)


def pair_counts(layout: Layout, like: Tensor) -> Tensor:
    """`(molecules,)` sum of the weights of each molecule's pairs, in the type of `like`."""
    ones = torch.ones(layout.atoms()[0].shape, dtype=like.dtype, device=like.device)
    weight = ones if layout.weight is None else ones * layout.weight
    return layout.total(weight if layout.valid is None else torch.where(layout.valid, weight, 0))
