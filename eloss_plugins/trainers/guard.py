"""Keeping non-finite molecules out of a step, before they reach the network or the gradient."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers import rng
from eloss_plugins.trainers.processes.ranks import Ranks

Losses = Mapping[str, Tensor]
Compute = Callable[[Batch], Losses]


@dataclass(frozen=True)
class Guarded:
    """The losses of a batch and the molecules that count.

    Attributes:
        losses: `(molecules,)` tensors; `loss` is finite wherever `kept` is true.
        kept: `(molecules,)` bool.
        batch: what the losses were computed from.
        start: state of the random number generators before that.
    """

    losses: Losses
    kept: Tensor
    batch: Batch
    start: tuple[Tensor, Tensor | None]

    @property
    def dropped(self) -> list[int]:
        """Data set indices of this rank's molecules that do not count."""
        places: list[int] = self.batch.index[~self.kept].tolist()
        return places


def finite_molecules(batch: Batch) -> Tensor:
    """Whether all of a molecule's numbers are finite, `(molecules,)` bool."""
    given = (batch.positions, batch.one_hot, batch.charges, batch.bonds, batch.formal_charges)
    parts = [part for part in given if part is not None]
    return torch.stack([torch.isfinite(part).flatten(1).all(1) for part in parts]).all(0)


def without(batch: Batch, kept: Tensor) -> Batch:
    """`batch` with the molecules that are not `kept` turned into padding, of the same shape."""
    atoms = kept.view(-1, 1, 1)
    bonds, charges = batch.bonds, batch.formal_charges
    return replace(
        batch,
        bonds=None if bonds is None else bonds.where(atoms, 0.0),
        formal_charges=None if charges is None else charges.where(atoms, 0.0),
        positions=batch.positions.where(atoms, 0.0),
        one_hot=batch.one_hot.where(atoms, 0.0),
        charges=batch.charges.where(atoms, 0.0),
        mask=batch.mask & kept.view(-1, 1),
    )


def guarded(compute: Compute, batch: Batch, ranks: Ranks) -> Guarded:
    """The losses of `batch` without its non-finite molecules.

    Molecules whose data are not finite are padding from the start. If a loss or an output of the
    network is not finite on any rank, all ranks compute again with the culprits as padding. What
    is still not finite then is a property of the whole batch, and no molecule is kept.

    Args:
        compute: the losses of a batch; draws from torch's global generators.
        batch: this rank's molecules.
        ranks: the processes that decide together.
    """
    clean = finite_molecules(batch)
    if not bool(clean.all()):
        batch = without(batch, clean)
    start = rng.torch_state(batch.positions.device)
    losses = compute(batch)
    kept = clean & _finite(losses)
    first = Guarded(losses, kept, batch, start)
    if not ranks.largest(_differ(kept, clean)):
        return first
    second = again(compute, first, kept)
    if not ranks.largest(_differ(kept & _finite(second.losses), kept)):
        return second
    return replace(second, kept=torch.zeros_like(kept))


def again(compute: Compute, before: Guarded, kept: Tensor) -> Guarded:
    """Compute with the same random numbers, the molecules that are not `kept` as padding.

    Shapes and draws are the same, so the others contribute the same bits as if the culprits had
    been padding all along.
    """
    rng.restore_torch(before.start, kept.device)
    batch = without(before.batch, kept)
    return Guarded(compute(batch), kept, batch, before.start)


def kept_without_culprits(alone: Compute, before: Guarded, parameters: Sequence[Tensor]) -> Tensor:
    """The molecules that `before` kept but for those whose own gradient is not finite, bool.

    For losses that are finite where their gradient is not; compute `again` with what this gives.
    Molecules are tried in halves, the rest as padding: within one graph, 0 times infinity would
    put the blame on everybody. One culprit among 64 costs 13 passes, so this is for the rare step
    whose gradient turned out bad.

    Args:
        alone: the losses of a batch, without what ties the ranks together.
        before: the step that failed.
        parameters: what the gradient is taken with respect to.
    """
    suspects = before.kept.nonzero().flatten().tolist()
    kept = before.kept.clone()
    kept[_culprits(alone, before, suspects, parameters)] = False
    return kept


def _culprits(
    alone: Compute, before: Guarded, places: list[int], parameters: Sequence[Tensor]
) -> list[int]:
    """Those of `places` whose loss has a non-finite gradient, by halving."""
    if not places or _gradient_is_finite(alone, before, places, parameters):
        return []
    if len(places) == 1:
        return places
    half = len(places) // 2
    halves = (places[:half], places[half:])
    return [bad for part in halves for bad in _culprits(alone, before, part, parameters)]


def _gradient_is_finite(
    alone: Compute, before: Guarded, places: list[int], parameters: Sequence[Tensor]
) -> bool:
    only = torch.zeros_like(before.kept)
    only[places] = True
    loss = mean_over_kept(again(alone, before, only).losses["loss"], only, 1)
    gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
    return all(bool(torch.isfinite(g).all()) for g in gradients if g is not None)


def mean_over_kept(values: Tensor, kept: Tensor, count: float) -> Tensor:
    """The sum of the kept molecules' values over `count`; connected to `values` in any case."""
    return torch.where(kept, values, 0.0).sum() / count


def _finite(losses: Losses) -> Tensor:
    finite = torch.isfinite(losses["loss"])
    return finite & losses["finite"] if "finite" in losses else finite


def _differ(left: Tensor, right: Tensor) -> int:
    return int(not torch.equal(left, right))
