"""How noise levels are drawn in training: uniform numbers to r in [0, 1], 0 at the data."""

from collections.abc import Callable, Mapping
from typing import Literal

import torch
from torch import Tensor

TimeDraw = Literal["uniform", "logit-normal", "beta"]


def uniform(number: Tensor) -> Tensor:
    """Every level alike."""
    return number


def logit_normal(number: Tensor) -> Tensor:
    """The logistic function of a standard normal number: mostly from the middle.

    Reference: Esser et al., arXiv 2403.03206, equation 19 with m = 0 and s = 1.
    """
    level: Tensor = torch.special.ndtri(number).sigmoid()
    return level


def beta(number: Tensor) -> Tensor:
    """Beta(1, 2), density 2 (1 - r): leaning to the data.

    Reference: SemlaFlow, arXiv 2406.07266, whose time 1 - r has Beta(2, 1).
    """
    return 1 - number.sqrt()


DRAWS: Mapping[TimeDraw, Callable[[Tensor], Tensor]] = {
    "uniform": uniform,
    "logit-normal": logit_normal,
    "beta": beta,
}


def levels(number: Tensor, draw: TimeDraw, least: float) -> Tensor:
    """Noise levels in [least, 1].

    Args:
        number: any shape, uniform in [0, 1).
        draw: name of their distribution.
        least: the whole of [0, 1] is squeezed into [least, 1].
    """
    return least + (1 - least) * DRAWS[draw](number)
