"""What a loss sees: one vertex moved over the plane, and the whole polygon turned (figure 2)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.prediction_types import data
from eloss_plugins.host import BoundLoss
from eloss_plugins.shapes.losses import Contender, bound
from eloss_plugins.shapes.polygon import regular

VERTICES = 12
"""Of the polygon: more than the seven up to which six edges a vertex are all there are."""

REACH = 2.0
"""The moved vertex goes this far from the centre in x and in y; the radius is 1."""

POINTS, TURNS = 41, 73
"""Places along either axis, and angles of a full turn."""

DRAWS = 32
"""Calls over which a loss that draws its edges is averaged."""

POOL = "edges.pool"
"""Option of edge sets that draw from some graphs; with a single one every place sees the same."""


@dataclass(frozen=True)
class Landscape:
    """The loss of a polygon of radius 1 about the origin.

    Attributes:
        label: of the loss.
        axis: `(points,)` places of the moved vertex along x and along y.
        moved: `(points, points)` loss by y, then x, with one vertex, that at (1, 0), moved.
        turns: `(turns,)` radian.
        turned: `(turns,)` loss of the polygon turned as a whole.
    """

    label: str
    axis: tuple[float, ...]
    moved: tuple[tuple[float, ...], ...]
    turns: tuple[float, ...]
    turned: tuple[float, ...]


def landscape(contender: Contender, *, points: int = POINTS, turns: int = TURNS) -> Landscape:
    """Evaluate one loss at all places and angles.

    Args:
        contender: the loss.
        points: along either axis; odd ones have the places 0 and 1 among them if (points - 1) is
            a multiple of 4.
        turns: angles from 0 to 2 pi, both included.
    """
    loss = bound(with_one_graph(contender))
    axis = torch.linspace(-REACH, REACH, points)
    angle = torch.linspace(0, 2 * math.pi, turns)
    moved = values(loss, one_moved(axis)).reshape(points, points)
    turned = values(loss, regular(torch.ones(turns), angle, VERTICES))
    return Landscape(contender.label, _floats(axis), _rows(moved), _floats(angle), _floats(turned))


def with_one_graph(contender: Contender) -> Contender:
    """The loss with one graph for all polygons where its edges come from a pool."""
    if POOL not in bound(contender).describe():
        return contender
    others = {k: v for k, v in contender.options.items() if k not in (POOL, "pool")}
    return replace(contender, options=others | {POOL: "1"})


def one_moved(axis: Tensor) -> Tensor:
    """`(points**2, VERTICES, 2)` polygons whose first vertex stands at each place of a grid."""
    polygons = _polygon().repeat(len(axis) ** 2, 1, 1)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    polygons[:, 0] = torch.stack([x.flatten(), y.flatten()], -1)
    return polygons


def values(loss: BoundLoss, predicted: Tensor) -> Tensor:
    """`(polygons,)` losses of predictions of the polygon, means where edges are drawn."""
    target = _polygon().expand_as(predicted)
    batch = LossBatch(target, *data(predicted, target, like=predicted[:, 0, 0]))
    draws = DRAWS if loss.state_dict() else 1
    return torch.stack([loss(batch) for _ in range(draws)]).mean(0)


def _polygon() -> Tensor:
    return regular(torch.ones(1), torch.zeros(1), VERTICES)


def _floats(values: Tensor) -> tuple[float, ...]:
    return tuple(values.tolist())


def _rows(values: Tensor) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in values.tolist())


def many(contenders: Sequence[Contender]) -> tuple[Landscape, ...]:
    """The landscape of each loss."""
    return tuple(landscape(contender) for contender in contenders)
