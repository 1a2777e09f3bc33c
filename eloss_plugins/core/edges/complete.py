"""All pairs of every molecule."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.edges.edge_set import Edges
from eloss_plugins.core.loss_batch import LossBatch


@dataclass(frozen=True)
class Complete:
    """The complete graph of Eq. 7: every pair of atoms of a molecule."""

    def __call__(self, batch: LossBatch) -> Edges | None:
        """None: padded batches then keep their static shapes."""
        return None


def complete_edges(batch: Tensor, num_molecules: int) -> Edges:
    """The complete graph of every molecule of a flat batch as an edge list.

    Args:
        batch: `(atoms,)` int64 molecule of each atom, in any order.
        num_molecules: molecules, those without atoms included.

    Returns:
        `(2, sum of n (n - 1) / 2)` edges; the shape depends on the values of `batch`.
    """
    sizes = torch.bincount(batch, minlength=num_molecules)
    # A stable sort lays each molecule's atoms side by side and keeps their order.
    order = batch.argsort(stable=True)
    place = torch.arange(len(batch), device=batch.device)
    ends = sizes.cumsum(0)[batch[order]]
    partners = ends - place - 1
    first = place.repeat_interleave(partners)
    run_start = (partners.cumsum(0) - partners).repeat_interleave(partners)
    second = first + 1 + torch.arange(len(first), device=batch.device) - run_start
    return Edges(torch.stack([order[first], order[second]]))
