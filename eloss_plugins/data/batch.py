"""Molecules padded to one tensor, as the trainers take them."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """A padded batch; everything in padding is zero.

    Attributes:
        positions: `(molecules, atoms, 3)` angstrom, each molecule's mean at the origin.
        one_hot: `(molecules, atoms, elements)` float.
        charges: `(molecules, atoms, 1)` float, atomic numbers.
        mask: `(molecules, atoms)` bool, true for real atoms.
        index: `(molecules,)` int64, places in the data set, for messages.
        bonds: `(molecules, atoms, atoms)` float, symmetric bond orders, 0 for none and 1.5 for
            aromatic; None where the molecules came without.
        formal_charges: `(molecules, atoms, 1)` float; None where the molecules came without bonds.
    """

    positions: Tensor
    one_hot: Tensor
    charges: Tensor
    mask: Tensor
    index: Tensor
    bonds: Tensor | None = None
    formal_charges: Tensor | None = None
