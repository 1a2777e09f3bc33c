"""How regular predicted polygons are, and whether they have the right size."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

LEAST_DEVIATION = 2.0**-52
"""Relative resolution of float64: a deviation below it counts as this, so that the quality of a
perfect polygon is 36.0 and not infinite."""

NO_SHAPE = 1.0
"""Relative deviation of the radius where all vertices coincide and it would be 0 / 0."""


@dataclass(frozen=True)
class Quality:
    """What became of many polygons; every number is a mean over them.

    Attributes:
        gaps: standard deviation of the angles between neighbours as seen from the centroid, over
            2 pi. The gaps of sorted angles, that over the turn's end included.
        spread: standard deviation of the vertices' distances from the centroid, over their mean.
        error: root mean square of those distances minus the true radius, over the true radius.
        radius_ratio: mean distance from the centroid, over the true radius.
    """

    gaps: float
    spread: float
    error: float
    radius_ratio: float

    @property
    def regularity(self) -> float:
        """Q = -ln(gaps + spread), the paper's quality (appendix C.1); it is blind to size."""
        return _minus_log(self.gaps + self.spread)

    @property
    def fidelity(self) -> float:
        """Q_r = -ln(gaps + error): a polygon of the wrong size is wrong too."""
        return _minus_log(self.gaps + self.error)


def judge(predicted: Tensor, radius: Tensor) -> Quality:
    """Compare predicted polygons with the radius that was asked for.

    Args:
        predicted: `(polygons, vertices, 2)`.
        radius: `(polygons,)` the true radius, above 0.

    Returns:
        numbers computed in float64; NaN where a prediction is not finite.
    """
    true = radius.double()
    centred = predicted.double() - predicted.double().mean(1, keepdim=True)
    distance = centred.norm(dim=-1)
    error = (distance - true[:, None]).square().mean(-1).sqrt() / true
    return Quality(
        gaps=_mean(gap_deviation(centred)),
        spread=_mean(relative_spread(distance)),
        error=_mean(error),
        radius_ratio=_mean(distance.mean(-1) / true),
    )


def gap_deviation(centred: Tensor) -> Tensor:
    """`(polygons,)` standard deviation over 2 pi of the angles between neighbours.

    Args:
        centred: `(polygons, vertices, 2)` about the centroid.
    """
    angle = torch.atan2(centred[..., 1], centred[..., 0]).sort(-1).values
    around = 2 * math.pi + angle[:, :1] - angle[:, -1:]
    gaps = torch.cat([angle.diff(dim=-1), around], -1)
    return gaps.std(-1, correction=0) / (2 * math.pi)


def relative_spread(distance: Tensor) -> Tensor:
    """`(polygons,)` standard deviation over mean of `(polygons, vertices)` distances."""
    mean = distance.mean(-1)
    collapsed = mean == 0
    spread = distance.std(-1, correction=0) / torch.where(collapsed, 1, mean)
    return torch.where(collapsed, NO_SHAPE, spread)


def _minus_log(deviation: float) -> float:
    return math.nan if math.isnan(deviation) else -math.log(max(deviation, LEAST_DEVIATION))


def _mean(values: Tensor) -> float:
    return float(values.mean())
