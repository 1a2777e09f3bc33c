"""Margin loss of each spin."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.core.checks import check_positive
from eloss_plugins.core.discrete.spin_batch import SpinBatch
from eloss_plugins.core.numerics import full_precision


@dataclass(frozen=True)
class Margin:
    """max(0, margin - y_i z_i) with logit z, mean over sites.

    Its gradient is 0 at the margin itself.

    Attributes:
        margin: the logit that is enough.
    """

    margin: float = 1.0

    def __post_init__(self) -> None:
        check_positive(margin=self.margin)

    def __call__(self, batch: SpinBatch) -> Tensor:
        """`(systems,)` hinge per site."""
        with full_precision(batch.logits):
            agreement = batch.clean_target * batch.clean_logits
            return (self.margin - agreement).relu().mean(-1)
