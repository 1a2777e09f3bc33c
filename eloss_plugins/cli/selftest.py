"""The energy loss tested on this machine."""

import torch
from torch import Tensor

from eloss_plugins.core import energy_loss
from eloss_plugins.core.losses import Energy
from eloss_plugins.equivariance import check_invariance, example_batch

STEP = 1e-5  # angstrom, of the central differences, whose error is of the order of its square


def change_under_motion(dtype: torch.dtype) -> float:
    """Largest relative change of the loss under random rotations, reflections and shifts."""
    return check_invariance(Energy(), example_batch(dtype=dtype))


def gradient_errors() -> tuple[float, float]:
    """Relative errors of the gradient: float32 against float64, float64 against differences."""
    single, double = _gradient(torch.float32), _gradient(torch.float64)
    return _relative(single.double(), double), _relative(double, _differences())


def _positions(dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor | None]:
    batch = example_batch(dtype=dtype)
    return batch.target + batch.residual, batch.target, batch.mask


def _gradient(dtype: torch.dtype) -> Tensor:
    prediction, target, mask = _positions(dtype)
    prediction.requires_grad_()
    (gradient,) = torch.autograd.grad(energy_loss(prediction, target, mask).sum(), prediction)
    return gradient


def _differences() -> Tensor:
    """The slope along each coordinate: all of them in one batch of copies, each moved a step."""
    prediction, target, mask = _positions(torch.float64)
    slopes = torch.zeros_like(prediction)
    for place in range(prediction[0].numel()):
        move = torch.zeros_like(prediction)
        move.view(len(move), -1)[:, place] = STEP
        rise = energy_loss(prediction + move, target, mask)
        rise = rise - energy_loss(prediction - move, target, mask)
        slopes.view(len(slopes), -1)[:, place] = rise / (2 * STEP)
    return slopes


def _relative(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).abs().max() / expected.abs().max())
