"""The data: regular polygons of random radius, turned at random."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.errors import UsageError

RADII = (0.3, 5.0)
"""Least and largest radius; drawn evenly. The range of the paper, appendix C.1."""

FEWEST_VERTICES = 3


@dataclass(frozen=True)
class Task:
    """What is to be learnt.

    Attributes:
        vertices: of each polygon, at least 3.
        angle: theta of the augmentation, radian, from 0 to pi: polygons are turned by angles
            drawn evenly from -theta to theta.

    Raises:
        UsageError: fewer vertices, or another angle.
    """

    vertices: int = 20
    angle: float = 0.0

    def __post_init__(self) -> None:
        if self.vertices < FEWEST_VERTICES:
            raise UsageError(
                f"a polygon has {FEWEST_VERTICES} vertices or more; got {self.vertices}"
            )
        if not 0 <= self.angle <= math.pi:
            raise UsageError(f"the angle must be from 0 to pi, in radian; got {self.angle:g}")


@dataclass(frozen=True)
class Polygons:
    """Inputs and targets of a batch.

    Attributes:
        radius: `(polygons,)` what the network sees.
        vertices: `(polygons, vertices, 2)` what it shall say.
    """

    radius: Tensor
    vertices: Tensor


def regular(radius: Tensor, turn: Tensor, vertices: int) -> Tensor:
    """`(polygons, vertices, 2)` corners r (cos(2 pi j / N + turn), sin(...)), j = 0 to N - 1.

    Args:
        radius: `(polygons,)`.
        turn: `(polygons,)` radian.
        vertices: N.
    """
    number = torch.arange(vertices, dtype=radius.dtype, device=radius.device)
    phase = 2 * math.pi / vertices * number + turn[:, None]
    return radius[:, None, None] * torch.stack([phase.cos(), phase.sin()], -1)


def draw(task: Task, count: int, generator: torch.Generator) -> Polygons:
    """`count` polygons of a task, of random radius and turn."""
    radius = _between(*RADII, count, generator)
    turn = _between(-task.angle, task.angle, count, generator)
    return Polygons(radius, regular(radius, turn, task.vertices))


def even_radii(count: int) -> Tensor:
    """`(count,)` the middles of as many equal parts of the range of radii.

    A mean over them is a mean over radii drawn evenly, without the noise of drawing.
    """
    low, high = RADII
    return low + (high - low) * (torch.arange(count) + 0.5) / count


def shrinkage(angle: float) -> float:
    """sin(theta) / theta: by this factor the mean over turns from -theta to theta shrinks a
    polygon, which is what the mean squared error asks for; 1 at 0.
    """
    return math.sin(angle) / angle if angle else 1.0


def _between(low: float, high: float, count: int, generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(count, generator=generator)
