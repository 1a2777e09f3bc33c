"""Checks of a flow-matching trainer's first batch: layout, times, and which way time runs.

A time that runs the other way trains without an error, for weights that are upside down. Beyond
what `first_batch` looks at, these checks compare, where the noisy positions are given, how far
they are from the data with how far they should be.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.flow_matching import DATA_AT, TIME_WEIGHTS, noise_level
from eloss_plugins.errors import UsageError
from eloss_plugins.position_loss import first_batch

CLEARLY = 0.05  # by how much the other direction must fit better; noise alone gives less
ROUNDING = 1e-4  # times may leave 0 to 1 by this


@dataclass(frozen=True)
class FlowBatch:
    """What stands at a flow-matching loss.

    Attributes:
        prediction: `(molecules, atoms, 3)` padded, or `(atoms, 3)` flat.
        positions: the same shape, clean.
        time: one number a molecule, any shape.
        data_at: the time of the data, 0 or 1.
        mask: `(molecules, atoms)`, one for real atoms; None when all are, or when flat.
        batch: `(atoms,)` int64 when flat.
        velocity: shape of `positions`, or None where the endpoint is predicted.
        noisy: shape of `positions`, or None where it is not at hand.
        length_scale: angstrom per unit.
    """

    prediction: Tensor
    positions: Tensor
    time: Tensor
    data_at: int
    mask: Tensor | None = None
    batch: Tensor | None = None
    velocity: Tensor | None = None
    noisy: Tensor | None = None
    length_scale: float = 1.0


def check_convention(data_at: int, time_weight: str) -> None:
    """Refuse a time of the data, or a time weight, that is not known.

    Raises:
        UsageError: naming it.
    """
    if data_at not in DATA_AT:
        raise UsageError(f"`data_at` must be 0 or 1, the time of the data; got {data_at!r}")
    if time_weight not in TIME_WEIGHTS:
        raise UsageError(f"`time_weight` must be own or paper; got {time_weight!r}")


def check(given: FlowBatch) -> None:
    """Refuse what does not look like the loss of a flow-matching trainer of molecules.

    Raises:
        UsageError: naming the argument, what was expected and what was found.
    """
    _check_shapes(given)
    _check_times(given)
    positions, mask = padded(given)
    first_batch.check_mask(mask, positions)
    mask = first_batch.plain_mask(mask)
    first_batch.check_finite(positions, mask)
    first_batch.check_centred(positions, mask)
    first_batch.check_angstrom(positions, mask, given.length_scale)
    if given.noisy is not None:
        _check_direction(given, given.noisy)


def padded(given: FlowBatch) -> tuple[Tensor, Tensor]:
    """Positions `(molecules, atoms, 3)` and a mask of them, flat ones set in rows."""
    if given.batch is None:
        every = torch.ones(given.positions.shape[:2], device=given.positions.device)
        return given.positions, every if given.mask is None else given.mask
    batch, order = given.batch.sort(stable=True)
    sizes = torch.bincount(batch, minlength=given.time.numel())
    starts = sizes.cumsum(0) - sizes
    place = torch.arange(len(batch), device=batch.device) - starts[batch]
    mask = torch.arange(int(sizes.max()), device=batch.device) < sizes.unsqueeze(1)
    rows = given.positions.new_zeros(*mask.shape, given.positions.shape[-1])
    rows[batch, place] = given.positions.detach()[order]
    return rows, mask


def _check_shapes(given: FlowBatch) -> None:
    shape = tuple(given.positions.shape)
    layout = "(molecules, atoms, 3)" if given.batch is None else "(atoms, 3) beside `batch`"
    if len(shape) != (3 if given.batch is None else 2) or shape[-1] != 3:
        raise UsageError(
            f"`positions` must be {layout}; got {shape}; flat positions need `batch`, padded ones"
            " must not have it"
        )
    others = {"prediction": given.prediction, "velocity": given.velocity, "noisy": given.noisy}
    for name, value in others.items():
        if value is not None and tuple(value.shape) != shape:
            raise UsageError(
                f"`{name}` must have the shape of `positions`, {shape}; got {tuple(value.shape)}"
            )
    if given.batch is not None and tuple(given.batch.shape) != shape[:1]:
        raise UsageError(
            f"`batch` must name the molecule of each of {shape[0]} atoms;"
            f" got shape {tuple(given.batch.shape)}"
        )


def _check_times(given: FlowBatch) -> None:
    if given.batch is None:
        molecules = len(given.positions)
    else:
        molecules = max(int(given.batch.max()) + 1, given.time.numel())
    if given.time.numel() != molecules:
        raise UsageError(
            f"`time` must hold one number for each of {molecules} molecules;"
            f" got shape {tuple(given.time.shape)}"
        )
    inside = (given.time >= -ROUNDING) & (given.time <= 1 + ROUNDING)
    if not bool(inside.all()):
        raise UsageError(
            f"`time` must lie between 0 and 1; got {float(given.time.min()):.3g} to"
            f" {float(given.time.max()):.3g}: divide steps by their number"
        )


def _check_direction(given: FlowBatch, noisy: Tensor) -> None:
    """Noisy positions must be the farther from the clean ones the more noise there is."""
    apart = _distance(given, noisy)
    time = given.time.detach().reshape(-1)
    fits = {at: _likeness(apart, noise_level(time, at)) for at in DATA_AT}
    other = 1 - given.data_at
    if fits[other] > fits[given.data_at] + CLEARLY:
        raise UsageError(
            f"`noisy` positions approach the clean ones as time goes to {other}, so data stand"
            f" there; got data_at={given.data_at}: say data_at={other}, and check the time"
        )


def _distance(given: FlowBatch, noisy: Tensor) -> Tensor:
    """`(molecules,)` root mean square of noisy minus clean positions."""
    moved = FlowBatch(
        given.prediction,
        noisy - given.positions,
        given.time,
        given.data_at,
        given.mask,
        given.batch,
    )
    error, mask = padded(moved)
    real = first_batch.plain_mask(mask)
    total = error.detach().square().sum(-1).masked_fill(~real, 0).sum(1)
    return (total / real.sum(1).clamp_min(1)).sqrt()


def _likeness(apart: Tensor, expected: Tensor) -> float:
    """Cosine of two lists of numbers, 1 where they are proportional."""
    expected = expected.to(apart)
    scale = (apart.norm() * expected.norm()).clamp_min(torch.finfo(apart.dtype).tiny)
    return float((apart * expected).sum() / scale)
