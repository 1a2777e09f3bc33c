"""Signal and noise of JODO's variance-preserving process at continuous times, 0 data and 1 noise.

Noise near the data is small: the variance 1 - alpha^2 is 4e-7 at t = 1e-5 on the cosine schedule,
which float32 cannot see once alpha is rounded. Each schedule gives alpha and sigma^2 by formulas
of their own, without a difference of nearly equal numbers, so both keep their digits in any type.

Reference: JODO, arXiv 2305.12347; Nichol and Dhariwal, arXiv 2102.09672, equation 17 (cosine); Song
et al., arXiv 2011.13456, appendix B (linear); EDM, arXiv 2203.17003, appendix B (polynomial).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

FIRST = 1e-5  # earliest time of training
COSINE_END = 0.9946  # latest time on the cosine schedule: DPM-Solver, arXiv 2206.00927, appendix
COSINE_SHIFT = 0.008  # s of equation 17
COSINE_START = COSINE_SHIFT / (1 + COSINE_SHIFT) * math.pi / 2
BETA_FIRST, BETA_LAST = 0.1, 20.0  # of the linear schedule
KNOTS = 1000  # of the polynomial schedule
POWER, LEAST = 2, 1e-4  # of the polynomial schedule: exponent of t, least signal and noise
LEAST_RATIO = 1e-3  # of alpha^2 at neighbouring knots


@dataclass(frozen=True)
class Level:
    """Signal and noise, alpha^2 + sigma^2 = 1, each with all its digits.

    Attributes:
        alpha: of the shape of the times.
        sigma: of the same shape.
    """

    alpha: Tensor
    sigma: Tensor

    @property
    def log_alpha(self) -> Tensor:
        """The logarithm of alpha, with all its digits where alpha is near 1 too."""
        near = 0.5 * torch.log1p(-self.sigma.square().clamp(max=0.5))
        return torch.where(self.sigma.square() < 0.5, near, torch.log(self.alpha))

    @property
    def half_log_snr(self) -> Tensor:
        """DPM-Solver's lambda = log(alpha / sigma)."""
        return self.log_alpha - torch.log(self.sigma)

    @property
    def log_snr(self) -> Tensor:
        """What the network is told, log(alpha^2 / sigma^2)."""
        return 2 * self.half_log_snr


@dataclass(frozen=True)
class NoiseSchedule:
    """A schedule by its two formulas.

    Attributes:
        level: alpha and sigma at times of any shape and floating type.
        end: latest time of training and sampling.
    """

    level: Callable[[Tensor], Level]
    end: float = 1.0

    def __call__(self, time: Tensor) -> Level:
        """Signal and noise at `time`, which must be in [0, end]."""
        return self.level(time)


def cosine(time: Tensor) -> Level:
    """The cosine schedule, alpha = cos(a + d) / cos(a), with d proportional to t.

    Alpha is the sine of what is left to the right angle, and sigma^2 = 1 - alpha^2 is
    sin(d) sin(2 a + d) / cos(a)^2.
    """
    rate = math.pi / 2 / (1 + COSINE_SHIFT)
    done, left = rate * time, rate * (1 - time)
    scale = math.cos(COSINE_START)
    variance = torch.sin(done) * torch.sin(2 * COSINE_START + done) / scale**2
    return Level(torch.sin(left) / scale, torch.sqrt(variance))


def linear(time: Tensor) -> Level:
    """The linear schedule, d(log alpha) / dt = -beta / 2, with beta rising along a line."""
    log_alpha = -time * (0.25 * (BETA_LAST - BETA_FIRST) * time + 0.5 * BETA_FIRST)
    return _of_log(log_alpha)


def polynomial(time: Tensor) -> Level:
    """The schedule alpha^2 = (1 - t^2)^2, with a floor under signal and noise.

    Between the knots log alpha is straight. Before the first knot the first piece goes on.
    """
    table = _knots().to(time.dtype).to(time.device)
    place = (time * KNOTS).floor().long().clamp(1, KNOTS - 1)
    before, after = table[place - 1], table[place]
    return _of_log(before + (time * KNOTS - place) * (after - before))


def _of_log(log_alpha: Tensor) -> Level:
    return Level(torch.exp(log_alpha), torch.sqrt(-torch.expm1(2 * log_alpha)))


def _knots() -> Tensor:
    """The logarithm of alpha at 1/1000, 2/1000, ... 1, in float64."""
    time = torch.linspace(0, 1, KNOTS + 1, dtype=torch.float64)
    signal = (1 - time**POWER) ** 2
    ratios = (signal[1:] / signal[:-1]).clamp(min=LEAST_RATIO)
    return 0.5 * torch.log((1 - 2 * LEAST) * ratios.cumprod(0) + LEAST)


SCHEDULES: Mapping[str, NoiseSchedule] = {
    "cosine": NoiseSchedule(cosine, COSINE_END),
    "linear": NoiseSchedule(linear),
    "polynomial": NoiseSchedule(polynomial),
}
