"""Which molecules make up each batch: a function of seed, epoch and place, and so resumable."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

EPOCH_STRIDE = 1_000_003  # a prime; keeps (seed, epoch) pairs from sharing a generator seed


@dataclass
class BatchOrder:
    """Walks through shuffled epochs; nothing but `epoch` and `position` changes.

    Each epoch is a fresh permutation, cut into batches of exactly `batch_size`; the rest, smaller
    than one batch and another one each time, waits for the next epoch. A set smaller than a batch
    is passed as often as fills `pool` of them: a molecule at two noise levels is two examples.
    With `pool` above one, each `pool` consecutive batches are sorted by size before they are cut
    and shuffled again afterwards: every molecule comes as often as without, with partners of its
    size, so that little is spent on padding.

    Attributes:
        sizes: `(molecules,)` atoms in each molecule.
        batch_size: molecules in a batch, over all devices.
        seed: of the permutations.
        pool: batches that are sorted together; 1 leaves the plain shuffle.
        epoch: the epoch that the next batch belongs to.
        position: batches already taken from it.
    """

    sizes: NDArray[np.int64]
    batch_size: int
    seed: int
    pool: int = 1
    epoch: int = 0
    position: int = 0

    def __post_init__(self) -> None:
        self._cached: tuple[int, Tensor] | None = None

    @property
    def batches_per_epoch(self) -> int:
        """Full batches in one epoch."""
        return self._passes * len(self.sizes) // self.batch_size

    @property
    def _passes(self) -> int:
        """How often an epoch goes through the molecules."""
        molecules = len(self.sizes)
        if molecules >= self.batch_size:
            return 1
        return math.ceil(self.batch_size * max(self.pool, 1) / molecules)

    def next(self) -> Tensor:
        """Places of the next batch's molecules, int64 `(batch_size,)`."""
        batch = self._batches()[self.position]
        self.position += 1
        if self.position == self.batches_per_epoch:
            self.epoch, self.position = self.epoch + 1, 0
        return batch

    def _batches(self) -> Tensor:
        if self._cached is None or self._cached[0] != self.epoch:
            self._cached = self.epoch, self._shuffled(self.epoch)
        return self._cached[1]

    def _shuffled(self, epoch: int) -> Tensor:
        generator = torch.Generator().manual_seed(self.seed * EPOCH_STRIDE + epoch)
        molecules = len(self.sizes)
        orders = [torch.randperm(molecules, generator=generator) for _ in range(self._passes)]
        kept = torch.cat(orders)[: self.batches_per_epoch * self.batch_size]
        batches = kept.view(-1, self.batch_size)
        if self.pool <= 1:
            return batches
        sizes = torch.from_numpy(np.asarray(self.sizes))
        pools = [_sorted_by_size(part, sizes) for part in torch.split(batches, self.pool)]
        return torch.cat(pools)[torch.randperm(len(batches), generator=generator)]


def _sorted_by_size(batches: Tensor, sizes: Tensor) -> Tensor:
    """The same molecules in as many batches, neighbours in size together."""
    places = batches.flatten()
    return places[torch.argsort(sizes[places], stable=True)].view_as(batches)
