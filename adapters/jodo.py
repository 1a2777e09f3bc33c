"""Adapter for JODO: prediction of the clean positions, padded and centred.

What stands at JODO's loss: predicted and clean positions, a mask, and in the objective with bonds
the clean bonds, compressed into two or three channels. The network predicts the clean
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
TRIPLE = 3.0
"""Bond order at which the second channel is 1."""

AROMATIC = 1.5
SET = 0.75
"""Above it a channel of zero or one is set; the scaling of centred channels leaves 0.5 where
upstream masks, on the diagonal and in the padding."""


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
        adjacency: Tensor | None = None,
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
            bonds: where a law or an edge set asks for them; read from `adjacency` if left out.
            adjacency: `(molecules, atoms, atoms, channels)`, clean bonds as `bonds_of` reads
                them; found by distance if left out too.
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
        if self.find_bonds and bonds is None and adjacency is not None:
            bonds = bonds_of(adjacency)
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


def bonds_of(adjacency: Tensor) -> Bonds:
    """The bonds of JODO's compressed channels, each once.

    Args:
        adjacency: `(molecules, atoms, atoms, channels)`, unscaled: whether there is a bond, its
            order over three, which is 0 for an aromatic one, and, in data sets that have such
            bonds, whether it is aromatic.
    """
    import torch

    from eloss_plugins.core.bonds import Bonds

    order = (adjacency[..., 1] * TRIPLE).round()
    if adjacency.shape[-1] > 2:
        order = torch.where(adjacency[..., 2] > SET, AROMATIC, order)
    order = torch.where(adjacency[..., 0] > SET, order, 0.0).triu(1)
    molecule, first, second = order.nonzero(as_tuple=True)
    start = molecule * order.shape[1]
    return Bonds(torch.stack([start + first, start + second]), order[molecule, first, second])


def check(prediction: Tensor, positions: Tensor, mask: Tensor) -> None:
    """Refuse what does not look like JODO's loss.

    Raises:
        UsageError: naming the argument, what was expected and what was found.
    """
    from eloss_plugins.position_loss import first_batch

    first_batch.check_shapes(positions, prediction=prediction)
    first_batch.check_mask(mask, positions)
    first_batch.check_centred(positions, first_batch.plain_mask(mask))
