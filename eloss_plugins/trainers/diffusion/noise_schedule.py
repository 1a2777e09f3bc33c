"""Noise schedules as tables of gamma = log(sigma^2 / alpha^2) at the steps 0..timesteps."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from eloss_plugins.errors import UsageError

MIN_STEP_RATIO = 1e-3  # smallest alpha_t^2 / alpha_{t-1}^2 of the polynomial schedule (EDM)
MAX_BETA = 0.999  # largest 1 - alpha_t^2 / alpha_{t-1}^2 of the cosine schedule (Nichol & Dhariwal)
COSINE_OFFSET = 0.008  # keeps beta from vanishing at t = 0 (Nichol & Dhariwal, arXiv 2102.09672)

Array = NDArray[np.float64]


def polynomial_alphas2(timesteps: int, power: float, precision: float) -> Array:
    """alpha^2 of the polynomial schedule, `(timesteps + 1,)`.

    (1 - (t / T)^power)^2 with each step's ratio clipped to [1e-3, 1], then squeezed into
    [precision, 1 - precision], so that neither end is without noise or without signal.

    Args:
        timesteps: number of steps T.
        power: exponent of t / T.
        precision: distance of alpha^2 from 0 and 1 at the ends.

    Reference: EDM, arXiv 2203.17003, appendix B.
    """
    grid = np.linspace(0, 1, timesteps + 1)
    curve = np.concatenate([np.ones(1), (1 - np.power(grid, power)) ** 2])
    clipped = np.cumprod(np.clip(curve[1:] / curve[:-1], MIN_STEP_RATIO, 1.0))
    return np.asarray((1 - 2 * precision) * clipped + precision)


def cosine_alphas2(timesteps: int) -> Array:
    """alpha^2 of the cosine schedule, `(timesteps + 1,)`; its first entry is already below 1.

    Reference: Nichol & Dhariwal, arXiv 2102.09672, equation 17; timesteps + 1 steps, as in EDM.
    """
    grid = np.linspace(0, 1, timesteps + 2)
    curve = np.cos((grid + COSINE_OFFSET) / (1 + COSINE_OFFSET) * np.pi * 0.5) ** 2
    curve = curve / curve[0]
    betas = np.clip(1 - curve[1:] / curve[:-1], 0, MAX_BETA)
    return np.asarray(np.cumprod(1 - betas))


def alphas2(name: str, timesteps: int, precision: float) -> Array:
    """alpha^2 of the schedule called `name`: `cosine`, or `polynomial_N` with any power N.

    Raises:
        UsageError: no schedule has that name, or a number is out of range.
    """
    if timesteps < 1:
        raise UsageError(f"a noise schedule needs at least 1 timestep; got {timesteps}")
    kind, _, power = name.partition("_")
    builders: dict[str, Callable[[], Array]] = {
        "cosine": lambda: cosine_alphas2(timesteps),
        "polynomial": lambda: polynomial_alphas2(timesteps, _power(name, power), precision),
    }
    if kind not in builders or (kind == "cosine" and power):
        raise UsageError(
            f"noise schedule must be 'cosine' or 'polynomial_N' such as 'polynomial_2'; got"
            f" {name!r} (a learned schedule is not offered: it needs the VLB objective)"
        )
    return builders[kind]()


def _power(name: str, text: str) -> float:
    try:
        power = float(text)
    except ValueError:
        power = float("nan")
    if not 0 < power < float("inf"):
        raise UsageError(f"schedule {name!r}: the power after '_' must be a positive number")
    return power


class NoiseSchedule(nn.Module):
    """A fixed schedule, looked up by step number.

    Attributes:
        gamma: `(timesteps + 1,)` float32, log(sigma^2 / alpha^2); carries upstream's name, so
            that a checkpoint's table replaces this one on loading.
    """

    gamma: Tensor

    def __init__(self, name: str = "polynomial_2", timesteps: int = 1000, precision: float = 1e-5):
        super().__init__()
        self.name = name
        self.timesteps = timesteps
        signal2 = alphas2(name, timesteps, precision)
        gamma = np.log(1 - signal2) - np.log(signal2)
        self.register_buffer("gamma", torch.from_numpy(gamma).float())

    def forward(self, step: Tensor) -> Tensor:
        """Gamma at integer `step` in 0..timesteps, in the shape of `step`."""
        return self.gamma[step]
