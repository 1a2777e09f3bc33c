"""Adapter for SemlaFlow: predicted endpoints, noise at t = 0, scaled coordinates, padded.

What stands at SemlaFlow's loss: predicted and clean coordinates, a mask, times, and the clean
adjacency with bond types. Coordinates are divided by a deviation of the data set (1.7233 angstrom
for QM9, 2.4070 for GEOM-Drugs), which is the length scale. Upstream averages each molecule's
error over padded atoms, so that a molecule counts by real over padded atoms; so it does here.
Upstream: rssrwn/semla-flow, commit 2f41e57, `MolecularCFM._loss`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from eloss_plugins.hookspecs import BindOptions, hookimpl
from eloss_plugins.position_loss.flow import FlowPositionLoss

if TYPE_CHECKING:
    from torch import Tensor

    from eloss_plugins.core.bonds import Bonds
    from eloss_plugins.core.loss_batch import LossBatch

TARGET = "semlaflow"
DATA_AT = 1
BOND_ORDERS = (0.0, 1.0, 2.0, 3.0, 1.5)
"""Order of each bond type of SemlaFlow, the last one aromatic; a masked type has none."""


@hookimpl
def bind_trainer(target: str, options: BindOptions) -> Callable[..., Tensor] | None:
    """The position loss as SemlaFlow's objective takes it, for the target `semlaflow`."""
    if target != TARGET:
        return None
    return SemlaFlowPositionLoss(options.loss, uses_bonds=options.uses_bonds)


class SemlaFlowPositionLoss:
    """A position loss called with what is in scope at SemlaFlow's loss.

    Args:
        loss: maps a `LossBatch` to `(molecules,)`.
        uses_bonds: whether the loss wants bonds; they are read from `adjacency`.
    """

    def __init__(self, loss: Callable[[LossBatch], Tensor], *, uses_bonds: bool = False):
        self.flow = FlowPositionLoss(loss)
        self.uses_bonds = uses_bonds

    def __call__(
        self,
        prediction: Tensor,
        positions: Tensor,
        time: Tensor,
        mask: Tensor,
        *,
        length_scale: float,
        noisy: Tensor | None = None,
        adjacency: Tensor | None = None,
        time_weight: str = "own",
    ) -> Tensor:
        """What takes the place of the coordinates' error before its batch mean, `(molecules,)`.

        Args:
            prediction: `(molecules, atoms, 3)`, predicted clean coordinates.
            positions: `(molecules, atoms, 3)`, clean coordinates, centred.
            time: `(molecules,)`, 1 at the data.
            mask: `(molecules, atoms)` or `(molecules, atoms, 1)`, one for real atoms.
            length_scale: upstream's `coord_scale`, angstrom per unit.
            noisy: `(molecules, atoms, 3)`, x_t, for the check of the first batch.
            adjacency: `(molecules, atoms, atoms, types)`, one-hot types of clean bonds.
            time_weight: `own`, none, as upstream, or `paper`, 1 / (1 - t)**2.

        Raises:
            UsageError: on the first call, something does not have the form above.
        """
        from eloss_plugins.position_loss import first_batch

        answer = self.flow(
            prediction,
            positions,
            time,
            data_at=DATA_AT,
            mask=mask,
            noisy=noisy,
            time_weight=time_weight,
            length_scale=length_scale,
            bonds=bonds_of(adjacency) if self.uses_bonds and adjacency is not None else None,
        )
        return answer * first_batch.plain_mask(mask).to(answer.dtype).mean(1)


def bonds_of(adjacency: Tensor) -> Bonds:
    """The bonds of `(molecules, atoms, atoms, types)` one-hot types, each once."""
    import torch

    from eloss_plugins.core.bonds import Bonds

    orders = torch.zeros(adjacency.shape[-1], device=adjacency.device)
    known = min(len(orders), len(BOND_ORDERS))
    orders[:known] = torch.tensor(BOND_ORDERS[:known], device=adjacency.device)
    order = orders[adjacency.argmax(-1)].triu(1)
    molecule, first, second = order.nonzero(as_tuple=True)
    start = molecule * order.shape[1]
    return Bonds(torch.stack([start + first, start + second]), order[molecule, first, second])
