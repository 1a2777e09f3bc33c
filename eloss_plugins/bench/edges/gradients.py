"""How well the gradient over some pairs stands for the one over all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from eloss_plugins.core.edges import Edges
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.losses.energy import Energy
from eloss_plugins.core.stiffness import StiffnessLaw
from eloss_plugins.graphs.structure import Structure


@dataclass(frozen=True)
class Drawn:
    """The edge set of one draw.

    Attributes:
        edges: what was drawn; None for all pairs.
    """

    edges: Edges | None

    def __call__(self, batch: LossBatch) -> Edges | None:
        """What was drawn."""
        return self.edges


def listed(pairs: NDArray[np.int64]) -> Edges:
    """`(pairs, 2)` of the one molecule of a batch as its edges."""
    return Edges(torch.from_numpy(np.ascontiguousarray(pairs.T)))


@dataclass(frozen=True)
class Likeness:
    """Gradients of several draws beside the one over all pairs.

    Attributes:
        cosine: mean over draws.
        variance: mean over draws of |s g - complete|**2 / |complete|**2, s the one factor for all
            draws that makes their mean as long as the complete gradient, along that.
    """

    cosine: float
    variance: float


def noisy_batch(structure: Structure, deviation: float, seed: int) -> LossBatch:
    """One molecule whose prediction is off by normal errors of `deviation` angstrom."""
    generator = torch.Generator().manual_seed(seed)
    target = torch.from_numpy(structure.positions)[None]
    residual = deviation * torch.randn(target.shape, generator=generator, dtype=target.dtype)
    numbers = None if structure.numbers is None else torch.from_numpy(structure.numbers)[None]
    return LossBatch(target, residual, torch.ones(1), torch.ones(1), numbers=numbers)


def likeness(batch: LossBatch, law: StiffnessLaw, draws: Sequence[Edges | None]) -> Likeness:
    """Compare draws of edges with the complete graph.

    Args:
        batch: of one molecule.
        law: of the stiffness.
        draws: edges of each draw.
    """
    whole = _gradient(batch, law, None)
    found = torch.stack([_gradient(batch, law, edges) for edges in draws])
    inner, squares = found @ whole, found.square().sum(1)
    factor = whole.square().sum() / inner.mean()
    off = (factor * found - whole).square().sum(1) / whole.square().sum()
    cosine = inner / (squares * whole.square().sum()).sqrt()
    return Likeness(float(cosine.mean()), float(off.mean()))


def _gradient(batch: LossBatch, law: StiffnessLaw, edges: Edges | None) -> Tensor:
    """Flat, by the prediction."""
    residual = batch.residual.detach().requires_grad_()
    loss = Energy(law, Drawn(edges))(replace(batch, residual=residual)).sum()
    (gradient,) = torch.autograd.grad(loss, residual)
    return gradient.flatten()
