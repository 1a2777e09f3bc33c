"""Cross-entropy of each spin."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import logsigmoid

from eloss_plugins.core.discrete.spin_batch import SpinBatch
from eloss_plugins.core.numerics import full_precision


@dataclass(frozen=True)
class CrossEntropy:
    """-log p(y_i), mean over sites.

    It wants the target's spins one by one, its global sign included.
    """

    def __call__(self, batch: SpinBatch) -> Tensor:
        """`(systems,)` nats per site; infinite where an infinite logit is wrong."""
        with full_precision(batch.logits):
            return cross_entropy(batch.clean_target * batch.clean_logits)


def cross_entropy(agreement: Tensor) -> Tensor:
    """`(systems,)` cross-entropy per site from `(systems, sites)` products y_i z_i."""
    return -logsigmoid(agreement).mean(-1)
