"""What every loader returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.data.nodes import NodeDistribution

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class DataSet:
    """Molecules with their splits.

    Attributes:
        name: what the user asked for.
        molecules: all of them.
        splits: for each of train, valid and test the places in `molecules`, int64, ascending.
        elements: atomic numbers in the order of the one-hot columns.
        card: facts for reports: source, geometry, counts; strings and numbers only.
    """

    name: str
    molecules: MoleculeSet
    splits: Mapping[str, NDArray[np.int64]]
    elements: tuple[int, ...]
    card: Mapping[str, str | int | float] = field(default_factory=dict)

    def split(self, name: str) -> MoleculeSet:
        """The molecules of one split."""
        return self.molecules.subset(self.splits[name])

    def nodes(self, split: str = "train") -> NodeDistribution:
        """The distribution of sizes in one split."""
        return NodeDistribution(self.molecules.sizes[self.splits[split]])
