"""Batches of random molecules in space, with elements, that look like molecules."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from eloss_plugins.core import LossBatch
from eloss_plugins.data.load import load
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.equivariance import move_both, random_motions

DRUGLIKE = os.environ.get("ELOSS_DRUGLIKE", "")
BUNDLED = load("bundled").molecules


def bundled(count=6, seed=0):
    """Molecules of the package's own data set, the larger ones."""
    large = np.flatnonzero(BUNDLED.sizes > 14)
    return BUNDLED.subset(np.random.default_rng(seed).choice(large, count, replace=False))


def druglike(count):
    molecules = load(str(Path(DRUGLIKE))).molecules
    return molecules.subset(np.random.default_rng(0).choice(len(molecules), count, replace=False))


def padded(molecules: MoleculeSet, dtype=torch.float64, error=0.05, seed=0) -> LossBatch:
    """A batch in which data are predicted with random errors."""
    sizes = torch.from_numpy(molecules.sizes)
    mask = torch.arange(int(sizes.max())) < sizes[:, None]
    target = torch.zeros(*mask.shape, 3, dtype=torch.float64)
    numbers = torch.zeros(mask.shape, dtype=torch.int64)
    target[mask], numbers[mask] = (
        torch.from_numpy(molecules.positions),
        torch.from_numpy(molecules.numbers),
    )
    noise = torch.randn(target.shape, generator=torch.Generator().manual_seed(seed))
    one = torch.ones(len(molecules), dtype=dtype)
    return LossBatch(
        target.to(dtype), error * noise.to(dtype), one, one, mask=mask, numbers=numbers
    )


def moved(batch: LossBatch, seed=0, improper=False) -> LossBatch:
    return move_both(batch, random_motions(batch, seed=seed, improper=improper))


def shuffled(batch: LossBatch, seed=0) -> LossBatch:
    """The molecules in another order."""
    order = torch.randperm(batch.num_molecules, generator=torch.Generator().manual_seed(seed))
    names = ("target", "residual", "signal", "noise", "mask", "numbers")
    return replace(batch, **{name: getattr(batch, name)[order] for name in names})


def flat(batch: LossBatch) -> LossBatch:
    """Without padding, the atoms of all molecules mixed."""
    owner, place = batch.mask.nonzero(as_tuple=True)
    order = torch.randperm(len(owner), generator=torch.Generator().manual_seed(1))
    owner, place = owner[order], place[order]
    return replace(
        batch,
        target=batch.target[owner, place],
        residual=batch.residual[owner, place],
        numbers=batch.numbers[owner, place],
        mask=None,
        batch=owner,
    )


def pairs_of(edges, batch):
    """The edges of each molecule as sets of unordered pairs of its own atoms, flat or padded."""
    index = edges.index
    if batch.batch is None:
        width = batch.target.shape[1]
        owner, local = index[0] // width, index % width
    else:
        owner, local = batch.batch[index[0]], index
    found = [set() for _ in range(batch.num_molecules)]
    for molecule, first, second in zip(owner.tolist(), *local.tolist(), strict=True):
        found[molecule].add((min(first, second), max(first, second)))
    return found
