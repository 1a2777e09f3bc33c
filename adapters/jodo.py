"""Adapter for JODO: prediction of the clean positions, padded and centred.

What stands at JODO's loss: predicted and clean positions, a mask. The network predicts the clean
positions themselves, so the residual is their error and both levels are 1: the time plays no part
here. The factor sqrt(alpha / sigma), by which JODO weights the sum of its three losses, is
upstream's and stays outside. Upstream: GRAPH-0/JODO, commit 0e6326a, `losses.py`,
`get_sde_graph_loss_fn` and `get_sde_node_loss_fn`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from eloss_plugins.hookspecs import BindOptions, hookimpl
from eloss_plugins.position_loss.ground import PositionLoss

if TYPE_CHECKING:
    from torch import Tensor

    from eloss_plugins.core.bonds import Bonds

TARGET = "jodo"


@hookimpl
def bind_trainer(target: str, options: BindOptions) -> Callable[..., Tensor] | None:
    """The position loss as JODO's objectives take it, for the target `jodo`."""
    if target != TARGET:
        return None
    return JodoPositionLoss(options.loss, find_bonds=options.uses_bonds)


class JodoPositionLoss(PositionLoss):
    """A position loss called with what is in scope at JODO's loss.

    The first call checks what it is given and raises one sentence; later calls trust. Molecules
    with non-finite numbers are not an error here: their losses come out non-finite and the
    trainer's guard counts them.
    """

    def __call__(
        self,
        prediction: Tensor,
        positions: Tensor,
        mask: Tensor,
        *,
        features: Tensor | None = None,
        numbers: Tensor | None = None,
        bonds: Bonds | None = None,
        length_scale: float = 1.0,
    ) -> Tensor:
        """What takes the place of the positions' squared error, `(molecules,)`.

        Args:
            prediction: `(molecules, atoms, 3)`, the network's positions.
            positions: `(molecules, atoms, 3)`, clean scaled positions, centred; turned towards
                the noisy ones or not.
            mask: `(molecules, atoms)` bool, or JODO's float `(molecules, atoms, 1)`.
            features: `(molecules, atoms, F)`, scaled types and formal charges.
            numbers: `(molecules, atoms)` int64 atomic numbers.
            bonds: where a law or an edge set asks for them; found by distance if left out.
            length_scale: angstrom per unit of `positions`.

        Raises:
            UsageError: on the first call, something does not have the form above.
        """
        from eloss_plugins.core.prediction_types import data
        from eloss_plugins.position_loss import first_batch

        real = first_batch.plain_mask(mask)
        if not self._checked:
            check(prediction, positions, mask)
            self._checked = True
        scaled = data(prediction, positions, like=positions[:, 0, 0])
        return self._of(
            scaled,
            positions,
            real,
            bonds=bonds,
            numbers=numbers,
            features=features,
            length_scale=length_scale,
        )


def check(prediction: Tensor, positions: Tensor, mask: Tensor) -> None:
    """Refuse what does not look like JODO's loss.

    Raises:
        UsageError: naming the argument, what was expected and what was found.
    """
    from eloss_plugins.position_loss import first_batch

    first_batch.check_shapes(positions, prediction=prediction)
    first_batch.check_mask(mask, positions)
    first_batch.check_centred(positions, first_batch.plain_mask(mask))
