"""Gradient clipping by the recent history of gradient norms."""

import math
from collections import deque
from collections.abc import Iterable

import torch
from torch import Tensor

FIRST_LIMIT = 3000.0  # EDM, main_qm9.py: large, flushed by the first norms
HISTORY = 50  # norms remembered (EDM, utils.py)
MEAN_FACTOR, SPREAD_FACTOR = 1.5, 2.0  # EDM, utils.py
TINY = 1e-6  # torch.nn.utils.clip_grad_norm_ adds it to the norm


class NormQueue:
    """The last gradient norms and the limit that follows from them.

    The limit is 1.5 times their mean plus twice their (population) standard deviation. A norm
    above the limit enters as the limit, so that a spike does not raise it; a norm that is not
    finite never enters, because one NaN would make every later limit NaN.

    Reference: EDM (fce07d7), utils.py, gradient_clipping; there a NaN does enter.
    """

    def __init__(self, norms: Iterable[float] = (FIRST_LIMIT,)) -> None:
        self._norms = deque(norms, maxlen=HISTORY)

    @property
    def limit(self) -> float:
        """The largest norm that passes unclipped."""
        mean = math.fsum(self._norms) / len(self._norms)
        variance = math.fsum((norm - mean) ** 2 for norm in self._norms) / len(self._norms)
        return MEAN_FACTOR * mean + SPREAD_FACTOR * math.sqrt(variance)

    def add(self, norm: float) -> None:
        """Remember `norm`, at most as the limit; forget it if it is not finite."""
        if math.isfinite(norm):
            self._norms.append(min(norm, self.limit))

    def state(self) -> list[float]:
        """The remembered norms, oldest first."""
        return list(self._norms)


def total_norm(gradients: list[Tensor]) -> float:
    """The 2-norm of all gradients together; infinite or NaN only if a gradient is.

    The square of 1e30 is no float32 number, so an infinite float32 norm is taken again in
    float64.
    """
    if not gradients:
        return 0.0
    norm = torch.nn.utils.get_total_norm(gradients)
    if not torch.isfinite(norm):
        parts = [torch.linalg.vector_norm(g, dtype=torch.float64) for g in gradients]
        norm = torch.linalg.vector_norm(torch.stack(parts))
    return float(norm)


@torch.no_grad()
def scale_to(gradients: list[Tensor], norm: float, limit: float) -> None:
    """Scale the gradients, whose norm is `norm`, down to `limit` in place."""
    if norm > limit:
        torch._foreach_mul_(gradients, limit / (norm + TINY))
