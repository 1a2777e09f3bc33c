"""The elements of a data set, in the order in which one-hot columns stand."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from eloss_plugins.errors import UsageError

FIRST_ELEMENTS = (1, 6, 7, 8, 9)  # H C N O F: the order of EDM's QM9 columns


@dataclass(frozen=True)
class Elements:
    """An ordered set of elements.

    Attributes:
        numbers: atomic numbers, one for each one-hot column.
    """

    numbers: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.numbers or len(set(self.numbers)) != len(self.numbers):
            raise UsageError(f"expected distinct atomic numbers, at least one; got {self.numbers}")

    def __len__(self) -> int:
        return len(self.numbers)

    @classmethod
    def present_in(cls, numbers: Iterable[int] | NDArray[np.int64]) -> "Elements":
        """The elements found in `numbers`: H C N O F first, then by atomic number."""
        found = {int(number) for number in np.unique(np.fromiter(numbers, np.int64))}
        first = [number for number in FIRST_ELEMENTS if number in found]
        return cls(tuple(first + sorted(found.difference(first))))

    def encode(self, numbers: Tensor) -> Tensor:
        """Columns of atomic numbers.

        Args:
            numbers: int64 of any shape.

        Returns:
            int64 of the same shape.

        Raises:
            UsageError: an element outside the set.
        """
        matches = numbers.unsqueeze(-1) == torch.tensor(self.numbers, device=numbers.device)
        if not bool(matches.any(-1).all()):
            unknown = sorted(set(numbers[~matches.any(-1)].tolist()))
            raise UsageError(
                f"expected atomic numbers among {self.numbers}; got {unknown}. "
                "Train on data with these elements, or leave the molecules out."
            )
        return matches.to(torch.int8).argmax(-1)

    def decode(self, index: Tensor) -> Tensor:
        """Atomic numbers at columns `index`, int64 of the same shape."""
        return torch.tensor(self.numbers, device=index.device)[index]
