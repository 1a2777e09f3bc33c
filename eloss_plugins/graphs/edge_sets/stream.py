"""Random numbers of an edge set's own, so that no other draw of a run is moved by them."""

import hashlib
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray

STATE = "generator"


class Stream:
    """Uniform numbers from a generator of its own.

    It is seeded at the first draw, when the process knows its rank: every rank has a stream of
    its own. torch's global generator is neither read nor moved.

    Args:
        seed: equal seeds give equal streams on equal ranks.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._generator: torch.Generator | None = None

    def uniform(self, *shape: int) -> NDArray[np.float64]:
        """Numbers in [0, 1) of that shape."""
        drawn: NDArray[np.float64] = torch.rand(
            shape, generator=self._own(), dtype=torch.float64
        ).numpy()
        return drawn

    def state_dict(self) -> dict[str, Any]:
        """Where the stream stands."""
        return {STATE: self._own().get_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self._own().set_state(state[STATE].cpu())

    def _own(self) -> torch.Generator:
        if self._generator is None:
            self._generator = torch.Generator().manual_seed(mixed(self.seed, _rank()))
        return self._generator


def mixed(*numbers: int) -> int:
    """A seed made of several numbers; near numbers give seeds that have nothing in common."""
    digest = hashlib.sha256("/".join(map(str, numbers)).encode()).digest()
    return int.from_bytes(digest[:7], "little")


def _rank() -> int:
    return dist.get_rank() if dist.is_available() and dist.is_initialized() else 0
