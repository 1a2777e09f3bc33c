"""Random rotations and reflections, and how far a loss is from being invariant under them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from eloss_plugins.core.loss_batch import LossBatch

Loss = Callable[[LossBatch], Tensor]

TRANSLATION = 1.0
"""Standard deviation of the random shifts, in units of the coordinates."""


@dataclass(frozen=True)
class Motions:
    """One motion of space for each molecule.

    Attributes:
        rotation: `(molecules, D, D)` orthogonal.
        translation: `(molecules, D)`.
    """

    rotation: Tensor
    translation: Tensor

    def turn(self, vectors: Tensor) -> Tensor:
        """`(molecules, atoms, D)` vectors, rotated."""
        return (self.rotation[:, None].to(vectors.dtype) * vectors[..., None, :]).sum(-1)

    def move(self, positions: Tensor) -> Tensor:
        """`(molecules, atoms, D)` positions, rotated and shifted."""
        return self.turn(positions) + self.translation[:, None].to(positions.dtype)


def random_rotations(
    count: int, *, dimensions: int = 3, improper: bool = False, seed: int = 0
) -> Tensor:
    """Rotations uniform in SO(D), or their mirror images; the global random state is not touched.

    Args:
        count: how many.
        dimensions: 1, 2 or 3.
        improper: give elements of O(D) with determinant -1 instead.
        seed: of the draw.

    Returns:
        `(count, D, D)` float64.
    """
    generator = torch.Generator().manual_seed(seed)
    rotations = _ROTATIONS[dimensions](count, generator)
    return rotations @ _mirror(dimensions) if improper else rotations


def random_motions(batch: LossBatch, *, improper: bool = False, seed: int = 0) -> Motions:
    """A random motion for each molecule of a padded batch."""
    molecules, _, dimensions = batch.target.shape
    rotation = random_rotations(molecules, dimensions=dimensions, improper=improper, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    shift = torch.randn(molecules, dimensions, generator=generator, dtype=torch.float64)
    device = batch.target.device
    return Motions(rotation.to(device), (TRANSLATION * shift).to(device))


def move_prediction(batch: LossBatch, motions: Motions) -> LossBatch:
    """The same data with each predicted molecule moved.

    The prediction is `target + (noise / signal) * residual`, so neither signal nor noise may be 0.
    """
    signal, noise = batch.ratio()
    ratio = (noise / signal)[:, None, None]
    prediction = batch.target + ratio * batch.residual
    residual = (motions.move(prediction) - batch.target) / ratio
    return replace(batch, residual=residual.to(batch.residual.dtype))


def move_both(batch: LossBatch, motions: Motions) -> LossBatch:
    """Data and prediction of each molecule moved together."""
    target = motions.move(batch.target)
    return replace(batch, target=target, residual=motions.turn(batch.residual))


def example_batch(*, dimensions: int = 3, dtype: torch.dtype = torch.float64) -> LossBatch:
    """Four random molecules of 8, 5, 2 and 1 atoms with predictions some tenths off, padded."""
    generator = torch.Generator().manual_seed(0)
    shape = (4, 8, dimensions)
    target = 1.5 * torch.randn(shape, generator=generator, dtype=torch.float64)
    residual = 0.3 * torch.randn(shape, generator=generator, dtype=torch.float64)
    mask = torch.arange(8) < torch.tensor([8, 5, 2, 1])[:, None]
    signal = torch.tensor([0.9, 0.6, 0.4, 0.7], dtype=torch.float64)
    noise = (1 - signal.square()).clamp_min(0) ** 0.5
    numbers = torch.randint(1, 10, shape[:-1], generator=generator)
    return LossBatch(
        target=target.to(dtype),
        residual=residual.to(dtype),
        signal=signal.to(dtype),
        noise=noise.to(dtype),
        mask=mask,
        numbers=numbers,
    )


def check_invariance(
    loss: Loss,
    batch: LossBatch | None = None,
    *,
    move: Callable[[LossBatch, Motions], LossBatch] = move_prediction,
    improper: bool = True,
    seeds: int = 4,
) -> float:
    """How far a loss is from being invariant under motions of space.

    Args:
        loss: maps a `LossBatch` to `(molecules,)`.
        batch: padded; random molecules in float64 for None.
        move: `move_prediction` for losses that compare shapes (energy, Kabsch), `move_both` for
            losses that compare positions.
        improper: try reflections too.
        seeds: draws of each kind.

    Returns:
        The largest change of a molecule's loss over the largest loss in the batch.
    """
    batch = example_batch() if batch is None else batch
    before = loss(batch).detach()
    worst = torch.zeros_like(before.max())
    for seed in range(seeds):
        for reflected in (False, True) if improper else (False,):
            moved = move(batch, random_motions(batch, improper=reflected, seed=seed))
            change = (loss(moved).detach() - before).abs().max()
            worst = torch.maximum(worst, change / before.abs().max())
    return float(worst)


def _rotations_in_space(count: int, generator: torch.Generator) -> Tensor:
    from e3nn.o3 import quaternion_to_matrix

    # Four independent normal numbers, normalised, are uniform on the sphere of quaternions.
    quaternions = torch.randn(count, 4, generator=generator, dtype=torch.float64)
    rotations: Tensor = quaternion_to_matrix(torch.nn.functional.normalize(quaternions, dim=-1))
    return rotations


def _rotations_in_plane(count: int, generator: torch.Generator) -> Tensor:
    angle = 2 * torch.pi * torch.rand(count, generator=generator, dtype=torch.float64)
    cosine, sine = angle.cos(), angle.sin()
    return torch.stack([cosine, -sine, sine, cosine], -1).view(count, 2, 2)


def _rotations_on_line(count: int, generator: torch.Generator) -> Tensor:
    return torch.ones(count, 1, 1, dtype=torch.float64)


_ROTATIONS = {1: _rotations_on_line, 2: _rotations_in_plane, 3: _rotations_in_space}


def _mirror(dimensions: int) -> Tensor:
    signs = torch.ones(dimensions, dtype=torch.float64)
    signs[0] = -1
    return signs.diag()
