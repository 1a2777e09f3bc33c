"""How many atoms a generated molecule gets: the histogram of the training set."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from eloss_plugins.errors import UsageError


class NodeDistribution:
    """The empirical distribution of molecule sizes.

    Args:
        sizes: atoms in each training molecule, each at least 1.

    Raises:
        UsageError: no sizes, or one below 1.
    """

    def __init__(self, sizes: Sequence[int] | NDArray[np.int64] | Tensor) -> None:
        counted = torch.as_tensor(np.asarray(sizes), dtype=torch.int64)
        if counted.numel() == 0 or int(counted.min()) < 1:
            raise UsageError("expected the sizes of at least one molecule, each 1 atom or more")
        self._histogram = torch.bincount(counted).to(torch.float64)

    @property
    def max_atoms(self) -> int:
        """The largest size seen."""
        return len(self._histogram) - 1

    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """`count` sizes, int64 `(count,)`; from the global generator when none is given."""
        if count == 0:
            return torch.zeros(0, dtype=torch.int64)
        return torch.multinomial(self._histogram, count, replacement=True, generator=generator)

    def log_prob(self, sizes: Tensor) -> Tensor:
        """Log-probability of each size, float32, shape of `sizes`; minus infinity when unseen."""
        inside = (sizes >= 0) & (sizes <= self.max_atoms)
        table = (self._histogram / self._histogram.sum()).log().to(sizes.device)
        values = table[sizes.clamp(0, self.max_atoms)]
        return values.masked_fill(~inside, -torch.inf).to(torch.float32)

    def state_dict(self) -> dict[str, Tensor]:
        """The histogram, for a checkpoint."""
        return {"histogram": self._histogram.clone()}

    @classmethod
    def from_state_dict(cls, state: dict[str, Tensor]) -> "NodeDistribution":
        """The distribution that `state_dict` described."""
        counts = state["histogram"].to(torch.int64)
        return cls(torch.repeat_interleave(torch.arange(len(counts)), counts))
