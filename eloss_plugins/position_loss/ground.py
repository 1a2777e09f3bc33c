"""What the adapters' losses have in common: bonds where they are asked for, and the loss batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from eloss_plugins.core.bonds import Bonds
    from eloss_plugins.core.loss_batch import LossBatch
    from eloss_plugins.core.prediction_types import Scaled


class PositionLoss:
    """The ground of a position loss that is called with what is in scope at a trainer's loss.

    Args:
        loss: maps a `LossBatch` to `(molecules,)`.
        find_bonds: find bonds by distance where `numbers` are given and `bonds` not, padded only.
    """

    def __init__(self, loss: Callable[[LossBatch], Tensor], *, find_bonds: bool = False):
        self.loss = loss
        self.find_bonds = find_bonds
        self._checked = False

    def _of(
        self,
        scaled: Scaled,
        positions: Tensor,
        mask: Tensor | None,
        *,
        bonds: Bonds | None,
        numbers: Tensor | None,
        features: Tensor | None,
        length_scale: float,
        batch: Tensor | None = None,
    ) -> Tensor:
        """The loss `(molecules,)` of a residual, signal and noise; the rest as in `LossBatch`."""
        from eloss_plugins.core.loss_batch import LossBatch

        if self.find_bonds and bonds is None and numbers is not None and batch is None:
            bonds = _bonds_by_distance(positions * length_scale, numbers, mask)
        residual, signal, noise = scaled
        return self.loss(
            LossBatch(
                target=positions,
                residual=residual,
                signal=signal,
                noise=noise,
                mask=mask,
                batch=batch,
                length_scale=length_scale,
                bonds=bonds,
                features=features,
                numbers=numbers,
            )
        )


def _bonds_by_distance(positions: Tensor, numbers: Tensor, mask: Tensor | None) -> Bonds:
    """Bonds of clean padded molecules in angstrom."""
    from eloss_plugins.chem.batch_bonds import find_batch_bonds

    return find_batch_bonds(positions, numbers, numbers > 0 if mask is None else mask)
