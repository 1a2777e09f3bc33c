"""The energy loss tested on this machine, without its own tests."""

import torch
from torch import Tensor

from eloss_plugins.core import energy_loss

MOLECULES, ATOMS = 4, 9
STEP = 1e-5  # of the central differences, angstrom: error of order step squared
SHIFT = 3.0  # angstrom


def molecules(dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    """Predictions, targets and mask of random molecules; the last atom of the first is padding."""
    generator = torch.Generator().manual_seed(0)
    target = 2 * torch.randn(MOLECULES, ATOMS, 3, generator=generator, dtype=torch.float64)
    error = 0.2 * torch.randn(MOLECULES, ATOMS, 3, generator=generator, dtype=torch.float64)
    mask = torch.ones(MOLECULES, ATOMS, dtype=torch.bool)
    mask[0, -1] = False
    return (target + error).to(dtype), target.to(dtype), mask


def largest_change_under_motion(motions: int = 8) -> float:
    """Relative change of the loss, float32, under random rotations, reflections and shifts."""
    from e3nn import o3

    prediction, target, mask = molecules(torch.float32)
    still = energy_loss(prediction, target, mask)
    torch.manual_seed(0)
    changes = []
    for motion in range(motions):
        turn = o3.rand_matrix(dtype=torch.float64) * (-1) ** motion
        moved = prediction.double() @ turn.T + SHIFT * torch.randn(3, dtype=torch.float64)
        changes.append(energy_loss(moved.float(), target, mask) / still - 1)
    return float(torch.stack(changes).abs().max())


def gradient_errors() -> tuple[float, float]:
    """Relative errors of the gradient: float32 against float64, float64 against differences."""
    single, double = _gradient(torch.float32), _gradient(torch.float64)
    return _relative(single.double(), double), _relative(double, _differences())


def _gradient(dtype: torch.dtype) -> Tensor:
    prediction, target, mask = molecules(dtype)
    prediction.requires_grad_()
    (gradient,) = torch.autograd.grad(energy_loss(prediction, target, mask).sum(), prediction)
    return gradient


def _differences() -> Tensor:
    prediction, target, mask = molecules(torch.float64)
    slopes = torch.zeros_like(prediction)
    for place in range(prediction.numel()):
        ahead, behind = prediction.clone(), prediction.clone()
        ahead.view(-1)[place] += STEP
        behind.view(-1)[place] -= STEP
        rise = energy_loss(ahead, target, mask).sum() - energy_loss(behind, target, mask).sum()
        slopes.view(-1)[place] = rise / (2 * STEP)
    return slopes


def _relative(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).abs().max() / expected.abs().max())
