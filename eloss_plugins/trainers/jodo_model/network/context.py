"""What all layers of the network share about a batch."""

from dataclasses import dataclass

from torch import Tensor

ADJACENCIES = 2  # along bonds, and between near atoms


@dataclass(frozen=True)
class Context:
    """A batch beside its states.

    Attributes:
        mask: `(molecules, atoms)` bool.
        real: `(molecules, atoms, 1)` float, 1 for real atoms.
        pairs: `(molecules, atoms, atoms)` bool, two different real atoms.
        adjacency: `(molecules, atoms, atoms, 2)` float, 1 where the pair is bonded and where it
            is near, by the conditioning state; all 1 without one.
        time: `(molecules, width)`, the noise level's vector, or None.
    """

    mask: Tensor
    real: Tensor
    pairs: Tensor
    adjacency: Tensor
    time: Tensor | None


def expanded(adjacency: Tensor, heads: int) -> Tensor:
    """The two adjacencies repeated for `heads`, the bonds' first: `(..., heads)`."""
    return adjacency.repeat_interleave(heads // ADJACENCIES, dim=-1)
