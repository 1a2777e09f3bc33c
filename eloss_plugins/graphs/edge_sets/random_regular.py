"""The paper's sparse graphs: every atom joined to as many others, whichever they are."""

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from eloss_plugins.core.edges import Edges
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.graphs.edge_sets.ground import Drawing
from eloss_plugins.graphs.edge_sets.molecules import molecules_of
from eloss_plugins.graphs.edge_sets.stream import Stream, mixed
from eloss_plugins.graphs.rigid.random_regular import random_regular
from eloss_plugins.graphs.sampling import pairs

Integers = NDArray[np.int64]
WHOLE = 2.0**53


@dataclass(frozen=True)
class RandomRegular(Drawing):
    """A random regular graph for each molecule in each step; molecules that small have all pairs.

    In the paper the degree is twice the dimension and the pairs count once each, so the loss is
    smaller than the complete one by degree / (atoms - 1). Its code takes degree 12 for large
    molecules, drawn from 100 graphs for each number of atoms, the same throughout. With the degree
    6 such graphs are rigid, but less so the more atoms there are: `sampled` or `rigid` hold better.

    Attributes:
        degree: of every atom; one has one less where degree and number of atoms are odd.
        pool: graphs for each number of atoms, from which one is drawn; 0 for a new one each time.
        reweight: give pairs the weight (pairs of the molecule) / (pairs of the graph), with which
            the loss is the complete one on average over all regular graphs.
        seed: of the graphs and the draws.
    """

    degree: int = 6
    pool: int = 100
    reweight: bool = False
    seed: int = 0
    _stream: Stream = field(init=False, repr=False, compare=False)
    _pools: dict[int, list[Integers]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, least in (("degree", 1), ("pool", 0)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be {least} or more; got {getattr(self, name)}")
        object.__setattr__(self, "_stream", Stream(self.seed))
        object.__setattr__(self, "_pools", {})

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def __call__(self, batch: LossBatch) -> Edges | None:
        """One graph for each molecule of the batch."""
        placed = molecules_of(batch)
        sizes = placed.molecules.sizes.tolist()
        shifts = self._stream.uniform(len(sizes)).tolist()
        found = [self._graph(size, shift) for size, shift in zip(sizes, shifts, strict=True)]
        counts = np.array([len(listed) for listed in found])
        molecule = np.repeat(np.arange(len(found)), counts)
        every = [pairs.count(size) for size in sizes]
        weight = np.repeat(every / np.maximum(counts, 1), counts) if self.reweight else None
        listed = np.concatenate([np.zeros((0, 2), np.int64), *found])
        return placed.edges(listed, molecule, weight, batch)

    def _graph(self, num_atoms: int, shift: float) -> Integers:
        """The graph that a number in [0, 1) stands for."""
        if num_atoms <= self.degree + 1:
            return pairs.every(num_atoms)
        if not self.pool:
            return self._made(num_atoms, int(shift * WHOLE))
        if num_atoms not in self._pools:
            self._pools[num_atoms] = [self._made(num_atoms, turn) for turn in range(self.pool)]
        return self._pools[num_atoms][int(shift * self.pool)]

    def _made(self, num_atoms: int, turn: int) -> Integers:
        rng = np.random.default_rng(mixed(self.seed, num_atoms, turn))
        made: Integers = random_regular(num_atoms, self.degree, rng).astype(np.int64)
        return made
