"""Square lattices: their sites, their bonds and where the edges of the lattice lie."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.errors import UsageError

Boundary = Literal["open", "cylinder", "periodic"]
BOUNDARIES = ("open", "cylinder", "periodic")
WRAPPED = {"open": (False, False), "cylinder": (False, True), "periodic": (True, True)}
"""Whether the last row meets the first one, and the last column the first one."""

LEAST, LEAST_WRAPPED = 2, 3
"""Sites along a side. Of two in a circle each would be the other's neighbour twice."""


@dataclass(frozen=True)
class Lattice:
    """A square lattice; site `row * columns + column`.

    Attributes:
        rows: sites along a column.
        columns: sites along a row.
        boundary: open; a cylinder, whose rows are circles; or periodic, a torus.

    Raises:
        UsageError: an unknown boundary, or a side that is too short for it.
    """

    rows: int
    columns: int
    boundary: Boundary = "open"

    def __post_init__(self) -> None:
        if self.boundary not in BOUNDARIES:
            raise UsageError(
                f"`boundary` must be one of {', '.join(BOUNDARIES)}; got {self.boundary!r}"
            )
        for side, wrapped in zip((self.rows, self.columns), WRAPPED[self.boundary], strict=True):
            least = LEAST_WRAPPED if wrapped else LEAST
            if side < least:
                raise UsageError(
                    f"a lattice with boundary `{self.boundary}` needs at least {least} sites "
                    f"along this side; got {self.rows} x {self.columns}"
                )

    @property
    def num_sites(self) -> int:
        """Of the whole lattice."""
        return self.rows * self.columns

    @cached_property
    def right(self) -> NDArray[np.int64]:
        """`(2, pairs)` bonds along rows, from a site to the one on its right."""
        return self._bonds(1, wrapped=WRAPPED[self.boundary][1])

    @cached_property
    def down(self) -> NDArray[np.int64]:
        """`(2, pairs)` bonds along columns, from a site to the one below."""
        return self._bonds(0, wrapped=WRAPPED[self.boundary][0])

    @cached_property
    def index(self) -> NDArray[np.int64]:
        """`(2, pairs)` all bonds, each once, the smaller site first; `right` before `down`."""
        return np.sort(np.concatenate([self.right, self.down], axis=1), axis=0)

    def _bonds(self, axis: int, *, wrapped: bool) -> NDArray[np.int64]:
        sites = np.arange(self.num_sites).reshape(self.rows, self.columns)
        following = np.roll(sites, -1, axis)
        if not wrapped:
            kept = slice(None, -1)
            pick = (kept, slice(None)) if axis == 0 else (slice(None), kept)
            sites, following = sites[pick], following[pick]
        return np.stack([sites.ravel(), following.ravel()])

    def __str__(self) -> str:
        return f"{self.rows} x {self.columns}, {self.boundary}"
