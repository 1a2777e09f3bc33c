"""Stands for torch_cluster, which is compiled for one torch: the one function that ETFlow calls."""

import torch
from torch import Tensor


def radius_graph(
    x: Tensor,
    r: float,
    batch: Tensor | None = None,
    loop: bool = False,
    max_num_neighbors: int = 32,
) -> Tensor:
    """`(2, edges)`: atoms of one molecule nearer than `r`, each pair both ways round."""
    batch = torch.zeros(len(x), dtype=torch.int64) if batch is None else batch
    near = (torch.cdist(x, x) < r) & (batch.unsqueeze(1) == batch)
    if not loop:
        near.fill_diagonal_(False)
    if int(near.sum(1).max()) > max_num_neighbors:
        raise NotImplementedError("which neighbours are left out is torch_cluster's own affair")
    return near.nonzero().T.contiguous()


def knn(*_: object) -> Tensor:
    """torch_geometric looks for the word batch_size here, and does not call it."""
    raise NotImplementedError
