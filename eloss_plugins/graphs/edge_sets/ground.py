"""What the edge sets that are made of graphs of the molecules have in common."""

from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from eloss_plugins.core.edges import Edges
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.graphs.edge_sets.molecules import molecules_of
from eloss_plugins.graphs.edge_sets.prepared import Prepared, prepared
from eloss_plugins.graphs.edge_sets.seen import Seen
from eloss_plugins.graphs.edge_sets.stream import Stream
from eloss_plugins.graphs.recipe import Recipe

MEGABYTE = 2**20
NONE = np.zeros((0, 2), np.int64)


class Preparable(Protocol):
    """Keeps what is made of graphs."""

    def prepare(self, made: Prepared, /) -> None:
        """Take in the graphs of a data set."""


class OfGraphs:
    """An edge set that makes the graph of a molecule when it first meets it.

    What it keeps is in `_kept`; how a graph is made, `recipe` says.
    """

    _kept: Preparable

    @property
    def recipe(self) -> Recipe:
        """How a graph is made."""
        raise NotImplementedError

    def prepare(
        self,
        positions: NDArray[np.float64],
        numbers: NDArray[np.int64],
        offsets: NDArray[np.int64],
    ) -> None:
        """Make the graphs of a data set, or read them, before they are met; see `prepared`."""
        self._kept.prepare(prepared(self.recipe, positions, numbers, offsets))


class Fixed(OfGraphs):
    """The same edges of a molecule in every step."""

    _kept: Seen[NDArray[np.int64]]

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def __call__(self, batch: LossBatch) -> Edges | None:
        """The graphs of the batch's molecules.

        Raises:
            UsageError: bonds are asked for, and neither they nor elements are known.
        """
        placed = molecules_of(batch)
        found = self._kept.find(placed.molecules)
        molecule = np.repeat(np.arange(len(found)), [len(edges) for edges in found])
        return placed.edges(np.concatenate([NONE, *found]), molecule, None, batch)


class Drawing:
    """An edge set that draws by random numbers of its own, those of `_stream`."""

    _stream: Stream

    def state_dict(self) -> dict[str, Any]:
        """Where its random numbers stand."""
        return self._stream.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with the random numbers from there."""
        self._stream.load_state_dict(state)
