"""Gradients of several processes made one."""

from collections.abc import Iterable, Sequence
from itertools import groupby

import torch
import torch.distributed as dist
from torch import Tensor, nn

from eloss_plugins.trainers.processes.ranks import Ranks


@torch.no_grad()
def sum_over(ranks: Ranks, parameters: Iterable[nn.Parameter]) -> None:
    """Replace each gradient by its sum over all ranks, the same bits on each.

    A parameter without a gradient on one rank has a gradient of zero there; one without a gradient
    on any keeps none, as in a single process. So a rank may take another path through the network
    than its neighbours, which torch's DistributedDataParallel cannot do without a search of the
    graph in each step; and a step may be given up between two forward passes and one backward.
    """
    if ranks.world == 1:
        return
    trained = sorted((p for p in parameters if p.requires_grad), key=lambda p: str(p.dtype))
    for _, group in groupby(trained, key=lambda p: p.dtype):
        _sum_alike(list(group))


def _sum_alike(parameters: Sequence[nn.Parameter]) -> None:
    """The same for parameters of one dtype, in one call for all."""
    like = parameters[0]
    had = torch.tensor([p.grad is not None for p in parameters]).to(like)
    parts = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
    together = torch.cat([had, *(part.flatten() for part in parts)])
    dist.all_reduce(together)
    sizes = [len(parts), *(part.numel() for part in parts)]
    counts, *sums = torch.split(together, sizes)
    for parameter, count, part in zip(parameters, counts.tolist(), sums, strict=True):
        parameter.grad = part.view_as(parameter).clone() if count else None


@torch.no_grad()
def share(ranks: Ranks, tensors: Iterable[Tensor]) -> None:
    """Overwrite `tensors` by those of rank 0, so that all begin with the same bits."""
    if ranks.world > 1:
        for tensor in tensors:
            dist.broadcast(tensor, src=0)
