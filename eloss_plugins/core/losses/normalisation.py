"""The scale of a molecule's stiffness, for comparing laws whose natural scales differ."""

from collections.abc import Callable, Mapping

from torch import Tensor

from eloss_plugins.core.layout import Layout
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.numerics import safe_ratio
from eloss_plugins.core.reductions import reduce_pairs

Normalise = Callable[[LossBatch, Layout, Tensor], Tensor]


def as_the_law_says(batch: LossBatch, layout: Layout, stiffness: Tensor) -> Tensor:
    """The stiffness, untouched."""
    return stiffness


def mean_one(batch: LossBatch, layout: Layout, stiffness: Tensor) -> Tensor:
    """Stiffness divided by its mean over the pairs of the same molecule.

    The mean is over the pairs of the edge set, each with its weight, so that weights still
    multiply the result. Other molecules of the batch play no part: a molecule's loss must not
    depend on its neighbours. A prefactor of the law cancels.

    Args:
        batch: padded or flat.
        layout: its pairs.
        stiffness: stiffness times weight, like the pairs; carries no gradient.

    Returns:
        like `stiffness`; 0 for a molecule that has no stiffness at all.
    """
    mean = reduce_pairs(batch, layout, layout.total(stiffness), "mean_pairs")
    return safe_ratio(stiffness, layout.spread(mean))


NORMALISATIONS: Mapping[str, Normalise] = {"none": as_the_law_says, "mean_one": mean_one}
