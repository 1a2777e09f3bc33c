"""Stand-ins for numpy's numbers in a checkpoint: an optimizer's learning rate may be one.

What they stand for is not needed here, so nothing of numpy is called: a number becomes a
`Placeholder`, which is no tensor and is refused where a tensor is expected.
"""

from collections.abc import Callable
from typing import Any


class Placeholder:
    """Stands for `numpy.dtype` and for a number; keeps nothing."""

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        """Forget `state`."""


NAMES = ("numpy.dtype", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar")
SAFE: list[Callable[..., Any] | tuple[Callable[..., Any], str]] = [
    (Placeholder, name) for name in NAMES
]
"""For `torch.serialization.safe_globals`."""
