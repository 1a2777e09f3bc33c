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

if TYPE_CHECKING:
    from torch import Tensor

    from eloss_plugins.core.bonds import Bonds
    from eloss_plugins.core.loss_batch import LossBatch

TARGET = "jodo"


@hookimpl
def bind_trainer(target: str, options: BindOptions) -> Callable[..., Tensor] | None:
    """The position loss as JODO's objectives take it, for the target `jodo`."""
    if target != TARGET:
        return None
    return JodoPositionLoss(options.loss, find_bonds=options.uses_bonds)


class JodoPositionLoss:
    """A position loss called with what is in scope at JODO's loss.

    The first call checks what it is given and raises one sentence; later calls trust. Molecules
    with non-finite numbers are not an error here: their losses come out non-finite and the
    trainer's guard counts them.

    Args:
        loss: maps a `LossBatch` to `(molecules,)`.
        find_bonds: find bonds by distance where `numbers` are given and `bonds` not.
    """

    def __init__(self, loss: Callable[[LossBatch], Tensor], *, find_bonds: bool = False):
        self.loss = loss
        self.find_bonds = find_bonds
        self._checked = False

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
        from eloss_plugins.core.loss_batch import LossBatch
        from eloss_plugins.core.prediction_types import data
        from eloss_plugins.position_loss import first_batch

        real = first_batch.plain_mask(mask)
        if not self._checked:
            check(prediction, positions, mask)
            self._checked = True
        if self.find_bonds and bonds is None and numbers is not None:
            bonds = bonds_by_distance(positions * length_scale, numbers, real)
        residual, signal, noise = data(prediction, positions, like=positions[:, 0, 0])
        return self.loss(
            LossBatch(
                target=positions,
                residual=residual,
                signal=signal,
                noise=noise,
                mask=real,
                length_scale=length_scale,
                bonds=bonds,
                features=features,
                numbers=numbers,
            )
        )


def bonds_by_distance(positions: Tensor, numbers: Tensor, mask: Tensor) -> Bonds:
    """Bonds of clean molecules in angstrom; see `find_batch_bonds`."""
    from eloss_plugins.chem.batch_bonds import find_batch_bonds

    return find_batch_bonds(positions, numbers, mask)


def check(prediction: Tensor, positions: Tensor, mask: Tensor) -> None:
    """Refuse what does not look like JODO's loss.

    Raises:
        UsageError: naming the argument, what was expected and what was found.
    """
    from eloss_plugins.position_loss import first_batch

    first_batch.check_shapes(positions, prediction=prediction)
    first_batch.check_mask(mask, positions)
    first_batch.check_centred(positions, first_batch.plain_mask(mask))
