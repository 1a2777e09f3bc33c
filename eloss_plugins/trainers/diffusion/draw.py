"""The random numbers of one training step of the diffusion model."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Draw:
    """The random numbers of one training step.

    Attributes:
        step: `(molecules,)` int64, in 0..timesteps.
        noise: `(molecules, atoms, 3 + features)`.
    """

    step: Tensor
    noise: Tensor

    def select(self, keep: Tensor) -> "Draw":
        """The draws of the molecules that `keep` (bool or indices) names."""
        return Draw(self.step[keep], self.noise[keep])
