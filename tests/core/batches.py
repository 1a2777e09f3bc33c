"""Batches for the tests of the core."""

from dataclasses import replace

import torch

from eloss_plugins.core import Bonds, LossBatch

SIZES = (6, 4, 2, 1, 0)


def padded(dimensions=3, dtype=torch.float64, seed=0, sizes=SIZES, requires_grad=False):
    """Random molecules of the given sizes, atoms some angstrom apart, errors of some tenths."""
    generator = torch.Generator().manual_seed(seed)
    shape = (len(sizes), max(sizes, default=0), dimensions)
    target = 1.5 * torch.randn(shape, generator=generator, dtype=torch.float64)
    residual = 0.4 * torch.randn(shape, generator=generator, dtype=torch.float64)
    signal = 0.2 + 0.7 * torch.rand(len(sizes), generator=generator, dtype=torch.float64)
    mask = torch.arange(shape[1]) < torch.tensor(sizes)[:, None]
    return LossBatch(
        target=target.to(dtype),
        residual=residual.to(dtype).requires_grad_(requires_grad),
        signal=signal.to(dtype),
        noise=(1 - signal**2).sqrt().to(dtype),
        mask=mask,
        bonds=chain(sizes, shape[1]),
    )


def chain(sizes, slots):
    """Bonds 0-1, 1-2, ... of each molecule with orders 1, 2, 1, 2, ..."""
    pairs = [(m * slots + i, m * slots + i + 1) for m, n in enumerate(sizes) for i in range(n - 1)]
    index = torch.tensor(pairs, dtype=torch.int64).reshape(-1, 2).T
    return Bonds(index, 1.0 + torch.arange(index.shape[1]) % 2)


def flat(batch, shuffled=True):
    """The same molecules without padding, atoms in random order, and where each atom went."""
    molecules, slots = batch.target.shape[:2]
    kept = batch.mask.flatten().nonzero().flatten()
    if shuffled:
        kept = kept[torch.randperm(len(kept), generator=torch.Generator().manual_seed(1))]
    place = torch.full((molecules * slots,), -1)
    place[kept] = torch.arange(len(kept))
    bonds = None if batch.bonds is None else Bonds(place[batch.bonds.index], batch.bonds.order)
    return replace(
        batch,
        target=batch.target.flatten(0, 1)[kept],
        residual=batch.residual.flatten(0, 1)[kept],
        mask=None,
        batch=kept // slots,
        features=None if batch.features is None else batch.features.flatten(0, 1)[kept],
        bonds=bonds,
    ), kept


def gradient(loss, batch):
    """Gradient of the summed loss by the residual of `batch`."""
    residual = batch.residual.detach().clone().requires_grad_()
    loss(replace(batch, residual=residual)).sum().backward()
    return residual.grad
