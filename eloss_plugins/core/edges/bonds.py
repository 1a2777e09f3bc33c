"""The chemical bonds alone."""

from dataclasses import dataclass
from typing import ClassVar

from eloss_plugins.core.edges.edge_set import Edges
from eloss_plugins.core.loss_batch import LossBatch


@dataclass(frozen=True)
class BondEdges:
    """Bonded pairs, as the bond losses of molecular generators take them.

    The bond graph leaves angles and torsions free, so predictions of another shape have zero
    loss; use it beside another loss, not alone.
    """

    uses_bonds: ClassVar[bool] = True

    def __call__(self, batch: LossBatch) -> Edges | None:
        """One edge for each bond of the batch.

        Raises:
            ValueError: the batch has no bonds.
        """
        if batch.bonds is None:
            raise ValueError(
                "the edge set `bonds` needs the bonds of the molecules, and this batch has none; "
                "pass `bonds` in the loss batch or use edges=complete"
            )
        return Edges(batch.bonds.index)
