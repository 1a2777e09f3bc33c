"""The random numbers of one training step of flow matching."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Draw:
    """The random numbers of one training step.

    Attributes:
        time: `(molecules,)`, in [0, 1]; the data stand where the model's `data_at` says.
        noise: `(molecules, atoms, 3 + features)`, positions centred, padding zero.
    """

    time: Tensor
    noise: Tensor

    def select(self, keep: Tensor) -> "Draw":
        """The draws of the molecules that `keep` (bool or indices) names."""
        return Draw(self.time[keep], self.noise[keep])
